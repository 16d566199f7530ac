"""Thrift: of what Textual would write, only the cells that differ from what the terminal shows.

Textual writes a changed line from the left edge of its widget on, and the whole style before each stretch of letters.
Over SSH that is many times what changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from operator import is_not
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

_ATTRIBUTES = (("bold", "1"), ("dim", "2"), ("italic", "3"), ("underline", "4"), ("reverse", "7"), ("strike", "9"))
_SYSTEMS = {system.name.lower(): system for system in ColorSystem}


class Pen(NamedTuple):
    """The sequence parameters that make a style: of its attributes, its colour and its background."""

    attributes: tuple[str, ...] = ()
    color: str = "39"
    background: str = "49"


_PLAIN = Pen()
_BRIDGED = tuple(b"\1" + b"\0" * cells + b"\1" for cells in (1, 2, 3))  # to move the cursor takes four bytes
Stretch = tuple[str, Pen]
Piece = tuple[int, int, Strip]
"""Row and column of the first cell, and what to show from there."""


class Thrift:
    """What the terminal shows, as far as it is known: letter and pen of each cell of one column's width."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._cells: defaultdict[int, dict[int, Stretch]] = defaultdict(dict)
        self._strips: defaultdict[int, dict[int, tuple[int, Strip]]] = defaultdict(dict)
        """By row and first column what was written last there as a whole, and where it ends."""

    def frugal(self, update: ChopsUpdate | LayoutUpdate, size: Size) -> CompositorUpdate:
        """The same update for a terminal of this size, for as few bytes as can be."""
        if size != self._size:
            self._size = size
            self._forget()
        return _Frugal(self, update)

    def sequences(self, update: ChopsUpdate | LayoutUpdate, console: Console) -> str:
        """What brings the terminal from what it shows to the update. A whole screen is written in any case."""
        if isinstance(update, LayoutUpdate):
            self._forget()
        system = _SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
        writer = _Writer()
        pieces = _whole(update) if isinstance(update, LayoutUpdate) else self._changed(update)
        for row, column, strip in pieces:
            self._write(writer, row, column, _stretches(strip, system))
        return writer.text()

    def _forget(self) -> None:
        self._cells.clear()
        self._strips.clear()

    def _changed(self, update: ChopsUpdate) -> Iterator[Piece]:
        """What of the update was not written last in its place: of each line of a widget the part that is to be shown,
        or the whole where letters cannot be told apart."""
        for row, first, last in update.spans:
            shown = self._strips[row]
            for end, (column, strip) in zip(update.chop_ends[row], update.chops[row].items(), strict=False):
                if strip is None or column >= last or end <= first:
                    continue
                whole = first <= column and end <= last
                if whole and column in shown and shown[column][1] is strip:
                    continue
                for other in [other for other, (to, _) in shown.items() if other < end and to > column]:
                    del shown[other]
                if whole or not _is_simple(strip.text):
                    shown[column] = end, strip
                    yield row, column, strip
                else:
                    left, right = max(column, first), min(end, last)
                    yield row, left, strip.crop(left - column, right - column)

    def _write(self, writer: _Writer, row: int, column: int, stretches: list[Stretch]) -> None:
        """The cells that differ; of a line in which letters have other widths all, and nothing of it is known."""
        line = self._cells[row]
        if not _is_simple("".join(text for text, _ in stretches)):
            for known in [known for known in line if known >= column]:
                del line[known]
            for text, pen in stretches:
                writer.put(row, column, text, pen)
                column = -1
            writer.lose()
            return
        cells = [cell for text, pen in stretches for cell in map(_letters(pen).__getitem__, text)]
        places = range(column, column + len(cells))
        changed = bytes(map(is_not, map(line.get, places), cells))
        line.update(zip(places, cells, strict=True))
        begin = 0
        for text, pen in stretches:
            for first, last in _runs(changed[begin : begin + len(text)]):
                writer.put(row, column + begin + first, text[first:last], pen)
            begin += len(text)


