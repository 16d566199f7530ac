"""Exporting: the charts in sight into files, exactly as they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from rich.cells import cell_len

from labtop.tui.charts.spec import ChartSpec, Spec
from labtop.tui.export.error import ExportError
from labtop.tui.inquiry import Said
from labtop.tui.run_names import cut_front
from labtop.tui.screens.charting import Charting
from labtop.tui.screens.picker import Choice, Picker
from labtop.tui.widgets.chart import Chart
from labtop.tui.widgets.header import short_path

_LEAST_DRAWN = (80, 20)  # cells: a chart that is small on the screen is not to be small on paper

_LEAST_FOLDER = 8  # cells


@dataclass(frozen=True, slots=True)
class _Export:
    """Charts as they were drawn, one or all of a page, and how large, in cells."""

    specs: tuple[Spec, ...]
    columns: int
    rows: int

    def written(self, ending: str) -> list[Path]:
        """Write a file; of a table of numbers one a chart. Raises `ExportError`."""
        from labtop.tui.export.name import file_name  # what the first frame does not need
        from labtop.tui.export.write import write

        size = self.columns, self.rows
        if ending != ".txt":
            size = max(size[0], _LEAST_DRAWN[0]), max(size[1], _LEAST_DRAWN[1])
        files = [(spec,) for spec in self.specs] if ending == ".csv" else [self.specs]
        return [write(specs, Path(file_name(specs, ending)), columns=size[0], rows=size[1]) for specs in files]


class Exporting(Charting):
    """Asks for a format, and writes into the working directory, in a thread."""

    def action_export(self) -> None:
        """The focused chart into a file, without one all charts of the page."""
        charts = self._drawn()
        if not charts:
            self.say("no chart is in sight to be written; labtop ls --format csv writes the table")
            return
        export = _Export(tuple(spec for _, spec in charts), *charts[0][0].size)
        title = f"Export {charts[0][1].title if len(charts) == 1 else f'{len(charts)} charts'} as"

        def picked(ending: str | None) -> None:
            if ending is not None:
                self.run_worker(lambda: self._write(export, ending), group="export", thread=True)

        self.app.push_screen(Picker(title, _formats(len(charts) > 1)), picked)

    def _drawn(self) -> list[tuple[Chart, Spec]]:
        if self.grid is None or not self.grid.is_on_screen:
            return []
        charts = [chart for chart in self.grid.query(Chart) if chart.display]
        chosen = [chart for chart in charts if chart.has_focus] or charts
        smoothing = self.settings.smoothing
        return [(chart, _with_smoothing(chart.spec, smoothing)) for chart in chosen if isinstance(chart.spec, Spec)]

    def _write(self, export: _Export, ending: str) -> None:
        """In the thread."""
        try:
            paths = export.written(ending)
        except ExportError as error:
            self.post_message(Said(str(error)))
        else:
            self.post_message(Said(_told(paths, self.size.width - 2)))  # a blank on either side


def _with_smoothing(spec: Spec, smoothing: float) -> Spec:
    """A file has no header to say how much its curves are smoothed."""
    if isinstance(spec, ChartSpec) and any(curve.smooth for curve in spec.curves):
        return replace(spec, note=", ".join(filter(None, (spec.note, f"smooth {smoothing:g}"))))
    return spec


def _told(paths: list[Path], width: int) -> str:
    """What was written and where, in so many cells: the names or how many, and of the folder the end."""
    written = f"written: {', '.join(path.name for path in paths)}"
    if len(paths) > 1 and cell_len(f"{written} in ") + _LEAST_FOLDER > width:
        written = f"written: {len(paths)} files"
    room = width - cell_len(f"{written} in ")
    return f"{written} in {cut_front(short_path(Path.cwd()), room)}" if room >= _LEAST_FOLDER else written


def _formats(several: bool) -> list[Choice[str]]:
    one = "one under the other" if several else ""
    renderer = one if find_spec("resvg_py") else "needs pip install 'labtop[png]'"
    return [
        Choice(".svg", "SVG: a drawing", one),
        Choice(".png", "PNG: a picture", renderer),
        Choice(".csv", "CSV: the numbers that are drawn", "a file each" if several else ""),
        Choice(".txt", "text: as on the screen", one),
    ]
