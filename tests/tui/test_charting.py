"""Zoom, pan, fit, follow and crosshair, by keys and by mouse: the same x in all charts."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from itertools import pairwise
from typing import Any

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from labtop.store.model import AtQuery
from labtop.tui.widgets import chart_grid

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0
RUNS = {"left": 31, "right": 57}


@pytest.fixture
def two(train: Write) -> None:
    """Two runs that differ in lr."""
    train("low", 4.0, 1.0, lr=0.01)
    train("high", 4.0, 2.0, lr=0.1)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts show new points as soon as these are read."""
    monkeypatch.setattr(chart_grid, "CHARTS_REST_S", 0.02)


def x_axes(text: str) -> list[list[float]]:
    """The numbers below each chart."""
    axes = []
    for above, below in pairwise(text.split("\n")):
        corners = [place for place, letter in enumerate(above) if letter == "└"]
        for start, end in zip(corners, [*(corner - 1 for corner in corners), len(below)][1:], strict=False):
            axes.append([float(word.replace(",", "")) for word in below[start:end].split()])
    return axes


def header(text: str) -> str:
    """What the top line says behind the directory."""
    return text.split("\n")[0].partition("  ")[2]


def place_of(text: str, part: str) -> tuple[int, int]:
    """Column and row of the first letter of a text that has letters of one cell before it."""
    row, line = next((row, line) for row, line in enumerate(text.split("\n")) if part in line)
    return line.index(part), row


@pytest.mark.usefixtures("two")
async def test_a_zoom_shows_a_narrower_range_on_every_x_axis_and_fit_all_of_it(open_app: Open) -> None:
    async with open_app() as ui:
        whole = x_axes(await ui.press("2"))
        assert whole == [[0, 2, 4, 6, 8, 10]] * 3
        assert "+ zooms in" in await ui.press("right_square_bracket")
        text = await ui.press("plus")
        assert x_axes(text) == [[3, 4, 5, 6, 7]] * 3
        assert "zoomed" in header(text)
        assert x_axes(await ui.press("right_square_bracket")) == [[4, 5, 6, 7, 8]] * 3
        text = await ui.press("right_square_bracket", "right_square_bracket")
        assert [axis[-1] for axis in x_axes(text)] == [10] * 3
        assert x_axes(await ui.press("right_square_bracket")) == x_axes(text)
        text = await ui.type(["left_square_bracket"] * 5)
        assert [(axis[0], axis[-1]) for axis in x_axes(text)] == [(0, 5)] * 3
        text = await ui.press("1")
        assert [(axis[0], axis[-1]) for axis in x_axes(text)] == [(0, 5)] * 2
        text = await ui.press("2", "0")
        assert x_axes(text) == whole
        assert "zoomed" not in header(text)
        text = await ui.press("plus", "plus")
        assert x_axes(await ui.type("0++")) == x_axes(text)
        text = await ui.type("--")
        assert x_axes(text) == whole
        assert "zoomed" not in header(text)


@pytest.mark.usefixtures("two")
async def test_a_logarithmic_x_is_zoomed_and_whole_again_though_steps_begin_at_0(open_app: Open) -> None:
    async with open_app() as ui:
        whole = await ui.press("2", "K")
        assert x_axes(whole) == [[1, 2, 5, 10]] * 3
        assert "log x" in header(whole)
        assert whole.count("2 at x ≤ 0 hidden") == 3
        text = await ui.press("plus")
        assert all(axis[0] >= 2 and axis[-1] <= 8 for axis in x_axes(text))
        text = await ui.press("minus")
        assert x_axes(text) == x_axes(whole)
        assert "zoomed" not in header(text)
        assert max(x_axes(await ui.press("f"))[0]) == 10
        assert "log x" not in header(await ui.press("K"))


