"""A chart prepared for one size: its frame, plot and legend are drawn once, the crosshair is laid over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from labtop.store.model import Window
from labtop.tui import format
from labtop.tui.charts.axes import draw_x_axis, draw_y_axis
from labtop.tui.charts.canvas import DIM, Canvas, strip, style
from labtop.tui.charts.crosshair import Reading, Readings, Stops, x_text
from labtop.tui.charts.drawing import Drawing
from labtop.tui.charts.frame import GAP, Layout, area_of, say, title_line
from labtop.tui.charts.histogram_chart import HistogramChart
from labtop.tui.charts.legend import Legend
from labtop.tui.charts.line_chart import LineChart
from labtop.tui.charts.parallel_chart import ParallelChart
from labtop.tui.charts.plot import Area
from labtop.tui.charts.scatter_chart import ScatterChart
from labtop.tui.charts.spec import ChartSpec, Drawable, HistogramSpec, Look, ParallelSpec, ScatterSpec
from labtop.tui.run_style import run_marker

_NAME_IN_NOTE = 24  # cells
_TO_ASCII = str.maketrans("…⏎–", "~ -")


class Picture:
    """What a spec looks like in `width` by `height` cells, whatever the values are."""

    def __init__(self, spec: Drawable, width: int, height: int, look: Look) -> None:
        self._spec, self._look = spec, look
        self._width, self._height = width, height
        self._chart = chart = _drawing(spec, look)
        self._lines = chart if isinstance(chart, LineChart) else None
        compared = self._lines is not None and self._lines.spec.baseline is not None
        self._legend = Legend(chart.entries, look, compared=compared) if chart.entries else None
        self._layout = Layout.of(width, height, self._legend)
        self._notes = chart.notes()
        self._canvas, self._area = Canvas(0, 0), Area(0, 0, 1, 0)
        if width > 0 and height > 0:
            self._prepare()
        self._inks = [style(look.foreground), style(look.dim), *chart.styles()]

    def strips(
        self, crosshair: float | None = None, logged: Mapping[int, float | None] = MappingProxyType({})
    ) -> list[Strip]:
        """Exactly `height` strips of exactly `width` cells, with a crosshair at an x in sight.

        `logged` are the values there of runs, by number, of which the curves do not have all points.
        """
        if self._width <= 0 or self._height <= 0:
            return [Strip([], 0)] * max(self._height, 0)
        if crosshair is None or self._lines is None or not self.window[0] <= crosshair <= self.window[1]:
            return self._plain
        canvas = self._canvas.copy()
        column = self._area.left + self._column(crosshair)
        canvas.fill((self._area.part[0], slice(column, column + 1)), self._look.mark("│"), DIM)
        readings = self._readings.at(crosshair, logged)
        where = x_text(crosshair, self._lines.points, self.window)
        if spoken := self._spoken(readings):
            where = " ".join([where + ":", *spoken])
        return self._assembled(canvas, [where, *self._notes], readings)

    def x_at(self, column: int) -> float | None:
        """The x at a column of cells of the chart: of the newest point in it, else in its middle.

        None outside the plot, and of charts without points of curves.
        """
        cell = column - self._area.left
        if self._lines is None or not self._lines.points.placed.any():
            return None
        if not (0 <= cell < self._area.width and self._area.height):
            return None
        across, x = self._look.grain.across, self._lines.x
        last = max(self._area.width * across - 1, 1)
        middle = (cell + 0.5) * across - 0.5
        point = self._stops.within(x.at((middle - across / 2) / last), x.at((middle + across / 2) / last))
        return x.at(middle / last) if point is None else point

    @property
    def window(self) -> Window:
        """The first and last x in sight."""
        return self._chart.x.low, self._chart.x.high

    def next_x(self, x: float | None, by: int) -> float | None:
        """Where a crosshair at x goes by this many columns of dots: to the nearest point there, at least to the next.

        x itself where there is no other, without an x the newest point in sight; None where there are no points.
        """
        return None if self._lines is None else self._stops.next(x, by)

    @cached_property
    def _plain(self) -> list[Strip]:
        return self._assembled(self._canvas, self._notes, None)

    @cached_property
    def _readings(self) -> Readings:
        return Readings(self._lines.spec.curves, self._lines.spec.baseline) if self._lines else Readings((), None)

    @cached_property
    def _stops(self) -> Stops:
        if self._lines is None:
            raise ValueError("only curves have points to stop at")
        return Stops(self._lines.points, self._lines.x, self._area.width * self._look.grain.across)

    def _prepare(self) -> None:
        """Draw the plot and its axes."""
        chart, layout, look = self._chart, self._layout, self._look
        width = self._width - layout.legend_columns
        upward = chart.y_marks(layout.plot_rows)
        area = area_of(width, layout.plot_rows, max((len(mark.label) for mark in upward), default=0))
        self._canvas, self._area = Canvas(width, layout.plot_rows + layout.axis + layout.x_labels), area
        if area.left:
            draw_y_axis(self._canvas, area, upward, look)
        name = self._axis_name(area)
        if layout.axis:
            draw_x_axis(self._canvas, area, chart.x_marks(area.width) if layout.x_labels else [], look, name)
            chart.mark_axis(self._canvas, area)
        if why := chart.empty():
            say(self._canvas, area, why)
        elif layout.plot_rows:
            chart.plot(self._canvas, area)

    def _axis_name(self, area: Area) -> str:
        """The name of x for the row of its labels; where it has no room there it goes to the notes."""
        name = self._chart.x_name
        if name and (not self._layout.x_labels or cell_len(name) > area.width // 3):
            self._notes.insert(0, f"x {format.cut(name, _NAME_IN_NOTE)}")
            return ""
        return name

    def _column(self, x: float) -> int:
        """The column of the plot in which x is."""
        across = self._look.grain.across
        return round(self._chart.x.place_one(x) * (self._area.width * across - 1)) // across

    def _spoken(self, readings: Sequence[Reading]) -> list[str]:
        """What the legend has no room for of the values at the crosshair, those of several runs with their markers."""
        values = deltas = False
        if self._legend:
            beside = self._layout.legend_columns - GAP
            rows = self._canvas.glyph.shape[0] if beside > 0 else self._layout.legend_rows
            values, deltas = self._legend.shown(beside if beside > 0 else self._width, rows, readings)
        curves = self._lines.spec.curves if self._lines else ()
        words = []
        for curve, reading in zip(curves, readings, strict=True):
            said = [str(reading)] * (not values) + [reading.delta] * (not deltas and reading.delta != "")
            if said and not curve.hidden:
                words.append(" ".join([run_marker(curve.number, self._look.charset)] * (len(curves) > 1) + said))
        return words

    def _assembled(self, canvas: Canvas, notes: Sequence[str], readings: Sequence[Reading] | None) -> list[Strip]:
        """Title, plot and legend as strips."""
        width, layout, legend = self._width, self._layout, self._legend
        body, exact = canvas.segments(self._inks), not layout.legend_columns
        if legend and layout.legend_columns:
            body = _beside(body, legend.rows(layout.legend_columns - GAP, len(body), readings))
        below = legend.rows(width, layout.legend_rows, readings) if legend else []
        title = title_line(self._spec.title, notes, width, self._look)
        if self._look.charset == "ascii":
            title, *rest = _in_ascii([title, *body, *below])
            body, below = rest[: len(body)], rest[len(body) :]
        strips = [strip(title, width), *(Strip(line, width) if exact else strip(line, width) for line in body)]
        strips += [strip(line, width) for line in below]
        return strips[: self._height] + [Strip.blank(width)] * (self._height - len(strips))


def _drawing(spec: Drawable, look: Look) -> Drawing:
    match spec:
        case ChartSpec():
            return LineChart(spec, look)
        case ScatterSpec():
            return ScatterChart(spec, look)
        case HistogramSpec():
            return HistogramChart(spec, look)
        case ParallelSpec():
            return ParallelChart(spec, look)


def _beside(body: list[list[Segment]], legend: list[list[Segment]]) -> list[list[Segment]]:
    """The legend to the right of the plot."""
    blank = [Segment(" " * GAP)]
    return [line + (blank + legend[row] if row < len(legend) else []) for row, line in enumerate(body)]


def _in_ascii(lines: list[list[Segment]]) -> list[list[Segment]]:
    """The lines with what cutting and cleaning put into names in ASCII."""
    return [[Segment(part.text.translate(_TO_ASCII), part.style) for part in line] for line in lines]
