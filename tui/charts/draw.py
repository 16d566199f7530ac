"""Drawing a chart into terminal cells: a pure function of what, how large and in which look."""

from __future__ import annotations

from textual.strip import Strip

from labtop.tui.charts.picture import Picture
from labtop.tui.charts.spec import Look, Spec


def draw(spec: Spec, width: int, height: int, look: Look, crosshair: float | None = None) -> list[Strip]:
    """The chart as exactly `height` strips of exactly `width` cells, whatever the values are."""
    return Picture(spec, width, height, look).strips(crosshair)
