"""A session as JSON and back. Each field that is missing, unknown or wrong has its default; nothing is ever raised."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar, get_args

from labtop.store.model import Aggregate, Column, Json, SortKey, Spread, Window, XAxis, XMetric
from labtop.tui.charts.settings import MOST_SMOOTHING, ChartSettings, Kind
from labtop.tui.pages import LARGEST_GRID
from labtop.tui.session.session import Session, ViewName

VERSION = 1
"""Of the format: what a newer one has and this one lacks is left out."""
MOST = 100_000
"""So many runs or metrics of one list are kept."""
LONGEST = 4096
"""Letters of an id, a name or a filter; a longer one is none."""

_TIMES = {"started", "updated", "duration", "step", "total_steps", "progress", "eta", "steps_per_s"}
RUN_FIELDS = _TIMES | {"number", "id", "name", "status", "attempts", "group", "tags", "notes", "error"}
"""Keys of columns of kind "run"."""
_AXES: tuple[XAxis, ...] = ("step", "relative", "wall")
_KINDS_OF_COLUMNS = ("run", "metric", "param", "attribute")

_Item = TypeVar("_Item")
_Read = Callable[[object], _Item]


class _Wrong(Exception):
    """The value is none that this field can have."""


def to_json(session: Session) -> dict[str, Json]:
    """The session as a JSON object, which `from_json` reads."""
    return {"version": VERSION, **_object(session)}


def from_json(value: object) -> Session:
    """The session that a parsed JSON value describes, whatever it is."""
    found = Session(**_fields(value, _SESSION))
    return replace(found, view="runs") if found.view == "run" and found.opened is None else found


def _object(value: Session | ChartSettings | SortKey | Column | XMetric) -> dict[str, Json]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Json:
    """What a field holds, as JSON: sets in a fixed order."""
    if isinstance(value, Session | ChartSettings | SortKey | Column | XMetric):
        return _object(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    plain: Json = value
    return plain


def _fields(value: object, readers: Mapping[str, _Read[Any]]) -> dict[str, Any]:
    """Those fields of an object that are there and can be read."""
    found = {}
    held: Mapping[str, object] = value if isinstance(value, dict) else {}
    for name, read in readers.items():
        with contextlib.suppress(KeyError, _Wrong):
            found[name] = read(held[name])
    return found


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise _Wrong
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Wrong
    return value


def _number(value: object) -> float:
    try:
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:
        number = math.nan
    if not math.isfinite(number):
        raise _Wrong
    return number


def _one_of(*choices: str) -> _Read[str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise _Wrong
        return value

    return read


def _or_none(read: _Read[_Item]) -> _Read[_Item | None]:
    return lambda value: None if value is None else read(value)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise _Wrong
    return value[:MOST]


def _texts(value: object) -> tuple[str, ...]:
    """Each once, in their order."""
    return tuple(dict.fromkeys(map(_text, _list(value))))


def _text_set(value: object) -> frozenset[str]:
    return frozenset(_texts(value))


def _by_metric(read: _Read[_Item]) -> _Read[tuple[tuple[str, _Item], ...]]:
    """Pairs of a metric and what is set for it, each metric once."""

    def read_pairs(value: object) -> tuple[tuple[str, _Item], ...]:
        return tuple({_text(name): read(item) for name, item in map(_pair, _list(value))}.items())

    return read_pairs


def _pair(value: object) -> tuple[Any, Any]:
    if not isinstance(value, list) or len(value) != 2:
        raise _Wrong
    return value[0], value[1]


def _shape(value: object) -> tuple[int, int]:
    rows, columns = _pair(value)
    if not all(type(count) is int and 1 <= count <= LARGEST_GRID for count in (rows, columns)):
        raise _Wrong
    return rows, columns


def _window(value: object) -> Window:
    low, high = map(_number, _pair(value))
    if low >= high:
        raise _Wrong
    return low, high


def _smoothing(value: object) -> float:
    if not 0 <= (number := _number(value)) <= MOST_SMOOTHING:
        raise _Wrong
    return number


def _axis(value: object) -> XAxis:
    if isinstance(value, dict):
        return XMetric(_text(value.get("name")))
    return next((axis for axis in _AXES if axis == value), None) or _wrong()


def _column(value: object) -> Column:
    """A column that a table has."""
    found = _fields(value, _COLUMN)
    if not {"kind", "key"} <= found.keys() or (found["kind"] == "run" and found["key"] not in RUN_FIELDS):
        raise _Wrong
    return Column(**found)


def _sort(value: object) -> SortKey:
    found = _fields(value, {"column": _column, "descending": _flag})
    return SortKey(**found) if "column" in found else _wrong()


def _wrong() -> Any:
    raise _Wrong


def _charts(value: object) -> ChartSettings:
    return ChartSettings(**_fields(value, _CHARTS))


_AGGREGATE = _one_of(*get_args(Aggregate))
_COLUMN: Mapping[str, _Read[Any]] = {"kind": _one_of(*_KINDS_OF_COLUMNS), "key": _text, "aggregate": _AGGREGATE}
_CHARTS: Mapping[str, _Read[Any]] = {
    "x": _axis,
    "log_x": _flag,
    "window": _or_none(_window),
    "follow": _flag,
    "smoothing": _smoothing,
    "raw": _flag,
    "clip": _flag,
    "group": _or_none(_column),
    "spread": _one_of(*get_args(Spread)),
    "log_y": _text_set,
    "kinds": _by_metric(_one_of(*get_args(Kind))),
    "against": _by_metric(_column),
}
_SESSION: Mapping[str, _Read[Any]] = {
    "marks": _texts,
    "baseline": _or_none(_text),
    "hidden": _text_set,
    "filter_text": _text,
    "metric_filter": _text,
    "key_filter": _text,
    "sort": _sort,
    "aggregate": _AGGREGATE,
    "pins": _or_none(_texts),
    "view": _one_of(*get_args(ViewName)),
    "opened": _or_none(_text),
    "shape": _shape,
    "charts": _charts,
    "theme": _or_none(_text),
}
