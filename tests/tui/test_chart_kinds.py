"""What charts draw: smoothed lines, groups, dots, bars, outliers, and values that are none; and of which runs."""

from __future__ import annotations

import shutil
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
def six(train: Write) -> None:
    """Six runs of two optimizers; the loss ends the higher the larger lr is."""
    for place in range(6):
        train(f"r{place}", 4.0, 1 + place / 4, lr=(place + 1) / 100, opt="adam" if place % 2 else "sgd")


def header(text: str) -> str:
    """What the top line says behind the directory."""
    return text.split("\n")[0].partition("  ")[2]


def line_with(text: str, part: str) -> str:
    return next(line for line in text.split("\n") if part in line)


def place_of(text: str, part: str) -> tuple[int, int]:
    """Column and row of the first letter of a text that has letters of one cell before it."""
    row, line = next((row, line) for row, line in enumerate(text.split("\n")) if part in line)
    return line.index(part), row


async def pick(ui: Any, key: str, typed: str) -> str:
    """Choose from the list that a key opens."""
    await ui.press(key)
    await ui.type(typed)
    shown: str = await ui.press("enter")
    return shown


async def only(ui: Any, pattern: str) -> str:
    """Only metrics that match."""
    await ui.type(["m", "ctrl+u", *pattern])
    shown: str = await ui.press("enter")
    return shown


