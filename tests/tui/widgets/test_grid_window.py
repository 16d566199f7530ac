"""A grid of which only some rows are at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message

from labtop.store.model import Lines
from labtop.tui.widgets.grid import Grid, GridColumn, GridRow

COLUMNS = (GridColumn("name", "run", width=8), GridColumn("loss", "loss", align="right", width=6))


class Watched(Grid):
    """A grid that keeps what it was asked to refresh; None stands for everything."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        self.refreshed: list[Region | None] = []
        super().__init__(ascii_only=ascii_only)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if repaint:
            self.refreshed += regions or [None]
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def window(
        self, keys: Sequence[int], first: int = 0, count: int = 0, loss: str = "0.5", before: Sequence[int] = ()
    ) -> None:
        """Show runs of these numbers, `count` of them at hand, and others as they were `before`."""
        rows = [row(number, loss) for number in keys[first : first + count]]
        self.set_window(
            COLUMNS, Lines(keys), first, rows, before={str(number): row(number, "old") for number in before}
        )


class WindowApp(App[None]):
    """A grid alone on the screen, filled before it is drawn."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.grid = Watched(ascii_only=ascii_only)
        self.messages: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        self.grid.focus()

    def on_grid_chosen(self, message: Grid.Chosen) -> None:
        self.messages.append(message)

    @property
    def lines(self) -> list[str]:
        """What the grid shows, without the scrollbar."""
        return [self.grid.render_line(y).text.rstrip() for y in range(self.grid.size.height)]

    @property
    def cursor(self) -> tuple[str | None, int]:
        """The cursor's key, and the line of the screen that carries its mark, -1 out of sight."""
        at = next((y for y, line in enumerate(self.lines) if line.startswith("›")), -1)
        return self.grid.cursor_key, at


def row(number: int, loss: str = "0.5", marked: bool = False) -> GridRow:
    return GridRow(str(number), (f"run-{number}", loss), marked=marked)


async def test_lines_without_a_row_are_signs_until_it_comes() -> None:
    app = WindowApp()
    app.grid.window(range(1000), first=2, count=2)
    async with app.run_test(size=(20, 6)) as pilot:
        sign = " …       │"
        assert app.lines == [" run     │  loss", "›…       │", sign, " run-2   │   0.5", " run-3   │   0.5", sign]
        await pilot.press("G")
        assert app.lines[1:] == [sign, sign, sign, sign, "›…       │"]
        app.grid.window(range(1000), first=900, count=100)
        assert app.lines[1:] == [*(f" run-{each} │   0.5" for each in range(995, 999)), "›run-999 │   0.5"]


async def test_lines_out_of_the_window_show_their_rows_of_before() -> None:
    app = WindowApp()
    app.grid.window(range(1000), first=2, count=2, before=[1, 2, 999])
    async with app.run_test(size=(20, 6)) as pilot:
        assert app.lines[1:] == ["›…       │", " run-1   │   old", " run-2   │   0.5", " run-3   │   0.5", " …       │"]
        await pilot.press("G")
        assert app.lines[4:] == [" …       │", "›run-999 │   old"]
        app.grid.window(range(1000), first=998, count=2, before=[1, 2, 999])
        assert app.lines[4:] == [" run-998 │   0.5", "›run-999 │   0.5"]


async def test_the_thumb_of_the_scrollbar_tells_how_much_there_is() -> None:
    app = WindowApp()
    app.grid.window(range(1000), count=10)
    async with app.run_test(size=(20, 11)) as pilot:
        for lines, cells in ((1000, 1), (3, 0), (0, 0), (20, 6), (10, 0)):
            app.grid.window(range(lines), count=min(lines, 10))
            await pilot.pause()
            column = (app.screen.get_style_at(19, y) for y in range(11))
            assert sum(style.meta.get("@mouse.down") == "grab" for style in column) == cells


async def test_signs_are_dim_and_in_ascii_where_need_be() -> None:
    app = WindowApp(ascii_only=True)
    app.grid.window(range(9))
    async with app.run_test(size=(20, 4)):
        assert app.lines == [" run     |  loss", ">...     |", " ...     |", " ...     |"]
        style = next(each.style for each in app.grid.render_line(2) if each.text.startswith("."))
        assert style is not None
        assert style.dim


