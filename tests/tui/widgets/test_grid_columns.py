"""The current column of a grid, and what headers say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region

from labtop.tui.app import THEMES
from labtop.tui.widgets.grid import Grid, GridColumn, GridRow
from labtop.tui.widgets.grid_layout import Shelf

WIDE = (GridColumn("name", "name", width=6), *(GridColumn(key, key * 4, "right", width=6) for key in "abcdef"))


class Watched(Grid):
    """A grid that keeps what it was asked to refresh; None stands for everything."""

    def __init__(self, *, ascii_only: bool, with_columns: bool) -> None:
        self.refreshed: list[Region | None] = []
        super().__init__(ascii_only=ascii_only, with_columns=with_columns)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if repaint:
            self.refreshed += regions or [None]
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class ColumnsApp(App[None]):
    """A grid with a current column alone on the screen."""

    def __init__(
        self,
        columns: Sequence[GridColumn] = WIDE,
        frozen: int = 1,
        *,
        ascii_only: bool = False,
        with_columns: bool = True,
    ) -> None:
        super().__init__()
        self.grid = Watched(ascii_only=ascii_only, with_columns=with_columns)
        self.clicked: list[str] = []
        self.show(columns, frozen)

    def show(self, columns: Sequence[GridColumn], frozen: int = 1) -> None:
        self.grid.set_content(columns, [GridRow("r", tuple(f"{column.key}=1" for column in columns))], frozen)

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        self.grid.focus()

    def on_grid_header_clicked(self, message: Grid.HeaderClicked) -> None:
        self.clicked.append(message.column_key)

    @property
    def header(self) -> str:
        """The line of labels."""
        return self.grid.render_line(0).text.rstrip()

    def reversed(self, attribute: str = "reverse") -> str:
        """What of the header is set off."""
        styles = [(each.text, each.style or Style()) for each in self.grid.render_line(0)]
        return "".join(text for text, style in styles if getattr(style, attribute))


async def test_the_current_column_moves_and_is_seen_with_the_least_scrolling() -> None:
    app = ColumnsApp()
    async with app.run_test(size=(30, 3)) as pilot:
        steps = [
            ("", "name", " name  │  aaaa   bbbb   cccc›"),
            ("l l right", "c", " name  │  aaaa   bbbb   cccc›"),
            ("l", "d", " name  ‹  bbbb   cccc   dddd›"),
            ("right l l", "f", " name  ‹  dddd   eeee   ffff"),
            ("h left", "d", " name  ‹  dddd   eeee   ffff"),
            ("h", "c", " name  ‹  cccc   dddd   eeee›"),
            ("h h h h", "name", " name  │  aaaa   bbbb   cccc›"),
        ]
        for keys, column, header in steps:
            await pilot.press(*keys.split())
            assert (app.grid.column_key, app.header) == (column, header)
            assert app.reversed() == (f"{column}  " if column == "name" else f"  {column * 4}")


async def test_fixed_columns_are_passed_without_scrolling() -> None:
    app = ColumnsApp(frozen=2)
    async with app.run_test(size=(30, 3)) as pilot:
        await pilot.press("l", "l", "l", "l")
        assert app.grid.column_key == "d"
        scrolled = app.grid.scroll_offset.x
        assert scrolled > 0
        app.grid._go_column(1)
        assert (app.grid.column_key, app.grid.scroll_offset.x) == ("a", scrolled)
        assert app.reversed().strip() == "aaaa"


async def test_moving_within_sight_refreshes_two_headers() -> None:
    app = ColumnsApp()
    async with app.run_test(size=(30, 3)) as pilot:
        await pilot.press("l")
        app.grid.refreshed.clear()
        await pilot.press("l")
        assert app.grid.refreshed == [Region(8, 0, 14, 1)]


@pytest.mark.parametrize("no_color", ["", "1"])
async def test_it_is_not_shown_by_colour_alone(no_color: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    app = ColumnsApp(ascii_only=True)
    async with app.run_test(size=(30, 3)) as pilot:
        await pilot.press("l")
        for theme in THEMES:
            app.theme = theme
            app.grid.focus()
            await pilot.pause()
            assert app.reversed() == "  aaaa"
            app.set_focus(None)
            await pilot.pause()
            assert (app.reversed(), app.reversed("underline")) == ("", "  aaaa")


async def test_the_last_column_in_sight_keeps_its_sign_beside_the_mark_of_hidden_ones() -> None:
    app = ColumnsApp([GridColumn("name", "name"), *(replace(each, align="left") for each in WIDE[1:])])
    async with app.run_test(size=(22, 3)) as pilot:
        await pilot.press("l", "l")
        assert app.header == " name  │aaaa   bbbb ›"
        assert app.reversed() == "bbbb "


@pytest.mark.parametrize(
    ("left", "column"),
    [("name c b a", "c"), ("name a b d", "d"), ("name b f", "b"), ("x y", "x"), ("", None)],
)
async def test_it_stays_on_its_column_or_goes_to_the_nearest(left: str, column: str | None) -> None:
    app = ColumnsApp()
    async with app.run_test(size=(60, 3)) as pilot:
        await pilot.press("l", "l", "l")
        app.show([replace(WIDE[0], key=key, label=key) for key in left.split()])
        assert app.grid.column_key == column
        assert app.reversed().strip() == (column or "")
        await pilot.press("l", "h")


async def test_it_is_kept_in_sight_when_columns_move_and_when_the_grid_gets_narrow() -> None:
    app = ColumnsApp()
    async with app.run_test(size=(60, 3)) as pilot:
        await pilot.press("l", "l", "l")
        await pilot.resize_terminal(24, 3)
        assert app.reversed().strip() == "cccc"
        app.show([*WIDE[:3], *WIDE[4:], WIDE[3]])
        assert app.reversed().strip() == "cccc"
        app.grid.scroll_to(x=0, animate=False)
        app.show(WIDE[::-1])
        app.show(WIDE)
        assert app.grid.scroll_offset.x == 0


async def test_a_click_on_the_header_goes_there() -> None:
    app = ColumnsApp()
    async with app.run_test(size=(30, 3)) as pilot:
        await pilot.click(Grid, offset=(17, 0))
        assert (app.grid.column_key, app.clicked) == ("b", ["b"])
        assert app.reversed().strip() == "bbbb"


async def test_without_the_option_there_is_none() -> None:
    app = ColumnsApp(with_columns=False)
    async with app.run_test(size=(30, 3)) as pilot:
        await pilot.click(Grid, offset=(17, 0))
        await pilot.press("l")
        assert (app.grid.column_key, app.clicked, app.reversed()) == (None, ["b"], "")
        assert app.header.startswith(" name  ‹  bbbb")


async def test_no_columns() -> None:
    app = ColumnsApp(())
    async with app.run_test(size=(30, 3)) as pilot:
        await pilot.press("l", "h")
        assert app.grid.column_key is None
        app.show(WIDE)
        assert app.grid.column_key == "name"


async def test_a_column_of_another_fixed_width_is_drawn_anew() -> None:
    app = ColumnsApp()
    async with app.run_test(size=(40, 3)):
        for width, row in ((9, "›name=1│      a=1    b=1"), (4, "›name=1│ a=1    b=1"), (2, "›name=1│a…    b=1")):
            app.show([WIDE[0], replace(WIDE[1], width=width), WIDE[2]])
            assert app.grid.render_line(1).text.rstrip() == row
        app.grid.refreshed.clear()
        app.show([WIDE[0], replace(WIDE[1], width=7), WIDE[2]])
        assert None in app.grid.refreshed


@pytest.mark.parametrize(("ascii_only", "arrows"), [(False, ("▲", "▼")), (True, ("^", "v"))])
async def test_headers_say_which_columns_sort_and_in_which_order(ascii_only: bool, arrows: tuple[str, str]) -> None:
    up, down = arrows
    columns = [
        GridColumn("a", "a", sort="desc", sort_rank=1),
        GridColumn("b", "name", sort="asc", sort_rank=12),
        GridColumn("c", "label", width=5, sort="asc", sort_rank=2),
        GridColumn("d", "d", sort="asc"),
        GridColumn("e", "e", sort_rank=3),
    ]
    app = ColumnsApp(columns, 0, ascii_only=ascii_only)
    more = "~" if ascii_only else "…"
    async with app.run_test(size=(40, 3)):
        assert app.header == f" a{down}1 name{up}12 la{more}{up}2 d{up}  e"


columns_of = st.lists(st.tuples(st.integers(1, 14), st.booleans()), min_size=1, max_size=9)


@settings(deadline=None)
@given(columns_of, st.integers(0, 3), st.integers(6, 50), st.integers(0, 60), st.integers(0, 8))
@example([(6, True)] * 7, 1, 28, 0, 4)  # fits exactly
@example([(6, True)] * 7, 1, 28, 3, 4)
def test_scrolling_to_a_column_shows_it_and_moves_no_more_than_that(
    shapes: list[tuple[int, bool]], frozen: int, width: int, scroll_x: int, column: int
) -> None:
    columns = [GridColumn(str(at), "", "right" if right else "left") for at, (_, right) in enumerate(shapes)]
    shelf = Shelf(columns, [each for each, _ in shapes], frozen, width)
    column %= len(columns)

    def whole(x: int) -> bool:
        return any(slot.column == column and slot.width == shapes[column][0] for slot in shelf.layout(x).slots)

    there = shelf.start_showing(column, scroll_x)
    if column < frozen or whole(scroll_x):
        assert there == scroll_x
    elif any(map(whole, range(200))):
        assert whole(there)
        nearer = range(min(there, scroll_x), max(there, scroll_x))
        assert not any(whole(x) and shelf.layout(x) != shelf.layout(there) for x in nearer)
    else:
        assert [slot.column for slot in shelf.layout(there).slots[frozen:]] in ([], [column])
