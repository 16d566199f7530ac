"""The registry of models, out of what `stage` events say in files of annotations and in the runs' own."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from labtop.store.answers.detail import details
from labtop.store.answers.lacking import lacking
from labtop.store.answers.pins import is_validation
from labtop.store.answers.rows import from_json
from labtop.store.model import (
    STAGES,
    UNKNOWN_VERSION,
    Json,
    Model,
    ModelVersion,
    Result,
    RunDetail,
    StageChange,
)
from labtop.store.read.plain import in_a_line

# Of a line that may be about two runs the one that is there comes first.
_SAID = """
select path, line, part, time, annotations.id, run, data from annotations join files using (file)
where event = 'stage' order by path, line, run nulls last, part
"""
_ORDER = {stage: place for place, stage in enumerate(("production", "staging", "none", "archived"))}
_GONE = "the log of the run is gone"


def models(cursor: duckdb.DuckDBPyConnection, now: float) -> tuple[Model, ...]:
    """All models by name. Lines without the name of a model, or of a stage that there is not, say nothing."""
    changes, runs = _changes(cursor.execute(_SAID).fetchall())
    found = {detail.run.id: detail for detail in details(cursor, sorted(set(runs.values())), now, events=False)}
    histories: dict[str, list[StageChange]] = defaultdict(list)
    for change in changes:
        histories[change.model].append(change)
    return tuple(_model(name, histories[name], found) for name in sorted(histories))


def _changes(rows: Sequence[tuple[Any, ...]]) -> tuple[list[StageChange], dict[str, int]]:
    """All changes in order, and the numbers of those runs that are there by id.

    Within a file they go by the order of lines, between files by time: a line stands at the latest time that its file
    told for the model so far.
    """
    latest: dict[tuple[str, str], float] = {}
    placed: list[tuple[tuple[float, str, int, int], StageChange]] = []
    runs: dict[str, int] = {}
    seen = set[tuple[str, int, str]]()
    for path, line, part, time, id_, run, data in rows:
        if (path, line, data) in seen:
            continue
        seen.add((path, line, data))
        change = _change(id_, time, from_json(data))
        if change is not None:
            if run is not None:
                runs[id_] = run
            of = path, change.model
            latest[of] = max(latest.get(of, -math.inf), -math.inf if time is None else time)
            placed.append(((latest[of], path, line, part), change))
    return [change for _, change in sorted(placed, key=lambda pair: pair[0])], runs


def _change(run: str, time: float | None, data: Json) -> StageChange | None:
    said = data if isinstance(data, dict) else {}
    model = _text(said.get("model"))
    stage = (_text(said.get("stage")) or "").casefold()
    known = next((each for each in STAGES if each == stage), None)
    if model is None or known is None:
        return None
    return StageChange(
        model=model,
        version=_text(said.get("version")) or UNKNOWN_VERSION,
        stage=known,
        run=run,
        time=time,
        by=_text(said.get("by")),
        approved_by=_text(said.get("approved_by")),
        why=_text(said.get("why")) or "",
        forced=_words(said.get("forced")),
        sha256=_text(said.get("sha256")),
        rolled_back_from=_text(said.get("rolled_back_from")),
    )


def _text(value: Json) -> str | None:
    """Texts and numbers, as text in a line; None for what says nothing."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return in_a_line(str(value)) or None


def _words(value: Json) -> tuple[str, ...]:
    """What was overruled; other writers may say no more than that something was."""
    if value is True:
        return ("not said what",)
    items = value if isinstance(value, list) else [value]
    return tuple(text for text in map(_text, items) if text)


def _model(name: str, history: Sequence[StageChange], found: Mapping[str, RunDetail]) -> Model:
    last = {change.version: place for place, change in enumerate(history)}
    held = max((place for place in last.values() if history[place].stage == "production"), default=None)
    digests = {change.version: change.sha256 for change in history if change.sha256}
    versions = [
        (
            place,
            _version(history[place], digests.get(version), found.get(history[place].run), _after(history, place, held)),
        )
        for version, place in last.items()
    ]
    versions.sort(key=lambda pair: (_ORDER[pair[1].stage], -pair[0]))
    return Model(name, tuple(version for _, version in versions), tuple(history))


def _after(history: Sequence[StageChange], place: int, held: int | None) -> str | None:
    """The version that took the place in production of the one that came there by this change, and was left there."""
    if held is None or place == held or history[place].stage != "production":
        return None
    later = (change.version for change in history[place + 1 :] if change.stage == "production")
    return next(later, history[held].version)


def _version(
    change: StageChange, sha256: str | None, detail: RunDetail | None, replaced_by: str | None
) -> ModelVersion:
    return ModelVersion(
        version=change.version,
        stage="archived" if replaced_by else change.stage,
        run=detail.run if detail else None,
        run_id=change.run,
        since=change.time,
        by=change.by,
        approved_by=change.approved_by,
        why=change.why,
        forced=change.forced,
        sha256=sha256,
        replaced_by=replaced_by,
        data=(detail.data or ()) if detail else (),
        missing=lacking(detail) if detail else (_GONE,),
        results=tuple(_results(detail)) if detail else (),
    )


def _results(detail: RunDetail) -> Iterable[Result]:
    names = sorted(detail.metrics, key=lambda name: (not is_validation(name), name))
    for name in names:
        metric = detail.metrics[name]
        if metric.goal:
            yield Result(name, metric.goal, metric.best, metric.last)