@pytest.mark.parametrize(
    ("keys", "key", "line"),
    [
        ("j", "1", 2),
        ("up", "0", 1),
        ("G", "49", 9),
        ("end g", "0", 1),
        ("G home", "0", 1),
        ("j pagedown pagedown pageup", "10", 2),
        ("ctrl+d", "4", 1),
        ("G pagedown", "49", 9),
    ],
)
async def test_moving_needs_no_rows(keys: str, key: str, line: int) -> None:
    app = WindowApp()
    app.grid.window(range(50))
    async with app.run_test(size=(20, 10)) as pilot:
        await pilot.press(*keys.split())
        assert app.cursor == (key, line)


async def test_a_line_without_a_row_can_be_chosen() -> None:
    app = WindowApp()
    app.grid.window(range(50))
    async with app.run_test(size=(20, 10)) as pilot:
        await pilot.click(Grid, offset=(3, 4))
        await pilot.press("enter")
        assert [each.key for each in app.messages if isinstance(each, Grid.Chosen)] == ["3"]


async def test_no_lines() -> None:
    app = WindowApp()
    app.grid.window(())
    async with app.run_test(size=(20, 3)) as pilot:
        await pilot.press("j", "k", "g", "G", "enter", "pagedown", "ctrl+u")
        assert app.lines == [" run     │  loss", "", ""]
        assert (app.grid.cursor_key, list(app.grid.lines_in_sight)) == (None, [])
        app.grid.window(range(5), count=5)
        assert app.cursor == ("0", 1)


async def test_the_cursor_stays_on_its_line_of_the_screen_when_lines_change() -> None:
    app = WindowApp()
    app.grid.window(whole := range(5000))
    async with app.run_test(size=(20, 11)):
        app.grid.action_move(3000)
        app.grid.action_move(-3)
        assert app.cursor == ("2997", 7)
        for changed in ([7000, *whole[:5], 7001, *whole[5:]], whole[10:], whole[::-1], whole):
            app.grid.window(changed)
            assert app.cursor == ("2997", 7)


async def test_lines_that_come_while_the_cursor_is_out_of_sight_move_nothing() -> None:
    app = WindowApp()
    app.grid.window(whole := range(5000))
    async with app.run_test(size=(20, 11)):
        app.grid.scroll_to(y=4000, animate=False)
        for changed, top in (([7000, *whole], 4000), (whole[5:], 4000), ([*whole[:4000], *whole[4001:]], 4001)):
            app.grid.window(changed, changed.index(top), 3)
            assert app.lines[1] == f" run-{top}│   0.5"


@pytest.mark.parametrize(
    ("left", "groups", "key"),
    [
        ([0, 1, 2, 3, 5, 6], (), "5"),
        ([0, 1, 2, 3, -1], ("g",), "3"),
        ([0, -1, 7], ("lr=0.1",), "lr=0.1"),
        ([0, 1], (), "1"),
        ([], (), None),
        ([90, 91], ("g",), "90"),
    ],
)
async def test_when_its_run_vanishes_the_cursor_goes_to_the_nearest(
    left: list[int], groups: tuple[str, ...], key: str | None
) -> None:
    app = WindowApp()
    async with app.run_test(size=(20, 11)) as pilot:
        app.grid.set_window(COLUMNS, Lines([0, 1, 2, 3, 4, -1, 5, 6], ("lr=0.1",)), 0, ())
        if "lr=0.1" not in groups:
            app.grid.set_window(COLUMNS, Lines(range(8)), 0, ())
        app.grid.action_move(4)
        await pilot.pause()
        app.grid.set_window(COLUMNS, Lines(left, groups), 0, ())
        assert app.grid.cursor_key == key


async def test_the_lines_in_sight_are_those_of_the_window_that_the_terminal_has_room_for() -> None:
    app = WindowApp()
    app.grid.window(range(50))
    async with app.run_test(size=(20, 11)) as pilot:
        assert app.grid.lines_in_sight == range(10)
        await pilot.press("j", "l", "k")
        app.grid.window(range(50), count=50)
        assert app.grid.lines_in_sight == range(10)
        await pilot.press("G")
        assert app.grid.lines_in_sight == range(40, 50)
        await pilot.resize_terminal(20, 6)
        await pilot.pause()
        assert app.grid.lines_in_sight == range(45, 50)
        app.grid.window(range(3))
        await pilot.pause()
        assert app.grid.lines_in_sight == range(3)


