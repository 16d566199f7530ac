from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import pytest
from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message

from labtop.tui.widgets.grid import Grid, GridColumn, GridRow

COLUMNS = (
    GridColumn("name", "run", max_width=12),
    GridColumn("loss", "loss", align="right"),
    GridColumn("optimizer", "optimizer"),
)


class Watched(Grid):
    """A grid that keeps what it was asked to refresh; None stands for everything."""

    refreshed: list[Region | None]

    def __init__(self, *, ascii_only: bool = False) -> None:
        self.refreshed = []
        super().__init__(ascii_only=ascii_only)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if repaint:
            self.refreshed += regions or [None]
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class GridApp(App[None]):
    """A grid alone on the screen, filled before it is drawn."""

    def __init__(
        self,
        rows: Sequence[GridRow],
        columns: Sequence[GridColumn] = COLUMNS,
        frozen: int = 1,
        ascii_only: bool = False,
    ) -> None:
        super().__init__()
        self.grid = Watched(ascii_only=ascii_only)
        self.grid.set_content(columns, rows, frozen)
        self.messages: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        self.grid.focus()

    def on_grid_chosen(self, message: Grid.Chosen) -> None:
        self.messages.append(message)

    def on_grid_header_clicked(self, message: Grid.HeaderClicked) -> None:
        self.messages.append(message)

    @property
    def lines(self) -> list[str]:
        """What the grid shows, without the scrollbar."""
        return [self.grid.render_line(y).text.rstrip() for y in range(self.grid.size.height)]

    @property
    def cursor_line(self) -> int:
        """The line of the screen that carries the cursor's mark, the header being 0; -1 out of sight."""
        return next((y for y, line in enumerate(self.lines) if line.startswith("›")), -1)


def run(number: int, loss: float | str = 0.5, optimizer: str = "adamw") -> GridRow:
    return GridRow(f"r{number}", (f"run-{number}", str(loss), optimizer))


def runs(count: int) -> list[GridRow]:
    return [run(number) for number in range(count)]


def section(name: str) -> GridRow:
    return GridRow(f"section {name}", (name,), section=True)


async def test_columns_align_and_cut_in_cells() -> None:
    rows = [
        GridRow("a", ("short", "0.31240", "sgd")),
        GridRow("b", ("日本語の実験です", "12030", "adamw")),
        GridRow("c", (Text("🚀 launch code"), Text("NaN"), Text("日"))),
    ]
    app = GridApp(rows)
    async with app.run_test(size=(40, 6)):
        assert app.lines[:4] == [
            " run         │   loss optimizer",
            "›short       │0.31240 sgd",
            " 日本語の実… │  12030 adamw",
            " 🚀 launch c…│    NaN 日",
        ]
        assert {cell_len(app.grid.render_line(y).text) for y in range(6)} == {39}


async def test_empty_grid_is_its_header() -> None:
    app = GridApp([])
    async with app.run_test(size=(40, 4)) as pilot:
        await pilot.press("j", "k", "g", "G", "enter", "pagedown", "ctrl+u", "l", "h")
        await pilot.click(offset=(3, 2))
        assert app.lines == [" run│loss optimizer", "", "", ""]
        assert app.grid.cursor_key is None
        assert app.messages == []


async def test_ascii_only() -> None:
    columns = (replace(COLUMNS[0], sort="asc"), replace(COLUMNS[1], sort="desc"), COLUMNS[2])
    app = GridApp([GridRow("a", ("a name too long", "1", "sgd"))], columns, ascii_only=True)
    async with app.run_test(size=(26, 3)):
        assert app.lines[:2] == [" run^        |lossv opt~>", ">a name too~ |    1 sgd"]
        assert "".join(app.lines).isascii()


