"""From an empty directory to the first runs: what each frame shows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from textual.screen import Screen

from labtop.tui.app import LabtopApp

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every frame that goes to the terminal, as lines of text."""
    shown: list[str] = []
    display = LabtopApp._display

    def record(app: LabtopApp, screen: Screen[object], update: Any) -> None:
        display(app, screen, update)
        shown.append("\n".join(strip.text for strip in app.screen._compositor.render_strips()))

    monkeypatch.setattr(LabtopApp, "_display", record)
    return shown


async def test_no_frame_counts_runs_and_says_that_there_are_none(open_app: Open, log: Write, frames: list[str]) -> None:
    async with open_app() as ui:
        await ui.until("No runs yet")
        for run in range(4):
            log(f"run-{run}", {"step": 1, "loss": 0.5})
        await ui.until("4 runs")
    counted = [frame for frame in frames if "4 runs" in frame.split("\n")[0]]
    assert counted
    assert not any("To make a run" in frame for frame in counted)


async def test_the_table_has_the_focus_as_soon_as_there_is_a_run(open_app: Open, log: Write) -> None:
    async with open_app() as ui:
        log("first", {"step": 1, "loss": 0.5})
        log("second", {"step": 1, "loss": 0.5})
        await ui.until("2 runs")
        await ui.settle()
        assert "1 marked" in await ui.press("j", "space")


async def test_what_says_that_there_are_none_is_silent_where_there_are(
    open_app: Open, train: Write, frames: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LabtopApp, "_start", lambda app: None)
    train("one", 2.0, 1.0)
    async with open_app() as ui:
        assert "1 run" in ui.text()
        frames.clear()
        ui.app.screen.add_class("-empty")
        await ui.settle()
        assert "─ train/loss ─" not in frames[-1]
        assert not any("No runs" in frame or "echo" in frame for frame in frames)
