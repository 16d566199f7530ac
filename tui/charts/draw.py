"""Drawing a chart into terminal cells: a pure function of what, how large and in which look."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from labtop.tui import format
from labtop.tui.charts.axes import draw_x_axis, draw_y_axis, x_marks, y_marks
from labtop.tui.charts.canvas import DIM, Canvas, strip, style
from labtop.tui.charts.legend import Legend
from labtop.tui.charts.plot import Area, grain_of, inks, mark_lost, plot
from labtop.tui.charts.points import Points, gather
from labtop.tui.charts.spec import ChartSpec, Look
from labtop.tui.run_style import run_color

_WIDE = 90  # cells from which on the legend stands beside the plot
_WITH_LINE = 8  # and from which on there is a line and a margin beside the plot
_GAP = 2
_TITLE_LIMIT = 500
_TO_ASCII = str.maketrans("…⏎", "~ ")  # what cutting and cleaning put into names


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
            columns = legend.width(width // 4) + _GAP
        elif legend and under_title - frame >= 5:
            rows = min(legend.rows_needed(width), 1 + (under_title - frame - 5) // 3)
        return cls(max(under_title - frame - rows, 0), axis, x_labels, rows, columns)


def draw(spec: ChartSpec, width: int, height: int, look: Look) -> list[Strip]:
    """The chart as exactly `height` strips of exactly `width` cells, whatever the values are."""
    if width <= 0 or height <= 0:
        return [Strip([], 0)] * max(height, 0)
    points = gather(spec)
    legend = Legend(spec.curves, look) if spec.legend and spec.curves else None
    layout = Layout.of(width, height, legend)
    body = _body(points, width - layout.legend_columns, layout, look)
    if legend and layout.legend_columns:
        body = _beside(body, legend.rows(layout.legend_columns - _GAP, len(body)))
    below = legend.rows(width, layout.legend_rows) if legend else []
    lines = [_title(spec, points, width, look), *body, *below]
    if look.charset == "ascii":
        lines = [[Segment(part.text.translate(_TO_ASCII), part.style) for part in line] for line in lines]
    return [strip(line, width) for line in lines[:height]] + [Strip.blank(width)] * (height - len(lines))


def _title(spec: ChartSpec, points: Points, width: int, look: Look) -> list[Segment]:
    """Title on the left, notes on the right, a rule between; a chart that has the focus is marked and reversed."""
    pointer, rule = (">", "-") if look.charset == "ascii" else ("▸", "─")
    text = format.clean(spec.title, _TITLE_LIMIT)
    note = format.cut(_note(spec, points, look), max(width // 2 - 2, width - cell_len(text) - 6))
    room = width - 3 - (cell_len(note) + 1 if note else 0)
    shown = format.cut(text, room)
    gap, fill = " " if shown else rule, rule * max(0, room - cell_len(shown))
    return [
        Segment((pointer if look.selected else rule) + gap, style(look.foreground if look.selected else look.dim)),
        Segment(shown, style(look.foreground, bold=True, reverse=look.selected)),
        Segment(f"{gap}{fill} {note}" if note else gap + fill, style(look.dim)),
    ]


def _note(spec: ChartSpec, points: Points, look: Look) -> str:
    """What the title says on the right: the spec's note, the scale, how many values that scale cannot show."""
    notes = [format.clean(spec.note, _TITLE_LIMIT)] if spec.note else []
    if spec.log_y:
        notes.append("log")
        if hidden := points.not_positive:
            notes.append(f"{hidden} {'<=' if look.charset == 'ascii' else '≤'} 0 hidden")
    return ", ".join(notes)


def _body(points: Points, width: int, layout: Layout, look: Look) -> list[list[Segment]]:
    """Plot and axes."""
    x, y = points.x_scale(), points.y_scale()
    upward = y_marks(y, layout.plot_rows, grain_of(look)) if y and layout.plot_rows else []
    area = _area(width, layout.plot_rows, max((len(mark.label) for mark in upward), default=0))
    canvas = Canvas(width, layout.plot_rows + layout.axis + layout.x_labels)
    if area.left:
        draw_y_axis(canvas, area, upward, look)
    if layout.axis:
        labelled = layout.x_labels and points.placed.any()
        marks = x_marks(x, points.spec.x, area.width, grain_of(look), whole=points.has_whole_x) if labelled else []
        draw_x_axis(canvas, area, marks, look)
        mark_lost(canvas, area, points, x, look)
    if y is None:
        _say(canvas, area, _why_empty(points))
    elif layout.plot_rows:
        plot(canvas, area, points, x, y, look)
    styles = [style(run_color(number), dim=dim) for number, dim in inks(points)]
    return canvas.segments([style(look.foreground), style(look.dim), *styles])


def _area(width: int, rows: int, labels: int) -> Area:
    """The plot beside its labels and its line, which go where they would take half of a narrow chart."""
    line = width >= _WITH_LINE
    left = labels + 1 if line and width - labels - 2 >= max(6, width // 2) else int(line)
    return Area(left, 0, max(width - left - int(line), 1), rows)


def _why_empty(points: Points) -> str:
    """What to say where there is no curve."""
    if points.spec.log_y and points.not_positive and not points.lost.size:
        return "no value above 0"
    return ("no finite value" if points.lost.size else "no data") + " yet" * points.spec.may_grow


def _say(canvas: Canvas, area: Area, text: str) -> None:
    """A quiet line in the middle of the plot."""
    text = format.cut(text, area.width)
    canvas.write(area.left + (area.width - len(text)) // 2, area.top + area.height // 2, text, DIM)


def _beside(body: list[list[Segment]], legend: list[list[Segment]]) -> list[list[Segment]]:
    """The legend to the right of the plot."""
    blank = [Segment(" " * _GAP)]
    return [line + (blank + legend[row] if row < len(legend) else []) for row, line in enumerate(body)]
