"""CompletionList: what may stand at the cursor of a line of text, directly above the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from labtop.store.model import Completion
from labtop.tui import format as fmt
from labtop.tui.run_style import terminal_charset

_MOST_LINES = 6
_LINES_KEPT = 4
"""Lines of the screen that are never covered: its first, two at its bottom, and one of what it shows."""


_NARROWEST = 24


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of the list: its name, what it is, and what it puts into the text."""

    label: str
    detail: str
    completion: Completion


def offer(completion: Completion) -> Offer:
    """A completion under the name that it puts into the text."""
    return Offer(completion.text, completion.detail, completion)


class CompletionList(Widget):
    """At most six offers over what is behind it, none highlighted at first. It never has the focus."""

    DEFAULT_CSS = """
    CompletionList {
        overlay: screen;
        display: none;
        background: $panel;
    }
    """

    class Clicked(Message):
        """An offer was clicked, and is highlighted now."""

    def __init__(self) -> None:
        super().__init__()
        self.offers: tuple[Offer, ...] = ()
        self.highlighted: int | None = None
        self._top = 0
        self._ascii = terminal_charset() == "ascii"

    @property
    def chosen(self) -> Offer | None:
        """The highlighted offer."""
        return None if self.highlighted is None else self.offers[self.highlighted]

    def show(self, offers: Sequence[Offer], column: int) -> None:
        """Open with these, their names in the column of the screen where the text begins that they replace."""
        self.offers = tuple(self._safe(each) for each in offers)
        self.highlighted = None
        self._top = 0
        self.display = self._place(column)
        self.refresh()

    def hide(self) -> None:
        """Close."""
        self.offers, self.highlighted = (), None
        self.display = False

    def move(self, step: int) -> None:
        """Highlight the next offer, or the one before; beyond the ends none."""
        count = len(self.offers)
        place = (-1 if self.highlighted is None else self.highlighted) + step
        self.highlight(None if place in (-1, count) else place % count)

    def highlight(self, place: int | None) -> None:
        """Highlight one, in sight, or none."""
        self.highlighted = place
        lines = self._lines
        self._top = min(max(self._top, (place or 0) - lines + 1), place or 0)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line in sight; the last one tells how many are below."""
        place, width = self._top + y, self.size.width
        if place >= len(self.offers):
            return Strip.blank(width, self.rich_style)
        below = len(self.offers) - place - 1 if y == self._lines - 1 else 0
        style = self.rich_style + Style(reverse=place == self.highlighted)
        dim = style if place == self.highlighted else style + Style(dim=True)
        label, detail = self._parts(place, width - len(more := f" +{below}" if below else ""))
        line = Strip([Segment(label, style), Segment(detail, dim), Segment(more, style)])
        return line.adjust_cell_length(width, style)

    def _parts(self, place: int, room: int) -> tuple[str, str]:
        """The mark with the label, and the detail at the right, together this wide."""
        each, more = self.offers[place], "~" if self._ascii else "…"
        mark = (">" if self._ascii else "›") if place == self.highlighted else " "
        widest = max(cell_len(each.label) for each in self.offers)
        detail = fmt.cut(each.detail, max(room // 2, room - widest - 4), more)
        left = max(room - cell_len(detail) - 1, 0)
        label = fmt.cut(f"{mark}{each.label}", left - 1, more)
        return set_cell_size(label, left), detail + " "

    def on_click(self, event: Click) -> None:
        """A click highlights and takes."""
        if self._top + event.y < len(self.offers):
            self.highlight(self._top + event.y)
            self.post_message(self.Clicked())

    @property
    def _lines(self) -> int:
        return min(len(self.offers), _MOST_LINES, self.screen.size.height - _LINES_KEPT)

    def _place(self, column: int) -> bool:
        """Give the list its size and place; whether there is room for a line."""
        lines = self._lines
        if lines < 1:
            return False
        room = self.screen.size.width
        labels = max(cell_len(each.label) for each in self.offers)
        details = max(cell_len(each.detail) for each in self.offers)
        width = min(room, max(labels + details + 9, _NARROWEST))
        self.styles.width, self.styles.height = width, lines
        self.styles.offset = (min(max(column - 1, 0), room - width), -lines)
        return True

    def _safe(self, each: Offer) -> Offer:
        """Its texts as safe lines, of the letters that the terminal has."""
        label, detail = fmt.clean(each.label), fmt.clean(each.detail)
        if self._ascii:
            label, detail = (text.encode("ascii", "replace").decode() for text in (label, detail))
        return Offer(label, detail, each.completion)