@pytest.mark.usefixtures("at_once")
async def test_a_window_that_follows_moves_with_a_growing_run_and_else_stays(open_app: Open, log: Write) -> None:
    def grow(start: int, end: int, **more: float) -> None:
        log("live", *({"step": step, "time": NOW + step, "loss": 1 / (1 + step), **more} for step in range(start, end)))

    def ends(text: str) -> tuple[float, float]:
        return x_axes(text)[0][0], x_axes(text)[0][-1]

    grow(0, 101)
    async with open_app() as ui:
        assert ends(await ui.press("2")) == (0, 100)
        text = await ui.press("f")
        assert "following" in header(text)
        assert "newest points are followed" in text
        assert ends(text) == (80, 100)
        grow(101, 141)
        while ends(ui.text()) != (120, 140):
            await ui.pilot.pause()
        text = await ui.type(["plus"] * 6)
        assert ends(text)[0] < 140 < ends(text)[1] + 1
        assert "following" in header(text)
        assert "not followed" in await ui.press("minus", "minus", "f")
        before = ends(ui.text())
        assert "following" not in header(ui.text())
        grow(141, 201, fresh=1.0)
        assert ends(await ui.until("fresh ─")) == before
        assert ends(await ui.press("0")) == (0, 200)
        grow(201, 301, newer=1.0)
        assert ends(await ui.until("newer ─")) == (0, 300)


