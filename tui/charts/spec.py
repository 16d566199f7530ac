"""What to draw: the values of one chart, frozen, ready for `labtop.tui.charts.draw`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats, XAxis
from labtop.tui.run_style import Charset


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One run's line: arrays of one length, in x order within each attempt.

    `number` is the run's number, which gives colour and marker. `value` may be NaN or infinite: a gap, marked
    on the axis. `attempt` numbers the segments; the highest is drawn solid, the others dim.
    """

    label: str
    number: int
    x: Floats
    value: Floats
    attempt: NDArray[np.int32]

    @property
    def is_lost(self) -> bool:
        """Whether the newest value is NaN or infinite."""
        return bool(self.value.size) and not np.isfinite(self.value[-1])


@dataclass(frozen=True, slots=True, eq=False)
class ChartSpec:
    """One chart. `x` says what the x values are: steps, seconds since the start, or seconds since the epoch.

    `window` is the visible range of x, None for all; points beyond it are only used to lead lines to the edge.
    `note` stands to the right of the title. `may_grow`: more values may come. A spec equals only itself, so that
    comparing two costs nothing.
    """

    title: str
    curves: tuple[Curve, ...]
    x: XAxis = "step"
    window: tuple[float, float] | None = None
    log_y: bool = False
    note: str = ""
    legend: bool = True
    may_grow: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """How the terminal draws: its character set, the theme's colours as `#RRGGBB`, whether the chart has the focus."""

    charset: Charset = "braille"
    foreground: str = "#E0E0E0"
    dim: str = "#808080"
    selected: bool = False
