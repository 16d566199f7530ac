"""Remembering: what the person had set when the screen was last open is set again, and saved whenever it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from textual.theme import Theme

from labtop.store.model import Run, TableQuery
from labtop.store.questions import Questions
from labtop.tui.inquiry import Inquiry, Said
from labtop.tui.screens.asking import Asking
from labtop.tui.session.saver import Saver
from labtop.tui.session.session import Session, ViewName
from labtop.tui.table_question import TableAnswer, TableQuestion, question_of

_FACTS = ("marks", "baseline", "hidden", "filter_text", "metric_filter", "key_filter", "sort", "aggregate", "pins")
_MORE_FACTS = ("view", "opened", "shape", "settings")
_VIEWS: tuple[ViewName, ...] = ("runs", "plots", "compare", "run")


@dataclass(frozen=True, slots=True)
class Memory:
    """The session to begin with, the file in which it is kept, if it is to be, and what is to be said of it."""

    session: Session = field(default_factory=Session)
    path: Path | None = None
    told: Sequence[str] = ()

    @property
    def question(self) -> TableQuestion:
        """The first table to ask for."""
        return question_of(self.session)


class Remembering(Asking):
    """Begins with the facts of a session; of runs, which it names by id, as soon as they are known."""

    def __init__(
        self, store: Questions, clock: Callable[[], float], first: Future[TableAnswer], memory: Memory
    ) -> None:
        super().__init__(store, clock, first, memory.question)
        self._memory = memory
        self._saver: Saver | None = None
        self._awaited = set[str]()
        """Runs of the session that nobody has seen yet: their files may be read still."""
        self._remembering = self._restored = False
        self._search = Inquiry[int, tuple[Run, ...]](self, "awaited", self._fetch_awaited, self._take_awaited)
        self._chosen_theme = memory.session.theme
        session = memory.session
        for name in ("filter_text", "metric_filter", "key_filter", "sort", "aggregate", "pins", "shape"):
            self.set_reactive(getattr(Remembering, name), getattr(session, name))
        self.set_reactive(Remembering.settings, session.charts)
        self._awaited |= {*session.marks, *session.hidden, session.baseline or "", session.opened or ""} - {""}

    def _begin(self) -> None:
        session, path = self._memory.session, self._memory.path
        if session.theme in self.app.available_themes:
            self.app.theme = str(session.theme)
        if path is not None:
            self._saver = Saver(path, lambda text: self.post_message(Said(text)), self.set_timer, saved=session)
        for name in (*_FACTS, *_MORE_FACTS):
            self.watch(self, name, self._changed, init=False)
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)
        super()._begin()
        for text in self._memory.told:
            self.say(text)

    def on_unmount(self) -> None:
        """Save what is not saved yet."""
        if self._saver is not None:
            self._remember()
            self._saver.close()

    def _has_table(self) -> None:
        """Runs that have become known are marked again, and the view of last time is there with the first of them."""
        self._recall()
        if self._restored or self.table is None or not self.table.total:
            return
        self._restored = True
        if self._awaited and len(self.table.rows) < self.table.total:
            self._search.ask(0, 0)
        session = self._memory.session
        if session.view != "runs" and (session.view != "run" or self.opened is not None):
            self.action_view(session.view)

    def _recall(self) -> None:
        """What the session says of runs that have become known, where nothing else was chosen meanwhile."""
        session = self._memory.session
        numbers = {run.id: run.number for run in self.known.values() if run.id in self._awaited}
        self._awaited -= numbers.keys()
        if numbers:
            self.marks = _joined((numbers[id_] for id_ in session.marks if id_ in numbers), self.marks)
            self.hidden |= {numbers[id_] for id_ in session.hidden if id_ in numbers}
            if self.baseline is None:
                self.baseline = numbers.get(session.baseline or "")
            if self.opened is None:
                self.opened = numbers.get(session.opened or "")

    def _fetch_awaited(self, _: int) -> Iterator[tuple[Run, ...]]:
        """All runs, also those that the filter of last time hides."""
        yield self._store.table(TableQuery()).runs

    def _take_awaited(self, _: int, runs: tuple[Run, ...]) -> None:
        self.known.update((run.number, run) for run in runs if run.id in self._awaited)
        self._recall()

    def action_view(self, name: str) -> None:
        """Bring a view into sight."""
        raise NotImplementedError

    def _theme_changed(self, theme: Theme) -> None:
        self._chosen_theme = theme.name
        self._changed()

    def _changed(self) -> None:
        """Once, however many facts change together."""
        if not self._remembering:
            self._remembering = True
            self.call_next(self._remember)

    def _remember(self) -> None:
        self._remembering = False
        if self._saver is None or not self._restored:
            return
        before = self._memory.session
        gone = [id_ for id_ in before.marks if id_ in self._awaited]
        hidden = () if self.settings.group else self.hidden  # else places of groups, which have no id
        self._saver.changed(
            Session(
                (*self._ids_of(self.marks), *gone),
                self._id_of(self.baseline, before.baseline),
                frozenset(self._ids_of(hidden)) | (before.hidden & self._awaited),
                self.filter_text,
                self.metric_filter,
                self.key_filter,
                self.sort,
                self.aggregate,
                self.pins,
                next((name for name in _VIEWS if name == self.view), "runs"),
                self._id_of(self.opened, before.opened),
                self.shape,
                self.settings,
                self._chosen_theme,
            )
        )

    def _ids_of(self, runs: Iterable[int]) -> Iterable[str]:
        return [self.known[run].id for run in runs if run in self.known]

    def _id_of(self, run: int | None, before: str | None) -> str | None:
        """The id of a run; while there is none that of the session, if its run may still come."""
        if run is None or run not in self.known:
            return before if before in self._awaited else None
        return self.known[run].id


def _joined(first: Iterable[int], then: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*first, *then)))
