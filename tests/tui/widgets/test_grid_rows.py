"""A window with all its rows at hand is what a grid of all rows is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Self

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.geometry import Region

from labtop.store.model import Lines
from labtop.tui.widgets.grid import Grid, GridColumn, GridRow
from labtop.tui.widgets.grid_rows import Rows, WindowRows

GROUPS = ("lr=0.1", "7x", "", "٣", "007")
Numbers = list[int]
numbers: st.SearchStrategy[Numbers] = st.lists(st.integers(-len(GROUPS), 30), max_size=25, unique=True)


def lines_of(some: Sequence[int]) -> Lines:
    """Lines whose groups are numbered as they come, so that the same group has other numbers elsewhere."""
    groups = tuple(GROUPS[-1 - each] for each in some if each < 0)
    return Lines([each if each >= 0 else -1 - groups.index(GROUPS[-1 - each]) for each in some], groups)


def rows_of(some: Sequence[int]) -> list[GridRow]:
    keys = [str(each) if each >= 0 else GROUPS[-1 - each] for each in some]
    return [GridRow(key, (f"{key}!",)) for key in keys]


def both(some: Sequence[int]) -> tuple[Rows, WindowRows]:
    rows = rows_of(some)
    return Rows(rows), WindowRows(lines_of(some), 0, rows, {})


@settings(deadline=None)
@given(numbers, numbers, st.integers(-3, 30), st.sampled_from((1, -1)))
def test_it_answers_the_same(before: Numbers, after: Numbers, at: int, direction: int) -> None:
    (old, old_window), (rows, window) = both(before), both(after)
    assert len(window) == len(rows)
    assert window.landing(at, direction) == rows.landing(at, direction)
    for place in range(len(rows)):
        assert window.key(place) == rows.key(place)
        assert window.row(place) == rows.row(place)
        assert (window.lands(place), window.heading(place)) == (rows.lands(place), rows.heading(place))
    for key in (*map(str, range(-2, 31)), *GROUPS, "x", "1" * 5000):
        assert window.place(key) == rows.place(key)
    for place in range(len(old)):
        nearest = rows.survivor(old, place)
        assert window.survivor(old_window, place) == window.survivor(old, place) == nearest
        assert rows.survivor(old_window, place) == nearest


Cells = list[list[tuple[str, object]]]


class Watched(Grid):
    """A grid that knows which of its cells the terminal was given since they were last looked at."""

    def __init__(self) -> None:
        self.refreshed: set[tuple[int, int]] | None = None  # column and row; None: all
        super().__init__()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if repaint and self.refreshed is not None and regions:
            self.refreshed |= {(x, y) for each in regions for x in each.column_range for y in each.line_range}
        elif repaint:
            self.refreshed = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    @property
    def cells(self) -> Cells:
        """Letter and style of each cell, by row."""
        rows = [self.render_line(y) for y in range(self.size.height)]
        return [[(letter, each.style) for each in row for letter in each.text] for row in rows]

    def check(self, before: Cells) -> Cells:
        """What is shown now, after a look that what differs from before was refreshed."""
        after = self.cells
        if self.refreshed is not None:
            for y, (row, other) in enumerate(zip(before, after, strict=True)):
                changed = {(x, y) for x, (cell, new) in enumerate(zip(row, other, strict=True)) if cell != new}
                assert changed <= self.refreshed
        self.refreshed = set()
        return after


class TwoGrids(App[None]):
    """The same rows twice, all given and in a window."""

    AUTO_FOCUS = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Watched()
            yield Watched()


operations: st.SearchStrategy[list[Numbers | tuple[str, float]]] = st.lists(
    numbers
    | st.tuples(st.sampled_from(("move", "page", "edge")), st.sampled_from((-3, -1, -0.5, 0.5, 1, 3)))
    | st.tuples(st.just("scroll"), st.integers(0, 25)),
    min_size=10,
    max_size=50,
)


@settings(max_examples=12, deadline=None)
@given(operations)
def test_a_grid_of_it_does_the_same(some: list[Numbers | tuple[str, float]]) -> None:
    async def compare() -> None:
        app = TwoGrids()
        async with app.run_test(size=(40, 8)):
            first, second = app.query(Watched)
            cells = first.cells
            assert second.cells == cells
            for each in some:
                apply(first, each, windowed=False)
                apply(second, each, windowed=True)
                assert (first.cursor_key, first.scroll_offset) == (second.cursor_key, second.scroll_offset)
                second.check(cells)
                cells = first.check(cells)
                assert second.cells == cells

    asyncio.run(compare())


def apply(grid: Grid, operation: Numbers | tuple[str, float], windowed: bool) -> None:
    columns = [GridColumn("name", "run")]
    match operation:
        case ("move", by):
            grid.action_move(int(by) or 1)
        case ("page", pages):
            grid.action_page(pages)
        case ("edge", direction):
            grid.action_edge(1 if direction > 0 else -1)
        case ("scroll", y):
            grid.scroll_to(y=y, animate=False)
        case [*some] if windowed:
            grid.set_window(columns, lines_of([int(at) for at in some]), 0, rows_of([int(at) for at in some]))
        case [*some]:
            grid.set_content(columns, rows_of([int(at) for at in some]))
