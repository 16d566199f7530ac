"""Frames through thrift onto an emulated terminal: it must show what Textual meant, for few bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from labtop.tui.thrift import Thrift

WIDTH, HEIGHT, MIDDLE = 12, 3, 5
SIZE = Size(WIDTH, HEIGHT)
CONSOLE = Console(force_terminal=True, color_system="truecolor")
STYLES = [
    Style(),
    Style(color="#1ea5e1", bgcolor="#121212"),
    Style(color="#c39600", bgcolor="#121212", bold=True),
    Style(color="red", dim=True, reverse=True),
    Style(bgcolor="#003040", underline=True),
]
Cell = tuple[str, int]
PLAIN: Cell = (" ", 0)


class Screen:
    """A terminal that thrift writes to, and what it should show."""

    def __init__(self) -> None:
        self.thrift = Thrift()
        self.terminal: Any = pyte.Screen(WIDTH, HEIGHT)
        self.stream: Any = pyte.Stream(self.terminal)
        self.meant: list[list[Cell]] = [[PLAIN] * WIDTH for _ in range(HEIGHT)]

    def place(self, row: int, column: int, cell: Cell) -> set[tuple[int, int, int]]:
        """Mean a letter, if it has room in its widget, to stand there; which cells that changes.

        A letter of two cells has an empty one behind it; half a letter that is left over is blank.
        """
        cells, end = self.meant[row], column + cell_len(cell[0])
        if column < MIDDLE < end or end > WIDTH:
            return set()
        first = column - (cells[column][0] == "")
        last = end + (end < WIDTH and cells[end][0] == "")
        cells[first:last] = [PLAIN] * (last - first)
        cells[column:end] = [cell, ("", 0)][: end - column]
        return {(row, at, at + 1) for at in range(first, last)}

    def whole(self) -> str:
        """Draw all lines."""
        strips: list[Iterable[Strip]] = [[strip(row[:MIDDLE]), strip(row[MIDDLE:])] for row in self.meant]
        return self._send(LayoutUpdate(strips, Region(0, 0, WIDTH, HEIGHT)))

    def part(self, spans: list[tuple[int, int, int]]) -> str:
        """Draw parts of lines, of two widgets side by side."""
        chops = [{0: strip(row[:MIDDLE]), MIDDLE: strip(row[MIDDLE:])} for row in self.meant]
        return self._send(ChopsUpdate(chops, spans, [[MIDDLE, WIDTH]] * HEIGHT))

    def _send(self, update: ChopsUpdate | LayoutUpdate) -> str:
        sent = self.thrift.frugal(update, SIZE).render_segments(CONSOLE)
        self.stream.feed(sent)
        return sent

    def check(self) -> None:
        """The terminal shows what was meant, in the colours that were meant."""
        expected: Any = pyte.Screen(WIDTH, HEIGHT)
        stream: Any = pyte.Stream(expected)
        for row, cells in enumerate(self.meant):
            stream.feed(f"\x1b[{row + 1};1H" + strip(cells).render(CONSOLE))
        assert self.terminal.display == expected.display
        for row in range(HEIGHT):
            for column in range(WIDTH):
                assert self.terminal.buffer[row][column] == expected.buffer[row][column]


def strip(cells: list[Cell]) -> Strip:
    return Strip([Segment(letter, STYLES[number]) for letter, number in cells])


cells = st.tuples(st.sampled_from("ab⠿● 実"), st.integers(0, len(STYLES) - 1))
changes = st.lists(st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), cells), max_size=8)


@given(frames=st.lists(changes, max_size=6))
def test_the_terminal_shows_what_was_meant(frames: list[list[tuple[int, int, Cell]]]) -> None:
    screen = Screen()
    screen.whole()
    for frame in frames:
        screen.part(sorted({span for change in frame for span in screen.place(*change)}))
        screen.check()


def test_only_what_differs_is_written() -> None:
    screen = Screen()
    screen.meant[1] = [(letter, 1) for letter in "hello world "]
    screen.whole()
    assert screen.part([(1, 0, WIDTH)]) == ""
    screen.meant[1][8] = ("X", 1)
    sent = screen.part([(1, 0, WIDTH)])
    assert sent.count("X") == 1
    assert not set(sent) & set("helowrd")
    screen.check()


def test_few_cells_between_changed_ones_are_written_rather_than_gone_past() -> None:
    screen = Screen()
    screen.meant[1] = [(letter, 1) for letter in "hello world "]
    screen.whole()
    screen.meant[1][0] = screen.meant[1][4] = ("X", 1)
    assert "XellX" in screen.part([(1, 0, WIDTH)])
    screen.meant[1][0] = screen.meant[1][6] = ("Y", 1)
    assert "ell" not in screen.part([(1, 0, WIDTH)])
    screen.check()


def test_a_whole_screen_is_written_even_where_nothing_differs() -> None:
    screen = Screen()
    screen.meant[0] = [(letter, 0) for letter in "hello world "]
    assert screen.whole() == screen.whole()


def test_a_terminal_of_another_size_is_not_known() -> None:
    screen = Screen()
    screen.whole()
    chops = [{0: strip([("a", 0)] * 4)}]
    update = ChopsUpdate(chops, [(0, 0, 4)], [[4]])
    assert "aaaa" in screen.thrift.frugal(update, Size(4, 1)).render_segments(CONSOLE)
    assert screen.thrift.frugal(update, Size(4, 1)).render_segments(CONSOLE) == ""


def test_lines_of_wide_letters_are_written_whole() -> None:
    screen = Screen()
    screen.meant[0] = [("実", 1), ("験", 2), ("a", 1), *[PLAIN] * 7]
    screen.whole()
    screen.meant[0][2] = ("b", 1)
    chops = [{0: strip(screen.meant[0])}]
    sent = screen.thrift.frugal(ChopsUpdate(chops, [(0, 4, 5)], [[WIDTH]]), SIZE).render_segments(CONSOLE)
    screen.stream.feed(sent)
    assert sent.index("実") < sent.index("験") < sent.index("b")
    assert screen.terminal.display[0].replace(" ", "") == "実験b"


def test_what_stands_behind_wide_letters_stands_in_its_place() -> None:
    screen = Screen()
    screen.whole()
    spans = screen.place(1, 0, ("実", 1)) | screen.place(1, 7, ("x", 2))
    screen.part(sorted(spans))
    screen.check()
    assert screen.terminal.display[1].index("x") == 6  # one letter is wide
