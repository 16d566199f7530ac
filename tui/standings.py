"""Standings: how the runs in sight stand beside those before them, asked for where they are in sight and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from textual.dom import DOMNode

from labtop.store.model import Column, Run, Standing, StandingQuery
from labtop.store.questions import Questions
from labtop.tui.inquiry import Inquiry

REST_S = 1.0
"""Whether a run is better than those before it is not news more often."""

_Answer = Mapping[int, Standing]


class Standings:
    """The standings of runs, by one metric at a time; `changed` is called when any of them is another."""

    def __init__(self, owner: DOMNode, store: Questions, changed: Callable[[], None], rest: float = REST_S) -> None:
        self._store = store
        self._changed = changed
        self._sought_by: tuple[Column, float] | None = None
        self._sought: frozenset[int] = frozenset()
        self._known_by: tuple[Column, float] | None = None
        self._inquiry = Inquiry[StandingQuery, _Answer](owner, "standings", self._fetch, self._take, rest)
        self.known: Mapping[int, Standing] = {}
        """By number of run, as they were when last asked for."""

    def ask(self, column: Column | None, runs: Sequence[Run], tolerance: float, revision: object) -> None:
        """These runs are in sight, or soon will be; without a metric it is only told what they repeat."""
        measure = column or Column("metric", ""), tolerance
        sought = frozenset(run.number for run in runs)
        if measure == self._sought_by and sought <= self._sought:
            sought = self._sought
        self._sought_by, self._sought = measure, sought
        if sought:
            self._inquiry.ask(StandingQuery(measure[0], tuple(sorted(sought)), tolerance), revision)

    def _fetch(self, query: StandingQuery) -> Iterator[_Answer]:
        yield self._store.standing(query)

    def _take(self, query: StandingQuery, found: _Answer) -> None:
        measure = query.column, query.tolerance
        before = self.known if measure == self._known_by else {}
        self._known_by = measure
        if any(self.known.get(run) != standing for run, standing in found.items()):
            self.known = {**before, **found}
            self._changed()
