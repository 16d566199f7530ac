"""Charts go on showing new points whatever opened and closed above them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from labtop.tui.widgets import chart_grid
from labtop.tui.widgets.chart import Chart

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


def has_chart_to(text: str, value: int) -> bool:
    """Whether a chart's y axis, right of the table, reaches this value."""
    return any(line.partition("▕")[2].lstrip().startswith(f"{value}┤") for line in text.split("\n"))


async def test_charts_do_not_wait_for_the_screen_above_them(
    open_app: Open, log: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart_grid, "CHARTS_REST_S", 0.02)
    log("live", *({"step": step, "time": NOW + step, "loss": step % 2} for step in range(5)))
    async with open_app() as ui, asyncio.timeout(30):
        assert "loss ─" in ui.text()
        await ui.press("s")
        chart = ui.app.screen_stack[0].query(Chart).first()
        drawn: asyncio.Queue[float | None] = asyncio.Queue()
        chart.watch(chart, "spec", lambda spec: drawn.put_nowait(spec.curves[0].newest), init=False)
        picker, goes_on = ui.app.screen, asyncio.Event()
        picker.call_later(goes_on.wait)  # what it is told now it never does, as where it is about to close
        try:
            for step, value in ((5, 40), (6, 80)):
                log("live", {"step": step, "time": NOW + step, "loss": value})
                while await drawn.get() != value:
                    pass
        finally:
            goes_on.set()
        assert has_chart_to(await ui.press("escape"), 80)
