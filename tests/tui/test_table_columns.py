"""Columns of the runs table: which, where, how wide, in sight; and the order of rows by several of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


@pytest.fixture
def six(log: Write) -> None:
    """Six runs, of two optimizers and three learning rates; `layers` is the same in all."""
    for place, name in enumerate("abcdef"):
        start = NOW - 3600 + 100 * place
        params = {"opt": "adam" if place % 2 else "sgd", "lr": (0.1, 0.01, 0.001)[place // 2], "layers": 2}
        log(f"run-{name}", {"event": "run", "params": params, "tags": [f"t-{name}", "[i]"], "time": start})
        log(
            f"run-{name}",
            *({"step": step, "val/loss": 9 - place, "extra": place + step, "time": start} for step in (1, 2)),
        )
        log(f"run-{name}", {"event": "end", "status": "finished", "time": start + place})


async def choose(ui: Any, key: str, *names: str) -> None:
    """Open a picker with a key, and take what is found under each name."""
    await ui.type([key])
    for name in names:
        await ui.type(["ctrl+u", *name, "enter"] if name != names[0] else [*name, "enter"])
    if ui.app.screen.is_modal:
        await ui.press("escape")


def heads(ui: Any) -> list[str]:
    """What stands above the columns behind the name, as words."""
    return list(ui.table()[0].partition("│")[2].split())


async def click(ui: Any, head: str) -> None:
    """On the header of a column."""
    await ui.pilot.click(offset=(ui.text().split("\n")[1].index(head), 1))
    await ui.settle()


def order(ui: Any) -> str:
    """The last letters of the names, from the top."""
    return "".join(name[-1] for name in ui.names())


@pytest.mark.usefixtures("six")
async def test_the_column_before_decides_where_the_last_chosen_is_equal(open_app: Open) -> None:
    async with open_app((140, 24)) as ui:
        await ui.press("z")
        assert order(ui) == "fedcba"
        await choose(ui, "s", "lr")
        assert order(ui)[:2] in ("fe", "ef")
        assert "lr▲" in heads(ui)
        await choose(ui, "s", "opt")
        assert order(ui) == "fdbeca"
        assert {"opt▲1", "lr▲2"} <= set(heads(ui))
        await ui.press("S")
        assert order(ui) == "ecafdb"
        assert {"opt▼1", "lr▲2"} <= set(heads(ui))
        await click(ui, "lr▲2")
        assert order(ui) == "efcdab"
        assert {"lr▲1", "opt▼2"} <= set(heads(ui))
        await click(ui, "lr▲1")
        assert order(ui) == "abcdef"
        assert {"lr▼1", "opt▼2"} <= set(heads(ui))
        await choose(ui, "s", "duration")
        assert order(ui) == "fedcba"
        assert {"lr▼2", "opt▼3"} <= set(heads(ui))


@pytest.mark.usefixtures("six")
async def test_a_column_is_chosen_moved_widened_kept_in_sight_and_all_are_as_at_first_again(open_app: Open) -> None:
    async with open_app((140, 24)) as ui:
        await ui.press("z")
        first = heads(ui)
        assert not {"layers", "extra", "tags", "notes"} & set(first)
        await choose(ui, "v", "layers", "tags", "extra")
        shown = heads(ui)
        assert [head for head in shown if head not in first] == ["layers", "tags", "extra"]
        assert "[i], t-a" in ui.row("run-a")
        await ui.type("l" * 30)
        await ui.press("less_than_sign")
        assert heads(ui)[-2:] == ["extra", "tags"]
        await ui.press("greater_than_sign", "greater_than_sign")
        assert heads(ui)[-2:] == ["tags", "extra"]
        before = ui.table()[0]
        wider = await ui.type(["full_stop"] * 4)
        assert len(ui.table()[0]) == len(before) + 4
        assert "extra" in wider
        await ui.type(["comma"] * 12)
        assert "ex…" in ui.table()[0]
        await ui.press("h", "P")
        assert "tags stays in sight" in ui.text()
        assert ui.table()[0].split("│")[0].split() == ["name", "tags"]
        await choose(ui, "v", "tags")
        assert "tags" not in ui.table()[0]
        await ui.press("v", "ctrl+r")
        assert heads(ui) == first


async def test_who_ran_what_and_how_it_ended_are_columns_and_orders(open_app: Open, log: Write) -> None:
    for place, name in enumerate("abc"):
        commit = f"{place}f1e2d3c4b5a69788796a5b4c3d2e1f001234567"
        git = {"commit": commit, "branch": f"[i]topic-{2 - place}"}
        log(f"run-{name}", {"event": "run", "time": NOW, "user": "ana", "git": git})
        log(f"run-{name}", {"event": "end", "time": NOW + 1, "status": "failed", "exit_code": 7 + place})
    async with open_app((160, 24)) as ui:
        await ui.press("z")
        await choose(ui, "v", "git.commit", "git.branch", "exit_code", "user", "hidden")
        assert heads(ui)[-5:] == ["git.commit", "git.branch", "exit_code", "user", "hidden"]
        assert ui.row("run-a").split()[-4:] == ["0f1e2d3c", "[i]topic-2", "7", "ana"]
        await choose(ui, "s", "git.branch")
        assert order(ui) == "cba"
        await choose(ui, "s", "exit_code")
        assert order(ui) == "abc"
        await ui.press("g", "H")
        await ui.until("1 hidden")
        assert order(ui) == "bc"
        await ui.type(["slash", *"hidden=true or hidden=false", "enter"])
        await choose(ui, "s", "hidden")
        assert order(ui) == "abc"
        assert [ui.row(f"run-{name}").split()[-1] for name in "abc"] == ["hidden", "ana", "ana"]


@pytest.mark.usefixtures("six")
async def test_a_column_that_is_kept_in_sight_stays_while_the_others_move_sideways(open_app: Open) -> None:
    async with open_app((60, 24)) as ui:
        await ui.press("z")
        await choose(ui, "v", "layers", "tags", "group", "host", "id")
        at_first = ui.table()[0]
        while "layers" not in ui.table()[0]:
            await ui.press("l")
        while ui.app.screen.query_one("RunsTable").column_key != "param:layers":
            await ui.press("l")
        await ui.press("P")
        frozen = ui.table()[0].split("│")[0]
        assert frozen.split() == ["name", "layers"]
        moved = set()
        for _ in range(12):
            await ui.press("l")
            assert re.split("[│‹]", ui.table()[0])[0] == frozen
            moved.add(ui.table()[0])
        assert len(moved) > 2
        assert "id" in ui.table()[0]
        assert at_first != ui.table()[0]


@pytest.mark.usefixtures("six")
async def test_pinning_the_column_of_a_metric_gives_it_a_chart_and_other_columns_are_told(open_app: Open) -> None:
    async with open_app((160, 24)) as ui:
        assert "─ extra ─" not in ui.text()
        await choose(ui, "v", "extra")
        while ui.app.screen.query_one("RunsTable").column_key != "metric:extra":
            await ui.press("l")
        text = await ui.press("P")
        assert "pinned: extra" in text
        assert "─ extra ─" in text
        text = await ui.press("P")
        assert "no longer pinned: extra" in text
        assert "─ extra ─" not in text
        await ui.type("h" * 20)
        assert "has its place" in await ui.press("greater_than_sign")


async def test_numbers_come_before_text_and_text_before_nothing_in_both_directions(open_app: Open, log: Write) -> None:
    values = {"a": 10, "b": "auto", "c": 2, "d": None, "e": "30", "f": "[b]x", "g": True}
    for place, (name, value) in enumerate(values.items()):
        params = {} if value is None else {"width": value}
        log(f"run-{name}", {"event": "run", "params": {**params, "place": place}, "time": NOW - 900 + place})
        log(f"run-{name}", {"step": 1, "val/loss": 1.0, "time": NOW - 900 + place})
    async with open_app((140, 24)) as ui:
        await ui.press("z")
        await choose(ui, "s", "width")
        upward = order(ui).replace("g", "")
        await ui.press("S")
        downward = order(ui).replace("g", "")
        assert (upward, downward) == ("caefbd", "eacbfd")
        assert " [b]x" in ui.row("run-f")
        await ui.press("slash")
        await ui.paste("width > 5")
        assert sorted(order(ui)) == ["a", "e"]


@pytest.mark.usefixtures("six")
async def test_a_tag_is_a_column_also_one_that_was_just_given(open_app: Open) -> None:
    async with open_app((140, 24)) as ui:
        await ui.press("z")
        await choose(ui, "v", "t-b", "[i]", "tags field")
        assert "#t-b #[i]" in ui.table()[0]
        assert [name for name, row in ui.rows().items() if row.count("✓") == 3] == ["run-b"]
        await choose(ui, "s", "t-b")
        assert order(ui)[0] == "b"
        await ui.type(["#", *", good one", "enter"])
        await ui.until("tagged: run-b")
        await ui.until("[i], good one")
        await ui.settle()
        await choose(ui, "v", "good one")
        assert "#good one" in ui.table()[0]
        assert ui.row("run-b").count("✓") == 4
        await choose(ui, "b", "opt")
        assert [row.split("│")[1].count("✓") for row in ui.table()[1:]] == [1, 1]


@pytest.mark.usefixtures("six")
async def test_the_order_is_told_where_its_column_is_out_of_sight(open_app: Open) -> None:
    async with open_app((100, 24)) as ui:
        await choose(ui, "s", "opt")
        assert "opt▲" not in ui.table()[0]
        assert "by opt▲" in ui.text().split("\n")[0]
        await ui.type(["l"] * 20)
        assert "opt▲" in ui.table()[0]
        assert "by opt" not in ui.text().split("\n")[0]
        await choose(ui, "s", "step")
        assert "by step▼" in ui.text().split("\n")[0]
        await ui.type(["h"] * 20)
        assert "by step" not in ui.text().split("\n")[0]


@pytest.mark.usefixtures("six")
async def test_in_little_room_the_first_metric_stands_before_how_runs_stand(open_app: Open) -> None:
    async with open_app((100, 24)) as ui:
        assert heads(ui)[:2] == ["step", "val/loss"]
        await choose(ui, "v", "val/loss", "max val")
        assert heads(ui)[:4] == ["step", "vs", "age", "lr"]
        await ui.press("z")
        assert heads(ui).index("age") < heads(ui).index("lr") < heads(ui).index("val/loss")
