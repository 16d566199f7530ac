"""Known: what changes seldom while runs grow, kept between two answers for as long as nothing in it changed.

To plan these queries takes the database ten times as long as to run them, on ten revisions a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, TypeVar

import duckdb

from labtop.store.answers.across.telling import lay_configs
from labtop.store.answers.fields import is_number
from labtop.store.answers.outline import outline
from labtop.store.answers.sheet import lay, lay_facts, lay_records, lay_runs, pack, tags, turn_runs
from labtop.store.filter.names import FilterNames, MetricName
from labtop.store.index.rows import parsed
from labtop.store.model import Column, Goal, Outline

# All that the outline and the parameters are made of: of metrics, whether they stand still and where.
_MARK = """
select 'runs', count(distinct run) from shares
union all select 'several', count(*) - count(distinct run) from shares
union all select 'named', count(name) from shares
union all select 'shares', sum(hash(run, file, name, started, estimated, facts)) from shares
union all select 'lone',
    sum(hash(run, metric, file, nan = 0, nan < count, count > 1, min < max, case when min = max then min end))
    from file_summaries
union all select 'united',
    sum(hash(run, metric, nan = 0, nan < count, count > 1, min < max, case when min = max then min end))
    from united_summaries
union all select 'attributes', sum(hash(run, file, key, value, count > 1, changed, is_id)) from attributes
union all select 'params', sum(hash(run, file, line, key, value, source)) from said_params
union all select 'declared', sum(hash(file, line, name, goal, unit)) from declared
union all select 'files', sum(hash(file, path, rank)) from files
union all select 'identities', count(*) from identities
union all select 'metrics', count(*) from known_metrics
"""
_Mark = dict[str, Any]
Kept = TypeVar("Kept")


class Known:
    """What the index says as long as it has this `mark`; each thing is asked for when it is first wanted."""

    def __init__(self, mark: _Mark, now: float) -> None:
        self.mark = mark
        self.now = now
        """Seconds since the epoch: the moment of the question, by which silence is judged."""
        self.serial = int.from_bytes(blake2b(repr(sorted(mark.items())).encode(), digest_size=8).digest())
        self.runs: int = mark["runs"]
        self.source = "merged_runs" if mark["several"] else "lone_runs"
        """The simplest view that has all runs: some have several files, or each has one."""
        self.names = "told_apart_names" if mark["named"] else "plain_names"
        """The simplest view of their names: logs give some, or none."""
        self.summaries = "summaries" if mark["several"] else "file_summaries"
        """The simplest table of what metrics come to: those of files are those of runs that have one each."""
        self._outline: Outline | None = None
        self._goals: dict[str, Goal | None] | None = None
        self._filter_names: FilterNames | None = None
        self._numeric: dict[Column, bool] = {}
        self._laid = self._laid_configs = self._laid_facts = self._laid_records = self._packed = False
        self._commits: int | None = None
        self._stand_within = (now, now)
        self.of_commits: dict[object, Any] = {}
        """What answers keep for each other until anything is committed."""
        self.of_turns: dict[object, Any] = {}
        """What they keep until moreover the status of any run turns."""

    def lay(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Lay out the sheet, where that was not done yet. What other cursors ask of it must wait meanwhile."""
        if not self._laid:
            lay(cursor, self.names)
            self._lay_runs(cursor)
            self._laid = True

    def renew(self, cursor: duckdb.DuckDBPyConnection, commits: int | None, now: float) -> None:
        """The same, with runs as they stand now, after these commits; None: nobody knows which the transaction sees."""
        self.now = now
        since, until = self._stand_within
        if not self._laid:
            self.lay(cursor)
        elif commits is None or commits != self._commits:
            self._lay_runs(cursor)
        elif not since <= now < until:
            self._stand_within = now, turn_runs(cursor, now)
            self.of_turns.clear()
        self._commits = commits

    def _lay_runs(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._stand_within = self.now, lay_runs(cursor, self.source, self.now)
        self.of_commits.clear()
        self.of_turns.clear()

    def kept_of_turns(self, name: str, key: object, make: Callable[[], Kept]) -> Kept:
        """The last of that `name` that was made, where it had this key."""
        if name not in self.of_turns or self.of_turns[name][0] != key:
            self.of_turns[name] = key, make()
        kept: Kept = self.of_turns[name][1]
        return kept

    def pack(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Compress the sheet, where that was not done yet; how runs stand is laid out too often for it."""
        if self._laid and not self._packed:
            pack(cursor)
            self._packed = True

    def lay_configs(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Lay out beside the sheet what runs are configured like."""
        self.lay(cursor)
        if not self._laid_configs:
            lay_configs(cursor)
            self._laid_configs, self._packed = True, False

    def lay_facts(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Lay out beside the sheet what `run` events said of users and code: few tables show it."""
        self.lay(cursor)
        if not self._laid_facts:
            lay_facts(cursor)
            self._laid_facts, self._packed = True, False

    def lay_records(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Lay out beside the facts how much of its record each run has."""
        self.lay_facts(cursor)
        if not self._laid_records:
            lay_records(cursor)
            self._laid_records, self._packed = True, False

    def outline(self, cursor: duckdb.DuckDBPyConnection) -> Outline:
        """What there is over all runs."""
        self.lay(cursor)
        if self._outline is None:
            self._outline = outline(cursor)
        return self._outline

    def goals(self, cursor: duckdb.DuckDBPyConnection) -> dict[str, Goal | None]:
        """The goal of each metric."""
        if self._goals is None:
            self._goals = dict(cursor.execute(_GOALS).fetchall())
        return self._goals

    def filter_names(self, cursor: duckdb.DuckDBPyConnection) -> FilterNames:
        """What a filter can name, from the sheet; those of tags are asked anew each time, for persons change them."""
        if self._filter_names is None:
            params, attributes = (
                tuple(key for (key,) in cursor.execute(_KEYS.format(table=table)).fetchall())
                for table in ("params", "attributes")
            )
            numbers = {name: MetricName(number, goal) for number, name, goal in cursor.execute(_METRICS).fetchall()}
            metrics = {info.name: numbers[info.name] for info in self.outline(cursor).metrics if info.name in numbers}
            last = cursor.execute(_LAST).fetchall()[0][0]
            self._filter_names = FilterNames(params, metrics, attributes, last=last)
        return self._filter_names

    def columns(self, cursor: duckdb.DuckDBPyConnection) -> tuple[Column, ...]:
        """Every metric, param, attribute and tag, those of most runs first within each kind."""
        names = self.filter_names(cursor)
        metrics = (Column("metric", key) for key in names.metrics)
        params = (Column("param", key) for key in names.params)
        attributes = (Column("attribute", key) for key in names.attributes)
        tagged = (Column("tag", tag) for tag in tags(cursor))
        return (*metrics, *params, *attributes, *tagged)

    def numeric(self, cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> tuple[bool, ...]:
        """Whether most values of each of these columns are numbers, from the sheet."""
        unknown = [column for column in dict.fromkeys(columns) if column not in self._numeric]
        for table, kind in (("params", "param"), ("attributes", "attribute"), ("attributes", "tag")):
            keys = [column.key for column in unknown if column.kind == kind]
            found = dict(cursor.execute(_NUMERIC.format(table=table), [keys]).fetchall()) if keys else {}
            self._numeric |= {column: found.get(column.key, False) for column in unknown if column.kind == kind}
        return tuple(self._numeric.get(column, column.kind == "metric" or _is_number(column)) for column in columns)


def _is_number(column: Column) -> bool:
    return column.kind == "run" and is_number(column.key)


_GOALS = "select name, goal from metric_names"
_LAST = "select coalesce(max(run), 0) from identities"
_METRICS = "select metric, name, goal from metric_names"
_KEYS = "select key from sheet.{table} group by key order by count(*) desc, key"
_NUMERIC = """
select key, 2 * count(number) > count(*) from sheet.{table} where key in (select unnest(?::varchar[])) group by key
"""


def known_of(cursor: duckdb.DuckDBPyConnection, now: float, before: Known | None = None) -> Known:
    """What is known, `before` itself where nothing of it changed. `now`, in seconds since the epoch, is that of what is
    known anew until it is renewed.
    """
    mark = dict(cursor.execute(parsed(cursor, _MARK)).fetchall())
    return before if before is not None and before.mark == mark else Known(mark, now)
