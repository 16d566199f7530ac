"""Nested objects as flat ones: metrics joined with a slash, parameters with a dot."""

from __future__ import annotations

from collections.abc import Mapping

from labtop.store.model import Json
from labtop.store.read.keys import WRAPPER_KEYS
from labtop.store.read.scalars import number

DEEPEST = 16
"""Levels of nesting that are read; what lies deeper is dropped from metrics and kept whole in parameters."""

LONGEST_LIST = 16
"""Longer lists are data, not metrics."""

_NOT_FLAT = frozenset((dict, list, type(None)))
_WANDB_WRAPPING = frozenset(("desc", "value"))


def flatten(obj: dict[str, object]) -> dict[str, object]:
    """The numbers, booleans and texts of an object, at any depth, under keys joined with `/`.

    One level of wrapper (`data`, `metrics`, `scalars`, `log`) is taken off where it is the only object. Short lists
    of numbers become `key/0`, `key/1` ...; nulls, other lists and objects with `_type` are left out. May return
    `obj` itself.
    """
    if _NOT_FLAT.isdisjoint(map(type, obj.values())):
        return obj
    flat: dict[str, object] = {}
    _flatten_into(flat, "", _unwrapped(obj), DEEPEST)
    return flat


def _unwrapped(obj: dict[str, object]) -> dict[str, object]:
    nested = [key for key, value in obj.items() if isinstance(value, dict)]
    if len(nested) != 1 or nested[0].lower() not in WRAPPER_KEYS:
        return obj
    wrapper = nested[0]
    inner = obj[wrapper]
    if not isinstance(inner, dict) or "_type" in inner:
        return obj
    outer: dict[str, object] = {key: value for key, value in obj.items() if key != wrapper}
    if outer.keys().isdisjoint(inner):
        return outer | inner
    clashes: dict[str, object] = {key: value for key, value in inner.items() if key in outer}
    return inner | outer | {wrapper: clashes}


def _flatten_into(flat: dict[str, object], prefix: str, obj: Mapping[str, object], levels: int) -> None:
    for key, value in obj.items():
        if isinstance(value, dict):
            if levels > 1 and "_type" not in value:
                _flatten_into(flat, f"{prefix}{key}/", value, levels - 1)
        elif isinstance(value, list):
            if len(value) <= LONGEST_LIST and all(item is None or number(item) is not None for item in value):
                flat.update((f"{prefix}{key}/{index}", item) for index, item in enumerate(value) if item is not None)
        elif value is not None:
            flat[prefix + key] = value


def flatten_params(obj: Mapping[str, Json]) -> dict[str, Json]:
    """Parameters at any depth under keys joined with `.`; lists stay values. W&B's own keys and wrapping go."""
    flat: dict[str, Json] = {}
    from_wandb = "_wandb" in obj or "wandb_version" in obj
    for key, value in obj.items():
        if str(key) == "_wandb" or (from_wandb and str(key) == "wandb_version"):
            continue
        _params_into(flat, str(key), _without_wandb(value, from_wandb), DEEPEST)
    return flat


def _without_wandb(value: Json, from_wandb: bool) -> Json:
    if isinstance(value, dict) and (value.keys() == _WANDB_WRAPPING or (from_wandb and value.keys() == {"value"})):
        return value["value"]
    return value


def _params_into(flat: dict[str, Json], key: str, value: Json, levels: int) -> None:
    if isinstance(value, dict) and value and levels > 1:
        for inner, item in value.items():
            _params_into(flat, f"{key}.{inner}", item, levels - 1)
    else:
        flat[key] = value
