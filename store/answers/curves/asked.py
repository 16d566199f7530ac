"""Asked: what an answer must know of the metrics and runs it is about, in as few queries as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from labtop.store.answers.rows import marks
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
    """What is known of runs by number: which wrote steps twice, how often any of them was read anew from its beginning,
    the order of the files of those that have several, and when each began.
    """

    numbers: tuple[int, ...]
    resumed: frozenset[int]
    forgotten: dict[int, int]
    files: dict[int, tuple[int, ...]]
    starts: dict[int, float | None] = field(default_factory=dict)

    def mark(self, run: int) -> tuple[int, tuple[int, ...]]:
        """What changes when points that were read may have changed, or their order."""
        return self.forgotten.get(run, 0), self.files.get(run, ())


_COUNTS = """
with asked as (select metric, name from known_metrics where name in (select unnest(?::varchar[])))
select name, metric, run, count, nan, min, max from summaries join asked using (metric) where run in ({runs})
"""
_SHADOWED = "select metric, run, file from shadowed where run in ({runs})"
_BEST = """
select metric, min(goal), case min(goal) when 'min' then min(min) when 'max' then max(max) end
from summaries join metric_names using (metric) where metric in (select unnest(?::integer[])) and goal is not null
group by metric
"""


def metrics_of(
    cursor: duckdb.DuckDBPyConnection, names: Sequence[str], runs: Sequence[int], *, best: bool = False
) -> dict[str, Metric]:
    """Those of these metrics that the runs have, by name."""
    counts: dict[tuple[str, int], dict[int, int]] = {}
    ends: dict[str, dict[int, dict[str, float | None]]] = {}
    odd: dict[str, int] = {}
    for name, metric, run, count, nan, low, high in cursor.execute(
        _COUNTS.format(runs=marks(len(runs))), [list(names), *runs]
    ).fetchall():
        counts.setdefault((name, metric), {})[run] = count
        ends.setdefault(name, {})[run] = {"min": low, "max": high}
        odd[name] = odd.get(name, 0) + nan
    if not counts:
        return {}
    shadowed: dict[int, list[tuple[int, int]]] = {}
    for metric, run, file in cursor.execute(_SHADOWED.format(runs=marks(len(runs))), runs).fetchall():
        shadowed.setdefault(metric, []).append((run, file))
    numbers = [metric for _, metric in counts]
    goals = {metric: found for metric, *found in cursor.execute(_BEST, [numbers]).fetchall()} if best else {}
    found = {}
    for (name, metric), of_runs in counts.items():
        goal, value = goals.get(metric, (None, None))
        bests = {run: sides[goal] for run, sides in ends[name].items()} if goal else {}
        found[name] = Metric(metric, of_runs, odd[name], tuple(shadowed.get(metric, ())), value, bests)
    return found


_FACTS = """
select 'resumed', run, 1 from shares where resumed and run in ({runs})
union all select 'united', run, 1 from united where run in ({runs})
union all select 'forgotten', run, count(*) from forgotten where run in ({runs}) group by run
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
    facts: dict[str, dict[int, int]] = {"resumed": {}, "united": {}, "forgotten": {}}
    for fact, run, count in cursor.execute(_FACTS.format(runs=marks(len(numbers))), numbers * 3).fetchall():
        facts[fact][run] = count
    united = tuple(facts["united"])
    files = cursor.execute(_FILES.format(runs=marks(len(united))), united).fetchall() if united else []
    began = cursor.execute(_STARTS.format(runs=marks(len(numbers))), numbers).fetchall() if starts else []
    return Runs(
        numbers,
        frozenset(facts["resumed"]),
        facts["forgotten"],
        {run: tuple(order) for run, order in files},
        dict(began),
    )
