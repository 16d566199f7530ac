"""Asked: what an answer must know of the metrics and runs it is about, in as few queries as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from labtop.store.answers.rows import listed
from labtop.store.index.schema import SLOTS


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric by its number. `counts` is the points that each run has of it, `odd` how many are NaN or infinite,
    `shadowed` the (run, file) that do not count. `best` is its best value in any run of the directory, `bests` that of
    each run, where it has a goal.
    """

    number: int
    counts: dict[int, int]
    odd: int
    shadowed: tuple[tuple[int, int], ...] = ()
    best: float | None = None
    bests: Mapping[int, float | None] = field(default_factory=dict)

    @property
    def octet(self) -> int:
        """In which rows it stands."""
        return self.number // SLOTS

    @property
    def slot(self) -> int:
        """In which column of these."""
        return self.number % SLOTS

    @property
    def points(self) -> int:
        """Points in all runs."""
        return sum(self.counts.values())

    def is_shadowed(self, run: int) -> bool:
        """Whether some files of the run do not count."""
        return any(run == other for other, _ in self.shadowed)


@dataclass(frozen=True, slots=True)
class Runs:
    """What is known of runs by number: which wrote steps twice, which began anew, how often any of them was read anew
    from its beginning, the order of the files of those that have several, and when each began.
    """

    numbers: tuple[int, ...]
    resumed: frozenset[int]
    restarted: frozenset[int]
    forgotten: dict[int, int]
    files: dict[int, tuple[int, ...]]
    starts: dict[int, float | None] = field(default_factory=dict)

    def mark(self, run: int) -> tuple[int, tuple[int, ...]]:
        """What changes when points that were read may have changed, or their order."""
        return self.forgotten.get(run, 0), self.files.get(run, ())


_NUMBERS = "select name, metric from known_metrics where name in (select unnest(?::varchar[]))"
_GOALS = "select name, goal from metric_names where goal is not null"
_DECLARED = """
select count(*), sum(hash(file, line, name, goal)),
    (select count(*) from known_metrics), (select sum(hash(path, rank)) from files)
from declared
"""


class Names:
    """The numbers of metrics, which never change, and their goals, which seldom do: kept from answer to answer."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._goals: dict[str, str] = {}
        self._mark: object = None

    def numbers(self, cursor: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, int]:
        """The number of each of these metrics that there is."""
        if unknown := [name for name in names if name not in self._numbers]:
            self._numbers.update(cursor.execute(_NUMBERS, [unknown]).fetchall())
        return {name: self._numbers[name] for name in names if name in self._numbers}

    def goals(self, cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
        """The goals of those that have one."""
        mark = cursor.execute(_DECLARED).fetchall()
        if mark != self._mark:
            self._mark, self._goals = mark, dict(cursor.execute(_GOALS).fetchall())
        return self._goals


_COUNTS = """
select metric, run, count, nan, min, max from file_summaries where metric in ({metrics}) and run in ({plain})
union all
select metric, run, count, nan, min, max from united_summaries where metric in ({metrics}) and run in ({united})
"""
_SHADOWED = "select metric, run, file from shadowed where run in ({runs})"


def metrics_of(
    cursor: duckdb.DuckDBPyConnection, known: Names, names: Sequence[str], runs: Runs, *, best: bool = False
) -> dict[str, Metric]:
    """Those of these metrics that the runs have, by name; with their best values where `best`."""
    numbers = known.numbers(cursor, names)
    united = [run for run in runs.numbers if run in runs.files]
    plain = [run for run in runs.numbers if run not in runs.files]
    (metrics, number), (of_plain, plain_ones), (of_united, united_ones) = map(listed, (numbers.values(), plain, united))
    sql = _COUNTS.format(metrics=metrics, plain=of_plain, united=of_united)
    found: dict[int, list[tuple[int, int, int, float | None, float | None]]] = {}
    for metric, *row in cursor.execute(sql, [*number, *plain_ones, *number, *united_ones]).fetchall():
        found.setdefault(metric, []).append(tuple(row))
    shadowed: dict[int, list[tuple[int, int]]] = {}
    those = cursor.execute(_SHADOWED.format(runs=of_united), united_ones).fetchall() if united else []
    for metric, run, file in those:
        shadowed.setdefault(metric, []).append((run, file))
    goals = known.goals(cursor) if best else {}
    bests = _bests(cursor, {number: goals[name] for name, number in numbers.items() if name in goals})
    return {
        name: Metric(
            number,
            {run: count for run, count, *_ in found[number]},
            sum(nan for _, _, nan, _, _ in found[number]),
            tuple(shadowed.get(number, ())),
            bests.get(number),
            _of_runs(found[number], goals.get(name)),
        )
        for name, number in numbers.items()
        if number in found
    }


def _of_runs(
    rows: Sequence[tuple[int, int, int, float | None, float | None]], goal: str | None
) -> dict[int, float | None]:
    """The best value of each run, where there is a goal."""
    return {run: low if goal == "min" else high for run, _, _, low, high in rows} if goal else {}


_HAS_UNITED = "select count(*) > 0 from united"
_ENDS = "select metric, min(min), max(max) from {summaries} where metric in ({metrics}) group by metric"


def _bests(cursor: duckdb.DuckDBPyConnection, goals: Mapping[int, str]) -> dict[int, float | None]:
    """The best value of each metric, by number, in all runs."""
    if not goals:
        return {}
    metrics, parameters = listed(goals)
    ((has_united,),) = cursor.execute(_HAS_UNITED).fetchall()
    sql = _ENDS.format(summaries="summaries" if has_united else "file_summaries", metrics=metrics)
    ends = cursor.execute(sql, parameters).fetchall()
    return {metric: low if goals[metric] == "min" else high for metric, low, high in ends}


_FACTS = """
select 'resumed', run, 1 from shares where resumed and run in ({runs})
union all select 'united', run, 1 from united where run in ({runs})
union all select 'restarted', run, 1 from shares where attempt > 0 and run in ({runs})
union all select 'forgotten', run, times from forgotten where run in ({runs})
"""
_FILES = """
select run, list(file order by path) from share_turns join files using (file) where run in ({runs}) group by run
"""
_STARTS = """
select run, coalesce(min(started) filter (where not estimated), min(started))
from shares where run in ({runs}) group by run
"""


def runs_of(cursor: duckdb.DuckDBPyConnection, numbers: tuple[int, ...], *, starts: bool) -> Runs:
    """What must be known of these runs; `starts` only where the axis asks for it."""
    facts: dict[str, dict[int, int]] = {"resumed": {}, "restarted": {}, "united": {}, "forgotten": {}}
    asked, parameters = listed(numbers)
    for fact, run, count in cursor.execute(_FACTS.format(runs=asked), parameters * 4).fetchall():
        facts[fact][run] = count
    united, several = listed(facts["united"])
    files = cursor.execute(_FILES.format(runs=united), several).fetchall() if several else []
    began = cursor.execute(_STARTS.format(runs=asked), parameters).fetchall() if starts else []
    return Runs(
        numbers,
        frozenset(facts["resumed"]),
        frozenset(facts["restarted"]),
        facts["forgotten"],
        {run: tuple(order) for run, order in files},
        dict(began),
    )
