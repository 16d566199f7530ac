"""What is wrong with a text, with a caret under the place: one line beneath the text, one above where that is short."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from labtop.tui import format as fmt


class Beside(Widget):
    """A line over what is behind it, directly above the line of text or beneath it; closed while it is empty."""

    DEFAULT_CSS = """
    Beside {
        overlay: screen;
        display: none;
        width: 100%;
        height: 1;
        background: $panel;
        color: $text-error;
    }
    Beside.-above {
        offset-y: -1;
    }
    """

    text: reactive[str] = reactive("")

    def watch_text(self, text: str) -> None:
        """Open or close."""
        self.display = bool(text)

    def render_line(self, y: int) -> Strip:
        """The line."""
        return Strip([Segment(self.text, self.rich_style)]).adjust_cell_length(self.size.width, self.rich_style)


def blame_lines(reason: str, column: int, width: int, *, above: bool, more: str = "…") -> tuple[str, str]:
    """The lines above and beneath a text, in this many cells, for an error whose place is in this column.

    The reason stands right of the caret, or left of it, or where neither has room above, if there may be a line
    `above`; else it is cut. A place that is scrolled out of sight has < or > in place of the caret.
    """
    reason = fmt.clean(reason)
    caret = "<" if column < 0 else ">" if column >= width else "^"
    column = min(max(column, 0), width - 1)
    left, right = column - 1, width - column - 2
    if cell_len(reason) <= right or (not above and right >= left and cell_len(reason) > left):
        return "", f"{' ' * column}{caret} {fmt.cut(reason, right, more)}".rstrip()
    if cell_len(reason) <= left or not above:
        reason = fmt.cut(reason, left, more)
        return "", f"{' ' * (left - cell_len(reason))}{reason} {caret}"
    return f" {fmt.cut(reason, width - 1, more)}", f"{' ' * column}{caret}"
