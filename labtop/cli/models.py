"""`labtop models`: which model is in production, why, and how it came there."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Final

from labtop.cli import formats, output, values
from labtop.cli.errors import NOT_THERE, CommandError
from labtop.cli.reading import opened
from labtop.cli.show import flat, or_lacks
from labtop.cli.tables import Cell, Colour, Table, cell
from labtop.store.answers.models import model_named
from labtop.store.answers.models_json import model_json
from labtop.store.model import Model, ModelVersion, Stage, StageChange, version_name

MODEL_HELP: Final = "the name of a model, as `labtop models` prints it"
STAGE_COLOURS: Final[dict[Stage, Colour]] = {"production": "green", "staging": "yellow", "archived": "dim"}
_HOW_TO: Final = "labtop promote RUN MODEL staging --why W --approved-by N makes one of a run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop models`."""
    parser.add_argument("model", metavar="MODEL", nargs="?", help=f"{MODEL_HELP}; then all that is known of it")
    formats.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print all versions of all models, or all of one model; one that is not there ends the command with status 3."""
    with opened(args) as store:
        found = store.models()
        if args.model is not None and found:
            found = (model_named(found, args.model),)
    if args.model is None:
        if not found:
            output.say(f"no model yet: {_HOW_TO}")
        if found or args.format != "table":
            formats.write(args.format, [overview(found)], lambda: [model_json(model) for model in found])
        return 0
    if not found:
        raise CommandError(f"no model {args.model!r}: {_HOW_TO}", NOT_THERE)
    (model,) = found
    formats.write(args.format, [table for table in _whole(model) if table.rows], lambda: model_json(model))
    return 0


def overview(models: Sequence[Model]) -> Table:
    """A row a version, that in production first."""
    heads = ("model", "version", "stage", "run", "since", "record", "approved by", "by", "best")
    rows = tuple((cell(model.name), *_row(version)) for model in models for version in model.versions)
    return Table(heads, rows, uncut=("version", "stage", "since"))


def _record(version: ModelVersion) -> str:
    """Whether the run can be made again from what is on record."""
    if version.run is None:
        return "gone"
    return "complete" if not version.missing else ", ".join(version.missing)


def _row(version: ModelVersion) -> tuple[Cell, ...]:
    return (
        Cell(version_name(version.version), version.version),
        Cell(version.stage, version.stage, colour=STAGE_COLOURS.get(version.stage)),
        cell(version.run.name if version.run else version.run_id),
        Cell(values.minute(version.since), version.since),
        Cell(version.record, _record(version), colour="yellow" if version.missing else None),
        or_lacks(version.approved_by),
        or_lacks(version.by),
        cell(_best(version)),
    )


def _best(version: ModelVersion) -> str:
    """The first metric that has a goal."""
    first = next(iter(version.results), None)
    return values.LACKS if first is None or first.best is None else f"{first.metric}={values.number(first.best)}"


def _whole(model: Model) -> Iterator[Table]:
    """A table for each version, then the history."""
    for version in model.versions:
        rows = tuple((Cell(key, key), each) for key, each in _facts(version))
        yield Table(("", "value"), rows, f"{model.name} {version_name(version.version)}", whole=True)
    heads = ("time", "version", "stage", "run", "by", "approved by", "why")
    yield Table(heads, tuple(map(_change, model.history)), "history", whole=True)


def _facts(version: ModelVersion) -> Iterator[tuple[str, Cell]]:
    stage = version.stage if not version.replaced_by else f"archived, replaced by {version_name(version.replaced_by)}"
    yield "stage", Cell(stage, version.stage, colour=STAGE_COLOURS.get(version.stage))
    yield "why", or_lacks(version.reason or None)
    yield "approved by", or_lacks(version.approved_by)
    yield "by", or_lacks(version.by)
    yield "since", Cell(values.clock(version.since), version.since)
    if version.forced:
        yield "forced", cell(", ".join(version.forced))
    yield "run", cell(version.run.name if version.run else version.run_id)
    yield "sha256", or_lacks(version.sha256)
    yield "file", or_lacks(version.artifact)
    if version.code:
        yield "code", cell(version.code)
    for data in version.data:
        yield "data", cell(", ".join(f"{key} {values.shown(value)}" for key, value in flat(data)))
    words = "yes, all of it is on record" if not version.missing else f"no: {', '.join(version.missing)}"
    yield "reproducible", Cell(words, not version.missing, colour="yellow" if version.missing else None)
    for each in version.results:
        told = " ".join(
            f"{what} {values.number(value)}"
            for what, value in (("best", each.best), ("last", each.last))
            if value is not None
        )
        yield each.metric, cell(told)


def _change(change: StageChange) -> tuple[Cell, ...]:
    why = change.why + (f" (forced: {', '.join(change.forced)})" if change.forced else "")
    return (
        Cell(values.clock(change.time), change.time),
        Cell(version_name(change.version), change.version),
        Cell(change.stage, change.stage, colour=STAGE_COLOURS.get(change.stage)),
        cell(change.run),
        or_lacks(change.by),
        or_lacks(change.approved_by),
        or_lacks(why or None),
    )
