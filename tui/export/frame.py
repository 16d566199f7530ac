"""What stands around a drawing: title, axes with their ticks, grid, legend. All lengths are pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from labtop.store.model import Floats
from labtop.tui.charts.scale import Scale
from labtop.tui.charts.ticks import Tick, finest, log_ticks, number_ticks, value_label
from labtop.tui.charts.times import log_relative_ticks, relative_ticks, wall_ticks
from labtop.tui.export.elements import Paper, element, pixels, short, width_of, words

TITLE, TEXT = 14, 11
"""Sizes of letters."""

_MARGIN = 16
_TITLE_ROOM, _NOTE_ROOM = 24, 16
_BELOW_TICKS, _X_LABEL_ROOM = 20, 22
_TICK = 4
_APART_Y, _APART_X = 26, 16  # between the labels of two ticks
_CALM_X = 60  # from tick to tick, at least
_SMALLEST_PLOT = 20.0
_WIDEST_LABEL = 180.0


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale and how its ticks are labelled; `pad` pixels on both sides of it are free.

    With `categories` the places 0, 1 .. have names. `whole` keeps ticks to whole numbers.
    """

    scale: Scale
    label: str = ""
    time: str = ""  # "relative" or "wall" seconds
    whole: bool = False
    categories: tuple[str, ...] = ()
    pad: float = 8.0

    def candidates(self, most: int) -> Iterator[Sequence[Tick]]:
        """Ticks from fine to coarse, at most about so many."""
        low, high = self.scale.low, self.scale.high
        if self.categories:
            count = len(self.categories)
            strides = (stride for stride in range(1, count + 1) if -(-count // stride) <= most or stride == count)
            places = (range(0, count, stride) for stride in strides)
            return ([Tick(float(at), self.categories[at]) for at in some] for some in places)
        if self.time == "wall":
            return wall_ticks(low, high, most)
        if self.time:
            return (log_relative_ticks if self.scale.log else relative_ticks)(low, high, most)
        if self.scale.log:
            return log_ticks(low, high, most)
        return number_ticks(low, high, most, whole=self.whole and high - low >= 1)


@dataclass(frozen=True, slots=True)
class Plot:
    """The rectangle that values are drawn in."""

    left: float
    top: float
    width: float
    height: float
    x: Axis
    y: Axis

    @property
    def bottom(self) -> float:
        """Where the x axis is."""
        return self.top + self.height

    def across(self, values: Floats) -> Floats:
        """Where values of x stand."""
        return self.left + self.x.pad + self.x.scale.place(values) * (self.width - 2 * self.x.pad)

    def down(self, values: Floats) -> Floats:
        """Where values of y stand."""
        return self.bottom - self.y.pad - self.y.scale.place(values) * (self.height - 2 * self.y.pad)


@dataclass(frozen=True, slots=True)
class Head:
    """Title, and what is to be said beneath it."""

    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """SVG that is cut off at the edges of the plot, and marks above it that are whole."""

    inside: str
    above: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """SVG that is `height` high."""

    content: str
    height: float


def framed(
    head: Head, x: Axis, y: Axis, size: tuple[float, float], paper: Paper, draw: Callable[[Plot], Content], key: str
) -> Drawing:
    """A plot of `size`, title and labels included. `draw` gives what is in it; `key` is a name that no other drawing of
    the file has.
    """
    width, height = size
    top = _MARGIN / 2 + _TITLE_ROOM + _NOTE_ROOM * bool(head.note)
    room = max(height - top - _BELOW_TICKS - _X_LABEL_ROOM * bool(x.label), _SMALLEST_PLOT)
    upward = _y_ticks(y, room)
    labels = min(max((width_of(tick.label, TEXT) for tick in upward), default=0.0), _WIDEST_LABEL)
    left = _MARGIN + labels + _TICK + 4
    plot = Plot(left, top, max(width - left - _MARGIN, _SMALLEST_PLOT), room, x, y)
    parts = [
        _head(head, width, paper),
        *_y_axis(plot, upward, paper),
        *_x_axis(plot, _x_ticks(plot), width, paper),
        _content(plot, draw(plot), key),
    ]
    return Drawing("\n".join(parts), max(height, plot.bottom + _BELOW_TICKS + _X_LABEL_ROOM * bool(x.label)))


def nothing(head: Head, said: str, size: tuple[float, float], paper: Paper) -> Drawing:
    """A drawing without values, and why."""
    width, height = size
    why = element("text", words(said), x=width / 2, y=height / 2, text_anchor="middle", fill=paper.quiet)
    return Drawing(_head(head, width, paper) + why, height)


def _head(head: Head, width: float, paper: Paper) -> str:
    room = width - 2 * _MARGIN
    attributes = {"x": _MARGIN, "font_size": TITLE, "font_weight": "bold", "fill": paper.ink}
    title = element("text", words(short(head.title, TITLE * 1.1, room)), y=_MARGIN + 8, **attributes)
    if not head.note:
        return title
    note = words(short(head.note, TEXT, room))
    return title + element("text", note, x=_MARGIN, y=_MARGIN + 8 + _NOTE_ROOM, fill=paper.quiet)


def _y_ticks(axis: Axis, room: float) -> Sequence[Tick]:
    if axis.scale.flat is not None:
        return [Tick(axis.scale.flat, value_label(axis.scale.flat))]
    places = np.array([0.0, room - 2 * axis.pad])

    def fits(some: Sequence[Tick]) -> bool:
        down = axis.scale.place(np.array([tick.value for tick in some])) * places[1]
        return bool(np.all(np.diff(down) >= _APART_Y))

    return finest(axis.candidates(max(1, int(room / _APART_Y))), fits)


def _x_ticks(plot: Plot) -> Sequence[Tick]:
    def fits(some: Sequence[Tick]) -> bool:
        gaps = np.diff(plot.across(np.array([tick.value for tick in some])))
        need = [(width_of(a.label, TEXT) + width_of(b.label, TEXT)) / 2 + _APART_X for a, b in pairwise(some)]
        return all(gap >= least for gap, least in zip(gaps.tolist(), need, strict=True))

    axis = plot.x
    if axis.categories:
        room = max(plot.width / len(axis.categories), _CALM_X) - _APART_X
        named = tuple(short(name, TEXT, room) for name in axis.categories)
        axis = Axis(axis.scale, categories=named)
    return finest(axis.candidates(max(1, int(plot.width / _CALM_X))), fits)


def _y_axis(plot: Plot, ticks: Sequence[Tick], paper: Paper) -> Iterator[str]:
    down = plot.down(np.array([tick.value for tick in ticks], np.float64))
    right, label = plot.left + plot.width, plot.left - _TICK - 4
    for tick, y, at in zip(ticks, down.tolist(), pixels(down), strict=True):
        yield element("path", d=f"M{plot.left:.2f},{at}H{right:.2f}", stroke=paper.grid)
        yield element("path", d=f"M{plot.left - _TICK:.2f},{at}h{_TICK}", stroke=paper.quiet)
        text = words(short(tick.label, TEXT, _WIDEST_LABEL))
        yield element("text", text, x=label, y=y + TEXT * 0.36, text_anchor="end", fill=paper.quiet)
    yield element(
        "path", d=f"M{plot.left:.2f},{plot.top:.2f}V{plot.bottom:.2f}H{right:.2f}", stroke=paper.quiet, fill="none"
    )


def _x_axis(plot: Plot, ticks: Sequence[Tick], width: float, paper: Paper) -> Iterator[str]:
    across = plot.across(np.array([tick.value for tick in ticks], np.float64))
    for tick, x, at in zip(ticks, across.tolist(), pixels(across), strict=True):
        half = width_of(tick.label, TEXT) / 2
        yield element("path", d=f"M{at},{plot.top:.2f}V{plot.bottom:.2f}", stroke=paper.grid)
        yield element("path", d=f"M{at},{plot.bottom:.2f}v{_TICK}", stroke=paper.quiet)
        place = min(max(x, half), max(width - half, half))
        y = plot.bottom + _TICK + TEXT + 1
        yield element("text", words(tick.label), x=place, y=y, text_anchor="middle", fill=paper.quiet)
    if plot.x.label:
        text = words(short(plot.x.label, TEXT, plot.width))
        x, y = plot.left + plot.width / 2, plot.bottom + _BELOW_TICKS + TEXT + 2
        yield element("text", text, x=x, y=y, text_anchor="middle", fill=paper.ink)


def _content(plot: Plot, content: Content, key: str) -> str:
    rect = element("rect", x=plot.left, y=plot.top, width=plot.width, height=plot.height)
    inside = element("g", content.inside, clip_path=f"url(#{key})", fill="none")
    return element("clipPath", rect, id=key) + inside + content.above