class _Letters(dict[str, Stretch]):
    """The cells of one pen by their letter, each the same object every time: to tell them apart takes no comparison,
    and to keep them no memory."""

    def __init__(self, pen: Pen) -> None:
        super().__init__()
        self._pen = pen

    def __missing__(self, letter: str) -> Stretch:
        cell = self[letter] = letter, self._pen
        return cell


@lru_cache(maxsize=4096)
def _letters(pen: Pen) -> _Letters:
    return _Letters(pen)


def _runs(changed: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of each run of cells that are to be written: what lies between two takes fewer bytes than to go
    past it."""
    for gap in _BRIDGED:
        changed = changed.replace(gap, b"\1" * len(gap))
    end = 0
    while (first := changed.find(1, end)) >= 0:
        end = changed.find(0, first)
        if end < 0:
            end = len(changed)
        yield first, end


class _Frugal(CompositorUpdate):
    """An update that is worked out when it is written, so that what is never written is not taken for shown."""

    def __init__(self, thrift: Thrift, update: ChopsUpdate | LayoutUpdate) -> None:
        self._thrift = thrift
        self._update = update

    def render_segments(self, console: Console) -> str:
        """The sequences for the terminal."""
        return self._thrift.sequences(self._update, console)


class _Writer:
    """Sequences that grow. It knows where the terminal's cursor is and which pen it holds: none first and last."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._pen = _PLAIN
        self._row = self._column = -1

    def put(self, row: int, column: int, text: str, pen: Pen) -> None:
        """Letters of one cell each from a cell on, or from where the cursor is (column -1)."""
        if column >= 0 and (row, column) != (self._row, self._column):
            forward = row == self._row and column > self._column >= 0
            self._parts.append(f"\x1b[{column - self._column}C" if forward else f"\x1b[{row + 1};{column + 1}H")
        if pen != self._pen:
            self._parts.append(_change(self._pen, pen))
            self._pen = pen
        self._parts.append(text)
        self._row, self._column = row, column + len(text)

    def lose(self) -> None:
        """Nobody knows where the cursor is: some of the letters took other room."""
        self._row = self._column = -1

    def text(self) -> str:
        """All that was put."""
        return "".join(self._parts) + ("\x1b[m" if self._pen != _PLAIN else "")


@lru_cache(maxsize=4096)
def _change(old: Pen, new: Pen) -> str:
    """From one pen to another: attributes cannot be taken off one by one on every terminal."""
    if set(old.attributes) <= set(new.attributes):
        codes = [code for code in new.attributes if code not in old.attributes]
    else:
        codes = ["0", *new.attributes]
        old = _PLAIN
    codes += [new.color] * (new.color != old.color) + [new.background] * (new.background != old.background)
    return f"\x1b[{';'.join(codes)}m"


@lru_cache(maxsize=4096)
def _pen(style: Style | None, system: ColorSystem) -> Pen:
    if style is None:
        return _PLAIN
    attributes = tuple(code for name, code in _ATTRIBUTES if getattr(style, name))
    color = style.color.downgrade(system).get_ansi_codes(foreground=True) if style.color else ("39",)
    background = style.bgcolor.downgrade(system).get_ansi_codes(foreground=False) if style.bgcolor else ("49",)
    return Pen(attributes, ";".join(color), ";".join(background))


def _stretches(strip: Strip, system: ColorSystem) -> list[Stretch]:
    """The letters of a strip, as many together as have one pen."""
    stretches: list[Stretch] = []
    for segment in strip:
        text, pen = segment.text, _pen(segment.style, system)
        if stretches and stretches[-1][1] == pen:
            text = stretches.pop()[0] + text
        stretches.append((text, pen))
    return stretches


def _whole(update: LayoutUpdate) -> Iterator[Piece]:
    """Every line of a screen that is laid out anew."""
    for row, strips in enumerate(update.strips, update.region.y):
        yield row, update.region.x, Strip.join(strips)


def _is_simple(text: str) -> bool:
    """Whether each letter takes one cell."""
    return text.isascii() or all(get_character_cell_size(letter) == 1 for letter in set(text))
