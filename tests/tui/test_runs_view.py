"""The table of runs and the pinned charts, as they are seen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


@pytest.fixture
def sweep(train: Write) -> None:
    """Three runs; the last two differ in two parameters and agree in one."""
    train("adam-1", 4.0, 1.5, lr=0.1, opt="adam", layers=2)
    train("adam-2", 4.0, 1.25, lr=0.01, opt="adam", layers=2)
    train("sgd-1", 4.0, 2.5, lr=0.1, opt="sgd", layers=2)


def row(text: str, name: str) -> str:
    """The line of the screen that shows a run."""
    return next(line for line in text.split("\n") if name in line)


def cursor(text: str) -> str:
    """The name of the run under the cursor."""
    return next(line for line in text.split("\n") if line.startswith("›")).split("│")[0].split()[2]


@pytest.mark.usefixtures("sweep")
async def test_the_table_shows_status_step_metrics_age_and_what_varies(open_app: Open) -> None:
    async with open_app((200, 45)) as ui:
        text = ui.text()
        assert "3 runs" in text
        line = row(text, "adam-2")
        assert "✓" in line
        assert "10" in line
        assert "2.5000★" in line
        assert "1.2500★" in line
        assert "1h" in line
        heads = text.split("\n")[1]
        assert heads.index("val/loss") < heads.index("train/loss")
        assert "layers" not in heads
        assert {"lr", "opt"} <= set(heads.split())


@pytest.mark.usefixtures("sweep")
async def test_charts_show_the_first_runs_then_the_marked_ones(open_app: Open, train: Write) -> None:
    for number in range(7):
        train(f"more-{number}", 3, 2)
    async with open_app() as ui:
        assert "8 of 10 runs" in ui.text()
        await ui.press("G", "space", "k", "space")
        text = ui.text()
        assert "8 of 10" not in text
        assert text.count("2 marked") == 3  # the header, and two charts
        assert sum("┃" in line for line in text.split("\n")) == 2
        assert "2 plots" in text
        assert "1 marked" in await ui.press("space")


@pytest.mark.usefixtures("sweep")
async def test_a_marks_all_that_pass_the_filter_and_none_when_all_are(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("slash")
        await ui.type("adam")
        assert "2 marked" in await ui.press("enter", "a")
        assert "marked" not in (await ui.press("a")).split("\n")[0]


@pytest.mark.usefixtures("sweep")
async def test_the_filter_owns_the_letters_and_stays_in_sight(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("slash")
        text = await ui.type("sgd")
        assert "sgd-1" in text
        assert "adam-1" not in text
        assert "1 of 3 runs" in text
        assert "/sgd" in text.split("\n")[0]
        text = await ui.press("q", "escape")
        assert "0 of 3 runs" in text
        text = await ui.press("escape")
        assert "3 runs" in text
        assert "adam-1" in text
        assert "/sgd" not in text


@pytest.mark.usefixtures("sweep")
async def test_sorting_by_key_reverse_and_a_click_on_a_header(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("s")
        await ui.type("val/loss")
        text = await ui.press("enter")
        assert text.index("adam-2") < text.index("adam-1") < text.index("sgd-1")
        text = await ui.press("S")
        assert text.index("sgd-1") < text.index("adam-1") < text.index("adam-2")
        await ui.pilot.click("Grid", offset=(6, 0))
        await ui.settle()
        text = ui.text()
        assert text.index("adam-1") < text.index("adam-2") < text.index("sgd-1")


async def test_the_best_aggregate_follows_the_goal(open_app: Open, log: Write) -> None:
    for step, loss in enumerate([3.0, 0.5, 2.0]):
        log("only", {"step": step, "loss": loss, "acc": loss / 10})
    async with open_app() as ui:
        assert "2.0000" not in row(ui.text(), "only")
        line = row(await ui.press("A"), "only")
        assert "0.50000" in line
        assert "0.30000" in line
        assert "best loss" in ui.text()


@pytest.mark.usefixtures("sweep")
async def test_pinning_gives_a_column_and_a_chart(open_app: Open) -> None:
    async with open_app((200, 45)) as ui:
        assert "rate" not in ui.text()
        await ui.press("P")
        await ui.type("rate")
        text = await ui.press("enter")
        assert "rate" in text.split("\n")[1]
        assert "─ rate ─" in text
        await ui.press("P")
        await ui.type("val")
        text = await ui.press("enter")
        assert "val/loss" not in text


@pytest.mark.usefixtures("sweep")
async def test_new_values_and_runs_arrive_and_the_cursor_stays_on_its_run(open_app: Open, log: Write) -> None:
    async with open_app() as ui:
        await ui.press("j")
        chosen = cursor(ui.text())
        log("newcomer", {"step": 1, "time": NOW, "val/loss": 0.125})
        text = await ui.until("newcomer")
        log("newcomer", {"step": 2, "time": NOW, "val/loss": 0.0625})
        text = await ui.until("0.062500")
        assert cursor(text) == chosen


async def test_an_empty_directory_says_what_to_do_until_there_is_a_run(open_app: Open, log: Write) -> None:
    async with open_app() as ui:
        text = ui.text()
        assert """echo '{"step": 1, "loss": 0.52}' >>""" in text
        assert "2 plots" not in text
        assert "runs/first.jsonl" in text.replace("\n", "").replace(" ", "")
        log("first", {"step": 1, "loss": 0.52})
        text = await ui.until("0.52000")
        assert "echo" not in text
        assert "first" in text
        assert "1 marked" in await ui.press("space")


async def test_a_directory_without_any_log_says_so(open_app: Open, runs: Path) -> None:
    (runs / "chat.jsonl").write_text('{"messages": ["hello"]}\n' * 30)
    (runs / "notes.log").write_text("nothing to see\n")
    async with open_app() as ui:
        assert "2 files in" in (text := await ui.until("but no log"))
        assert "echo" in text


async def test_hostile_names_are_shown_as_text(open_app: Open, log: Write) -> None:
    log("a", {"event": "run", "name": "[/bold] [red]x"}, {"step": 1, "[/red]loss": 1.5})
    log("b", {"event": "run", "name": "\x1b]0;owned\x07\x1b[2Jevil"}, {"step": 1, "[/red]loss": 2.5})
    async with open_app((200, 45)) as ui:
        for keys in ((), ("enter",), ("2",), ("3", "x"), ("1", "P"), ("escape", "s")):
            text = await ui.press(*keys)
            assert "\x1b" not in text
        text = await ui.press("escape")
        assert "[/bold] [red]x" in text
        assert "evil" in text
        assert "[/red]loss" in text


@pytest.mark.usefixtures("sweep")
async def test_tab_and_z_reach_both_panes_at_any_width(open_app: Open) -> None:
    async with open_app((40, 12)) as ui:
        assert "adam-1" in ui.text()
        assert "─ val/loss" not in ui.text()
        text = await ui.press("tab")
        assert "val/loss ─" in text
        assert "adam-1│" not in text.replace(" ", "")
        assert "name" in await ui.press("tab")
        await ui.resize(140, 45)
        text = await ui.press("tab", "z")
        assert "─ train/loss ─" not in text
        assert "name" not in text.split("\n")[1]
        text = await ui.press("escape")
        assert "─ train/loss ─" in text
        assert "name" in text.split("\n")[1]


@pytest.mark.parametrize("size", [(140, 45), (80, 24), (40, 12)])
async def test_wide_and_combined_letters_keep_their_columns(
    open_app: Open, train: Write, size: tuple[int, int]
) -> None:
    names = ["実験一", "e\u0301te\u0301-" * 8 + "1", "🙂-run", "plain"]
    for name in names:
        train(name, 2.0, 1.0)
    async with open_app(size) as ui:
        lines = ui.text().split("\n")
        rules = {cell_len(line.partition("│")[0]) for line in lines if "✓" in line}
        assert len(rules) == 1
        assert sum("✓" in line for line in lines) == len(names)
        for keys in (("enter",), ("2",), ("3", "x"), ("1", "a")):
            assert all(cell_len(line) <= size[0] for line in (await ui.press(*keys)).split("\n"))


@pytest.mark.usefixtures("sweep")
async def test_only_a_value_that_beats_another_has_a_star(open_app: Open, log: Write) -> None:
    for name in ("a", "b"):
        log(name, {"step": 1, "train/loss": 1.0}, {"step": 2, "train/loss": 1.0})
    async with open_app() as ui:
        await ui.press("slash")
        await ui.type("/events.jsonl")
        assert "★" in await ui.press("escape", "escape")
        await ui.press("slash")
        await ui.type("adam-")
        assert row(await ui.press("enter"), "adam-2").count("★") == 2
        await ui.press("escape", "slash")
        await ui.type("adam-2")
        assert "★" not in row(await ui.press("enter"), "adam-2")


async def test_a_metric_that_never_was_finite_says_so(open_app: Open, log: Write) -> None:
    log("lost", {"step": 1, "val/loss": "nan"}, {"step": 2, "val/loss": "nan"})
    log("fine", {"step": 1, "val/loss": 2.0}, {"step": 2, "val/loss": 1.0})
    async with open_app() as ui:
        assert "NaN" in row(await ui.press("A"), "lost")
        assert "NaN" in (await ui.press("a", "3")).split("Metrics")[1]


async def test_times_of_logs_without_a_clock_are_marked(open_app: Open, log: Write) -> None:
    log("bare", *({"step": step, "loss": 1 / (1 + step)} for step in range(50)))
    async with open_app() as ui:
        assert "times estimated" not in ui.text()
        await ui.press("X")
        await ui.type("since")
        assert "times estimated" in await ui.press("enter")
        text = await ui.press("enter")
        assert "steps/s" not in text


@pytest.mark.usefixtures("sweep")
async def test_many_choices_are_listed_in_part_and_found_by_typing(open_app: Open, log: Write) -> None:
    log("wide", {"step": 1, **{f"metric/{place}": 1.0 for place in range(300)}})
    async with open_app() as ui:
        assert "the first 200 of 303" in await ui.press("P", "up")
        text = await ui.type("metric/299")
        assert "the first" not in text
        assert "─ metric/299 ─" in await ui.press("enter")


async def test_the_smallest_terminal_still_shows_the_command(open_app: Open) -> None:
    async with open_app((40, 12)) as ui:
        assert "first.jsonl" in ui.text().replace("\n", "").replace(" ", "")


@pytest.mark.usefixtures("sweep")
async def test_charts_begin_right_below_few_runs(open_app: Open) -> None:
    async with open_app((80, 24)) as ui:
        lines = ui.text().split("\n")
        assert "val/loss ─" in lines[6]
        whole = await ui.press("z")
        assert "─ val/loss" not in whole
        assert "val/loss ─" in (await ui.press("z")).split("\n")[6]
        assert "val/loss ─" in (await ui.resize(140, 45)).split("\n")[1]


async def test_another_order_is_looked_at_from_the_top(open_app: Open, train: Write) -> None:
    for place in range(60):
        train(f"run-{place:02}", 2.0, 1.0 + place)
    async with open_app((80, 24)) as ui:
        await ui.press("G", "s")
        await ui.type("val/loss")
        assert cursor(await ui.press("enter")) == "run-00"
        assert cursor(await ui.press("j", "j", "S")) == "run-59"


@pytest.mark.usefixtures("sweep")
async def test_a_filter_that_leaves_no_run_says_so_beside_the_table(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("slash")
        await ui.type("no-such-run")
        assert "no run passes the filter" in await ui.press("enter")
        assert "no run passes the filter" not in await ui.press("escape")
