"""The registry of models, out of what `stage` events say in files of annotations and in the runs' own."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import duckdb

from labtop.store.answers.detail import details
from labtop.store.answers.lacking import code_words, lacking
from labtop.store.answers.pins import is_validation
from labtop.store.answers.rows import from_json
from labtop.store.model import (
    NO_FILE,
    NOT_LOGGED,
    STAGES,
    UNKNOWN_VERSION,
    Json,
    Model,
    ModelVersion,
    NotThere,
    Result,
    RunDetail,
    StageChange,
    plain_version,
)
from labtop.store.read.batch import SaidEvent
from labtop.store.read.digests import digest_in
from labtop.store.read.plain import in_a_line, name_in, plain

# Of a line that may be about two runs the one that is there comes first.
_SAID = """
select path, line, part, time, annotations.id, run, data from annotations join files using (file)
where event = 'stage' and not list_contains(?::varchar[], path) order by path, line, run nulls last, part
"""
_NUMBERS = "select id, run from identities where id in (select unnest(?::varchar[]))"
_ORDER = {stage: place for place, stage in enumerate(("production", "staging", "none", "archived"))}
_GONE = "the log of the run is gone"


def models(
    cursor: duckdb.DuckDBPyConnection, now: float, anew: Mapping[str, Sequence[SaidEvent]] | None = None
) -> tuple[Model, ...]:
    """All models by name. Lines without the name of a model, or of a stage that there is not, say nothing.

    `anew` is what files of annotations say, by path, that were read now: what the index knows of them does not count.
    """
    anew = anew or {}
    changes, runs = _changes([*cursor.execute(_SAID, [list(anew)]).fetchall(), *_rows(cursor, anew)])
    known = details(cursor, sorted(set(runs.values())), now, events=False, with_goal=True)
    found = {detail.run.id: detail for detail in known}
    histories: dict[str, list[StageChange]] = defaultdict(list)
    for change in changes:
        histories[change.model].append(change)
    return tuple(_model(name, histories[name], found) for name in sorted(histories))


def model_named(found: Sequence[Model], name: str) -> Model:
    """The model that is called so, as people see names. Raises NotThere, which tells what comes near."""
    wanted = in_a_line(name)
    model = next((each for each in found if each.name == wanted), None)
    if model is None:
        by_case = {each.name.casefold(): each.name for each in found}
        near = ", ".join(by_case[each] for each in get_close_matches(wanted.casefold(), by_case, cutoff=0.5))
        raise NotThere(f"no model {name[:40]!r}" + (f"; near: {near}" if near else ""))
    return model


def promoted_by(history: Sequence[StageChange], version: str) -> StageChange:
    """The last change that brought the version to production, other than by going back. Raises LookupError."""
    came = [change for change in history if change.version == version and change.stage == "production"]
    return next((change for change in reversed(came) if change.rolled_back_from is None), came[-1])


def _rows(cursor: duckdb.DuckDBPyConnection, anew: Mapping[str, Sequence[SaidEvent]]) -> list[tuple[Any, ...]]:
    """The same of files that were read now."""
    ids = list({said.run for events in anew.values() for said in events})
    numbers = dict(cursor.execute(_NUMBERS, [ids]).fetchall()) if ids else {}
    rows = [
        (path, said.line, part, said.time, said.run, numbers.get(said.run), json.dumps(said.data))
        for path, events in anew.items()
        for part, said in enumerate(events)
    ]
    return sorted(rows, key=lambda row: (row[0], row[1], row[5] is None, row[5] or 0, row[2]))


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
        version=plain_version(_text(said.get("version")) or UNKNOWN_VERSION),
        stage=known,
        run=run,
        time=time,
        by=_text(said.get("by")),
        approved_by=_text(said.get("approved_by")),
        why=_whole(said.get("why")),
        forced=_words(said.get("forced")),
        sha256=digest_in(said.get("sha256")),
        rolled_back_from=plain_version(_text(said.get("rolled_back_from")) or "") or None,
        artifact=_text(said.get("artifact")),
    )


def _text(value: Json) -> str | None:
    """Texts and numbers as a name, which can be written again; None for what says nothing."""
    return name_in(_whole(value))


def _whole(value: Json) -> str:
    """Texts and numbers, of any length, as text in a line."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return " ".join(plain(str(value)).split())


def _words(value: Json) -> tuple[str, ...]:
    """What was overruled; other writers may say no more than that something was."""
    if value is True:
        return ("not said what",)
    items = value if isinstance(value, list) else [value]
    return tuple(text for text in map(_text, items) if text)


def _model(name: str, history: Sequence[StageChange], found: Mapping[str, RunDetail]) -> Model:
    last = {change.version: place for place, change in enumerate(history)}
    held = max((place for place in last.values() if history[place].stage == "production"), default=None)
    digests = {(change.version, change.run): change.sha256 for change in history if change.sha256}
    files = {(change.version, change.run): change.artifact for change in history if change.artifact}

    def version(change: StageChange, place: int) -> ModelVersion:
        own = change.version, change.run
        after = _after(history, place, held)
        made = _version(change, digests.get(own), files.get(own), found.get(change.run), after)
        if change.stage != "production" or change.rolled_back_from is None:
            return made
        before = promoted_by(history[: place + 1], change.version)
        return replace(made, before=before) if before is not change else made

    versions = [(place, version(history[place], place)) for place in last.values()]
    versions.sort(key=lambda pair: (_ORDER[pair[1].stage], -pair[0]))
    return Model(name, tuple(version for _, version in versions), tuple(history))


def _after(history: Sequence[StageChange], place: int, held: int | None) -> str | None:
    """The version that took the place in production of the one that came there by this change, and was left there."""
    if held is None or place == held or history[place].stage != "production":
        return None
    later = (change.version for change in history[place + 1 :] if change.stage == "production")
    return next(later, history[held].version)


def _version(
    change: StageChange,
    sha256: str | None,
    artifact: str | None,
    detail: RunDetail | None,
    replaced_by: str | None,
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
        missing=(*_of_file(sha256, detail), *lacking(detail)) if detail else (_GONE,),
        results=tuple(_results(detail)) if detail else (),
        artifact=artifact,
        code=code_words(detail) if detail else "",
        recorded=detail.recorded if detail else None,
    )


def _of_file(sha256: str | None, detail: RunDetail) -> Iterable[str]:
    """What is wrong with the file of the version."""
    if sha256 is None:
        yield NO_FILE
    elif all(each.sha256 != sha256 for each in detail.artifacts):
        yield NOT_LOGGED


def _results(detail: RunDetail) -> Iterable[Result]:
    names = sorted(detail.metrics, key=lambda name: (not is_validation(name), name))
    for name in names:
        metric = detail.metrics[name]
        if metric.goal:
            yield Result(name, metric.goal, metric.best, metric.last)
