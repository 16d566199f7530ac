"""Known: what changes seldom while runs grow, kept between two answers for as long as nothing in it changed.

To plan these queries takes the database ten times as long as to run them, on ten revisions a second.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import duckdb

from labtop.store.answers.outline import outline
from labtop.store.answers.rows import from_json, marks
from labtop.store.index.rows import parsed
from labtop.store.model import Goal, Json, Outline

# All that the outline and the parameters are made of: of metrics, whether they stand still and where.
_MARK = """
select 'runs', count(distinct run) from shares
union all select 'several', count(*) - count(distinct run) from shares
union all select 'named', count(name) from shares
union all select 'shares', sum(hash(run, file, name, started, estimated)) from shares
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


class Known:
    """What the index says as long as it has this `mark`; each thing is asked for when it is first wanted."""

    def __init__(self, mark: _Mark) -> None:
        self.mark = mark
        self.runs: int = mark["runs"]
        self.source = "merged_runs" if mark["several"] else "lone_runs"
        """The simplest view that has all runs: some have several files, or each has one."""
        self.names = "told_apart_names" if mark["named"] else "plain_names"
        """The simplest view of their names: logs give some, or none."""
        self._outline: Outline | None = None
        self._goals: dict[str, Goal | None] | None = None
        self._params: dict[str, dict[int, Json]] = {}
        self._plain_names: dict[int, str] | None = None

    def outline(self, cursor: duckdb.DuckDBPyConnection) -> Outline:
        """What there is over all runs."""
        if self._outline is None:
            self._outline = outline(cursor)
        return self._outline

    def goals(self, cursor: duckdb.DuckDBPyConnection) -> dict[str, Goal | None]:
        """The goal of each metric."""
        if self._goals is None:
            self._goals = dict(cursor.execute(_GOALS).fetchall())
        return self._goals

    def plain_names(self, cursor: duckdb.DuckDBPyConnection) -> dict[int, str]:
        """What runs are called, by number, where logs give no names."""
        if self._plain_names is None:
            self._plain_names = dict(cursor.execute(_PLAIN_NAMES).fetchall())
        return self._plain_names

    def params(self, cursor: duckdb.DuckDBPyConnection, keys: Collection[str]) -> dict[str, dict[int, Json]]:
        """The values of these parameters, by key and run."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self._params]
        if wanted:
            found: dict[str, dict[int, Json]] = {key: {} for key in wanted}
            for run, key, value in cursor.execute(_PARAMS.format(keys=marks(len(wanted))), wanted).fetchall():
                found[key][run] = from_json(value)
            self._params |= found
        return self._params


_PLAIN_NAMES = "select run, short_name from plain_names"
_GOALS = "select name, goal from metric_names"
_PARAMS = "select run, key, value from run_params where key in ({keys})"


def known_of(cursor: duckdb.DuckDBPyConnection, before: Known | None = None) -> Known:
    """What is known, as `before` where nothing of it changed."""
    mark = dict(cursor.execute(parsed(cursor, _MARK)).fetchall())
    return before if before is not None and before.mark == mark else Known(mark)
