"""The chart as a widget in an app."""

from __future__ import annotations

import numpy as np
import pytest
from textual.app import App, ComposeResult

from labtop.tui.charts.spec import ChartSpec, Curve
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
        assert "no data yet" in "".join(shown(empty))
        assert shown(full)[0].startswith("─ loss [/bold] ──")
        empty.spec = spec("accuracy")
        await pilot.pause()
        assert "accuracy" in shown(empty)[0]
        assert "no data yet" not in "".join(shown(empty))
        empty.spec = None
        await pilot.pause()
        assert "no data yet" in "".join(shown(empty))


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
        line = full.render_line(1)
        full.refresh()
        await pilot.pause()
        assert full.render_line(1) is line
        full.spec = spec("loss")
        await pilot.pause()
        assert full.render_line(1) is not line


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
