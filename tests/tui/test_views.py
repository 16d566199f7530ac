"""Plots, Compare, one run, help and palette, as they are seen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from labtop.store.model import RunDetail
from labtop.store.store import Store
from labtop.tui.screens.run import RunView

Log = Callable[..., None]
Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


@pytest.fixture
def two(train: Write) -> None:
    """Two runs that differ in lr and not in layers."""
    train("low", 4.0, 1.0, lr=0.01, layers=2)
    train("high", 4.0, 2.0, lr=0.1, layers=2)


def line_with(text: str, start: str) -> str:
    """The line of the screen that holds a text."""
    return next(line for line in text.split("\n") if start in line)


@pytest.mark.usefixtures("two")
async def test_plots_show_every_metric_in_pages_of_any_size(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("2")
        assert all(f" {name} ─" in text for name in ("train/loss", "val/loss", "rate"))
        text = await ui.press("left_parenthesis", "left_parenthesis")
        assert "1 of 3" in text
        assert "train/loss ─" in text
        assert "val/loss ─" not in text
        assert "val/loss ─" in await ui.press("pagedown")
        assert "rate ─" in await ui.press("l")
        assert "train/loss ─" in await ui.press("g")
        text = await ui.press("right_parenthesis", "right_parenthesis")
        assert "val/loss ─" in text


@pytest.mark.usefixtures("two")
async def test_a_chart_can_stand_alone_and_be_logarithmic(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("2", "l", "z")
        assert "val/loss ─" in text
        assert "train/loss ─" not in text
        text = await ui.press("L")
        assert "log y val/loss" in text.split("\n")[0]
        assert "train/loss ─" in await ui.press("escape")
        await ui.press("X")
        await ui.type("since start")
        assert "x time since start" in (await ui.press("enter")).split("\n")[0]


@pytest.mark.usefixtures("two")
async def test_the_metric_filter_can_leave_nothing_and_be_taken_back(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("2", "m")
        text = await ui.type("val")
        assert "train/loss ─" not in text
        assert "val/loss ─" in text
        await ui.type("x")
        assert "no such metric" in await ui.press("enter")
        assert "metrics/valx" in ui.text().split("\n")[0]
        text = await ui.press("escape")
        assert "train/loss ─" in text


@pytest.mark.usefixtures("two")
async def test_compare_shows_what_differs_and_says_how_much_does_not(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("a", "c")
        assert "Parameters: 1 differ, 1 the same" in text
        assert "layers" not in text
        assert {"0.01", "0.1"} <= set(line_with(text, "lr ").replace("│", " ").split())
        assert "layers" in await ui.press("x")
        before = line_with(ui.text(), "val/loss")
        assert "2★" in before
        assert ("+2.00 ▼" in before) != ("-2.00 ▲" in before)
        after = line_with(await ui.press("p"), "val/loss")
        assert ("+2.00 ▼" in after) != ("+2.00 ▼" in before)
        relative = line_with(await ui.press("percent_sign"), "val/loss")
        assert "100% ▼" in relative or "50.0% ▲" in relative


async def test_one_run_alone_is_one_run(open_app: Open, train: Write) -> None:
    train("only", 4, 1)
    async with open_app() as ui:
        assert " 1 run; mark others with Space" in await ui.press("3")
        assert "a dashed curve" in await ui.press("question_mark", "G")


async def test_compare_tells_a_missing_value_from_null_and_names_what_only_the_name_says(
    open_app: Open, train: Write
) -> None:
    train("lr0.1", 4, 1, dropout=None)
    train("lr0.2", 4, 1)
    async with open_app() as ui:
        text = await ui.press("a", "c")
        cells = line_with(text, "dropout").replace("│", " ").split()
        assert {"null", "–"} <= set(cells)
        assert "lr (from the name)" in text


@pytest.mark.usefixtures("two")
async def test_a_whole_value_is_one_key_away(open_app: Open, train: Write) -> None:
    long = "x" * 90 + "end"
    train("third", 4, 1, note=long)
    async with open_app() as ui:
        text = await ui.press("a", "c")
        assert "end" not in text
        while not line_with(await ui.press("j"), "›").startswith("›note"):
            pass
        text = await ui.press("enter")
        assert "end" in text
        assert "third" in text
        assert "Parameters" in await ui.press("escape")


@pytest.mark.usefixtures("two")
async def test_a_run_that_takes_long_to_be_read_is_waited_for(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RunView, "PATIENCE_S", 0.01)
    gates, detail = {"high": threading.Event(), "low": threading.Event()}, Store.detail

    def slow(store: Store, run: int) -> RunDetail:
        answer = detail(store, run)
        gates[answer.run.name].wait()
        return answer

    async with open_app() as ui:
        monkeypatch.setattr(Store, "detail", slow)
        try:
            for key, name in (("g", "high"), ("j", "low")):
                await ui.pilot.press(key, "enter")
                text = await ui.until("reading")
                assert "no metric" not in text
                assert "train/loss ─" not in text
                gates[name].set()
                text = await ui.until("train/loss ─")
                assert name in text.split("\n")[1]
                assert "reading" not in text
                await ui.press("escape")
        finally:
            for gate in gates.values():
                gate.set()


async def test_one_run_whole_and_its_traceback(open_app: Open, log: Write) -> None:
    log("crash", {"event": "run", "params": {"lr": 0.5}, "notes": "second try", "time": NOW - 60, "total_steps": 40})
    log("crash", {"event": "run", "slurm": {"SLURM_JOB_ID": "77"}, "time": NOW - 60})
    log("crash", {"step": 10, "loss": 1.25, "time": NOW - 50}, {"step": 20, "loss": 1.0, "time": NOW - 40})
    log("crash", {"event": "log", "text": "loss looks odd", "time": NOW - 40})
    trace = "Traceback (most recent call last):\n  File x.py\nValueError: boom"
    end = {"event": "end", "status": "failed", "error": "ValueError: boom", "traceback": trace, "time": NOW - 39}
    log("crash", end)
    async with open_app() as ui:
        text = await ui.press("enter")
        for part in ("✗ failed", "20 of 40", "50%", "second try", "ValueError: boom", "loss looks odd", "0.5"):
            assert part in text
        assert "1/6, without code, data," in text
        assert "SLURM_JOB_ID 77" in " ".join(text.split())
        assert "loss ─" in text
        assert "File x.py" not in text
        assert "File x.py" in await ui.press("E")
        text = await ui.press("escape", "escape")
        assert "name" in text.split("\n")[1]


@pytest.mark.usefixtures("two")
async def test_a_run_without_traceback_says_so(open_app: Open) -> None:
    async with open_app() as ui:
        assert "no traceback was left by" in await ui.press("E")


async def test_that_a_run_has_no_traceback_is_seen_whatever_its_name(open_app: Open, log: Log) -> None:
    name = "sweep-" + "very-long-" * 9
    log(name, {"step": 1, "loss": 1.0})
    async with open_app() as ui:
        for keys in (("E",), ("enter", "E")):
            assert "no traceback was left by sweep-" in (await ui.press(*keys)).split("\n")[-1]


@pytest.mark.usefixtures("two")
async def test_the_way_out_is_offered_where_there_is_one(open_app: Open) -> None:
    async with open_app() as ui:
        assert "Esc back" not in ui.text()
        for keys in (("2",), ("3",), ("1", "enter"), ("1", "z"), ("1", "tab", "z")):
            assert "Esc back" in await ui.press(*keys), keys
            assert "Esc back" not in await ui.press("escape", "escape"), keys
        await ui.press("slash")
        await ui.type("adam")
        assert "Esc back" in await ui.press("enter")
        assert "Esc back" not in await ui.press("escape")


@pytest.mark.usefixtures("two")
async def test_the_palette_does_what_keys_do(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("colon")
        assert "Parameters: 1 differ" in (await ui.type("mark all"), await ui.press("enter", "3"))[1]


@pytest.mark.usefixtures("two")
async def test_copying_tells_what(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("y")
        assert "copied" in text
        assert ui.app.clipboard in ("low", "high")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("view", ["1", "2", "3", "enter", "question_mark", "colon", "s"])
async def test_every_view_lives_at_every_size(open_app: Open, view: str) -> None:
    async with open_app((250, 70)) as ui:
        await ui.press("a", view)
        for size in ((140, 45), (99, 30), (59, 20), (40, 12), (20, 5), (250, 70)):
            assert (await ui.resize(*size)).strip()


@pytest.mark.usefixtures("two")
async def test_q_leaves_with_status_0(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("q")
    assert ui.app.return_code == 0


@pytest.mark.usefixtures("two")
async def test_themes_change_and_nothing_else_does(open_app: Open) -> None:
    async with open_app() as ui:
        before = ui.text().split("\n")[1:-1]  # the header stops telling how fast lines come
        themes = set()
        for _ in range(7):
            text = await ui.press("t")
            themes.add(ui.app.theme)
            assert ui.app.theme in text
            assert text.split("\n")[1:-1] == before
        assert len(themes) == 7