async def test_sort_arrow_takes_no_number_out_of_line() -> None:
    columns = (COLUMNS[0], replace(COLUMNS[1], sort="desc"), replace(COLUMNS[2], width=5, sort="asc"))
    app = GridApp([run(1, "0.25")], columns)
    async with app.run_test(size=(40, 3)):
        assert app.lines[:2] == [" run  │loss▼ opt…▲", "›run-1│ 0.25 adamw"]


async def test_hostile_cells_are_shown_as_text() -> None:
    rows = [
        GridRow("a", ("[/bold]\x1b[2J", "\x9b1m", "one\ntwo")),
        GridRow("b", (Text("[red]\x1b[2J"), Text("\u202e1"), Text("\x07\n"))),
    ]
    app = GridApp(rows)
    async with app.run_test(size=(40, 4)):
        assert app.lines[1:3] == ["›[/bold]    │     one⏎two", " [red] [2J  │   1"]


async def test_cells_keep_their_styles_under_the_cursor() -> None:
    rows = [GridRow("a", (Text.assemble(("red", "red"), " ", ("rest", "italic")), Text("1", "bold green"), "x"))]
    app = GridApp(rows)
    async with app.run_test(size=(40, 3)):
        styles = {segment.text.strip(): segment.style for segment in app.grid.render_line(1)}
        cursor = styles["›"]
        assert cursor is not None
        for text, color, attribute in (("red", "red", None), ("rest", None, "italic"), ("1", "green", "bold")):
            style = styles[text]
            assert style is not None
            assert style.bgcolor == cursor.bgcolor
            assert color is None or (style.color is not None and style.color.name == color)
            assert attribute is None or getattr(style, attribute)


async def test_cursor_shows_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = GridApp(runs(3))
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.press("down")
        assert [line[:1] for line in app.lines[:4]] == [" ", " ", "›", " "]


async def test_a_theme_change_reaches_every_line() -> None:
    app = GridApp(runs(3))
    async with app.run_test(size=(40, 5)) as pilot:
        dark = [next(iter(app.grid.render_line(y))).style for y in range(5)]
        app.theme = "textual-light"
        await pilot.pause()
        light = [next(iter(app.grid.render_line(y))).style for y in range(5)]
        assert all(one != other for one, other in zip(dark, light, strict=True))


async def test_focus_shows_on_the_cursor() -> None:
    app = GridApp(runs(3))
    async with app.run_test(size=(40, 5)) as pilot:
        focused = next(iter(app.grid.render_line(1))).style
        app.set_focus(None)
        await pilot.pause()
        assert next(iter(app.grid.render_line(1))).style != focused
        assert app.cursor_line == 1


@pytest.mark.parametrize(
    ("keys", "key", "line"),
    [
        ("j", "r1", 2),
        ("down k", "r0", 1),
        ("up", "r0", 1),
        ("G", "r49", 9),
        ("end g", "r0", 1),
        ("G home", "r0", 1),
        ("j pagedown", "r10", 2),
        ("j pagedown pageup", "r1", 2),
        ("ctrl+d", "r4", 1),
        ("ctrl+d ctrl+u", "r0", 1),
        ("G pagedown", "r49", 9),
        ("j j j j j j j j j", "r9", 9),
    ],
)
async def test_moving(keys: str, key: str, line: int) -> None:
    app = GridApp(runs(50))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press(*keys.split())
        assert (app.grid.cursor_key, app.cursor_line) == (key, line)


def test_every_movement_is_described_for_the_help() -> None:
    assert all(isinstance(binding, Binding) and binding.description for binding in Grid.BINDINGS)


async def test_messages_of_keys() -> None:
    app = GridApp(runs(3))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("j", "enter", "G", "j")
        told = [(type(each).__name__, getattr(each, "key", None)) for each in app.messages]
        assert told == [("Chosen", "r1")]


