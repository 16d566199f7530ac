"""The registry as rows of a grid, and a version as text to read. Pure functions of the store's answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from time import localtime, strftime

from rich.text import Text

from labtop.store.model import Json, Model, ModelVersion, Result, StageChange, version_name
from labtop.tui import format as fmt
from labtop.tui.run_style import Charset
from labtop.tui.text_page import TextPage
from labtop.tui.widgets.grid import GridColumn, GridRow

_STAGE_STYLES = {"production": "bold green", "staging": "yellow", "archived": "dim"}
_COLUMNS = (
    GridColumn("model", "model", max_width=20),
    GridColumn("version", "ver", max_width=10),
    GridColumn("stage", "stage", max_width=10),
    GridColumn("run", "run", max_width=22),
    GridColumn("since", "since", max_width=16),
    GridColumn("by", "by", max_width=12),
    GridColumn("approved", "approved by", max_width=14),
    GridColumn("record", "record", max_width=10),
    GridColumn("best", "best", max_width=30),
)
HOW_TO = (
    "No model yet.\n\n"
    "A model is a file that a run has made, brought to a stage for a reason that somebody approved. "
    "To promote one: W on a run, in Runs or on its page, or\n\n"
    "  labtop promote RUN MODEL staging --why WHY --approved-by NAME\n\n"
    "The run must have logged the file as an artifact with its sha256."
)
READING = "Still reading: versions and stages may be missing, and nothing can be promoted yet."
MOST_CHANGES = 100


def model_columns() -> Sequence[GridColumn]:
    """Of the model, of the version, of its run."""
    return _COLUMNS


def model_rows(models: Iterable[Model]) -> list[GridRow]:
    """A row a version, of each model that in production first."""
    return [GridRow(row_key(model, version), _cells(model, version)) for model in models for version in model.versions]


def row_key(model: Model, version: ModelVersion) -> str:
    """Tells rows apart, whatever signs their names hold."""
    return json.dumps([model.name, version.version])


def find_version(models: Iterable[Model], key: str | None) -> tuple[Model, ModelVersion] | None:
    """The version of a row."""
    rows = ((model, version) for model in models for version in model.versions)
    return next((row for row in rows if row_key(*row) == key), None)


def version_text(model: Model, version: ModelVersion, width: int, charset: Charset) -> Text:
    """All that is known of a version, then the latest of the history of its model, in lines of `width` cells."""
    page = TextPage(width, charset)
    name = f"{fmt.clean(model.name)} {fmt.clean(version_name(version.version))}"
    page.text.append(name, "bold").append(f"  {_stage(version)}", _STAGE_STYLES.get(version.stage, "")).append("\n")
    page.rows((label, words) for label, words in _facts(version) if words)
    changes = len(model.history)
    bound = f", the last {MOST_CHANGES} of {changes:,}" if changes > MOST_CHANGES else ""
    page.title(f"History{bound}, the newest first")
    for change in reversed(model.history[-MOST_CHANGES:]):
        when = f"{_moment(change.time):16}  {fmt.clean(version_name(change.version), 10)} "
        page.said(when, change.stage, _change_words(change))
    page.text.rstrip()
    return page.text


def _cells(model: Model, version: ModelVersion) -> tuple[Text | str, ...]:
    best = next((each for each in version.results if each.best is not None), None)
    return (
        fmt.clean(model.name),
        fmt.clean(version_name(version.version)),
        Text(version.stage, _STAGE_STYLES.get(version.stage, "")),
        fmt.clean(version.run.name if version.run else version.run_id),
        _moment(version.since),
        fmt.clean(version.by or ""),
        fmt.clean(version.approved_by or ""),
        Text(version.record, "" if version.record == "complete" else "yellow"),
        "" if best is None else f"{fmt.clean(best.metric)} {fmt.number(best.best)}",
    )


def _stage(version: ModelVersion) -> str:
    replaced = f", replaced by {fmt.clean(version_name(version.replaced_by))}" if version.replaced_by else ""
    return version.stage + replaced


def _facts(version: ModelVersion) -> Iterable[tuple[str, str]]:
    yield "why", version.reason
    yield "approved by", version.approved_by or ""
    yield "said by", ", ".join(filter(None, (version.by, _moment(version.since))))
    yield "forced", ", ".join(version.forced)
    yield "run", version.run.id if version.run else f"{version.run_id}, whose log is gone"
    yield "sha256", version.sha256 or "not said"
    yield "file", version.artifact or ""
    yield "code", version.code
    for data in version.data:
        yield "data", _data(data)
    yield "record", _record(version)
    yield "results", ", ".join(map(_result, version.results))


def _record(version: ModelVersion) -> str:
    if version.run is None:
        return "nobody can tell whether it can be reproduced"
    if version.missing:
        return f"cannot be reproduced: {', '.join(version.missing)}"
    return "can be reproduced: params, code, data, environment, seed and owner are on record"


def _data(data: Mapping[str, Json]) -> str:
    """Name, version and digest first, as people look for them."""
    first = [key for key in ("name", "version", "digest") if key in data]
    rest = [key for key in sorted(data) if key not in first]
    return ", ".join(f"{'' if key == 'name' else f'{key} '}{fmt.value(data[key])}" for key in (*first, *rest))


def _result(result: Result) -> str:
    best = "" if result.best is None else f" best {fmt.number(result.best)}"
    return f"{result.metric}{best} last {fmt.number(result.last)}"


def _change_words(change: StageChange) -> str:
    approved = f"approved by {change.approved_by}" if change.approved_by else ""
    forced = f"(forced: {', '.join(change.forced)})" if change.forced else ""
    return "  ".join(filter(None, (change.by, change.why, approved, forced)))


def _moment(time: float | None) -> str:
    return "" if time is None else strftime("%Y-%m-%d %H:%M", localtime(time))
