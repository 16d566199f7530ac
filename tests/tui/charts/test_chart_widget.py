"""The chart as a widget in an app."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.strip import Strip

from labtop.tui.charts.changes import changed
from labtop.tui.charts.spec import ChartSpec, Curve, HistogramSpec, ScatterSpec
from labtop.tui.widgets.chart import Chart


def spec(title: str, count: int = 50) -> ChartSpec:
    steps = np.arange(count, dtype=np.float64)
    return ChartSpec(title, (Curve("run", 0, steps, np.sqrt(steps), np.zeros(count, np.int32)),))


class Charts(App[None]):
    CSS = "Chart { height: 12; }"

    def compose(self) -> ComposeResult:
        yield Chart(id="empty")
        yield Chart(spec("loss [/bold]"), id="full")


def shown(chart: Chart) -> list[str]:
    return [strip.text for strip in chart.render_lines(chart.size.region)]


async def test_charts_show_their_spec_and_follow_it() -> None:
    app = Charts()
    async with app.run_test(size=(60, 24)) as pilot:
        empty, full = app.query_one("#empty", Chart), app.query_one("#full", Chart)
        assert not set("".join(shown(empty))) & set("nodatayet"), "nobody knows yet"
        assert shown(full)[0].startswith("─ loss [/bold] ──")
        empty.spec = spec("accuracy")
        await pilot.pause()
        assert "accuracy" in shown(empty)[0]
        empty.spec = None
        await pilot.pause()
        assert not set("".join(shown(empty))) & set("nodatayet")


async def test_the_focus_shows_without_colour() -> None:
    app = Charts()
    async with app.run_test(size=(60, 24)) as pilot:
        full = app.query_one("#full", Chart)
        assert shown(full)[0].startswith("─")
        full.focus()
        await pilot.pause()
        assert shown(full)[0].startswith("▸")
        app.query_one("#empty", Chart).focus()
        await pilot.pause()
        assert shown(full)[0].startswith("─")


async def test_charts_fit_after_a_resize() -> None:
    app = Charts()
    async with app.run_test(size=(60, 24)) as pilot:
        for size in ((130, 40), (20, 8), (3, 2)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            full = app.query_one("#full", Chart)
            assert {len(line) for line in shown(full)} <= {full.size.width}


async def test_a_chart_is_drawn_anew_only_when_something_changed() -> None:
    app = Charts()
    async with app.run_test(size=(60, 24)) as pilot:
        full = app.query_one("#full", Chart)
        title, line, *_ = full.render_lines(full.size.region)
        full.refresh()
        await pilot.pause()
        assert full.render_lines(full.size.region)[1] is line
        full.spec = spec("another")
        await pilot.pause()
        assert full.render_lines(full.size.region)[1] is line, "which looks as before"
        assert full.render_lines(full.size.region)[0] is not title


@pytest.mark.parametrize("theme", ["textual-light", "textual-dark", "ansi-dark"])
async def test_charts_take_the_colours_of_the_theme(theme: str) -> None:
    app = Charts()
    async with app.run_test(size=(60, 24)) as pilot:
        app.theme = theme
        await pilot.pause()
        full = app.query_one("#full", Chart)
        background = full.background_colors[1].rich_color
        title = full.render_lines(full.size.region)[0]
        assert {segment.style.bgcolor for segment in title if segment.style} == {background}
        drawn = {segment.style.color.name for segment in title if segment.style and segment.style.color}
        assert (drawn == {"default"}) == (theme == "ansi-dark")
        assert theme == "ansi-dark" or background.name not in drawn


def legend_place(chart: Chart, name: str) -> tuple[int, int]:
    lines = shown(chart)
    row = next(number for number, line in reversed(list(enumerate(lines))) if name in line)
    return lines[row].index(name), row


class Listening(Charts):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, object]] = []

    def on_chart_hovered(self, event: Chart.Hovered) -> None:
        assert event.control is event.chart
        self.heard.append(("hovered", event.x))

    def on_chart_scrolled(self, event: Chart.Scrolled) -> None:
        self.heard.append(("scrolled", (event.x, event.direction)))

    def on_chart_run_clicked(self, event: Chart.RunClicked) -> None:
        self.heard.append(("clicked", event.run))


async def test_the_pointer_says_over_which_x_it_is() -> None:
    app = Listening()
    async with app.run_test(size=(60, 24)) as pilot:
        full = app.query_one("#full", Chart)
        column = next(column for column in range(60) if (full.picture.x_at(column) or 0) >= 25)
        await pilot.hover("#full", (column, 4))
        await pilot.hover("#full", (column, 5))
        await pilot.hover("#empty", (3, 3))
        await pilot.pause()
        assert app.heard == [("hovered", full.picture.x_at(column)), ("hovered", None)]


async def test_the_wheel_says_where_it_turned() -> None:
    app = Listening()
    async with app.run_test(size=(60, 24)) as pilot:
        full = app.query_one("#full", Chart)
        x = full.picture.x_at(30)
        await pilot._post_mouse_events([MouseScrollUp], "#full", (30, 4), button=0)
        await pilot._post_mouse_events([MouseScrollDown], "#full", (0, 0), button=0)
        await pilot.pause()
        assert [what for what in app.heard if what[0] == "scrolled"] == [("scrolled", (x, 1)), ("scrolled", (None, -1))]


async def test_a_click_on_an_entry_of_the_legend_finds_its_run() -> None:
    app = Listening()
    async with app.run_test(size=(60, 24)) as pilot:
        full = app.query_one("#full", Chart)
        one = spec("loss").curves[0]
        full.spec = ChartSpec("loss", (one, replace(one, number=5, label="other")))
        await pilot.pause()
        await pilot.click("#full", legend_place(full, "other"))
        await pilot.click("#full", (legend_place(full, "other")[0] - 2, legend_place(full, "other")[1]))
        await pilot.click("#full", (20, 4))
        await pilot.pause()
        assert [what for what in app.heard if what[0] == "clicked"] == [("clicked", 5), ("clicked", 5)]


async def test_a_crosshair_is_laid_over_the_same_picture() -> None:
    app = Charts()
    async with app.run_test(size=(60, 24)) as pilot:
        full = app.query_one("#full", Chart)
        picture, before = full.picture, shown(full)
        full.crosshair = 25.0
        await pilot.pause()
        assert full.picture is picture
        assert "step 25" in shown(full)[0]
        assert "run 5" in shown(full)[-1]
        assert sum(line.count("│") for line in shown(full)) > sum(line.count("│") for line in before)
        full.crosshair = None
        await pilot.pause()
        assert shown(full) == before


async def test_scatters_and_histograms_are_shown_too() -> None:
    app = Charts()
    async with app.run_test(size=(60, 24)) as pilot:
        full = app.query_one("#full", Chart)
        ones = np.arange(3, dtype=np.float64)
        for other in (
            ScatterSpec("s", "lr", np.arange(3, dtype=np.int32), ones, ones),
            HistogramSpec("h", ones, np.array([2, 5])),
        ):
            full.spec = other
            full.crosshair = 1.0
            await pilot.pause()
            assert shown(full)[0].startswith(f"─ {other.title} ─")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_what_is_repainted_is_all_that_differs(data: st.DataObject) -> None:
    """Cells outside the regions are the same, whatever the two lines are."""
    inks = [Style(color=color) for color in ("red", "blue")]
    lines = []
    for _ in range(2):
        cells = data.draw(st.lists(st.tuples(st.sampled_from("ab 损"), st.integers(0, 1)), max_size=12))
        lines.append(Strip([Segment(text, inks[ink]) for text, ink in cells]).simplify().adjust_cell_length(16))
    regions = list(changed(lines[:1], lines[1:]))
    old, new = (list(as_cells(line)) for line in lines)
    for column in range(16):
        if not any(region.contains(column, 0) for region in regions):
            assert old[column] == new[column]
    assert bool(regions) == (old != new)


def as_cells(line: Strip) -> Iterator[tuple[str, Style | None]]:
    for text, style, _ in line:
        for character in text:
            yield character, style
            if cell_len(character) == 2:
                yield "", style


async def test_a_chart_that_grew_repaints_only_what_differs() -> None:
    app = Charts()
    async with app.run_test(size=(60, 24)) as pilot:
        full = app.query_one("#full", Chart)
        full.spec = spec("loss", 46)
        await pilot.pause()
        before = full.render_lines(full.size.region)
        full.spec = spec("loss", 47)
        await pilot.pause()
        after = full.render_lines(full.size.region)
        regions = list(changed(before, after))
        assert 0 < sum(region.area for region in regions) < full.size.area / 3


async def test_without_colours_lines_are_dashed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Charts()
    async with app.run_test(size=(60, 24)) as pilot:
        full = app.query_one("#full", Chart)
        flat = [replace(spec("x").curves[0], number=n, value=np.full(50, float(n))) for n in range(2)]
        full.spec = ChartSpec("loss", tuple(flat), legend=False)
        await pilot.pause()
        rows = [sum(0x2800 < ord(mark) < 0x2900 for mark in line) for line in shown(full)]
        assert len({count for count in rows if count > 5}) == 2
