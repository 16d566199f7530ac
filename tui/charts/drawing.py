"""What all kinds of charts have in common: scales, ticks, notes and entries around a plot of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.style import Style

from labtop.tui.charts.axes import Mark
from labtop.tui.charts.canvas import Canvas
from labtop.tui.charts.legend import Entry
from labtop.tui.charts.plot import Area
from labtop.tui.charts.scale import Scale


class Drawing(Protocol):
    """One chart, as `Picture` puts it together."""

    @property
    def x(self) -> Scale:
        """The scale of x."""

    @property
    def entries(self) -> Sequence[Entry]:
        """The legend; nothing for none."""

    @property
    def x_name(self) -> str:
        """What x is, where that has to be said."""

    def notes(self) -> list[str]:
        """What the title says on the right."""

    def empty(self) -> str:
        """Why there is nothing to see; nothing where there is something."""

    def y_marks(self, height: int) -> list[Mark]:
        """The ticks of the y axis of a plot this many cells high."""

    def x_marks(self, width: int) -> list[Mark]:
        """The ticks of the x axis of a plot this many cells wide."""

    def styles(self) -> list[Style]:
        """The inks from FIRST_FREE on."""

    def plot(self, canvas: Canvas, area: Area) -> None:
        """Draw into the area, where it is not empty."""

    def mark_axis(self, canvas: Canvas, area: Area) -> None:
        """Put marks on the x axis, in the row below the area."""
