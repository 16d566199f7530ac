"""Filtering: the line at the bottom in which filters are typed, and what it is told while somebody types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textual import on

from labtop.store.model import Completion, FilterError
from labtop.tui import format as fmt
from labtop.tui.inquiry import Inquiry
from labtop.tui.screens.asking import Blamed
from labtop.tui.screens.remembering import Remembering
from labtop.tui.settings.defaults import saved_filters
from labtop.tui.tags import from_text
from labtop.tui.widgets.key_bar import KeyBar
from labtop.tui.widgets.prompt import Prompt

FILTER_FACTS: dict[str, str] = {"runs": "filter_text", "metrics": "metric_filter", "keys": "key_filter"}
"""The fact that holds each kind of filter."""
MOST_HISTORY = 100
_UNFINISHED = re.compile(r"(?<=[^\s<>=~!,(])\s+(?:a|an|and|o|or|n|no|not)\Z|(?<=[\d.])e[+-]?\Z", re.IGNORECASE)
"""A last word that may become one between conditions, as none behind an operator may, or a number whose exponent is to
come: to look for it would empty the table for a moment."""

_MOST_TAGS = 20

_Asked = tuple[str, int, str]


class Filtering(Remembering):
    """Filters take effect while they are typed; one that cannot be used leaves the table as it was."""

    _error: FilterError | None = None
    _before = ""
    _to_complete: _Asked | None = None
    _completing: Inquiry[_Asked, tuple[Completion, ...]] | None = None

    def action_filter(self) -> None:
        """Type what runs, metrics or keys must hold, as the view has it."""
        what = self.current.FILTERED
        of_runs = what == "runs"
        self._before = self.filter_text
        self.query_one(KeyBar).be_quiet()
        self.prompt.open(
            what,
            f" {what} / ",
            getattr(self, FILTER_FACTS[what]),
            history=self.history if of_runs else (),
            saved=saved_filters(self.filters, self._memory.settings) if of_runs else (),
        )

    @on(Prompt.Typed)
    def _typed(self, event: Prompt.Typed) -> None:
        if event.purpose in FILTER_FACTS:
            text = _UNFINISHED.sub("", event.text) if event.purpose == "runs" else event.text
            setattr(self, FILTER_FACTS[event.purpose], text)

    @on(Prompt.Left)
    def leave_prompt(self) -> None:
        """Back to the view. In place of a filter that cannot be used the table has the one of before.

        Of a text that was typed in a moment that may not be known yet: what is known is of one that came before it.
        """
        of_runs, typed = self.prompt.purpose == "runs", self.prompt.field.value
        is_wrong = self._error is not None and self._error.text == self.filter_text
        self.prompt.close()
        if of_runs:
            self.filter_text = self._before if is_wrong else typed
        self.current.enter()

    @on(Prompt.Submitted)
    def _filter_submitted(self, event: Prompt.Submitted) -> None:
        if event.purpose == "runs" and event.text.strip():
            self._to_history(event.text.strip())

    def _to_history(self, text: str) -> None:
        self.history = (*(each for each in self.history if each != text), text)[-MOST_HISTORY:]

    @on(Prompt.Saved)
    def _filter_saved(self, event: Prompt.Saved) -> None:
        others = tuple(pair for pair in self.filters if pair[0] != event.name)
        self.filters = tuple(sorted((*others, (event.name, event.text))))
        self.prompt.offer_saved(saved_filters(self.filters, self._memory.settings))
        self.say(f"saved: {event.name}")

    @on(Prompt.Asked)
    def _completions_asked(self, event: Prompt.Asked) -> None:
        if self._completing is None:
            fetch, take = self._fetch_completions, self._take_completions
            self._completing = Inquiry[_Asked, tuple[Completion, ...]](self, "completions", fetch, take)
        self._to_complete = event.text, event.cursor, event.purpose
        if not self._table.is_busy:
            self._complete()

    def _complete(self) -> None:
        """Ask what may be typed next. The table comes first: the store answers one after the other."""
        if self._completing is not None and self._to_complete is not None:
            self._completing.ask(self._to_complete, 0)

    def _has_table(self) -> None:
        super()._has_table()
        self.once_drawn(self._complete)

    def _fetch_completions(self, asked: _Asked) -> Iterator[tuple[Completion, ...]]:
        text, cursor, purpose = asked
        yield self._store.completions(text, cursor) if purpose == "runs" else self._tags(text, cursor)

    def _tags(self, text: str, cursor: int) -> tuple[Completion, ...]:
        """Tags that some run has and the line has not, for the one of several that is being typed."""
        begin = text.rfind(",", 0, cursor) + 1
        begun = text[begin:cursor]
        begin += len(begun) - len(begun.lstrip())
        typed = {*from_text(text[:begin]), *from_text(text[cursor:])}
        tags = (tag for tag in self._store.tags() if tag not in typed and "," not in tag)
        found = [tag for tag in tags if tag.casefold().startswith(begun.strip().casefold())]
        return tuple(Completion(begin, cursor, tag, "tag") for tag in found[:_MOST_TAGS])

    def _take_completions(self, asked: _Asked, found: tuple[Completion, ...]) -> None:
        self.prompt.suggest(*asked[:2], found)

    @on(Blamed)
    def _blamed(self, event: Blamed) -> None:
        if event.error is not None and event.error.text != self.filter_text:
            return  # another text has taken its place
        self._error = event.error
        if event.error is not None:
            self._complete()
        self.prompt.blame(event.error)
        if event.error is not None and self.prompt.purpose != "runs":
            self._to_history(event.error.text.strip())
            self.say(f"not used, / and up bring it back: {fmt.clean(event.error.text, 30)}: {event.error}")
            self.filter_text = "" if event.error.text == self.applied else self.applied
