"""`python -m benchmarks.charts_frame_probe TOLD TURNS ROWS COLUMNS ARGUMENTS`: the program, its frames measured.

When all charts of Plots are drawn it measures and ends. TOLD gets a JSON object: `charts`, how many there were; the
milliseconds of each frame with data `unchanged`, with `one` chart dirty, with `all`, and of the `whole` screen written
anew; `bytes` of these.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

import numpy as np
from textual.screen import Screen

from labtop.cli import main as labtop
from labtop.store.model import Floats
from labtop.tui.app import LabtopApp
from labtop.tui.charts.spec import ChartSpec
from labtop.tui.screens.workspace import Workspace
from labtop.tui.widgets.chart import Chart

_REST_S = 0.05
_QUIET = 10  # rests in a row without a frame: all there is has been drawn
_PATIENCE = 1_200  # rests


class Frames:
    """Measures what the screen does for each frame, and counts the bytes of it."""

    def __init__(self) -> None:
        self.done = asyncio.Event()
        self.count = self.bytes = 0
        self.seconds = 0.0

    def wrap(self, frame: Callable[[Screen[object]], None]) -> Callable[[Screen[object]], None]:
        """The screen's own method, measured."""

        def measured(screen: Screen[object]) -> None:
            began = perf_counter()
            frame(screen)
            self.seconds += perf_counter() - began
            self.count += 1
            self.done.set()

        return measured

    def wrap_write(self, write: Callable[[str], None]) -> Callable[[str], None]:
        """The way to the terminal, counted."""

        def counted(data: str) -> None:
            self.bytes += len(data.encode())
            write(data)

        return counted

    async def after(self, change: Callable[[], object]) -> float:
        """Milliseconds of a change and its frame, without the time between them; of all frames, should it take more."""
        self.done.clear()
        self.bytes, self.seconds = 0, 0.0
        began = perf_counter()
        change()
        changed = perf_counter() - began
        await asyncio.wait_for(self.done.wait(), 10)
        await asyncio.sleep(_REST_S)
        return 1000 * (changed + self.seconds)


async def _measure(app: LabtopApp, frames: Frames, told: Path, turns: int, shape: tuple[int, int]) -> None:
    try:
        charts = await _open(app, frames, shape)
        _count_bytes(app, frames)
        figures = await _figures(app, frames, charts, turns)
        await asyncio.to_thread(told.write_text, json.dumps(figures))
    finally:
        app.exit(0)


async def _figures(app: LabtopApp, frames: Frames, charts: list[Chart], turns: int) -> dict[str, list[float]]:
    """In turns, so that what else the machine does meets all of them."""
    figures: dict[str, list[float]] = {"charts": [len(charts)], "bytes": []}
    for turn in range(turns):
        changes: dict[str, Callable[[], object]] = {
            "unchanged": partial(_each, Chart.refresh, charts),
            "one": partial(_turn, charts[turn % len(charts)]),
            "all": partial(_each, _turn, charts),
            "whole": app.refresh,
        }
        for name, change in changes.items():
            figures.setdefault(name, []).append(await frames.after(change))
        figures["bytes"].append(frames.bytes)
    return figures


async def _open(app: LabtopApp, frames: Frames, shape: tuple[int, int]) -> list[Chart]:
    """Plots in this shape, once everything in it stands still."""
    workspace = app.screen
    assert isinstance(workspace, Workspace)
    await _until(lambda: workspace.table is not None and workspace.activity.complete)
    workspace.shape = shape
    workspace.action_view("plots")
    quiet = seen = 0

    def is_still() -> bool:
        nonlocal quiet, seen
        still = frames.count == seen and bool(charts := _charts(workspace)) and all(chart.spec for chart in charts)
        quiet, seen = quiet + 1 if still else 0, frames.count
        return quiet >= _QUIET

    await _until(is_still)
    return _charts(workspace)


def _charts(workspace: Workspace) -> list[Chart]:
    return [chart for chart in workspace.current.query(Chart) if chart.display]


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(_PATIENCE):
        if condition():
            return
        await asyncio.sleep(_REST_S)
    raise TimeoutError("the charts were never drawn")


def _count_bytes(app: LabtopApp, frames: Frames) -> None:
    driver = app._driver
    assert driver is not None
    patch.object(driver, "write", frames.wrap_write(driver.write)).start()


def _each(change: Callable[[Chart], object], charts: list[Chart]) -> None:
    for chart in charts:
        change(chart)


def _turn(chart: Chart) -> None:
    """The chart's curves upside down."""
    spec = chart.spec
    assert isinstance(spec, ChartSpec)
    chart.spec = replace(spec, curves=tuple(replace(each, value=_turned(each.value)) for each in spec.curves))


def _turned(value: Floats) -> Floats:
    turned: Floats = np.nanmin(value) + np.nanmax(value) - value
    return turned


def main() -> int:
    told, turns, rows, columns, *arguments = sys.argv[1:]
    frames = Frames()
    tasks: list[asyncio.Task[None]] = []
    mount = LabtopApp.on_mount

    def mounted(app: LabtopApp) -> None:
        mount(app)
        shape = int(rows), int(columns)
        tasks.append(asyncio.create_task(_measure(app, frames, Path(told), int(turns), shape)))

    measured = frames.wrap(Screen._on_timer_update)
    with patch.object(LabtopApp, "on_mount", mounted), patch.object(Screen, "_on_timer_update", measured):
        return labtop(arguments)


if __name__ == "__main__":
    sys.exit(main())
