"""The column with the course of each run: where there is room, in place, asked for where it is in sight."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from labtop.store.store import Store
from labtop.tui.run_style import run_color

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0
LARGE = (200, 60)


def table(text: str) -> list[str]:
    """The lines of the table."""
    return [line.partition("▕")[0] for line in text.split("\n")[1:-1]]


def row(text: str, name: str) -> str:
    """The line of the table that shows a run."""
    return next(line for line in table(text) if re.match(rf"..\S {name}\b", line))


def trend(text: str, name: str) -> str:
    """What stands below the heading in a run's line."""
    end = table(text)[0].index(" trend") + len(" trend")
    return row(text, name)[end - 8 : end].strip()


@pytest.fixture
def three(train: Write, log: Write) -> None:
    """A run that gets better, one that gets worse, and one that has another metric only."""
    train("falls", 4.0, 1.0, lr=0.1)
    train("rises", 1.0, 4.0, lr=0.2)
    log("other", {"step": 1, "time": NOW, "rate": 1.0}, {"step": 2, "time": NOW, "rate": 2.0})


@pytest.mark.usefixtures("three")
async def test_each_run_has_its_course_behind_the_first_metric(open_app: Open) -> None:
    async with open_app(LARGE) as ui:
        text = await ui.until("▂")
        heads = table(text)[0].split()
        assert heads[heads.index("age") + 2] == "trend"
        assert trend(text, "falls") == "█▇▆▅▄▃▂▁"
        assert trend(text, "rises") == "▁▂▃▄▅▆▇█"
        assert trend(text, "other") == ""


@pytest.mark.usefixtures("three")
async def test_it_has_the_colour_of_its_run(open_app: Open) -> None:
    async with open_app(LARGE) as ui:
        await ui.until("▂")
        strips = ui.app.screen._compositor.render_strips()
        drawn = {part.text: part.style.color.name for strip in strips for part in strip if part.text.startswith("█▇")}
        numbers = {run.name: run.number for run in ui.app.screen.known.values()}
        assert drawn == {"█▇▆▅▄▃▂▁": run_color(numbers["falls"]).lower()}


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("size", [(140, 45), (80, 24)])
async def test_it_takes_no_room_that_others_need(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app(size) as ui:
        assert "trend" not in table(ui.text())[0]
        if size == (140, 45):
            await ui.press("z")
            assert trend(await ui.until("▂"), "falls") == "█▇▆▅▄▃▂▁"
            assert "trend" not in table(await ui.press("z"))[0]


@pytest.mark.usefixtures("three")
async def test_a_console_without_unicode_has_ascii(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    async with open_app(LARGE) as ui:
        text = await ui.until("#*+")
        assert trend(text, "rises") == ".:-=+*#"


@pytest.mark.usefixtures("three")
async def test_it_is_of_the_first_pinned_metric(open_app: Open) -> None:
    async with open_app(LARGE) as ui:
        await ui.until("▂")
        await ui.press("P", "enter", "P", "enter")
        assert "trend" not in table(ui.text())[0]
        await ui.press("P")
        await ui.type("rate")
        text = await ui.press("enter")
        assert trend(text, "other") == "▁▁▁▁▁▁▁█"
        assert trend(text, "falls") == "█▃▂▂▁▁▁▁"


async def test_only_runs_in_sight_and_near_are_asked_for_and_later_those_that_changed(
    open_app: Open, train: Write, log: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[int]] = []
    real = Store.sparklines

    def spied(store: Store, runs: tuple[int, ...], metric: str, cells: int) -> dict[int, tuple[float, ...]]:
        asked.append(set(runs))
        return real(store, runs, metric, cells)

    monkeypatch.setattr(Store, "sparklines", spied)
    for number in range(90):
        log(f"run-{number:02}", *({"step": step, "time": NOW - number, "loss": step % 5} for step in range(8)))
    log("live", *({"step": step, "time": NOW, "loss": 8 - step} for step in range(5)))
    async with open_app((200, 20)) as ui:
        await ui.until("▅")
        assert len(set().union(*asked)) < 60
        await ui.press("j", "j", "G")
        assert all("█" in line for line in table(ui.text())[1:])
        await ui.press("g", "j")
        asked.clear()
        log("live", *({"step": step, "time": NOW + 1, "loss": 8 + step} for step in range(5, 8)))
        text = await ui.until("▃▃▂▁▁▇██")
        assert trend(text, "live") == "▃▃▂▁▁▇██"
        assert [len(runs) for runs in asked] == [1]
        assert next(line for line in table(text) if line.startswith("›")) == row(text, "run-00")
