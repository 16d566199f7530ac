"""What stands around a plot: how the room of a chart is shared out, its title, and words where there is no plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment

from labtop.tui import format
from labtop.tui.charts.canvas import DIM, Canvas, style
from labtop.tui.charts.legend import Legend
from labtop.tui.charts.plot import Area
from labtop.tui.charts.spec import Look

GAP = 2
"""Blanks between the plot and a legend beside it."""
_WIDE = 90  # cells from which on the legend stands beside the plot
_WITH_LINE = 8  # and from which on there is a line and a margin beside the plot
_TITLE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Layout:
    """How many rows and columns each part gets. Small charts lose the legend first, then x labels, then the x axis."""

    plot_rows: int
    axis: bool
    x_labels: bool
    legend_rows: int
    legend_columns: int

    @classmethod
    def of(cls, width: int, height: int, legend: Legend | None) -> Layout:
        """Share out the rows under the title."""
        under_title = height - 1
        x_labels, axis = under_title >= 5, under_title >= 4
        frame = x_labels + axis
        rows = columns = 0
        if legend and width >= _WIDE:
            columns = legend.width(width // 4) + GAP
        elif legend and under_title - frame >= 5:
            rows = min(legend.rows_needed(width), 1 + (under_title - frame - 5) // 3)
        return cls(max(under_title - frame - rows, 0), axis, x_labels, rows, columns)


def title_line(title: str, notes: Sequence[str], width: int, look: Look) -> list[Segment]:
    """Title on the left, notes on the right, a rule between; a chart that has the focus is marked and reversed."""
    pointer, rule = look.mark("▸"), look.mark("─")
    text = format.clean(title, _TITLE_LIMIT)
    note = format.cut(", ".join(notes), max(width // 2 - 2, width - cell_len(text) - 6))
    room = width - 3 - (cell_len(note) + 1 if note else 0)
    shown = format.cut(text, room)
    gap, fill = " " if shown else rule, rule * max(0, room - cell_len(shown))
    return [
        Segment((pointer if look.selected else rule) + gap, style(look.foreground if look.selected else look.dim)),
        Segment(shown, style(look.foreground, bold=True, reverse=look.selected)),
        Segment(f"{gap}{fill} {note}" if note else gap + fill, style(look.dim)),
    ]


def area_of(width: int, rows: int, labels: int) -> Area:
    """The plot beside its labels and its line, which go where they would take half of a narrow chart."""
    line = width >= _WITH_LINE
    left = labels + 1 if line and width - labels - 2 >= max(6, width // 2) else int(line)
    return Area(left, 0, max(width - left - int(line), 1), rows)


def say(canvas: Canvas, area: Area, text: str) -> None:
    """A quiet line in the middle of the plot."""
    text = format.cut(text, area.width)
    canvas.write(area.left + (area.width - len(text)) // 2, area.top + area.height // 2, text, DIM)
