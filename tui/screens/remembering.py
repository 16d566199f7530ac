"""Remembering: what the person had set when the screen was last open is set again, and saved whenever it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from rich.cells import cell_len
from textual.theme import Theme

from labtop.store.model import Column, Outline, Run
from labtop.store.questions import Questions
from labtop.tui import format as fmt
from labtop.tui.inquiry import Inquiry, Said
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.placing import Placing, run_of
from labtop.tui.session.saver import Saver
from labtop.tui.session.session import Place, Session, ViewName
from labtop.tui.settings.defaults import chosen, moved, waits, with_defaults
from labtop.tui.settings.settings import Settings
from labtop.tui.table_columns import DEFAULT_SORT
from labtop.tui.table_question import TableAnswer, TableQuestion, question_of

_SAME = (
    *("filter_text", "metric_filter", "key_filter", "aggregate", "pins", "columns", "widths", "frozen"),
    *("unfolded", "filters", "history", "shape", "places", "ignored"),
)
"""Facts that stand in a session under their own name."""
_FACTS = (*_SAME, "marks", "baseline", "hidden", "sort", "table_groups", "view", "opened", "settings")
_VIEWS: tuple[ViewName, ...] = ("runs", "plots", "compare", "run", "models")


@dataclass(frozen=True, slots=True)
class Memory:
    """The session to begin with, the file in which it is kept, if it is to be, and what is to be said of it.

    `settings` are what a team and the user want to see where nobody has chosen, `shown` the session with them.
    """

    session: Session = field(default_factory=Session)
    path: Path | None = None
    told: Sequence[str] = ()
    settings: Settings = field(default_factory=Settings)
    shown: Session | None = None

    @property
    def begun(self) -> Session:
        """What the screen begins with."""
        return self.shown or self.session

    @property
    def question(self) -> TableQuestion:
        """The first table to ask for."""
        return question_of(self.begun)


class Remembering(Placing):
    """Begins with the facts of a session; of runs, which it names by id, as soon as they are known."""

    def __init__(
        self, store: Questions, clock: Callable[[], float], first: Future[TableAnswer], memory: Memory
    ) -> None:
        super().__init__(store, clock, first, memory.question)
        self._memory = memory
        self._saver: Saver | None = None
        self._awaited = set[str]()
        """Runs of the session that nobody has seen yet: their files may be read still."""
        self._remembering = self._restored = self._waits = False
        self._held: tuple[Column, ...] | None = None
        self._defaults_are_of: tuple[Outline, tuple[Column, ...] | None] | None = None
        fetch, take = self._fetch_awaited, self._take_awaited
        self._search = Inquiry[tuple[str, ...], tuple[Run, ...]](self, "awaited", fetch, take)
        self._shown = session = memory.begun
        self._chosen_theme = session.theme
        if memory.settings.tolerance is not None:
            self.set_reactive(Remembering.tolerance, memory.settings.tolerance)
        for name in _SAME:
            self.set_reactive(getattr(Remembering, name), getattr(session, name))
        self.set_reactive(Remembering.sort, session.sort or DEFAULT_SORT)
        self.set_reactive(Remembering.table_groups, session.groups)
        self.set_reactive(Remembering.settings, session.charts)
        self._awaited |= {*session.marks, *session.hidden, session.baseline or "", session.opened or ""}
        row = dict(session.places).get("runs", Place()).row
        self._awaited = (self._awaited | {run_of(row) or ""}) - {""}

    def _begin(self) -> None:
        session, path = self._memory.session, self._memory.path
        if self._shown.theme in self.app.available_themes:
            self.app.theme = str(self._shown.theme)
        if path is not None:
            self._saver = Saver(path, lambda text: self.post_message(Said(text)), self.set_timer, saved=session)
        for name in _FACTS:
            self.watch(self, name, self._changed, init=False)
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)
        super()._begin()
        if self._memory.told:
            self.say(_in_a_line(self._memory.told, self.app.size.width - 1))

    def on_unmount(self) -> None:
        """Save what is not saved yet."""
        if self._saver is not None:
            self.look_at_places()
            self._remember()
            self._saver.close()

    def _has_table(self) -> None:
        """Runs that have become known are marked again, and the view of last time is there with the first of them."""
        super()._has_table()
        self._recall()
        if self.table is None or not self.table.total:
            return
        if self._awaited:
            self._search.ask(tuple(sorted(self._awaited)), self.table.total)
        if not self._restored:
            self._restored = True
            self._bring_view()
        self._renew_defaults()
        self._changed()

    def _renew_defaults(self) -> None:
        """What settings name may have become known, or be gone."""
        settings, known = self._memory.settings, (self.outline, self._held)
        if known != self._defaults_are_of:
            self._defaults_are_of = known
            self._default_to(with_defaults(self._memory.session, settings, *known))
            self._waits = waits(settings, *known)
        if self._waits:  # what the outline does not tell may have come with any line
            self._offers.ask(0, (self.outline, self.revision))

    def _default_to(self, shown: Session) -> None:
        if shown != self._shown:
            now, self._shown = moved(self._now(), self._shown, shown), shown
            self.pins, self.columns, self.aggregate = now.pins, now.columns, now.aggregate
            self.sort, self.table_groups = now.sort or DEFAULT_SORT, now.groups

    def _take_offers(self, question: int, found: tuple[Column, ...]) -> None:
        super()._take_offers(question, found)
        self._held = found
        if self._restored:
            self._renew_defaults()

    def _bring_view(self) -> None:
        """The view of last time, once what it shows is known."""
        session = self._memory.session
        if self.view == "runs" != session.view and (session.view != "run" or self.opened is not None):
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
            self.return_to_run(numbers)

    def _fetch_awaited(self, ids: tuple[str, ...]) -> Iterator[tuple[Run, ...]]:
        """Also those that the filter of last time hides."""
        yield self._store.named(ids)

    def _take_awaited(self, _: tuple[str, ...], runs: tuple[Run, ...]) -> None:
        self.known.update((run.number, run) for run in runs if run.id in self._awaited)
        awaited_view = self.opened is None
        self._recall()
        if awaited_view and self.opened is not None:
            self._bring_view()

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
        if self._saver is not None and self._restored:
            self._saver.changed(chosen(self._now(), self._shown, self._memory.session))

    def _now(self) -> Session:
        """All that is set now."""
        before = self._memory.session
        gone = [id_ for id_ in before.marks if id_ in self._awaited]
        hidden = () if self.settings.group else self.hidden  # else places of groups, which have no id
        return Session(
            marks=(*self._ids_of(self.marks), *gone),
            baseline=self._id_of(self.baseline, before.baseline),
            hidden=frozenset(self._ids_of(hidden)) | (before.hidden & self._awaited),
            sort=() if self.sort == DEFAULT_SORT else self.sort,
            groups=self.table_groups,
            view=next((name for name in _VIEWS if name == self.view), "runs"),
            opened=self._id_of(self.opened, before.opened),
            charts=self.settings,
            theme=self._chosen_theme,
            **{name: getattr(self, name) for name in _SAME},
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


def _in_a_line(told: Sequence[str], room: int) -> str:
    """All that is to be told, or where it does not fit the first and how many more there are: they are of settings."""
    whole = fmt.clean("; ".join(told))
    if len(told) == 1 or cell_len(whole) <= room:
        return whole
    more = f" (+{len(told) - 1} more: labtop doctor)"
    return fmt.cut(fmt.clean(told[0]), room - len(more), "~" if terminal_charset() == "ascii" else "…") + more
