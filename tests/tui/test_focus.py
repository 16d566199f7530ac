"""The focus stays where the person put it, on something in sight, whatever data and terminal do."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def three(train: Write) -> None:
    """Three runs with three metrics."""
    for name in ("one", "two", "three"):
        train(name, 2.0, 1.0)


def focused(ui: Any) -> str:
    """The title of the chart that is marked, or the run under the table's cursor."""
    for line in ui.text().split("\n"):
        if "▸ " in line:
            return str(line.partition("▸ ")[2].split()[0])
    under_cursor = re.search(r"^›.\S (\w+)", ui.text(), re.MULTILINE)
    return under_cursor[1] if under_cursor else ""


@pytest.mark.parametrize("keys", [(), ("z",)])
async def test_new_metrics_do_not_take_the_chart_away(open_app: Open, log: Write, keys: tuple[str, ...]) -> None:
    async with open_app() as ui:
        await ui.press("2", "l", *keys)
        chosen = focused(ui)
        assert chosen == "val/loss"
        log("one", {"step": 11, "time": NOW, "aaa/loss": 1.0, "train/acc": 0.5, "val/acc": 0.5})
        await ui.until("1–4 of 6" if not keys else "of 6")
        await ui.settle()
        assert focused(ui) == chosen
        await ui.press("L")
        assert "log y val/loss" in ui.text()


async def test_a_metric_filter_leaves_the_focus_on_a_chart(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("2", "l", "slash")
        await ui.type("train")
        await ui.press("enter")
        assert focused(ui) == "train/loss"


@pytest.mark.parametrize("there_and_back", [("slash", "enter"), ("2", "1"), ("3", "1")])
async def test_a_chart_alone_keeps_the_focus(open_app: Open, there_and_back: tuple[str, ...]) -> None:
    async with open_app() as ui:
        await ui.press("tab", "z")
        alone = focused(ui)
        assert alone == "val/loss"
        await ui.press(*there_and_back)
        assert focused(ui) == alone
        await ui.press("space")
        assert "1 marked" not in ui.text()
        assert "name" in await ui.press("escape")


async def test_where_one_pane_has_room_tab_always_shows_one(open_app: Open) -> None:
    async with open_app((40, 12)) as ui:
        assert focused(ui) in ("one", "two", "three")
        for keys in (("tab",), ("z",), ("tab",), ("tab",), ("z", "tab"), ("shift+tab",)):
            await ui.press(*keys)
            assert focused(ui), keys


async def test_the_pane_with_the_focus_stays_in_sight_when_the_terminal_shrinks(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("tab")
        await ui.resize(40, 12)
        assert focused(ui) == "val/loss"
        await ui.press("shift+tab")
        assert focused(ui) in ("one", "two", "three")
        await ui.resize(140, 45)
        assert focused(ui) in ("one", "two", "three")


async def test_a_key_pressed_often_opens_one_page(open_app: Open, log: Write) -> None:
    log("three", {"event": "end", "status": "failed", "error": "boom", "traceback": "line\nboom"})
    async with open_app() as ui:
        await ui.press("g")
        while focused(ui) != "three":
            await ui.press("j")
        await ui.pilot.press("E", "E", "E")
        await ui.until("boom")
        await ui.settle()
        assert "2 plots" in await ui.press("escape")


async def test_the_bottom_line_is_no_button_while_it_tells_something(open_app: Open) -> None:
    async with open_app() as ui:
        line = ui.text().split("\n")[-1]
        at = line.index("2 plots") + 1
        assert "copied" in await ui.press("y")
        await ui.pilot.click("KeyBar", offset=(at, 0))
        await ui.settle()
        assert "name" in ui.text().split("\n")[1]


async def test_what_is_gone_is_neither_marked_nor_compared(open_app: Open, runs: Path) -> None:
    async with open_app() as ui:
        assert "3 marked" in await ui.press("a")
        shutil.rmtree(runs / "two")
        text = await ui.until("2 runs")
        assert "3 marked" not in text
        assert "2 marked" in await ui.press("3")
        await ui.press("1", "g")
        await ui.press("enter")
        shutil.rmtree(runs / focused_run(ui))
        assert "are gone" in await ui.until("are gone")


def focused_run(ui: Any) -> str:
    """The run whose page is open."""
    return str(ui.text().split("\n")[1].split()[1])


async def test_a_filter_that_lets_nothing_through_says_so_everywhere(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("slash")
        await ui.type("nothing-like-this")
        await ui.press("enter")
        assert "no run passes" in await ui.press("2")
        text = await ui.press("3")
        assert "no run passes" in text
        assert "train/loss" not in text


async def test_marks_that_a_filter_hides_stay(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("a", "slash")
        await ui.type("one")
        assert "2 marked still" in await ui.press("enter", "a")
        assert "3 marked" in await ui.press("a")


async def test_keys_are_filtered_in_compare_and_metrics_in_plots(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("3", "x", "slash")
        await ui.type("val")
        text = await ui.press("enter")
        assert "val/loss" in text
        assert "train/loss" not in text
        assert "keys/val" in text
        assert "train/loss" in await ui.press("escape")
        await ui.press("2", "slash")
        await ui.type("val")
        text = await ui.press("enter")
        assert "─ train/loss" not in text
        assert "metrics/val" in text


async def test_p_pins_the_chart_in_focus(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("2", "l", "l")
        assert focused(ui) == "rate"
        assert "pinned: rate" in await ui.press("P")
        assert "rate" in (await ui.press("1")).split("\n")[1]


async def test_a_page_of_one_run_marks_and_makes_it_the_baseline(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("enter")
        assert "1 marked" in await ui.press("space")
        assert "baseline: " in await ui.press("p")


@pytest.mark.parametrize("name", ["exp[/tmp", "a[/b c", "x[//y", "[$error]red[/]", "[@click=app.quit]x[/]", "\\[b"])
async def test_titles_of_pages_are_text(open_app: Open, log: Write, name: str) -> None:
    log("odd", {"event": "run", "name": name, "time": NOW, "params": {name: 1}})
    log("odd", {"event": "end", "status": "failed", "error": "boom", "time": NOW})
    async with open_app() as ui:
        await ui.press("g")
        assert f"{name}: failed" in await ui.press("E")


async def test_ctrl_c_quits_from_anywhere(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("question_mark", "ctrl+c")
        assert ui.app.return_code == 0
