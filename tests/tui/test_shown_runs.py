"""Which runs and metrics the charts show while nobody has marked a run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0
END = {"event": "end", "status": "finished", "time": NOW - 90}


def lines(metric: str) -> list[dict[str, object]]:
    return [{"step": step, "time": NOW - 100 + step, metric: 9.0 - step} for step in range(5)]


@pytest.fixture
def mixed(log: Write) -> None:
    """Ten runs and `tgtA` with one metric, `tgtB` with another."""
    for number in range(10):
        log(f"other{number}", *lines("val/loss"), END)
    log("tgtA", *lines("val/loss"), END)
    log("tgtB", *lines("score"), END)


async def filtered(ui: Any, text: str) -> str:
    await ui.press("slash")
    await ui.type(text)
    shown: str = await ui.press("enter")
    return shown


@pytest.mark.usefixtures("mixed")
async def test_all_runs_that_pass_the_filter_are_shown_where_they_fit(open_app: Open) -> None:
    async with open_app() as ui:
        await filtered(ui, "tgt")
        plots = await ui.press("2")
        assert " val/loss ─" in plots
        assert " score ─" in plots
        heads = (await ui.press("3")).split("\n")[2]
        assert "tgtA" in heads
        assert "tgtB" in heads


@pytest.mark.usefixtures("mixed")
async def test_of_many_runs_those_with_a_curve_are_shown_first(open_app: Open, log: Write) -> None:
    log("zzz", *lines("score"), END)
    async with open_app() as ui:
        heads = (await ui.press("3")).split("\n")[2]
        assert heads.count("other") + heads.count("tgtA") >= 4
        assert "zzz" not in heads
        assert "tgtB" not in heads


@pytest.mark.usefixtures("mixed")
async def test_runs_that_have_no_pinned_metric_show_their_own(open_app: Open) -> None:
    async with open_app() as ui:
        assert " score ─" not in ui.text()
        text = await filtered(ui, "tgtb")
        assert " score ─" in text
        assert "no data" not in text
        assert " score" in text.split("\n")[1]
        text = await ui.press("escape")
        assert " score ─" not in text
        assert " val/loss ─" in text


@pytest.mark.usefixtures("mixed")
async def test_a_chosen_pin_stays_and_nothing_is_promised_of_ended_runs(open_app: Open, log: Write) -> None:
    async with open_app() as ui:
        await ui.press("P")
        await ui.type("score")
        await ui.press("enter")
        text = await filtered(ui, "tgtb")
        assert " val/loss ─" in text
        assert "no data" in text
        assert "no data yet" not in text
