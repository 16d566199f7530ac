"""Completing: a line of text, and what may stand at its cursor."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.message import Message
from textual.widgets import Input

from labtop.store.model import Completion
from labtop.tui.widgets.completion_list import CompletionList, Offer, offer
from labtop.tui.widgets.prompt_blamed import Blamed
from labtop.tui.widgets.prompt_history import History

_COMPLETED = ("runs", "tags")
"""Purposes with completion."""
SAVED = ("runs",)
"""Purposes whose text can be kept under a name."""


class Completing(Blamed):
    """Asks its owner for completions, and puts them into the text. Names of kept texts are offered first."""

    class Asked(Message):
        """What may stand where the cursor is? `suggest` takes the answer."""

        def __init__(self, text: str, cursor: int, purpose: str) -> None:
            super().__init__()
            self.text = text
            self.cursor = cursor
            self.purpose = purpose

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._purpose = ""
        self._history = History()
        self._saved: Sequence[tuple[str, str]] = ()
        self._kept: tuple[str, int] | None = None
        self._asked: tuple[str, int] | None = None
        self._offered: tuple[str, int] | None = None
        self._filled = self._tab_waits = False

    def suggest(self, text: str, cursor: int, completions: Sequence[Completion]) -> None:
        """The answer to Asked; dropped where the text or the cursor is another one by now."""
        if (text, cursor) != self._now or self._asked != self._now or self._kept is not None or self._filled:
            return
        offers = [*self._saved_offers(), *map(offer, completions)]
        self._offer([each for each in offers if _changes(text, each.completion)])
        if self._tab_waits:
            self.action_complete(1)

    def action_complete(self, step: int) -> None:
        """Take the first offer, or the highlighted one; pressed again, another one in its place."""
        if self._purpose not in _COMPLETED or self._kept is not None:
            return
        if not self._can_take:
            self._asked, self._tab_waits = None, True
            self._ask()
            return
        self._tab_waits = False
        if self._filled or self.offers.highlighted is None:
            count, place = len(self.offers.offers), self.offers.highlighted
            self.offers.highlight((0 if step > 0 else count - 1) if place is None else (place + step) % count)
        self._fill()
        if len(self.offers.offers) == 1:
            self._accept()

    @on(Input.Blurred)
    def _blurred(self, event: Input.Blurred) -> None:
        """Keys go elsewhere: a list would only hide what they act on."""
        event.stop()
        self.offers.hide()

    @on(CompletionList.Clicked)
    def _clicked(self, event: CompletionList.Clicked) -> None:
        event.stop()
        if self._can_take:
            self._accept()

    @property
    def _now(self) -> tuple[str, int]:
        return self.field.value, self.field.cursor_position

    @property
    def _can_take(self) -> bool:
        """Whether the list belongs to the text in sight, or to the one in which an offer was put."""
        return self.offers.display and (self._filled or self._offered == self._now)

    def _saved_offers(self) -> list[Offer]:
        text = self.field.value
        if self._purpose not in SAVED:
            return []
        began = text.strip().casefold()
        found = [(name, kept) for name, kept in self._saved if name.casefold().startswith(began)]
        return [Offer(name, kept, Completion(0, len(text), kept)) for name, kept in found]

    def _offer(self, offers: Sequence[Offer]) -> None:
        highlighted = self.offers.highlighted if self._can_take else None
        self._offered = self._now
        if not offers:
            self.offers.hide()
            return
        begin = min(each.completion.begin for each in offers)
        self.offers.show(offers, self.field_column + self.field.column_of(begin))
        self.offers.highlight(highlighted)

    def _fill(self) -> None:
        """Put the highlighted offer into the text that it was made for."""
        chosen = self.offers.chosen
        if chosen is None or self._offered is None:
            return
        text, put = self._offered[0], chosen.completion
        self._put(f"{text[: put.begin]}{put.text}{text[put.end :]}", put.begin + len(put.text))
        self._filled = True

    def _accept(self) -> None:
        """The highlighted offer stays; what may stand behind it is asked for."""
        if not self._filled:
            self._fill()
        self.offers.hide()
        self._filled = False
        self._asked = None
        self._ask()

    def _ask(self) -> None:
        """Ask for completions, once for a text and a cursor; the list stays as it is until the answer."""
        if not self._purpose or self._kept is not None or self._asked == self._now:
            return
        self._asked = self._now
        self._filled = False
        self._history.stop()
        self.rest()
        self.offers.highlight(None)
        if self._purpose in _COMPLETED:
            if saved := [each for each in self._saved_offers() if _changes(self.field.value, each.completion)]:
                self._offer(saved)
            self.post_message(self.Asked(*self._now, self._purpose))

    def _put(self, text: str, cursor: int | None = None) -> None:
        """A text that was not typed: nothing is asked for it."""
        purpose, self._purpose = self._purpose, ""
        self.field.put(text, cursor)
        self._purpose, self._asked = purpose, self._now
        self.rest()

    def moved(self) -> None:
        """The cursor moved. Where the text is another one too, what was typed is told first."""
        self._tab_waits = False
        if self._asked is None or self._asked[0] == self.field.value:
            self._ask()
        elif self._now != self._offered:
            self._filled = False  # the offers are not for this text: a Tab behind the letter waits for others

    def _forget(self) -> None:
        """No list, no error, no question that is open."""
        self.offers.hide()
        self.unblame()
        self._kept = self._asked = self._offered = None
        self._filled = self._tab_waits = False


def _changes(text: str, put: Completion) -> bool:
    """Whether it may be put into the text, and makes another one of it."""
    return 0 <= put.begin <= put.end <= len(text) and text[put.begin : put.end] != put.text
