"""What to draw: the values of one chart, frozen, ready for `labtop.tui.charts.draw`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats, Line, Parallel, Window, XAxis
from labtop.tui.charts.dots import GRAINS, Dots, Grain
from labtop.tui.run_style import Charset


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """What lies around the mean of a group: arrays as long as those of its curve."""

    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One run's line: arrays of one length, in x order within each attempt.

    `number` is the run's number, which gives colour and marker. `value` may be NaN or infinite: a gap, marked
    on the axis. `attempt` numbers the segments; the highest is drawn solid, the others dim. Where `smooth` is there, it
    is drawn over the values, which are dim then. `spread` makes a band around the values. A `hidden` curve is in the
    legend only. `logged_last` is the value logged last, where x does not grow with time; None: the last of `value`.
    Of a `thinned` one more points were logged than are given.
    """

    label: str
    number: int
    x: Floats
    value: Floats
    attempt: NDArray[np.int32]
    smooth: Line | None = None
    spread: Spread | None = None
    hidden: bool = False
    logged_last: float | None = None
    thinned: bool = False

    @property
    def newest(self) -> float | None:
        """The newest value; None where there is none."""
        if self.logged_last is not None or not self.value.size:
            return self.logged_last
        return float(self.value[-1])

    @property
    def is_lost(self) -> bool:
        """Whether the newest value is NaN or infinite."""
        return self.newest is not None and not math.isfinite(self.newest)

    @property
    def ends_lost(self) -> bool:
        """Whether the value furthest to the right is NaN or infinite."""
        return bool(self.value.size) and not math.isfinite(self.value[-1])


LevelKind = Literal["best", "baseline"]


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line to compare with: the best value there is, or that of the baseline, a run by number."""

    value: float
    kind: LevelKind
    number: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ChartSpec:
    """One chart. `x` says what the x values are: steps, seconds since the start or the epoch, or a metric's values.

    `window` is the visible range of x, None for all; points beyond it are only used to lead lines to the edge.
    `note` stands to the right of the title. `may_grow`: more values may come. `clip` is the visible range of y, None
    for all. `raw`: values under a smoothed line are drawn too. `baseline` is the number of the run that values at the
    crosshair are compared with. `joined`: points are joined by lines. `not_positive` is how many logged values in the
    window a logarithmic y axis hides, `without_place` how many points a logarithmic x axis does; None: as many as are
    given. A spec equals only itself, so that comparing two costs nothing.
    """

    title: str
    curves: tuple[Curve, ...]
    x: XAxis = "step"
    window: Window | None = None
    log_x: bool = False
    log_y: bool = False
    note: str = ""
    legend: bool = True
    may_grow: bool = True
    clip: Window | None = None
    raw: bool = True
    baseline: int | None = None
    levels: tuple[Level, ...] = ()
    joined: bool = True
    not_positive: int | None = None
    without_place: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ScatterSpec:
    """A dot for each run, arrays of one length; `x_name` says what x is.

    Where there are `categories`, x are places in them. Runs whose numbers are in `labels` are drawn with their colour
    and marker, above the others, and named in the legend.
    """

    title: str
    x_name: str
    runs: NDArray[np.int32]
    x: Floats
    y: Floats
    categories: tuple[str, ...] = ()
    log_x: bool = False
    log_y: bool = False
    note: str = ""
    labels: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class HistogramSpec:
    """Bars: `counts` between neighbouring `edges`, one more of these. `labels` names runs by number, whose values are
    in `values`: they are marked below their bar.
    """

    title: str
    edges: Floats
    counts: NDArray[np.int64]
    note: str = ""
    values: tuple[tuple[int, float], ...] = ()
    labels: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ParallelSpec:
    """A line a run through parallel axes, those of the best bright; `words` say which these are."""

    title: str
    found: Parallel
    words: str
    note: str = ""


Spec = ChartSpec | ScatterSpec | HistogramSpec
"""What can be drawn on the screen and into files."""
Drawable = Spec | ParallelSpec
"""What can be drawn on the screen."""


Colors = Literal["all", "sixteen", "none"]


@dataclass(frozen=True, slots=True)
class Look:
    """How the terminal draws: its character set, the theme's colours as `#RRGGBB`, whether the chart has the focus.

    `dots` are what plots are made of, None: braille or ASCII like all else. `colors` are those the terminal shows; runs
    that look alike in them get broken lines.
    """

    charset: Charset = "braille"
    foreground: str = "#E0E0E0"
    dim: str = "#808080"
    selected: bool = False
    dots: Dots | None = None
    colors: Colors = "all"

    @property
    def grain(self) -> Grain:
        """How cells are divided into dots."""
        return GRAINS[self.dots or self.charset]

    def mark(self, character: str) -> str:
        """One of ★ × ▸ ─ │ ┄ ≤ – ┤ └ ┬, or what stands for it in ASCII."""
        return _ASCII_MARKS[character] if self.charset == "ascii" else character


_ASCII_MARKS = {
    "★": "*", "×": "x", "▸": ">", "─": "-", "│": "|", "┄": "-", "≤": "<=", "–": "-", "┤": "+", "└": "+", "┬": "+"
}  # fmt: skip
