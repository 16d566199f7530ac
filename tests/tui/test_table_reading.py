"""What a person reads off the runs table while filters, sorts and columns change."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from textual.events import Key, Paste

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


@pytest.fixture
def trained(train: Write, log: Write) -> None:
    """Two finished runs, and one on its way: live."""
    train("early", 4.0, 1.0, lr=0.1)
    train("late", 3.0, 2.0, lr=0.01)
    log("live", {"event": "run", "params": {"lr": 0.5}, "total_steps": 10, "time": NOW - 60, "expect_next_in": 9e9})
    log("live", {"step": 4, "train/loss": 2.5, "val/loss": 5.0, "rate": 1.0, "time": NOW - 50})


def heading(ui: Any) -> str:
    """The labels of the table."""
    return str(ui.table()[0])


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("keys", [("s",), ("colon",), ("v",), ("D", "tab", "w", "tab", "h"), ("question_mark",)])
async def test_what_leaves_a_dialog_twice_in_one_piece_leaves_it_once(open_app: Open, keys: tuple[str, ...]) -> None:
    leave = "escape" if keys in (("v",), ("question_mark",)) else "enter"
    async with open_app() as ui:
        await ui.press(*keys)
        for _ in range(2):
            ui.app.post_message(Key(leave, None))
        await ui.settle()
        assert "early" in await ui.press("1")


@pytest.mark.usefixtures("trained")
async def test_how_far_runs_are_has_its_column_whatever_the_filter_leaves(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("z")
        assert "done" in heading(ui)
        assert "40%" in ui.row("live")
        await ui.type(["slash", *"is:finished"])
        assert ui.names() == ["late", "early"]
        assert "done" in heading(ui)


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("begun", ["lr < 5e", "lr < 5e-", "lr < 5.E"])
async def test_a_number_that_is_still_typed_does_not_empty_the_table(open_app: Open, begun: str) -> None:
    async with open_app() as ui:
        await ui.type(["slash", *begun])
        assert set(ui.names()) == {"live", "late", "early"}
        await ui.press("escape")


@pytest.mark.usefixtures("trained")
async def test_all_lines_of_what_is_pasted_are_the_filter(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("slash")
        ui.app.post_message(Paste("early\nlr < 0.05"))
        await ui.settle()
        assert "early lr < 0.05" in ui.text()
        assert ui.names() == []


@pytest.mark.usefixtures("trained")
async def test_an_order_that_no_column_shows_is_told_at_the_top(open_app: Open) -> None:
    async with open_app() as ui:
        assert "by started" not in ui.text()
        await ui.type(["s", *"duration", "enter"])
        assert "by duration▼" in ui.text().split("\n")[0]
        await ui.type(["s", *"val/loss", "enter"])
        assert "by duration▼" in ui.text().split("\n")[0]
        assert "val/loss▲1" in heading(ui)


@pytest.mark.usefixtures("trained")
async def test_a_metric_whose_second_column_is_gone_shows_another_value_with_the_rest(open_app: Open) -> None:
    async with open_app((160, 24)) as ui:
        await ui.type(["z", "v", *"max val", "enter", "escape"])
        await ui.press("A")
        assert " val/loss" in heading(ui)
        await ui.type(["v", *"max val", "enter", "escape"])
        await ui.press("A")
        assert "min val/loss" in heading(ui)
        assert "min train/loss" in heading(ui)


async def test_a_table_without_pinned_metrics_has_the_room_of_the_charts(open_app: Open, log: Write) -> None:
    for number in range(30):
        log(f"run-{number:02}", {"step": 1, "epoch": 1, "time": NOW + number})
    async with open_app((80, 24)) as ui:
        assert "no metric is pinned" in ui.text()
        assert sum("run-" in line for line in ui.text().split("\n")) == 20


async def test_a_note_of_several_lines_is_one_note(open_app: Open, train: Write, log: Write) -> None:
    train("early", 4.0, 1.0)
    log("early", {"event": "note", "text": "first line\r\nsecond line", "time": NOW})
    log("early", {"event": "note", "text": "another", "time": NOW + 1})
    async with open_app((160, 24)) as ui:
        await ui.type(["z", "v", *"notes", "enter", "escape"])
        assert "another (+1)" in ui.row("early")


async def test_the_seed_that_a_run_told_is_one_of_its_params(open_app: Open, log: Write) -> None:
    for seed in (0, 1):
        log(f"run-{seed}", {"event": "run", "seed": seed, "params": {"lr": 0.1}, "time": NOW + 9 * seed})
        log(
            f"run-{seed}",
            {"step": 1, "val/loss": 1.0, "time": NOW + 9 * seed},
            {"event": "end", "time": NOW + 9 * seed},
        )
    async with open_app() as ui:
        await ui.press("z")
        assert "seed" in heading(ui)
        assert "≈ run-0" in ui.row("run-1")
        await ui.type(["slash", *"seed = 0"])
        assert ui.names() == ["run-0"]