@pytest.mark.usefixtures("two")
async def test_the_crosshair_reads_every_chart_at_one_x_beside_the_baseline(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("2")
        text = await ui.type(["left"] * 3)
        assert text.count("─ step 8") == 3
        for part in ("high 2.4000", "low  1.6000", "high 4.8000", "low  3.2000", "high 0.11111"):
            assert part in text
        assert (await ui.press("right")).count("─ step 9") == 3
        assert "─ step 10" in await ui.press("right", "right")
        assert "─ step 0" in await ui.type(["shift+left"] * 13)
        assert "baseline: high" in await ui.press("1", "g", "p")
        text = await ui.press("2", "escape", "2", "left", "left", "left")
        assert text.count("─ step 8") == 3
        assert "low  1.6000 -0.800" in text
        assert "low  3.2000 -1.60" in text
        assert (await ui.press("l", "left")).count("─ step 7") == 3
        text = await ui.press("escape")
        assert "─ step" not in text
        assert "val/loss ─" in text


@pytest.mark.usefixtures("two")
async def test_the_pointer_is_a_crosshair_and_the_wheel_zooms_where_it_is(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("2")
        row = place_of(text, "┄")[1] - 2
        await ui.pilot.hover(offset=(62, row))
        await ui.settle()
        text = ui.text()
        assert text.count("─ step 9") == 3
        for event, axis in ((MouseScrollUp, (5, 9)), (MouseScrollDown, (0, 10))):
            await ui.pilot._post_mouse_events([event], offset=(62, row), button=0)
            await ui.settle()
            axes = x_axes(ui.text())
            assert [(each[0], each[-1]) for each in axes] == [axis] * 3
            assert ui.text().count("─ step 9") == 3
        assert "zoomed" not in header(ui.text())
        await ui.pilot.hover(offset=(5, 0))
        await ui.settle()
        assert "─ step" not in ui.text()


@pytest.mark.usefixtures("two")
async def test_a_click_in_the_legend_hides_a_run_in_all_charts_and_shows_it_again(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("2")
        name = next(line for line in text.split("\n") if "high 2" in line)
        marker = name[name.index("high") - 2]
        assert text.count(marker) == 6
        await ui.pilot.click(offset=place_of(text, "high 2"))
        await ui.settle()
        hidden = ui.text()
        assert hidden.count(marker) == 3
        assert hidden.count("high") == 3
        assert "high 2" not in await ui.press("left")
        await ui.press("escape")
        assert (await ui.press("1")).count(f"{marker} high") >= 2
        text = await ui.press("2")
        await ui.pilot.click(offset=place_of(text, "high"))
        await ui.settle()
        assert ui.text().count(marker) == 6


@pytest.mark.usefixtures("two")
async def test_x_can_be_any_metric_with_epochs_first(open_app: Open, log: Write) -> None:
    log("epochs", *({"step": step, "time": NOW, "epoch": step / 10, "train/loss": 9.0 - step} for step in range(9)))
    async with open_app() as ui:
        await ui.press("2")
        text = await ui.press("plus", "X")
        assert "x now" in next(line for line in text.split("\n") if " step " in line and "x now" in line)
        assert text.index(" epoch ") < text.index(" rate ")
        await ui.type("epoch")
        text = await ui.press("enter")
        assert "x epoch" in header(text)
        assert "zoomed" not in header(text)
        assert "epoch=0.8" in await ui.press("left")
        await ui.press("X")
        await ui.type("val/loss")
        text = await ui.press("enter")
        assert "x val/loss" in header(text)
        assert "epoch=" not in text
        await ui.press("X")
        await ui.type("since start")
        assert "x time since start" in header(await ui.press("enter"))


async def test_one_point_is_followed_as_soon_as_there_are_more(open_app: Open, log: Write, at_once: None) -> None:
    log("young", {"step": 5, "loss": 0.5})
    async with open_app() as ui:
        text = await ui.press("2", "plus")
        assert "all of x is in sight" in text
        assert "following" in header(await ui.press("f"))
        log("young", *({"step": step, "loss": 0.5} for step in range(6, 40)))
        while x_axes(ui.text())[0][-1] < 39:
            await ui.pilot.pause()
        assert "following" in header(ui.text())


@pytest.mark.usefixtures("two")
async def test_keys_of_curves_say_so_where_there_is_none(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("2", "z", "i")
        for key in ("plus", "right_square_bracket", "f", "left"):
            assert "no chart in sight has curves" in await ui.press(key)
        assert "following" not in header(ui.text())
        assert "all of x is in sight" in await ui.press("i", "i", "minus")


@pytest.mark.usefixtures("two")
async def test_what_was_said_of_charts_goes_when_it_is_no_longer_so(open_app: Open) -> None:
    async with open_app() as ui:
        assert "the newest points are followed" in await ui.press("2", "f")
        assert "the newest points are followed" not in await ui.press("0")


@pytest.mark.usefixtures("two")
async def test_a_hidden_group_is_not_another_one_under_another_filter(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("2", "z", "b")
        await ui.type("lr")
        text = await ui.press("enter")
        await ui.pilot.click(offset=place_of(text, "0.01 n=1"))
        assert ui.app.screen.hidden == {0}
        await ui.press("1", "slash")
        await ui.type("high")
        await ui.press("enter")
        assert ui.app.screen.hidden == frozenset()


def log_noise(log: Write) -> dict[str, list[float]]:
    """Runs of more points than are drawn, no value near the one before; returns their values by run and step."""
    logged = {run: [round(7919 * (step * seed % 97) / 768143, 5) for step in range(3000)] for run, seed in RUNS.items()}
    for run, values in logged.items():
        log(run, *({"step": step, "time": NOW - 9000 + step, "loss": value} for step, value in enumerate(values)))
    return logged


async def test_the_crosshair_says_what_was_logged_also_of_a_run_of_which_only_the_outline_is_drawn(
    open_app: Open, log: Write
) -> None:
    logged = log_noise(log)
    async with open_app() as ui:
        text = await ui.press("2", "left")
        for key in ("shift+left", "left", "shift+left", "left", "left"):
            text = await ui.press(key)
            found = re.search(r"step ([\d,]+)", text)
            assert found
            step = int(found[1].replace(",", ""))
            for run, values in logged.items():
                assert re.search(rf"{run} +{values[step]:g}", text), (step, run, values[step], text)


async def test_a_chart_that_becomes_lines_again_says_at_the_crosshair_what_was_logged(
    open_app: Open, log: Write
) -> None:
    logged = log_noise(log)
    async with open_app() as ui:
        await ui.press("2", "left")
        for key in ("shift+left", "left", "left"):
            found = re.search(r"step ([\d,]+)", await ui.press(key))
            assert found
            step = int(found[1].replace(",", ""))
            assert "step" not in (await ui.press("i", "i")).split("\n")[1]
            text = await ui.press("i")
            for run, values in logged.items():
                assert re.search(rf"{run} +{values[step]:g}", text), (step, run, values[step], text)


async def test_what_another_page_asked_at_the_crosshair_is_no_value_of_this_one(open_app: Open, log: Write) -> None:
    log("run", *({"step": step, "time": NOW - 9000 + step, "aa": step % 2, "bb": 3} for step in range(3000)))
    async with open_app() as ui:
        text = await ui.press("2", "left")
        grid = ui.app.screen.grid
        assert re.search(r"run +[01]\b", text)
        assert re.search(r"run +3\b", text)
        late = AtQuery(grid.shown.numbers, ("bb", "gone"), "step", grid.crosshair)
        grid._take_values(late, ((77.0,), (99.0,)))  # an answer on its way while the page was turned
        text = await ui.press()
        assert re.search(r"run +77\b", text)
        assert not re.search(r"run +99\b", text)
        assert re.search(r"run +[01]\b", text)
