"""The scrollbar of a grid: Textual's own to the eye and to the mouse, of cells that are made once."""

from __future__ import annotations

import gc

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from labtop.store.model import Lines
from labtop.tui.widgets.grid import Grid, GridColumn, GridRow
from labtop.tui.widgets.scrollbar import KeptScrollBar

COLUMNS = (GridColumn("name", "run", width=8),)
ROWS = [GridRow(str(number), (f"run-{number}",)) for number in range(200)]


def look(strip: Strip) -> tuple[object, ...]:
    """What is to be seen of a cell, and what a click on it does."""
    (cell,) = strip
    assert cell.style is not None
    letter, back = cell.style.color, cell.style.bgcolor
    seen = (letter, back) if cell.text.strip() else letter if cell.style.reverse else back
    return cell.text, bool(cell.style.reverse), seen, cell.style.meta["@mouse.down"]


class GridApp(App[None]):
    """A grid of many rows alone on the screen."""

    def __init__(self, *, plain: bool = False) -> None:
        super().__init__(ansi_color=plain)
        self.grid = Grid()

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        self.grid.focus()
        self.grid.set_window(COLUMNS, Lines(range(len(ROWS))), 0, ROWS)

    @property
    def bar(self) -> ScrollBar:
        return self.grid.vertical_scrollbar


@pytest.mark.parametrize("plain", [False, True], ids=["truecolor", "colours of the terminal"])
async def test_it_looks_like_that_of_textual_wherever_it_stands(plain: bool) -> None:
    app = GridApp(plain=plain)
    async with app.run_test(size=(20, 12)) as pilot:
        looks = set()
        for key in ("g", "ctrl+d", "pagedown", "pagedown", "G"):
            await pilot.press(key)
            whole = Region(0, 0, *app.bar.size)
            kept, drawn = app.bar.render_lines(whole), ScrollBar.render_lines(app.bar, whole)
            assert list(map(look, kept)) == list(map(look, drawn))
            assert app.bar.render_lines(Region(0, 3, 1, 4)) == kept[3:7]
            looks.add("".join(strip.text for strip in kept) + repr(kept))
        assert len(looks) == 5


async def test_a_click_below_its_handle_scrolls_on() -> None:
    app = GridApp()
    async with app.run_test(size=(20, 12)) as pilot:
        await pilot.pause()
        assert isinstance(app.bar, KeptScrollBar)
        await pilot.click(offset=(19, 10))
        assert app.grid.scroll_offset.y > 0


async def test_a_table_that_moves_leaves_none_of_its_cells_to_be_cleared_away() -> None:
    app = GridApp()
    async with app.run_test(size=(20, 12)) as pilot:
        await pilot.press("pagedown")
        gc.collect()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            await pilot.press("pagedown", "pagedown", "pagedown")
            gc.collect()
            left = [each for each in gc.garbage if isinstance(each, Strip) and each.cell_length == 1]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
        assert len(left) < app.bar.size.height  # else each frame leaves so many
