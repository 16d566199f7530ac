"""From an empty directory to the first runs: what each frame shows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from textual.screen import Screen

from labtop.tui.app import LabtopApp
from labtop.tui.table_question import TableAnswer, TableQuestion, answer

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


async def test_the_first_answer_leaves_the_prompt_to_who_types(open_app: Open, log: Write) -> None:
    for run in ("alpha", "beta"):
        log(run, {"step": 1, "loss": 0.5})
    first: Future[TableAnswer] = Future()
    async with open_app(first=first) as ui:
        await ui.pilot.press("slash", "b")
        assert "beta" not in ui.text(), "nothing is answered yet"
        first.set_result(answer(ui.app._store, TableQuestion()))
        await ui.until("beta")
        await ui.pilot.press("e")
        assert "runs /  be" in ui.text()
