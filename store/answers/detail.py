"""Everything known of some runs, in a fixed number of queries however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from labtop.store.answers.facts import Facts, completeness
from labtop.store.answers.fields import place_of
from labtop.store.answers.rows import FIELDS, from_json, listed, to_run
from labtop.store.model import Artifact, Event, Json, Metric, Param, Rejected, RunDetail
from labtop.store.read.digests import digest_in

Grouped = Mapping[int, list[tuple[Any, ...]]]

# In each query `{chosen}` narrows to the runs asked for.
_RUNS = f"""
select {", ".join(FIELDS)}, traceback, pid, facts
from runs_at(?) where {{chosen}} order by run
"""
_PARAMS = "select run, key, value, source, changed from run_params where {chosen} order by key"
_ATTRIBUTES = "select run, key, value from run_attributes where {chosen} order by key"
_METRICS = """
select run, metric, count, nan, first, last, step, mean, min, min_step, max, max_step, goal from metrics
where {chosen} and (goal is not null or not {with_goal}) order by metric
"""
_FILES = "select run, path from shares join files using (file) where {chosen} order by path"
# As annotations are ordered: a line stands at the latest time so far in its file, whatever its own clock said.
_ARTIFACTS = """
with placed as (
    select *, max(time) over (partition by run, file order by line) as latest
    from events where event = 'artifact' and {chosen}
)
select run, data from placed join files using (file) order by latest nulls first, path, line
"""
_REJECTED = """
with bad as (
    select file, count(*) as lines,
        list(struct_pack(line := line, "offset" := position, reason := reason) order by line, position)[:3] as few
    from rejected group by file
)
select run, path, bad.lines, few from bad join shares using (file) join files using (file) where {chosen} order by path
"""
# By time; what a person said in the order that makes the last of it the one that counts (index/annotated.py).
_EVENTS = """
with together as (
    select run, file, line, 0 as part, false as said, time, event, text, data from events
    union all
    select run, file, line, part, true, time, event, text, data from annotations
),
placed as (
    select *,
        case when said then max(time) over (partition by run, file, said order by line, part) else time end as place
    from together where {chosen}
)
select run, time, event, text, data from placed join files using (file)
order by place is null and not said, place nulls first, path, line, part
"""


def details(
    cursor: duckdb.DuckDBPyConnection, runs: Sequence[int] | None, now: float, *, events: bool, with_goal: bool = False
) -> tuple[RunDetail, ...]:
    """The details of `runs` in their order, or of all by number; `events` are left out unless asked for, and
    metrics without a goal where only those `with_goal` are.

    Numbers that no run has give nothing.
    """
    if runs is not None and not runs:
        return ()
    among, numbers = listed(runs or ())
    chosen = "true" if runs is None else f"run in ({among})"

    def grouped(sql: str) -> Grouped:
        groups: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for run, *rest in cursor.execute(sql.format(chosen=chosen, with_goal=with_goal), numbers).fetchall():
            groups[run].append(tuple(rest))
        return groups

    rows = {row[0]: row for row in cursor.execute(_RUNS.format(chosen=chosen), [now, *numbers]).fetchall()}
    parts = [grouped(sql) for sql in (_PARAMS, _ATTRIBUTES, _METRICS, _ARTIFACTS, _FILES, _REJECTED)]
    timeline = grouped(_EVENTS) if events else {}
    order = list(rows) if runs is None else [run for run in runs if run in rows]
    return tuple(_detail(rows[run], [part.get(run, []) for part in parts], timeline.get(run, [])) for run in order)


def _detail(row: tuple[Any, ...], parts: Sequence[list[tuple[Any, ...]]], timeline: list[tuple[Any, ...]]) -> RunDetail:
    said_params, said_attributes, metrics, artifacts, files, rejected = parts
    traceback, pid, said = row[len(FIELDS) :]
    params = {key: Param(from_json(value), source, bool(changed)) for key, value, source, changed in said_params}
    attributes = {key: from_json(value) for key, value in said_attributes}
    facts = Facts.of(said, params, attributes)
    run = to_run(row)
    return RunDetail(
        run=run,
        params=params,
        attributes=attributes,
        metrics={name: _metric(rest) for name, *rest in metrics},
        code=facts.code,
        data=facts.data,
        env=facts.env,
        hardware=facts.hardware,
        command=facts.command,
        user=facts.user,
        host=run.host or facts.host,
        pid=pid,
        seed=facts.seed,
        hypothesis=run.hypothesis,
        exit_code=row[place_of("exit_code")],
        traceback=traceback,
        artifacts=tuple(_artifact(_object(data)) for (data,) in artifacts),
        events=tuple(Event(time, event, text or "", _object(data)) for time, event, text, data in timeline),
        files=tuple(path for (path,) in files),
        missing=completeness(params, facts),
        rejected=sum(lines for _, lines, _ in rejected),
        first_rejected=tuple(Rejected(path, **line) for path, _, few in rejected for line in few),
        launcher=facts.launcher,
        slurm=facts.slurm,
    )


def _metric(row: Sequence[Any]) -> Metric:
    count, nan, first, last, step, mean, low, low_step, high, high_step, goal = row
    return Metric(count, nan, first, last, step, mean, low, low_step, high, high_step, goal)


def _object(data: str | None) -> dict[str, Json]:
    value = from_json(data) if data else {}
    return value if isinstance(value, dict) else {}


def _artifact(data: Mapping[str, Json]) -> Artifact:
    size = data.get("size")
    return Artifact(
        name=str(data.get("name") or data.get("path") or "?"),
        path=_text(data.get("path")),
        kind=_text(data.get("kind")),
        size=int(size) if isinstance(size, (int, float)) else None,
        sha256=digest_in(data.get("sha256")),
    )


def _text(value: Json) -> str | None:
    return None if value is None else str(value)
