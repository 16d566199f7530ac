"""The models that came of the runs, and all that are in production."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from labtop.cli import values
from labtop.cli.models import STAGE_COLOURS
from labtop.cli.report.document import Section
from labtop.cli.report.listing import Listing
from labtop.cli.report.results import bounded
from labtop.cli.show import flat
from labtop.cli.tables import Cell, Table, cell
from labtop.store import Store
from labtop.store.model import Json, Model, ModelVersion, version_name

MOST_VERSIONS: Final = 50
_DIGITS: Final = 12  # of a digest: enough to tell files apart
_TELLING: Final = ("version", "digest")  # of a data set, beside its name
_HEADINGS: Final = (
    *("model", "version", "stage", "run", "since", "by", "approved by"),
    *("why", "forced", "sha256", "data", "record"),
)


def models(store: Store, listing: Listing) -> Iterator[Section]:
    """The versions of each model that has one of a run of the report, or one in production; no section without any."""
    runs = {run.number for run in listing.runs}
    found = [
        model for model in store.models() if model.production or any(_is_of(each, runs) for each in model.versions)
    ]
    versions = [(model, version) for model in found for version in model.versions]
    if not versions:
        return
    kept = _first([version for _, version in versions], runs)
    table = Table(_HEADINGS, tuple(_row(*versions[at]) for at in kept))
    more = len(versions) - len(kept)
    said = "Models of which a version came of these runs, and all that are in production."
    yield Section("Models", (f"{said} {more:,} more versions are not listed." if more else said, bounded(table)))


def _is_of(version: ModelVersion, runs: set[int]) -> bool:
    return version.run is not None and version.run.number in runs


def _first(versions: Sequence[ModelVersion], runs: set[int]) -> list[int]:
    """The places of those that are listed, in their order: what is in production before what came of the runs."""

    def urgency(at: int) -> tuple[bool, bool]:
        return versions[at].stage != "production", not _is_of(versions[at], runs)

    return sorted(sorted(range(len(versions)), key=urgency)[:MOST_VERSIONS])


def _row(model: Model, version: ModelVersion) -> tuple[Cell, ...]:
    stage = version.stage + (f", replaced by {version_name(version.replaced_by)}" if version.replaced_by else "")
    record = f"incomplete: {', '.join(version.missing)}" if version.missing else "complete"
    return (
        cell(model.name),
        cell(version_name(version.version)),
        Cell(stage, stage, colour=STAGE_COLOURS.get(version.stage)),
        cell(version.run.name if version.run else version.run_id),
        Cell(values.clock(version.since), version.since),
        *map(_or_lacks, (version.by, version.approved_by, version.why, ", ".join(version.forced))),
        _or_lacks((version.sha256 or "")[:_DIGITS]),
        _or_lacks("; ".join(map(_data, version.data))),
        cell(record, colour="yellow" if version.missing else None),
    )


def _data(data: Mapping[str, Json]) -> str:
    """What tells a data set from others, or without a name all that is known of it."""
    name = data.get("name")
    known = data if name is None else {key: data[key] for key in _TELLING if data.get(key) is not None}
    named = [] if name is None else [values.shown(name)]
    return ", ".join([*named, *(f"{key} {values.shown(value)}" for key, value in flat(known))])


def _or_lacks(text: str | None) -> Cell:
    return cell(text) if text else Cell(values.LACKS)
