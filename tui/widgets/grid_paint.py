"""The lines of a grid as segments: cells padded, cut and styled to their columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, groupby
from typing import cast

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from labtop.tui.format import clean, cut, is_harmless
from labtop.tui.widgets.grid_layout import Align, Cell, GridColumn, GridRow, Layout, Slot

Piece = str | tuple[Segment, ...]
"""Letters of one cell each, in the style of their line; or segments."""


class _LineStrip(Strip):
    """Textual keeps a strip that is not cut anywhere in itself: then only a look for garbage would free it."""

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Its parts between these cells."""
        within = [cut for cut in cuts if cut <= self.cell_length]
        return [self] if within == [self.cell_length] else super().divide(within)


@dataclass(frozen=True, eq=False)
class Line:
    """A line `width` cells wide in pieces from left to right: the cursor's mark, each cell with the gap behind it, the
    rest of the line. `style` is that of pieces which are mere letters.

    Lines of one layout have their pieces at the same places, so that comparing them tells which cells changed.
    """

    pieces: tuple[Piece, ...]
    width: int
    style: Style

    @cached_property
    def strip(self) -> Strip:
        """The line as Textual draws it; the same object each time, because Textual keeps with it what it works out."""
        return _LineStrip(Segment.simplify(self._segments())).crop(0, self.width)

    def _segments(self) -> Iterator[Segment]:
        for plain, pieces in groupby(self.pieces, _is_plain):
            if plain:
                yield Segment("".join(cast("Iterator[str]", pieces)), self.style)
            else:
                yield from chain.from_iterable(cast("Iterator[tuple[Segment, ...]]", pieces))


def _is_plain(piece: Piece) -> bool:
    return isinstance(piece, str)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The marks that a grid draws, each one cell wide but `absent`, which stands for a row that is not at hand."""

    cursor: str = "›"
    rule: str = "│"
    left: str = "‹"
    right: str = "›"
    ascending: str = "▲"
    descending: str = "▼"
    more: str = "…"
    absent: str = "…"
    words: Mapping[int, int] = field(default_factory=dict)  # what to put for single characters of cells


ASCII_GLYPHS = Glyphs(">", "|", "<", ">", "^", "v", "~", "...", str.maketrans("…⏎–", "~ -"))


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles of a grid: complete ones for `base`, `header` and `section`, parts to lay over for the others.

    `column` is for the header of the current column, `absent` for lines whose row is not at hand.
    """

    base: Style
    header: Style
    section: Style
    cursor: Style
    marked: Style
    separator: Style
    column: Style
    absent: Style