async def test_sections_are_headings_that_the_cursor_skips() -> None:
    rows = [section("params"), *runs(2), section("code"), section("git"), run(2), section("end")]
    app = GridApp(rows)
    async with app.run_test(size=(40, 5)) as pilot:
        assert app.lines == [" run  │loss optimizer", "params", "›run-0│ 0.5 adamw", " run-1│ 0.5 adamw", "code"]
        await pilot.press("j", "j")
        assert app.grid.cursor_key == "r2"
        await pilot.press("j")
        assert app.grid.cursor_key == "r2"
        await pilot.press("g")
        assert app.lines[1] == "params"  # the heading above the first row comes into sight with it


async def test_only_sections() -> None:
    app = GridApp([section("a"), section("b")])
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.press("j", "G", "enter")
        assert app.lines[1:3] == ["a", "b"]
        assert app.grid.cursor_key is None


async def test_cursor_stays_on_its_run_and_its_line() -> None:
    app = GridApp(rows := runs(50))
    async with app.run_test(size=(40, 11)) as pilot:
        app.grid.action_move(20)
        await pilot.press("k", "k")
        line = app.cursor_line
        app.grid.set_content(COLUMNS, [run(77), *rows[:5], run(78), *rows[5:]])
        assert (app.grid.cursor_key, app.cursor_line) == ("r18", line)
        app.grid.set_content(COLUMNS, rows[10:])
        assert (app.grid.cursor_key, app.cursor_line) == ("r18", line)
        app.grid.set_content(COLUMNS, rows[::-1])
        assert (app.grid.cursor_key, app.cursor_line) == ("r18", line)


async def test_new_rows_on_top_of_an_unscrolled_table_are_seen() -> None:
    app = GridApp(rows := runs(50))
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.press("j")
        app.grid.set_content(COLUMNS, [run(77), *rows])
        assert app.lines[1].startswith(" run-77")
        assert (app.grid.cursor_key, app.cursor_line) == ("r1", 3)


async def test_a_cursor_that_a_person_moved_is_not_lost_by_sorting() -> None:
    app = GridApp(rows := runs(50))
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.press("j", "j")
        app.grid.set_content(COLUMNS, [*rows[:2], *rows[3:40], rows[2], *rows[40:]])
        assert (app.grid.cursor_key, app.cursor_line) == ("r2", 3)


async def test_a_cursor_that_nobody_moved_leaves_the_table_at_its_beginning() -> None:
    app = GridApp(rows := runs(50))
    async with app.run_test(size=(40, 11)):
        app.grid.set_content(COLUMNS, rows[::-1])
        assert app.lines[1].strip().startswith("run-49")
        assert app.grid.cursor_key == "r0"


async def test_data_moves_nothing_while_the_cursor_is_out_of_sight() -> None:
    app = GridApp(rows := [section("top"), *runs(25), section("middle"), *[run(each) for each in range(25, 50)]])
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.press("j")
        app.grid.scroll_to(y=26, animate=False)
        assert app.lines[1] == "middle"
        for content in (list(rows), [run(77), *rows], [rows[0], *rows[5:]]):
            app.grid.set_content(COLUMNS, content)
            assert app.lines[1] == "middle"
            assert app.lines[2].startswith(" run-25")


@pytest.mark.parametrize(
    ("left", "key"),
    [([0, 1, 2, 3, 5, 6], "r5"), ([0, 1, 2, 3], "r3"), ([0, 7], "r7"), ([0, 1], "r1"), ([], None), ([90, 91], "r90")],
)
async def test_when_its_run_vanishes_the_cursor_goes_to_the_nearest(left: list[int], key: str | None) -> None:
    app = GridApp(runs(8))
    async with app.run_test(size=(40, 11)) as pilot:
        app.grid.action_move(4)
        await pilot.pause()
        app.grid.set_content(COLUMNS, [run(each) for each in left])
        await pilot.pause()
        assert app.grid.cursor_key == key


