"""`labtop show`: everything known of one run."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from labtop.cli import formats, values
from labtop.cli.ls import STATUS_COLOURS
from labtop.cli.reading import opened
from labtop.cli.tables import Cell, Table, cell
from labtop.store.answers.to_json import show_json
from labtop.store.model import Json, Metric, Param, Rejected, Run, RunDetail, code, last_decision, said_by, said_words

_METRIC_FIELDS: Final = ("last", "step", "best", "best_step", "min", "max", "mean", "count", "nan", "goal")
_FEW: Final = 3
RUN_HELP: Final = "display name, id, a unique part of either, @1 (the newest) or @best:METRIC"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop show`."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    formats.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print the run; one that is not there ends the command with status 3."""
    with opened(args) as store:
        detail = store.detail(store.find(args.run))
        formats.write(args.format, [table for table in tables(detail) if table.rows], lambda: show_json(detail))
    return 0


def tables(detail: RunDetail) -> Iterator[Table]:
    """What is known, a table a topic; topics of which nothing is known have no rows."""
    yield Table(("", "value"), tuple(_overview(detail)), "run", whole=True)
    params = tuple(_param(key, each) for key, each in detail.params.items())
    yield Table(("name", "value", "source"), params, "params", whole=True)
    yield _pairs("attributes", detail.attributes)
    yield Table(
        ("name", *_METRIC_FIELDS), tuple(_metric(name, each) for name, each in detail.metrics.items()), "metrics"
    )
    yield _pairs("code", code.told(detail.code))
    for number, data in enumerate(detail.data or (), 1):
        yield _pairs("data" if number == 1 else f"data {number}", data)
    yield _pairs("env", detail.env)
    yield _pairs("hardware", detail.hardware)
    yield _pairs("launch", {**(detail.launcher or {}), **(detail.slurm or {})})
    yield _artifacts(detail)
    yield _events(detail)
    yield Table(("line", "reason"), tuple(map(_bad, detail.first_rejected[:_FEW])), "rejected", whole=True)
    lines = [Cell(values.indented(line), line) for line in (detail.traceback or "").splitlines()]
    yield Table(("", "line"), tuple((Cell(""), line) for line in lines), "traceback", whole=True)


def flat(value: Mapping[str, Json], prefix: str = "") -> Iterator[tuple[str, Json]]:
    """Nested objects as pairs, their keys joined with dots."""
    for key, each in value.items():
        if isinstance(each, dict) and each:
            yield from flat(each, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", each


def or_lacks(value: Json) -> Cell:
    """The value, or the sign for what is not there."""
    return Cell(values.LACKS, None) if value is None else cell(value)


def _overview(detail: RunDetail) -> Iterator[tuple[Cell, Cell]]:
    run = detail.run
    status = Cell(str(run.status), str(run.status), colour=STATUS_COLOURS.get(run.status))
    known: list[tuple[str, Cell | None]] = [
        ("name", cell(run.name)),
        ("id", cell(run.id)),
        ("status", status),
        *_progress(run),
        ("group", _text(run.group)),
        ("tags", _text(", ".join(run.tags))),
        ("hidden", _text("yes" if run.hidden else None)),
        ("decision", _text(_decision(detail))),
        ("hypothesis", _text(detail.hypothesis)),
        ("notes", _text(run.notes)),
        ("command", _text(shlex.join(detail.command or ()))),
        ("seed", None if detail.seed is None else Cell(values.shown(detail.seed), detail.seed)),
        ("user", _text(detail.user)),
        ("host", _text(detail.host)),
        ("pid", _figure(detail.pid)),
        ("exit code", _figure(detail.exit_code)),
        ("error", _text(run.error)),
        ("files", _text(", ".join(detail.files))),
        ("rejected", _rejected(detail.rejected)),
        ("record", _text(detail.record)),
    ]
    return ((Cell(key, key), each) for key, each in known if each is not None)


def _decision(detail: RunDetail) -> str | None:
    last = last_decision(detail)
    return detail.run.verdict if last is None else said_words(last)


def _progress(run: Run) -> list[tuple[str, Cell | None]]:
    percent = None if run.progress is None else Cell(f"{run.progress:.0%}", run.progress)
    return [
        ("started", _when(run.started, run.estimated)),
        ("updated", _when(run.updated, run.estimated)),
        ("duration", _span(run.duration_s, run.estimated)),
        ("step", None if run.step is None else Cell(values.progress(run.step, run.total_steps), run.step)),
        ("progress", percent),
        ("left", _span(run.eta_s, False)),
        ("steps/s", None if run.estimated else _figure(run.steps_per_s)),
        ("attempts", _figure(run.attempts)),
    ]


def _param(key: str, param: Param) -> tuple[Cell, ...]:
    return cell(key), _left(param.value), cell(f"{param.source}, changed" if param.changed else param.source)


def _metric(name: str, metric: Metric) -> tuple[Cell, ...]:
    return cell(name), *(or_lacks(getattr(metric, field)) for field in _METRIC_FIELDS)


def _pairs(title: str, mapping: Mapping[str, Json] | None) -> Table:
    rows = tuple((cell(key), _left(value)) for key, value in flat(mapping or {}))
    return Table(("", "value"), rows, title, whole=True)


def _artifacts(detail: RunDetail) -> Table:
    rows = tuple(
        tuple(or_lacks(each) for each in (artifact.name, artifact.kind, artifact.size, artifact.path, artifact.sha256))
        for artifact in detail.artifacts
    )
    return Table(("name", "kind", "bytes", "path", "sha256"), rows, "artifacts", whole=True)


def _events(detail: RunDetail) -> Table:
    rows = tuple(
        (
            Cell(values.clock(event.time), event.time),
            cell(event.event),
            or_lacks(said_by(event) or None),
            cell(said_words(event)),
        )
        for event in detail.events
    )
    return Table(("time", "event", "by", "text"), rows, "events", whole=True)


def _rejected(lines: int) -> Cell | None:
    told = f"{lines} line{'s' * (lines > 1)} could not be read; labtop doctor lists them"
    return Cell(told, lines) if lines else None


def _bad(line: Rejected) -> tuple[Cell, ...]:
    return cell(f"{line.path}:{line.line}"), cell(line.reason)


def _left(value: Json) -> Cell:
    return Cell(values.shown(value), value)


def _text(text: str | None) -> Cell | None:
    return cell(text) if text else None


def _figure(value: float | None) -> Cell | None:
    return None if value is None else Cell(values.number(value), value)


def _when(moment: float | None, estimated: bool) -> Cell | None:
    return None if moment is None else Cell(values.clock(moment, estimated=estimated), moment)


def _span(seconds: float | None, estimated: bool) -> Cell | None:
    return None if seconds is None else Cell(f"{'~' if estimated else ''}{values.span(seconds)}", seconds)