class Painter:
    """Draws lines for one layout; knows nothing of scrolling or of where the cursor is."""

    def __init__(self, layout: Layout, palette: Palette, glyphs: Glyphs, console: Console) -> None:
        self.layout = layout
        self._palette = palette
        self._glyphs = glyphs
        self._console = console
        self._styles: dict[tuple[Style, str | Style], Style] = {}

    def row(self, row: GridRow, columns: Sequence[GridColumn], cursor: bool) -> Line:
        """The line of a row."""
        if row.section:
            title = row.cells[0] if row.cells else ""
            style = self._palette.section
            return self._of([tuple(self._fit(title, self.layout.width, "left", style))], style)
        style = self._palette.base
        if row.marked:
            style += self._palette.marked
        cells = [(row.cells[slot.column], columns[slot.column].align) for slot in self.layout.slots]
        return self._row(cells, style, cursor)

    def absent(self, cursor: bool) -> Line:
        """The line of a row that is not at hand."""
        sign = Text(self._glyphs.absent, self._palette.absent)
        cells: list[tuple[Cell, Align]] = [(sign if at == 0 else "", "left") for at in range(len(self.layout.slots))]
        return self._row(cells, self._palette.base, cursor)

    def header(self, columns: Sequence[GridColumn], current: int | None = None) -> Line:
        """The line of labels, that of the `current` column set off; ‹ and › tell of columns out of sight."""
        layout, glyphs, style = self.layout, self._glyphs, self._palette.header
        hidden = glyphs.left if layout.hidden_left else None
        cells = [(self._label(columns[slot.column], slot), columns[slot.column].align) for slot in layout.slots]
        chosen = next((at for at, slot in enumerate(layout.slots) if slot.column == current), None)
        if layout.rule is None:
            line = self._line(hidden or " ", cells, " ", style, chosen)
        else:
            line = self._line(" ", cells, hidden or glyphs.rule, style, chosen)
        if not layout.hidden_right:
            return line
        *others, last = line.pieces
        segments = [Segment(last, style)] if isinstance(last, str) else list(last)
        kept = Segment.adjust_line_length(segments, _cells(segments) - 1)
        return self._of([*others, (*kept, Segment(glyphs.right, style))], style)

    def blank(self, text: str = "") -> Line:
        """A line below the last row, or in place of the first."""
        return self._of([set_cell_size(f"   {text}", self.layout.width)], self._palette.base)

    def _of(self, pieces: Sequence[Piece], style: Style) -> Line:
        return Line(tuple(pieces), self.layout.width, style)

    def _row(self, cells: Sequence[tuple[Cell, Align]], style: Style, cursor: bool) -> Line:
        if cursor:
            style += self._palette.cursor
        return self._line(self._glyphs.cursor if cursor else " ", cells, self._glyphs.rule, style)

    def _line(
        self, mark: str, cells: Sequence[tuple[Cell, Align]], rule: str, style: Style, chosen: int | None = None
    ) -> Line:
        """A mark and cells, that of the slot `chosen` set off."""
        layout = self.layout
        pieces: list[Piece] = [mark]
        end = 1
        separator = (Segment(rule, style + self._palette.separator),)
        for at, (slot, (cell, align)) in enumerate(zip(layout.slots, cells, strict=True)):
            own = style + self._palette.column if at == chosen else style
            end = slot.x + slot.width
            gap = " " if end < layout.width and end != layout.rule else ""
            plain = _plain(cell, slot.width, align) if own is style else None
            if plain is not None and end != layout.rule:
                pieces.append(plain + gap)
            else:
                behind = separator if end == layout.rule else (Segment(gap, style),) if gap else ()
                pieces.append((*self._fit(cell, slot.width, align, own), *behind))
            end += end < layout.width
        if end < layout.width:
            pieces.append(" " * (layout.width - end))
        return self._of(pieces, style)

    def _label(self, column: GridColumn, slot: Slot) -> str:
        if column.sort is None:
            return column.label
        arrow = (self._glyphs.ascending if column.sort == "asc" else self._glyphs.descending) + column.rank_text
        return cut(column.label, slot.width - len(arrow), self._glyphs.more) + arrow

    def _fit(self, cell: Cell, width: int, align: Align, style: Style) -> Iterator[Segment]:
        """The segments of a cell, exactly `width` cells."""
        segments = [Segment(_safe(cell), style)] if isinstance(cell, str) else self._styled(cell, style)
        if words := self._glyphs.words:
            segments = [Segment(segment.text.translate(words), segment.style) for segment in segments]
        used = _cells(segments)
        if used > width:
            segments = list(_cut_segments(segments, width, self._glyphs.more))
            used = _cells(segments)
        padding = Segment(" " * (width - used), style)
        if align == "right" and used < width:
            yield padding
        yield from segments
        if align == "left" and used < width:
            yield padding

    def _styled(self, text: Text, style: Style) -> list[Segment]:
        if not text.plain.isprintable():
            text = text.copy()
            text.plain = "".join(each if is_harmless(each) else " " for each in text.plain)
        base, plain, end = self._over(style, text.style), text.plain, 0
        segments = list[Segment]()
        for span in text.spans:
            if span.start < end:  # one over another: rare, and Rich knows how
                return [Segment(each.text, style + (each.style or Style.null())) for each in text.render(self._console)]
            if span.start > end:
                segments.append(Segment(plain[end : span.start], base))
            if span.end > span.start:
                segments.append(Segment(plain[span.start : span.end], self._over(base, span.style)))
            end = max(end, span.end)
        if end < len(plain):
            segments.append(Segment(plain[end:], base))
        return segments

    def _over(self, base: Style, style: str | Style) -> Style:
        """The style laid over the base: most cells have one of a few."""
        if not style:
            return base
        known = self._styles.get((base, style))
        if known is None:
            known = self._styles[base, style] = base + self._console.get_style(style, default=Style.null())
        return known


def _plain(cell: Cell, width: int, align: Align) -> str | None:
    """The usual cell, letters of one cell each that fit, exactly `width` cells; None for any other."""
    if not isinstance(cell, str) or len(cell) > width or not (cell.isascii() and cell.isprintable()):
        return None
    return cell.ljust(width) if align == "left" else cell.rjust(width)


def changed_spans(old: Line | None, new: Line) -> list[tuple[int, int]]:
    """Where a line differs from an old one, as (first cell, cells); pieces that touch are one span.

    Everywhere without an old one, or where most differs in several places: a line in parts takes longer to draw.
    """
    if old is None:
        return [(0, new.width)]
    spans: list[tuple[int, int]] = []
    x = 0
    aligned = len(old.pieces) == len(new.pieces) and old.style == new.style
    for at, piece in enumerate(new.pieces):
        width = len(piece) if isinstance(piece, str) else _cells(piece)
        if not aligned or piece != old.pieces[at]:
            if spans and sum(spans[-1]) == x:
                spans[-1] = (spans[-1][0], spans[-1][1] + width)
            else:
                spans.append((x, width))
        x += width
    is_torn = len(spans) > 1 and 2 * sum(cells for _, cells in spans) > new.width
    return [(0, new.width)] if is_torn else spans


def _cells(segments: Sequence[Segment]) -> int:
    return sum([cell_len(segment.text) for segment in segments])


def _safe(text: str) -> str:
    return text if text.isprintable() else clean(text)


def _cut_segments(segments: Sequence[Segment], width: int, more: str) -> Iterator[Segment]:
    """The segments in at most `width` cells, the last of them with the sign that there is more."""
    left = width
    for segment in segments:
        used = cell_len(segment.text)
        if used >= left:
            yield Segment(set_cell_size(segment.text, left - 1).rstrip() + more, segment.style)
            return
        yield segment
        left -= used