async def test_resizing_keeps_the_cursor_in_sight() -> None:
    app = GridApp(runs(50))
    async with app.run_test(size=(40, 30)) as pilot:
        app.grid.action_move(25)
        await pilot.resize_terminal(40, 8)
        assert app.cursor_line == 7
        await pilot.resize_terminal(20, 2)
        assert app.cursor_line == 1
        await pilot.resize_terminal(10, 1)
        app.grid.set_content(COLUMNS, runs(3))
        await pilot.resize_terminal(80, 30)
        assert app.lines[1].startswith(" run-0")


@pytest.mark.parametrize("width", range(1, 16))
async def test_lines_are_as_wide_as_the_grid_however_narrow(width: int) -> None:
    app = GridApp([section("parameters"), *runs(3)])
    async with app.run_test(size=(width + 1, 5)):
        assert {cell_len(app.grid.render_line(y).text) for y in range(5)} == {width}


WIDE = (GridColumn("name", "run"), *(GridColumn(f"m{each}", f"metric-{each}", align="right") for each in range(6)))
WIDE_ROWS = [GridRow("a", ("run-a", *(f"{each}.00001" for each in range(6))))]


async def test_fixed_columns_stay_and_numbers_are_whole_or_absent() -> None:
    app = GridApp(WIDE_ROWS, WIDE)
    async with app.run_test(size=(36, 3)) as pilot:
        assert app.lines[:2] == [" run  │metric-0 metric-1 metric-2 ›", "›run-a│ 0.00001  1.00001  2.00001"]
        await pilot.press("l")
        assert app.lines[:2] == [" run  ‹metric-1 metric-2 metric-3 ›", "›run-a│ 1.00001  2.00001  3.00001"]
        await pilot.press("right", "right", "right")
        assert app.lines[:2] == [" run  ‹metric-3 metric-4 metric-5", "›run-a│ 3.00001  4.00001  5.00001"]
        await pilot.press("h")
        assert app.lines[1] == "›run-a│ 2.00001  3.00001  4.00001"
        await pilot.press("left", "left", "left")
        assert app.lines[1] == "›run-a│ 0.00001  1.00001  2.00001"


async def test_columns_are_whole_wherever_the_wheel_stops() -> None:
    app = GridApp(WIDE_ROWS, WIDE)
    async with app.run_test(size=(36, 3)):
        for x, first in ((0, 0), (1, 1), (9, 1), (10, 2), (26, 3)):
            app.grid.scroll_to(x=x, animate=False)
            assert app.lines[1].startswith(f"›run-a│ {first}.00001")


async def test_nothing_fixed() -> None:
    app = GridApp(WIDE_ROWS, WIDE, frozen=0)
    async with app.run_test(size=(26, 3)) as pilot:
        assert app.lines[:2] == [" run   metric-0 metric-1›", "›run-a  0.00001  1.00001"]
        await pilot.press("l")
        assert app.lines[:2] == ["‹metric-0 metric-1      ›", "› 0.00001  1.00001"]


async def test_long_fixed_columns_leave_room_for_the_others() -> None:
    rows = [GridRow("a", ("a very long name of a run", "0.25", "sgd"))]
    app = GridApp(rows, (replace(COLUMNS[0], max_width=40), *COLUMNS[1:]))
    async with app.run_test(size=(25, 3)):
        assert app.lines[1] == "›a very long n…│0.25"


async def test_columns_grow_at_once_and_shrink_only_with_new_columns() -> None:
    app = GridApp([run(1, "0.5")])
    async with app.run_test(size=(50, 3)):
        app.grid.set_content(COLUMNS, [run(1, "0.123456")])
        assert app.lines[:2] == [" run  │    loss optimizer", "›run-1│0.123456 adamw"]
        app.grid.set_content(COLUMNS, [run(1, "0.5")])
        assert app.lines[:2] == [" run  │    loss optimizer", "›run-1│     0.5 adamw"]
        app.grid.set_content(COLUMNS[:2], [GridRow("r1", ("run-1", "0.5"))])
        assert app.lines[:2] == [" run  │loss", "›run-1│ 0.5"]


