"""Lines of a grid: styled texts look in it as Rich shows them, and what changed is told cell by cell."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Span, Text

from labtop.tui.widgets.grid_layout import GridColumn, GridRow, Layout, Slot
from labtop.tui.widgets.grid_paint import Glyphs, Line, Painter, Palette, changed_spans

CONSOLE = Console(file=io.StringIO(), color_system="truecolor")
BASE, CURSOR = Style(color="white", bgcolor="black"), Style(bgcolor="blue", bold=True)
PALETTE = Palette(BASE, BASE, BASE, CURSOR, Style(bold=True), Style(dim=True), Style(underline=True), Style(dim=True))
COLUMNS = [GridColumn("name", "name"), GridColumn("a", "a", "right"), GridColumn("b", "b", "right")]
LAYOUT = Layout(22, (Slot(0, 1, 8), Slot(1, 10, 5), Slot(2, 16, 5)), 9, False, False)
STYLES = st.sampled_from(["", "bold", "red", "no such style", Style(italic=True), Style(color="green", bold=False)])
SPANS = st.builds(
    lambda begin, length, style: Span(begin, begin + length, style), st.integers(0, 8), st.integers(0, 8), STYLES
)


def line(*cells: str | Text, cursor: bool = False) -> Line:
    painter = Painter(LAYOUT, PALETTE, Glyphs(), CONSOLE)
    return painter.row(GridRow("key", cells), COLUMNS, cursor)


def letters(segments: list[Segment]) -> list[tuple[str, Style | None]]:
    return [(letter, segment.style) for segment in segments for letter in segment.text]


@given(st.text("xyzé", min_size=8, max_size=8), STYLES, st.lists(SPANS, max_size=4), st.booleans())
def test_a_styled_text_looks_as_rich_shows_it(plain: str, style: str | Style, spans: list[Span], cursor: bool) -> None:
    text = Text(plain, style, spans=spans, no_wrap=True)
    shown = letters(list(line(text, "1", "2", cursor=cursor).strip))[1:9]
    base = BASE + CURSOR if cursor else BASE
    under = base + CONSOLE.get_style(style, default=Style.null())
    rich = letters([Segment(each.text, under + (each.style or Style.null())) for each in text.render(CONSOLE)])
    assert [(letter, str(own)) for letter, own in shown] == [
        (letter, str(own)) for letter, own in rich if letter != "\n"
    ]


def test_what_changed_is_told_in_cells() -> None:
    old = line("xyz", "1", "2")
    assert changed_spans(old, line("xyz", "1", "2")) == []
    assert changed_spans(old, line("xyz", "1", "3")) == [(16, 6)]
    assert changed_spans(old, line("xyz", "7", "3")) == [(10, 12)]
    assert changed_spans(old, line("xyq", "7", "2")) == [(1, 15)]
    assert changed_spans(old, line("xyz", "1", Text("2", "red"))) == [(16, 6)]
    assert changed_spans(old, line("xyz", "1", "2", cursor=True)) == [(0, 22)]
    assert changed_spans(None, old) == [(0, 22)]


def test_a_line_is_as_wide_as_its_layout_and_its_letters_stand_where_their_columns_do() -> None:
    shown = line(Text("näme", "bold"), "1.5", "日本日本日本")
    assert "".join(segment.text for segment in shown.strip) == " näme    │  1.5 日本… "
    assert shown.strip.cell_length == 22
