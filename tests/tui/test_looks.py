"""What time alone changes: ages and states, in every view, though nothing is read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from labtop.store.model import Run, Status
from labtop.tui.looks import Looks

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock, and looks that do not wait."""
    for name, seconds in (("LEAST_S", 0.2), ("MOST_S", 0.2), ("ASKING_S", 0.2), ("ASKING_PARTS", 0.0), ("TURN_S", 0.0)):
        monkeypatch.setattr(Looks, name, seconds)
    return Clock()


@pytest.fixture
def live(log: Write, runs: Path, clock: Clock) -> None:
    """A run whose last line came just now, and one that ended."""
    log("live", *({"step": step, "time": clock.now - 10 + step, "loss": 10.0 - step} for step in range(10)))
    log("done", {"step": 1, "time": clock.now, "loss": 1.0}, {"event": "end", "status": "finished", "time": clock.now})
    os.utime(runs / "live" / "events.jsonl", (clock.now, clock.now))


def row(text: str, name: str) -> str:
    return next(line for line in text.split("\n") if f" {name} " in line)


@pytest.mark.usefixtures("live")
async def test_states_and_ages_follow_the_clock_in_the_table(open_app: Open, clock: Clock) -> None:
    async with open_app(clock=clock, store_clock=clock) as ui:
        assert "▶1" in ui.text()
        assert "▶" in row(ui.text(), "live")
        clock.now += 76
        await ui.until("▶1", gone=True)
        assert "·" in row(ui.text(), "live")
        assert "1m" in row(ui.text(), "live")
        assert "1m" in row(ui.text(), "done")


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("keys", [("enter",), ("a", "c", "x")])
async def test_other_views_say_what_the_table_says(open_app: Open, clock: Clock, keys: tuple[str, ...]) -> None:
    async with open_app(clock=clock, store_clock=clock) as ui:
        await ui.press("slash")
        await ui.type("live")
        await ui.press("enter", *keys)
        assert "running" in ui.text()
        clock.now += 76
        await ui.until("ended")
        await ui.until("▶1", gone=True)
        assert "running" not in ui.text()


@pytest.mark.usefixtures("live")
async def test_the_table_follows_the_page_of_a_run(
    open_app: Open, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Looks, "should_ask", lambda *_: False)
    async with open_app(clock=clock, store_clock=clock) as ui:
        await ui.press("slash")
        await ui.type("live")
        assert "▶1" in await ui.press("enter")
        clock.now += 76
        assert "· ended" in await ui.press("enter")
        await ui.until("▶1", gone=True)


def run(status: Status, updated: float) -> Run:
    unknown: dict[str, Any] = dict.fromkeys(Run.__dataclass_fields__)
    return Run(**unknown | {"number": 0, "status": status, "updated": updated, "cells": ()})


def test_a_look_waits_for_the_next_change_and_longer_where_it_costs_more() -> None:
    looks = Looks()
    assert looks.wait([run(Status.FINISHED, 0.0)], 110.0) == pytest.approx(10.0)
    assert looks.wait([run(Status.FINISHED, 0.0)], 119.0) == looks.LEAST_S
    assert looks.wait([run(Status.FINISHED, 0.0)], 3601.0) == looks.MOST_S
    assert looks.wait([run(Status.FINISHED, 0.0)] * 2000, 119.0) == pytest.approx(20.0)


def test_the_store_is_asked_where_a_state_can_turn_and_it_is_cheap() -> None:
    clock = Clock()
    looks = Looks(clock)
    assert looks.should_ask([run(Status.RUNNING, 0.0)], 76.0)
    assert not looks.should_ask([run(Status.FINISHED, 0.0), run(Status.ENDED, 0.0)], 76.0)
    looks.answered(0.01)
    assert not looks.should_ask([run(Status.RUNNING, 0.0)], 76.0)
    clock.now += 11
    assert looks.should_ask([run(Status.STALE, 0.0)], 76.0)
    assert not looks.should_ask([run(Status.STALE, 0.0)], 7600.0)
    looks.answered(1.0)
    clock.now += 100
    assert not looks.should_ask([run(Status.RUNNING, 0.0)], 76.0)