async def test_rows_without_a_cell_for_each_column_are_refused() -> None:
    with pytest.raises(ValueError, match="cells"):
        Grid().set_content(COLUMNS, [GridRow("a", ("name", "1"))])


async def test_only_changed_cells_are_refreshed() -> None:
    app = GridApp(rows := runs(50))
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.press("j")
        await pilot.pause()
        refreshed = app.grid.refreshed
        refreshed.clear()
        app.grid.set_content(COLUMNS, runs(50))
        assert refreshed == []
        app.grid.set_content(COLUMNS, [*rows[:3], run(3, "0.7"), *rows[4:]])
        assert refreshed == [Region(8, 4, 5, 1)]
        refreshed.clear()
        app.grid.set_content(COLUMNS, [*rows[:40], run(40, "0.9", "sgd"), *rows[41:]])  # r3 as before, r40 out of sight
        assert refreshed == [Region(8, 4, 5, 1)]
        refreshed.clear()
        await pilot.press("j")
        assert {region.y for region in refreshed if region} == {2, 3}
        assert None not in refreshed
        refreshed.clear()
        app.grid.set_content(COLUMNS, [*rows, run(50)])
        await pilot.pause()
        assert refreshed == []


async def test_refreshed_cells_reach_the_screen_through_border_and_scroll() -> None:
    app = GridApp(rows := runs(50))
    async with app.run_test(size=(40, 12)) as pilot:
        app.grid.styles.border = ("solid", "red")
        app.grid.styles.padding = 1
        app.grid.action_move(40)
        await pilot.pause()
        app.grid.set_content(COLUMNS, [*rows[:38], run(38, "0.7"), *rows[39:]])
        await pilot.pause()
        assert app.grid.refreshed[-1] is not None
        assert "0.7&#160;adamw" in app.export_screenshot()


async def test_cells_out_of_sight_are_not_drawn() -> None:
    class Hidden(str):
        def isprintable(self) -> bool:
            raise AssertionError("drawn out of sight")

    columns = (GridColumn("name", "run", width=8), GridColumn("loss", "loss", width=6), GridColumn("z", "z", width=9))
    hidden = [GridRow(f"h{each}", (Hidden(), Hidden(), Hidden())) for each in range(1000)]
    app = GridApp([GridRow("a", ("run-a", "1", Hidden())), *hidden], columns)
    async with app.run_test(size=(19, 2)):
        assert app.lines == [" run     │loss   ›", "›run-a   │1"]


async def test_click_moves_double_click_chooses() -> None:
    app = GridApp([section("s"), *runs(5)])
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.click(Grid, offset=(3, 4))
        assert app.grid.cursor_key == "r2"
        await pilot.click(Grid, offset=(3, 1))
        await pilot.click(Grid, offset=(3, 9))
        assert app.grid.cursor_key == "r2"
        assert not any(isinstance(each, Grid.Chosen) for each in app.messages)
        await pilot.click(Grid, offset=(3, 5), times=2)
        assert isinstance(last := app.messages[-1], Grid.Chosen)
        assert last.key == "r3"


async def test_click_on_the_header_names_the_column() -> None:
    app = GridApp(WIDE_ROWS, WIDE)
    async with app.run_test(size=(36, 3)) as pilot:
        await pilot.press("l")
        for x in (2, 9, 34):
            await pilot.click(Grid, offset=(x, 0))
        told = [each.column_key for each in app.messages if isinstance(each, Grid.HeaderClicked)]
        assert told == ["name", "m1"]


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    app = GridApp(runs(50))
    async with app.run_test(size=(40, 11)) as pilot:
        app.grid.post_message(events.MouseScrollDown(app.grid, 3, 3, 0, 0, 0, False, False, False))
        await pilot.pause()
        assert app.lines[1].startswith(" run-")
        assert not app.lines[1].startswith(" run-0")
        assert app.grid.cursor_key == "r0"
        await pilot.press("j")
        assert (app.grid.cursor_key, app.cursor_line) == ("r1", 1)
