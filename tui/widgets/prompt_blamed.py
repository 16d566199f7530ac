"""Blamed: a labelled line of text, and what is wrong with it, said when the person pauses."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Label

from labtop.store.model import FilterError
from labtop.tui.refreshed import once_refreshed
from labtop.tui.run_style import terminal_charset
from labtop.tui.widgets.completion_list import CompletionList
from labtop.tui.widgets.prompt_blame import Beside, blame_lines
from labtop.tui.widgets.prompt_field import Field


class Blamed(Vertical):
    """A label, a field, a list of offers above, and the lines that blame the text. One line high, the rest lies over.

    `patience` is how many seconds nothing must have been typed before an error shows.
    """

    DEFAULT_CSS = """
    Blamed {
        height: 1;
    }
    Blamed > Horizontal {
        height: 1;
    }
    Blamed Label {
        width: auto;
        text-style: bold reverse;
    }
    Blamed Field.-textual-compact {
        width: 1fr;
        padding: 0 1;
    }
    """

    patience = 0.4

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.field = Field()
        self.offers = CompletionList()
        self.error: FilterError | None = None
        self._label = ""
        self._above, self._beneath = Beside(classes="-above"), Beside()
        self._rests: Timer | None = None
        self._judged = ""
        self._shown = False

    def compose(self) -> ComposeResult:
        """The label says what the text is for."""
        yield self._above
        yield self.offers
        with Horizontal():
            yield Label(markup=False)
            yield self.field
        yield self._beneath

    def on_mount(self) -> None:
        """Follow the cursor, and the caret's place when the text is scrolled."""
        self.watch(self.field, "selection", self.moved, init=False)
        self.watch(self.field, "scroll_x", self._place_caret, init=False)

    def moved(self) -> None:
        """The cursor moved."""

    def on_resize(self) -> None:
        """Another width has the reason elsewhere."""
        once_refreshed(self, self._place_caret)

    @property
    def field_column(self) -> int:
        """In which cell of the line the text begins."""
        return cell_len(self._label) + 1

    def entitle(self, label: str) -> None:
        """What the text is for."""
        self._label = label
        self.query_one(Label).update(label)

    def blame(self, error: FilterError | None) -> None:
        """What is wrong with the text, or that nothing is; dropped where it is about another text than that in sight.

        It shows when nothing was typed for a moment. An empty text is never wrong.
        """
        if error is not None and error.text != self.field.value:
            return
        self.error = error if self.field.value else None
        if self.error is None:
            self._hide_error()
        elif self._rests is None:
            self.show_error()

    def show_error(self) -> None:
        """At once."""
        self._shown = True
        self._place_caret()

    def rest(self) -> None:
        """The text may have changed: then what was wrong is no more known, and is not told before a pause."""
        if self.field.value == self._judged:
            return
        self._judged = self.field.value
        self.unblame()
        if self.patience > 0:
            self._rests = self.set_timer(self.patience, self._rested)

    def unblame(self) -> None:
        """Nothing is known to be wrong."""
        if self._rests is not None:
            self._rests.stop()
            self._rests = None
        self.error = None
        self._hide_error()

    def _rested(self) -> None:
        self._rests = None
        if self.error is not None:
            self.show_error()

    def _hide_error(self) -> None:
        self._shown = False
        self._above.text = self._beneath.text = ""

    def _place_caret(self) -> None:
        if not self._shown or self.error is None:
            return
        column, width = self.field.column_of(self.error.place), self.size.width
        if 0 <= column < self.field.content_size.width + 1:
            column += self.field_column
        elif column > 0:
            column = width
        above = not self.offers.display
        more = "~" if terminal_charset() == "ascii" else "…"
        self._above.text, self._beneath.text = blame_lines(str(self.error), column, width, above=above, more=more)