@pytest.mark.usefixtures("six")
async def test_groups_are_lines_with_bands_that_say_how_many_runs_they_are_of(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("2", "z")
        text = await pick(ui, "b", "opt")
        assert "by opt" in header(text)
        for part in ("adam n=3", "sgd n=3", "mean ± std of 6 runs by opt"):
            assert part in text
        assert not any(f"r{place} " in text.split("\n")[2] for place in range(6))
        text = await ui.type(["left"] * 3)
        assert {"step", "8,"} <= set(text.split("\n")[1].split())
        assert "adam n=3 2.2000" in text
        await ui.press("escape")
        assert "mean, min to max of 6 runs" in await pick(ui, "b", "smallest")
        await ui.pilot.click(offset=place_of(ui.text(), "adam n=3"))
        await ui.settle()
        text = await ui.press("left")
        assert "adam n=3" in text
        assert "adam n=3 2" not in text
        assert "6 runs" in await pick(ui, "b", "config without seed")
        text = await pick(ui, "b", "each run")
        assert "by " not in header(text)
        assert " r5" in text
        assert "mean" not in text


@pytest.mark.usefixtures("six")
async def test_one_chart_can_show_dots_or_bars_and_the_others_lines(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("2")
        text = await ui.press("i")
        assert "rank correlation +1.00, n=6" in text
        assert "train/loss (last) ─" in text
        assert " lr" in text
        assert "val/loss ─" in text
        assert "n=6, median 1.62" in await ui.press("i")
        assert "median" not in await ui.press("i")
        await ui.press("i")
        assert "train/loss against" in await ui.press("X")
        await ui.type("opt")
        text = await ui.press("enter")
        assert "x opt" in text
        assert {"adam", "sgd"} <= set(line_with(text, "adam").split())
        assert "rank correlation" not in text
        text = await pick(ui, "X", "val/loss")
        assert "rank correlation +1.00" in text
        text = await ui.press("l", "left", "plus")
        assert text.count("─ step") == 2
        assert "rank correlation +1.00" in text


@pytest.mark.usefixtures("six")
async def test_smoothing_is_in_the_top_line_and_in_the_curve(open_app: Open, log: Write) -> None:
    log("saw", *({"step": step, "time": NOW, "wave": float(step % 2)} for step in range(900)))
    async with open_app() as ui:
        await ui.press("2")
        plain = (await only(ui, "wave")).split("\n")[1:20]
        text = await ui.type(["right_curly_bracket"] * 5)
        assert "smooth 0.9" in header(text)
        assert "0┤" in text.replace("0.0┤", "0┤")
        both = text.split("\n")[1:20]
        text = await ui.press("r")
        assert "not drawn" in text
        assert plain != text.split("\n")[1:20] != both
        assert "saw 1" in text
        assert "smooth 0.999" in header(await ui.type(["right_curly_bracket"] * 6))
        assert "wave ─" in ui.text()
        text = await ui.type(["r", *["left_curly_bracket"] * 12])
        assert "no smoothing" in text
        assert "smooth" not in header(text)
        assert text.split("\n")[1:20] == plain


async def test_what_a_scale_cannot_show_is_counted(open_app: Open, log: Write) -> None:
    values = [{"v": float(step - 2), "neg": -1.0 - step, "spikes": 1 + step / 100} for step in range(100)]
    for step in (3, 50, 70):
        values[step]["spikes"] = 1000.0
    log("odd", *({"step": step, "time": NOW, **more} for step, more in enumerate(values)))
    async with open_app() as ui:
        await ui.press("2")
        assert "3 ≤ 0 hidden" in (await only(ui, "^v$"), await ui.press("L"))[1]
        assert "log y v" in header(ui.text())
        text = await ui.press("K")
        assert "1 at x ≤ 0 hidden" in text
        assert "log x" in header(text)
        assert "hidden" not in await ui.press("K", "L")
        await only(ui, "neg")
        assert "no value above 0" in await ui.press("L")
        assert "1000┤" in await only(ui, "spikes")
        text = await ui.press("o")
        assert "3 outliers outside" in text
        assert "no outliers" in header(text)
        assert "1000┤" not in text
        assert "1000┤" in await ui.press("o")


async def test_values_that_are_none_are_marked_where_they_are(open_app: Open, log: Write) -> None:
    for step in range(1, 20):
        gap, end = "nan" if step == 5 else step, 1 / step if step < 9 else "inf"
        log("a", {"step": step, "time": NOW, "gap": gap, "end": end})
    log("b", *({"step": step, "time": NOW, "never": "nan", "one": 2.0} for step in range(3)))
    log("c", {"step": 1, "time": NOW, "once": 7.0})
    async with open_app() as ui:
        await ui.press("2")
        assert "×" in await only(ui, "gap")
        assert "1 not finite" not in ui.text()
        assert "! 1 not finite" in await only(ui, "end")
        text = await only(ui, "never")
        assert "no finite value" in text
        assert "NaN" in text
        assert "NaN" in await ui.press("left")
        assert "2┤" in (await only(ui, "one")).replace("2.0┤", "2┤")
        await ui.press("escape")
        assert "c 7" in await only(ui, "once")
        for key in ("plus", "plus", "minus", "f", "left", "o", "L", "K", "i", "i", "i"):
            assert "once" in await ui.press(key)


async def test_the_newest_attempt_of_a_restarted_run_is_read(open_app: Open, log: Write) -> None:
    log("again", *({"step": step, "time": NOW - 100 + step, "loss": 9.0 - step} for step in range(8)))
    log("again", *({"step": step, "time": NOW - 50 + step, "loss": 5.5 - step} for step in range(5)))
    async with open_app() as ui:
        await ui.press("2")
        assert "again 2" in " ".join((await ui.press("left")).split())
        text = " ".join((await ui.type(["left"] * 5)).split())
        assert "─ step 2 " in text
        assert "again 3.5" in text


@pytest.mark.usefixtures("six")
async def test_a_baseline_that_is_not_marked_is_drawn_and_not_counted(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("g", "space", "j", "space", "j", "j", "p")
        base = next(line for line in text.split("\n") if "[base]" in line).split("[")[0].split()[-1]
        assert "2 marked" in header(text)
        text = await ui.press("2")
        assert "2 marked" in text.split("\n")[1]
        assert f"{base} " in text


@pytest.mark.usefixtures("six")
async def test_on_the_page_of_a_run_the_baseline_stands_beside_it(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("g", "p", "j", "enter", "tab")
        text = await ui.type(["left"] * 3)
        assert text.count("─ step 8") == 3
        assert "-0.200" in text
        await ui.press("escape")
        await ui.pilot.click(offset=place_of(text, "r5 "))
        await ui.settle()
        assert "r5 5" not in await ui.press("left")
        text = await pick(ui, "b", "opt")
        assert "of 2 runs by opt" in text
        assert "no data" not in text


@pytest.mark.usefixtures("six")
async def test_a_page_has_up_to_25_charts_of_hundreds_of_metrics(open_app: Open, log: Write) -> None:
    log("wide", *({"step": step, **{f"m/{place:03}": step + place for place in range(300)}} for step in range(2)))
    async with open_app() as ui:
        await ui.press("2")
        await ui.type(["m", *"^m/", "enter"])
        text = await ui.type(["right_parenthesis"] * 9)
        assert sum(text.count(f" m/{place:03} ─") for place in range(300)) == 25
        assert "1–25 of 300" in text
        assert "m/299 ─" in await ui.type([*["left_parenthesis"] * 6, "G"])
        assert "m/120 ─" in await only(ui, "^m/1[12]0|rate$")
        assert "rate ─" in ui.text()
        assert "no such metric" in await only(ui, "m/[")
        text = await ui.type(["left_parenthesis"] * 3 + ["escape"])
        assert "of 303" in text
        assert text.count(" ─") == 1


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_any_name_fits_any_terminal(open_app: Open, log: Write, size: tuple[int, int]) -> None:
    names = ("x" * 500, "損失/訓練損失" * 9, "e\u0301/[/bold]\x1b[2J")
    log("実験" * 30, *({"step": step, "time": NOW, **dict.fromkeys(names, 1.0 / (1 + step))} for step in range(30)))
    async with open_app(size) as ui:
        keys = "2 plus left K L right_curly_bracket o b enter i i i X enter right_parenthesis j 1 tab left z f 0"
        for key in keys.split():
            text = await ui.press(key)
            assert all(cell_len(line) <= size[0] for line in text.split("\n")), key
            assert "\x1b" not in text


@pytest.mark.usefixtures("six")
async def test_a_run_that_goes_while_its_chart_is_zoomed_leaves_the_others(
    open_app: Open, runs: Path, log: Write
) -> None:
    log("long", *({"step": step, "time": NOW, "train/loss": 1 / (1 + step)} for step in range(1000)))
    async with open_app() as ui:
        await ui.press("2", "f", "left")
        shutil.rmtree(runs / "long")
        text = await ui.until("6 runs")
        assert "train/loss" in text
        assert " r5" in await ui.press("minus", "plus", "0", "escape")
        for place in range(6):
            shutil.rmtree(runs / f"r{place}")
        assert "echo" in await ui.until("echo")
        await ui.press("plus", "f", "left", "0")