async def test_only_changed_cells_are_refreshed() -> None:
    app = WindowApp()
    app.grid.window(range(1000), count=100)
    async with app.run_test(size=(20, 11)) as pilot:
        await pilot.pause()
        app.grid.refreshed.clear()
        app.grid.window(range(1000), count=100)
        assert app.grid.refreshed == []
        app.grid.set_window(COLUMNS, Lines(range(1000)), 0, [row(0, "0.7"), *map(row, range(1, 100))])
        assert app.grid.refreshed == [Region(10, 1, 7, 1)]
        app.grid.refreshed.clear()
        app.grid.set_window(COLUMNS, Lines(range(1000)), 0, [row(0, "0.7"), *map(row, range(1, 9))])
        assert app.grid.refreshed == [Region(1, 10, 16, 1)]  # its row is gone
        app.grid.refreshed.clear()
        app.grid.window([*range(500), *range(501, 1000)], count=10, loss="0.7")
        assert None not in app.grid.refreshed
        assert {region.y for region in app.grid.refreshed if region} == set(range(2, 11))


async def test_a_line_that_differs_in_most_places_is_refreshed_as_a_whole() -> None:
    columns = tuple(GridColumn(name, name, width=4) for name in "abcde")
    before, after = (GridRow("0", tuple(cells)) for cells in ("vwxyz", "VWxYZ"))
    one = GridRow("0", ("v", "W", "x", "y", "Z"))
    app = WindowApp()
    app.grid.set_window(columns, Lines([0]), 0, [before])
    async with app.run_test(size=(28, 4)) as pilot:
        await pilot.pause()
        for row_, regions in ((one, [Region(6, 1, 5, 1), Region(21, 1, 5, 1)]), (after, [Region(0, 1, 27, 1)])):
            app.grid.refreshed.clear()
            app.grid.set_window(columns, Lines([0]), 0, [row_])
            shown = app.grid.refreshed
            app.grid.set_window(columns, Lines([0]), 0, [before])
            assert shown[: len(regions)] == regions


async def test_marked_rows_are_bold() -> None:
    app = WindowApp()
    app.grid.set_window(COLUMNS, Lines(range(9)), 0, [row(0), row(1, marked=True)])
    async with app.run_test(size=(20, 5)):
        styles = [next(iter(app.grid.render_line(y))).style for y in (2, 3)]
        assert [bool(style and style.bold) for style in styles] == [True, False]


class Unsearched(Lines):
    """Lines in which nothing is looked for, and that are compared with no others."""

    def place(self, key: str) -> int | None:
        """Not asked."""
        raise AssertionError("searched all lines")

    def survivor(self, old: Lines, line: int) -> int | None:
        """Not asked."""
        raise AssertionError("searched all lines")

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared all lines")

    __hash__ = None


async def test_keys_and_the_same_lines_again_look_at_no_line_out_of_sight() -> None:
    app = WindowApp()
    app.grid.set_window(COLUMNS, Unsearched(range(9000)), 0, ())
    async with app.run_test(size=(20, 11)) as pilot:
        for key in ("j", "pagedown", "G", "k", "ctrl+u", "home"):
            await pilot.press(key)
            app.grid.set_window(COLUMNS, Unsearched(range(9000)), 0, [row(0)])
        await pilot.click(Grid, offset=(3, 4))
        assert app.cursor == ("3", 4)


@pytest.mark.parametrize(
    ("first", "rows"),
    [
        (0, [row(1)]),
        (8, [row(8), row(9)]),
        (-1, [row(8)]),
        (0, [GridRow("0", ("title",), section=True)]),
        (0, [GridRow("0", ("name",))]),
    ],
)
def test_rows_of_other_lines_and_sections_are_refused(first: int, rows: list[GridRow]) -> None:
    with pytest.raises(ValueError, match=r"line|cells"):
        Grid().set_window(COLUMNS, Lines(range(9)), first, rows)
