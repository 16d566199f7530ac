"""Runs whose values are no longer finite, runs without a curve, and runs that run now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from labtop.tui.screens.run import RunView

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


def row(text: str, name: str) -> str:
    """The line of the screen that shows a run."""
    return next(line for line in text.split("\n") if name in line)


def charts(text: str) -> str:
    """What stands beside the table."""
    return "\n".join(line.split("▕")[-1] for line in text.split("\n")[1:-1])


def losses(*values: float | str) -> list[Mapping[str, object]]:
    return [{"step": step, "time": NOW - 900 + step, "loss": value} for step, value in enumerate(values)]


@pytest.fixture
def two(log: Write) -> None:
    """A run that ends in NaN, and one that had a NaN and went on."""
    log("lost", *losses(3.0, 2.0, "nan"))
    log("fine", *losses(3.0, "nan", 1.0))


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("size", [(140, 45), (80, 24)])
async def test_a_run_that_ended_in_nan_has_a_sign_whatever_is_shown(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app(size) as ui:
        for keys in ((), ("A",), ("A",), ("A",), ("A", "P", "enter")):
            text = await ui.press(*keys)
            assert "!" in row(text, " lost"), keys
            assert "!" not in row(text, " fine"), keys


@pytest.mark.usefixtures("two")
async def test_its_chart_does_not_look_healthy(open_app: Open) -> None:
    async with open_app() as ui:
        title = next(line for line in ui.text().split("\n") if "─ loss ─" in line)
        assert "! 1 not finite" in title
        assert "×" in ui.text().split("└")[0]


async def test_charts_show_runs_with_curves_and_those_that_run_now_first(open_app: Open, log: Write) -> None:
    for number in range(9):
        log(f"done-{number}", *losses(3.0, 2.0), {"event": "end", "status": "finished", "time": NOW - 800})
        log(f"smoke-{number}", {"step": 0, "time": NOW - 60, "loss": 1.0})
    log("live", {"step": 0, "time": NOW - 5000, "loss": 3.0}, {"step": 1, "time": NOW, "loss": 2.0})
    async with open_app((200, 45)) as ui:
        assert "8 of 19 runs" in charts(ui.text())
        assert "live" in charts(ui.text())
        assert "smoke" not in charts(ui.text())
        await ui.press("s")
        await ui.type("started")
        assert "live" in charts(await ui.press("enter", "S"))


async def test_runs_of_one_point_are_charted_where_there_are_no_others(open_app: Open, log: Write) -> None:
    log("smoke", {"step": 0, "time": NOW - 60, "loss": 1.0})
    async with open_app() as ui:
        assert "● smoke 1" in ui.text()


class Clock:
    """A clock that is set by hand, and counts who looks."""

    def __init__(self) -> None:
        self.now = NOW
        self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        return self.now


async def test_seconds_count_in_a_running_run_and_in_no_other(
    open_app: Open, log: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunView, "SECOND_S", 0.01)
    log("live", {"step": 1, "time": NOW - 12, "loss": 1.0})
    log("done", {"step": 1, "time": NOW - 90, "loss": 1.0}, {"event": "end", "status": "finished", "time": NOW - 80})
    clock = Clock()
    async with open_app(clock=clock) as ui:
        await ui.press("enter")
        await ui.until("12 s ago")
        clock.now += 5
        await ui.until("17 s ago")
        clock.now += 60
        await ui.until("1m ago")
        await ui.press("escape", "j", "enter")
        await ui.until("finished")
        looks = clock.looks
        for _ in range(20):
            await ui.pilot.pause(0.01)
        assert clock.looks <= looks + 5, "the workspace looks at the clock too, seldom"


async def test_the_page_of_a_run_tells_which_of_its_lines_could_not_be_read(
    open_app: Open, log: Write, runs: Path
) -> None:
    log("half", *losses(3.0, 2.0))
    with (runs / "half" / "events.jsonl").open("a") as file:
        file.write('{"step": 2, oops\n')
    log("half", {"step": 3, "time": NOW, "loss": 1.0})
    async with open_app() as ui:
        text = await ui.press("enter")
        assert "1 line could not be read" in text
        assert "half/events.jsonl, line 3: " in text
