"""Answers as plain JSON values, in the documented shapes of the command line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from labtop.store.model import (
    MISSING,
    PARTS,
    RECORD,
    Better,
    CompareRow,
    Comparison,
    IndexInfo,
    Json,
    LookedAt,
    Metric,
    RunDetail,
    Sample,
    WatchMode,
    Why,
    Written,
    last_decision,
)


def plain(value: object) -> Json:
    """Any value of an answer as JSON: NaN and infinities as text, what is missing as an object that says so."""
    if value is MISSING:
        return {"missing": True}
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else f"{'-' * (value < 0)}Infinity"
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [plain(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def run_json(detail: RunDetail) -> dict[str, Json]:
    """A run as one element of `ls`."""
    run = detail.run
    return {
        "id": run.id,
        "name": run.name,
        "status": str(run.status),
        "started": plain(run.started),
        "updated": plain(run.updated),
        "duration_s": plain(run.duration_s),
        "estimated": run.estimated,
        "step": plain(whole(run.step)),
        "total_steps": plain(whole(run.total_steps)),
        "group": run.group,
        "tags": plain(run.tags),
        "attributes": plain(detail.attributes),
        "notes": run.notes,
        "params": {key: plain(param.value) for key, param in detail.params.items()},
        "metrics": {name: _metric(metric) for name, metric in detail.metrics.items()},
    }


def show_json(detail: RunDetail) -> dict[str, Json]:
    """A run as `show` prints it: that of `ls`, and all else that is known."""
    return run_json(detail) | {
        "code": plain(detail.code),
        "data": plain(detail.data),
        "env": plain(detail.env),
        "hardware": plain(detail.hardware),
        "command": plain(detail.command),
        "user": detail.user,
        "host": detail.host,
        "pid": detail.pid,
        "seed": plain(detail.seed),
        "hypothesis": detail.hypothesis,
        "verdict": detail.run.verdict,
        "why": plain(decision.data.get("why")) if (decision := last_decision(detail)) else None,
        "hidden": detail.run.hidden,
        "exit_code": detail.exit_code,
        "error": detail.run.error,
        "traceback": detail.traceback,
        "artifacts": [
            {"name": each.name, "path": each.path, "kind": each.kind, "size": each.size, "sha256": each.sha256}
            for each in detail.artifacts
        ],
        "events": [
            {"time": plain(each.time), "event": each.event, "text": each.text, "data": plain(each.data)}
            for each in detail.events
        ],
        "files": plain(detail.files),
        "rejected": detail.rejected,
        "launcher": plain(detail.launcher),
        "slurm": plain(detail.slurm),
        "completeness": completeness_json(detail.recorded, detail.missing),
    }


def completeness_json(recorded: int | None, missing: Sequence[str]) -> dict[str, Json]:
    """How much of a record is there, and what is missing; nothing is `recorded` of a run whose log is gone."""
    return {"complete": not missing, "recorded": recorded, "of": len(RECORD), "missing": plain(missing)}


def diff_json(comparison: Comparison, baseline: int | None, *, everything: bool = False) -> dict[str, Json]:
    """Runs side by side as `diff` prints them: rows that differ, or `everything`; `same` counts the other rows.

    `baseline` is the number of the run that deltas are measured from, the first when None.
    """
    numbers = [run.number for run in comparison.runs]
    base = 0 if baseline is None else numbers.index(baseline)
    parts: dict[str, tuple[CompareRow, ...]] = {part: getattr(comparison, part) for part in PARTS}
    shown = {
        part: {row.key: _row(part, row, base) for row in rows if everything or row.differs}
        for part, rows in parts.items()
    }
    return {
        "runs": [{"id": run.id, "name": run.name} for run in comparison.runs],
        "baseline": comparison.runs[base].id,
        **shown,
        "same": {part: sum(not row.differs for row in rows) for part, rows in parts.items()},
    }


def doctor_json(files: Sequence[LookedAt], index: IndexInfo, watch: WatchMode) -> dict[str, Json]:
    """All files with their rejected lines, and the index, as `doctor` prints them."""
    return {
        "files": [
            {
                "path": file.path,
                "kind": file.kind,
                "run": held_by(file),
                "lines": file.lines,
                "events": file.events,
                "skipped": file.skipped,
                "rejected": [
                    {"line": each.line, "offset": each.offset, "reason": each.reason} for each in file.first_rejected
                ],
                "watch": watch,
            }
            for file in files
        ],
        "index": {"path": index.path, "bytes": index.bytes, "schema": index.schema},
    }


def written_json(line: Written) -> dict[str, Json]:
    """A line of a log as `tail` prints it."""
    return {
        "run": line.run,
        "step": plain(whole(line.step)),
        "time": plain(line.time),
        "estimated": line.estimated,
        "metrics": plain(line.metrics),
    }


def why_json(found: Why) -> dict[str, Json]:
    """How much each parameter explains, as `why` prints it."""
    return {
        "metric": found.metric.key,
        "aggregate": found.metric.aggregate,
        "goal": found.goal,
        "runs": found.runs,
        "lost": found.lost,
        "constant": found.constant,
        "unfinished": found.unfinished,
        "influences": [
            {
                "key": each.key,
                "kind": each.kind,
                "explained": each.explained,
                "rank": each.rank,
                "runs": each.runs,
                "values": each.values,
                "note": each.note,
            }
            for each in found.influences
        ],
    }


def better_json(found: Better) -> dict[str, Json]:
    """Two groups of runs side by side, as `better` prints them."""
    return {
        "metric": found.metric.key,
        "aggregate": found.metric.aggregate,
        "goal": found.goal,
        "runs": _sample(found.runs),
        "against": _sample(found.against),
        "difference": plain(found.difference),
        "interval": plain(found.interval),
        "verdict": found.verdict,
        "remark": found.remark,
    }


def _sample(sample: Sample) -> Json:
    counts = {field: getattr(sample, field) for field in ("runs", "lost", "lacking", "unfinished")}
    return plain(counts | {"mean": sample.mean, "std": sample.std})


def held_by(file: LookedAt) -> str | None:
    """The id of the run in the file, or how many there are."""
    return f"{file.runs} runs" if file.runs > 1 else file.run


def whole(number: float | None) -> float | int | None:
    """A step as the log said it: 64, not 64.0."""
    return int(number) if number is not None and math.isfinite(number) and number == int(number) else number


def _metric(metric: Metric) -> Json:
    return plain(
        {
            "last": metric.last,
            "min": metric.min,
            "max": metric.max,
            "mean": metric.mean,
            "first": metric.first,
            "best": metric.best,
            "best_step": whole(metric.best_step),
            "step": whole(metric.step),
            "count": metric.count,
            "nan": metric.nan,
            "goal": metric.goal,
        }
    )


def _row(part: str, row: CompareRow, base: int) -> Json:
    if part != "metrics":
        return plain(row.values)
    reference = row.values[base]
    return [_result(value, reference) for value in row.values]


def _result(value: object, reference: object) -> Json:
    if not isinstance(value, Metric):
        return plain(value)
    return plain(
        {
            "last": value.last,
            "best": value.best,
            "best_step": whole(value.best_step),
            "delta": delta(value, reference) if isinstance(reference, Metric) else None,
        }
    )


def delta(value: Metric, reference: Metric) -> float | None:
    """How far a run is from the baseline: in its best value, in its last where the metric has no goal."""
    one, other = (value.last, reference.last) if value.goal is None else (value.best, reference.best)
    return None if one is None or other is None else one - other
