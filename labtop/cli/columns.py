"""Columns by the names that people type: `--columns K,..` and `--sort KEY[:desc]`."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from labtop.cli.errors import NOT_THERE, CommandError, nearest
from labtop.store import Store
from labtop.store.answers.column_names import KEY_HELP, LATE_FIELDS, RUN_FIELDS, ColumnName, read_column, read_order
from labtop.store.answers.pins import first_pins
from labtop.store.model import Column, Outline, RunDetail, SortKey

__all__ = [
    "KEY_HELP",
    "Names",
    "column_of",
    "default_columns",
    "heading",
    "headings",
    "metric_of",
    "some",
    "sort_key_of",
]
_MOST_PARAMS: Final = 6
_FEW: Final = 8


class Names:
    """The names that columns can have in a store. Asked for when they are needed: most commands need few."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def outline(self) -> Outline:
        """Metrics and varying parameters."""
        return self._store.outline()

    @cached_property
    def metrics(self) -> frozenset[str]:
        """Every metric."""
        return frozenset(info.name for info in self.outline.metrics)

    @cached_property
    def params(self) -> frozenset[str]:
        """Every parameter, those that are the same in all runs too."""
        return frozenset(key for detail in self._details for key in detail.params)

    @cached_property
    def attributes(self) -> frozenset[str]:
        """Every attribute."""
        return frozenset(key for detail in self._details for key in detail.attributes)

    @cached_property
    def tags(self) -> frozenset[str]:
        """Every tag."""
        return frozenset(tag for detail in self._details for tag in detail.run.tags)

    @cached_property
    def held(self) -> frozenset[Column]:
        """Every metric, parameter, attribute and tag that a filter can name."""
        return frozenset(self._store.columns())

    @cached_property
    def _details(self) -> tuple[RunDetail, ...]:
        return self._store.details()

    def has_param(self, key: str) -> bool:
        """Whether any run has the parameter."""
        return key in self.outline.varying_params or key in self.params


def default_columns(outline: Outline) -> tuple[Column, ...]:
    """Name, status, step and age, the metrics that the screen pins at first, and up to six parameters that vary."""
    fields = tuple(Column("run", field) for field in ("name", "status", "step", "updated"))
    metrics = tuple(Column("metric", name) for name in first_pins(outline))
    params = tuple(Column("param", key) for key in outline.varying_params[:_MOST_PARAMS])
    return fields + metrics + params


def column_of(text: str, names: Names) -> Column:
    """The column that `text` names. Raises `CommandError` (a usage error), naming the nearest, where there is none."""
    name = read_column(text)
    if name.kind == "metric":
        return Column("metric", _known(name.key, names.metrics, "metric"), name.aggregate or "last")
    if name.kind == "param":
        return Column("param", name.key if names.has_param(name.key) else _known(name.key, names.params, "parameter"))
    if name.kind == "attribute":
        return Column("attribute", _known(name.key, names.attributes, "attribute"))
    if name.kind == "tag":
        return Column("tag", _known(name.key, names.attributes | names.tags, "tag"))
    return Column("run", name.key) if name.kind else _bare(text, names)


def metric_of(text: str, names: Names) -> Column:
    """The metric that `text` names, its last value unless an aggregate is said; a name means nothing else here.

    Raises `CommandError`, naming the nearest, where there is none.
    """
    name = read_column(text)
    if text in names.metrics or name.kind != "metric":
        name = ColumnName("metric", text)
    if name.key not in names.metrics:
        near = nearest(name.key, sorted(names.metrics)) or some(names.metrics)
        raise CommandError(f"no metric {name.key!r}{near}", NOT_THERE)
    return Column("metric", name.key, name.aggregate or "last")


def sort_key_of(text: str, names: Names) -> SortKey:
    """The order that `KEY`, `KEY:asc` or `KEY:desc` names."""
    key, descending = read_order(text)
    return SortKey(column_of(key, names), descending)


def heading(column: Column) -> str:
    """What stands above the column: its key, with the aggregate of a metric unless that is the last value."""
    if column.kind == "metric" and column.aggregate != "last":
        return f"{column.aggregate}({column.key})"
    return column.key


def headings(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """A heading for each column; where two would be the same, with their kinds."""
    plain = [heading(column) for column in columns]
    return tuple(
        f"{column.kind}s.{text}" if plain.count(text) > 1 and column.kind != "run" else text
        for column, text in zip(columns, plain, strict=True)
    )


def _bare(text: str, names: Names) -> Column:
    if text in LATE_FIELDS:
        others = (Column("param", text), Column("metric", text), Column("attribute", text))
        return next((column for column in others if column in names.held), Column("run", text))
    if text in names.outline.varying_params:
        return Column("param", text)
    if text not in names.metrics or names.has_param(text):
        everything = frozenset((*RUN_FIELDS, *LATE_FIELDS)) | names.params | names.metrics
        _known(text, everything, "column")
        return Column("param", text)
    return Column("metric", text)


def _known(key: str, names: frozenset[str], what: str) -> str:
    if key not in names:
        raise CommandError(f"no {what} {key!r}{nearest(key, sorted(names)) or some(names)}")
    return key


def some(names: frozenset[str]) -> str:
    """A few of the names that there are, as the end of an error."""
    few = ", ".join(sorted(names)[:_FEW])
    return f"; there are {few}" + (f" and {len(names) - _FEW} others" if len(names) > _FEW else "") if names else ""
