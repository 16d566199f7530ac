"""A session as JSON and back. Each field that is missing, unknown or wrong has its default; nothing is ever raised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, get_args

from labtop.store.answers.column_names import LATE_FIELDS
from labtop.store.answers.column_names import RUN_FIELDS as FIRST_FIELDS
from labtop.store.model import Aggregate, Column, Json, SortKey, Spread, Window, XAxis, XMetric
from labtop.tui.charts.settings import MOST_SMOOTHING, ChartSettings, Kind
from labtop.tui.pages import LARGEST_GRID
from labtop.tui.session.session import MOST_FILTERS, MOST_SORTS, TABLE_AGGREGATES, WIDTHS, Place, Session, ViewName
from labtop.tui.session.values import (
    LONGEST,
    MOST,
    Read,
    Wrong,
    by_name,
    flag,
    number,
    one_of,
    or_none,
    pair,
    read_fields,
    set_of,
    several,
    text,
    whole,
)

__all__ = ["LONGEST", "MOST", "RUN_FIELDS", "VERSION", "from_json", "to_json"]

VERSION = 2
"""Of the format: what a newer one has and this one lacks is left out. 1 had one object as `sort`, always."""
RUN_FIELDS = frozenset((*FIRST_FIELDS, *LATE_FIELDS))
"""Keys of columns of kind "run"."""
_GROUPING_FIELDS = frozenset({"group", "config"})
_SORT_OF_OLD = SortKey(Column("run", "started"), descending=True)
"""What version 1 wrote where nobody had chosen."""
_MOST_FOLDED = _MOST_IGNORED = 1000
_AXES: tuple[XAxis, ...] = ("step", "relative", "wall")
_KINDS_OF_COLUMNS = ("run", "metric", "param", "attribute", "tag")


def to_json(session: Session) -> dict[str, Json]:
    """The session as a JSON object, which `from_json` reads."""
    return {"version": VERSION, **_object(session)}


def from_json(value: object) -> Session:
    """The session that a parsed JSON value describes, whatever it is."""
    found = Session(**read_fields(value, _SESSION))
    return replace(found, view="runs") if found.view == "run" and found.opened is None else found


def _object(value: Session | ChartSettings | Place | SortKey | Column | XMetric) -> dict[str, Json]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Json:
    """What a field holds, as JSON: sets in a fixed order."""
    if isinstance(value, Session | ChartSettings | Place | SortKey | Column | XMetric):
        return _object(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    plain: Json = value
    return plain


def _shape(value: object) -> tuple[int, int]:
    rows, columns = map(whole(1, LARGEST_GRID), pair(value))
    return rows, columns


def _window(value: object) -> Window:
    low, high = map(number, pair(value))
    if low >= high:
        raise Wrong
    return low, high


def _smoothing(value: object) -> float:
    if not 0 <= (found := number(value)) <= MOST_SMOOTHING:
        raise Wrong
    return found


def _axis(value: object) -> XAxis:
    if isinstance(value, dict):
        return XMetric(text(value.get("name")))
    return next((axis for axis in _AXES if axis == value), None) or _wrong()


def _column(value: object) -> Column:
    """A column that a table has."""
    found = _any_column(value)
    return _wrong() if found.kind == "run" and found.key not in RUN_FIELDS else found


def _grouping(value: object) -> Column:
    """What runs can be put together by."""
    found = _any_column(value)
    can_be = found.kind in ("param", "attribute") or (found.kind == "run" and found.key in _GROUPING_FIELDS)
    return found if can_be else _wrong()


def _any_column(value: object) -> Column:
    found = read_fields(value, _COLUMN)
    return Column(**found) if {"kind", "key"} <= found.keys() else _wrong()


def _sort_key(value: object) -> SortKey:
    found = read_fields(value, {"column": _column, "descending": flag})
    return SortKey(**found) if "column" in found else _wrong()


def _sort(value: object) -> tuple[SortKey, ...]:
    if isinstance(value, dict):
        return () if (key := _sort_key(value)) == _SORT_OF_OLD else (key,)
    return several(_sort_key, MOST_SORTS)(value)


def _history(value: object) -> tuple[str, ...]:
    return several(text)(value)[-MOST_FILTERS:]


def _wrong() -> Any:
    raise Wrong


def _place(value: object) -> Place:
    return Place(**read_fields(value, _PLACE))


def _places(value: object) -> tuple[tuple[str, Place], ...]:
    return tuple(pair for pair in by_name(_place)(value) if pair[0] in get_args(ViewName) and pair[1] != Place())


def _charts(value: object) -> ChartSettings:
    return ChartSettings(**read_fields(value, _CHARTS))


_COLUMN: Mapping[str, Read[Any]] = {
    "kind": one_of(*_KINDS_OF_COLUMNS),
    "key": text,
    "aggregate": one_of(*get_args(Aggregate)),
}
_PLACE: Mapping[str, Read[Any]] = {
    "whole": flag,
    "on_charts": flag,
    "chart": or_none(text),
    "row": or_none(text),
    "column": or_none(text),
    "all_keys": flag,
    "relative": flag,
    "folded": several(text, _MOST_FOLDED),
    "ordered_by": or_none(text),
    "descending": flag,
}
_CHARTS: Mapping[str, Read[Any]] = {
    "x": _axis,
    "log_x": flag,
    "window": or_none(_window),
    "follow": flag,
    "smoothing": _smoothing,
    "raw": flag,
    "clip": flag,
    "group": or_none(_column),
    "spread": one_of(*get_args(Spread)),
    "log_y": set_of(text),
    "kinds": by_name(one_of(*get_args(Kind))),
    "against": by_name(_column),
}
_SESSION: Mapping[str, Read[Any]] = {
    "marks": several(text),
    "baseline": or_none(text),
    "hidden": set_of(text),
    "filter_text": text,
    "metric_filter": text,
    "key_filter": text,
    "sort": _sort,
    "aggregate": one_of(*TABLE_AGGREGATES),
    "pins": or_none(several(text)),
    "view": one_of(*get_args(ViewName)),
    "opened": or_none(text),
    "shape": _shape,
    "charts": _charts,
    "theme": or_none(text),
    "columns": or_none(several(_column)),
    "widths": by_name(whole(*WIDTHS)),
    "frozen": several(text),
    "groups": several(_grouping),
    "unfolded": set_of(text),
    "filters": by_name(text, MOST_FILTERS),
    "history": _history,
    "places": _places,
    "ignored": several(text, _MOST_IGNORED),
    "chosen": set_of(one_of(*(field.name for field in fields(Session)))),
}
