"""Looks: when the screen looks again at what time alone changes, the ages and the states of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import monotonic

from labtop.store.model import Run
from labtop.tui.format import age_lasts
from labtop.tui.shown import MAY_GROW


class Looks:
    """How long each look waits, and whether it should ask for the states, by what the last answer cost."""

    LEAST_S, MOST_S = 5.0, 15.0
    """Between two looks. Runs may come meanwhile, so none waits for long."""

    ROWS_PER_S = 100.0
    """New ages draw rows anew: a table of so many rows is looked at a second less often."""

    ASKING_S, ASKING_PARTS = 10.0, 200.0
    """Between two answers: so long at least, and so many times what an answer takes."""

    TURN_PARTS, TURN_S = 10.0, 60.0
    """A change of state is seen within one part in so many of the time that the run was silent, and no later."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._answered_at = 0.0
        self._took = 0.0

    def answered(self, took: float) -> None:
        """The store has answered, after so many seconds."""
        self._answered_at = self._clock()
        self._took = took

    def wait(self, rows: Sequence[Run], now: float) -> float:
        """Seconds until the next look at these rows, as `now` is the time that ages are counted to."""
        ages = (age_lasts(now - run.updated) for run in rows if run.updated is not None)
        least = max(self.LEAST_S, len(rows) / self.ROWS_PER_S)
        return max(least, min((*ages, self._unseen(rows, now), self.MOST_S)))

    def should_ask(self, runs: Iterable[Run], now: float) -> bool:
        """Whether states may have changed since the last answer, and another is worth what it costs."""
        since = self._clock() - self._answered_at
        return since >= max(self.ASKING_S, self.ASKING_PARTS * self._took, self._unseen(runs, now))

    def _unseen(self, runs: Iterable[Run], now: float) -> float:
        """So long a change of state may stay unseen; infinite where none can come of time alone."""
        silences = [0.0 if run.updated is None else now - run.updated for run in runs if run.status in MAY_GROW]
        return min(max(min(silences), 0.0) / self.TURN_PARTS, self.TURN_S) if silences else float("inf")
