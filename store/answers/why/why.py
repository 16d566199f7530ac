"""Why some runs are better: how much of a metric each param explains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.across.numbers import Numbers, judged, numbers, numbers_of, unfinished
from labtop.store.answers.across.ranks import ranks
from labtop.store.answers.known import Known
from labtop.store.answers.why.explained import FEWEST, RUNS_A_VALUE, adjusted, between, monotone, peak
from labtop.store.answers.why.said import Said, labels, varying
from labtop.store.model import Column, Floats, Goal, Influence, ParallelQuery, Why, WhyQuery

_NAMED: Final = 0.05  # share from which on it is said which value is best
_DIGITS: Final = 12  # what differs only beyond them is equal
_WORDS: Final[dict[Goal | None, str]] = {"min": "best", "max": "best", None: "highest"}
_WITH: Final = {"number": "at", "category": "with"}


def why(cursor: duckdb.DuckDBPyConnection, query: WhyQuery, known: Known) -> Why:
    """Every param in which the runs with a finite metric differ, the strongest first.

    Runs that lack a param are left out of its figures. A metric that nobody has gives no influences.
    Raises `StoreError` for what is no metric, `FilterError`.
    """
    metric, goal = judged(cursor, query.metric, known)
    runs, (value,) = values_of(cursor, [metric], query, known)
    finite = np.isfinite(value.value)
    runs, y = runs[finite], value.value[finite]
    params, constant = varying(cursor, runs, known)
    found = list(_influences(params, y, goal))
    influences = _named(cursor, runs, found, _WORDS[goal])
    lost = int((value.has & ~finite).sum())
    ordered = tuple(sorted(influences, key=_order))
    return Why(metric, goal, len(runs), lost, ordered, constant, unfinished(cursor, runs))


def values_of(
    cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column], query: WhyQuery | ParallelQuery, known: Known
) -> tuple[NDArray[np.int32], list[Numbers]]:
    """What the runs that are asked about have in these columns, as `numbers`."""
    if query.runs is None:
        return numbers(cursor, columns, query.where, known)
    return numbers_of(cursor, columns, query.runs, known)


@dataclass(frozen=True, slots=True)
class _Found:
    """An influence, and the place of a run that has the best value where that is to be named."""

    influence: Influence
    best: int | None = None


def _influences(params: Iterable[Said], y: Floats, goal: Goal | None) -> Iterator[_Found]:
    """Ranks of all are worked out once: most params are those of all runs."""
    of_all = ranks(y)
    for said in params:
        up = of_all if len(said.at) == len(y) else ranks(y[said.at])
        yield _of_number(said, y, up, goal) if said.is_number.all() else _of_category(said, up, goal)


def _of_number(said: Said, y: Floats, up: Floats, goal: Goal | None) -> _Found:
    """Of numbers those that are not finite are lacking."""
    finite = np.isfinite(said.number)
    if not finite.all():
        at, number = said.at[finite], said.number[finite]
        said, up = Said(said.key, at, number, said.is_number[finite], said.meaning[finite]), ranks(y[at])
    _, group, counts = np.unique(said.number, return_inverse=True, return_counts=True)
    known, values = len(said.at), len(counts)
    rank = monotone(said.number, up)
    bare = Influence(said.key, "number", None, rank, known, values, _lacking(known, values, 1, up))
    if bare.note or rank is None:
        return _Found(bare)
    line, groups = rank**2, between(group, up)
    by_group = None if groups is None else peak(line, groups, known, values)
    if by_group is None:
        return _Found(replace(bare, explained=adjusted(line, known, 1)))
    return _Found(replace(bare, explained=by_group), _best(said, group, up, goal))


def _of_category(said: Said, up: Floats, goal: Goal | None) -> _Found:
    _, group, counts = np.unique(said.meaning, return_inverse=True, return_counts=True)
    known, values = len(said.at), len(counts)
    bare = Influence(said.key, "category", None, None, known, values, _lacking(known, values, RUNS_A_VALUE, up))
    share = None if bare.note else between(group, up)
    if share is None:
        return _Found(bare)
    explained = adjusted(share, known, values - 1)
    return _Found(replace(bare, explained=explained), _best(said, group, up, goal) if explained >= _NAMED else None)


def _lacking(runs: int, values: int, runs_a_value: int, up: Floats) -> str:
    """Why nothing can be said of a param, empty where something can."""
    if runs < FEWEST:
        return f"{runs} run{'' if runs == 1 else 's'} {'is' if runs == 1 else 'are'} too few: it takes {FEWEST}"
    if values < 2:
        return "its numbers do not differ, as far as they are finite"
    if runs < runs_a_value * values:
        return f"{values} values in {runs} runs are too many: it takes {runs_a_value} runs a value"
    return "" if np.ptp(up) else "the metric is the same in all of these runs"


def _best(said: Said, group: NDArray[np.intp], up: Floats, goal: Goal | None) -> int:
    """The place of a run whose value has the best mean rank, the largest without a goal."""
    mean = np.bincount(group, up) / np.bincount(group)
    best = int(mean.argmin() if goal == "min" else mean.argmax())
    return int(said.at[(group == best).argmax()])


def _named(
    cursor: duckdb.DuckDBPyConnection, runs: NDArray[np.int32], found: Sequence[_Found], word: str
) -> Iterator[Influence]:
    """The influences, with the name of the best value in the notes of those that have one."""
    values = [(each.influence.key, int(runs[each.best])) for each in found if each.best is not None]
    names = iter(labels(cursor, values) if values else ())
    for each in found:
        influence = each.influence
        yield (
            influence if each.best is None else replace(influence, note=f"{word} {_WITH[influence.kind]} {next(names)}")
        )


def _order(influence: Influence) -> tuple[bool, float, str]:
    """The strongest first, what cannot be told last."""
    explained = influence.explained
    return explained is None, -round(explained or 0.0, _DIGITS), influence.key
