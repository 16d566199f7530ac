"""Values of a training as JSON: numbers of any library, and whatever else people log."""

from __future__ import annotations

import enum
import json
import os
from collections.abc import Callable, Mapping, Set
from datetime import date
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` alone takes longer to load than the rest of this
    from typing import Any, Final

LONGEST_TEXT: Final = 2 << 20
"""Characters of one text that are kept: a patch has up to a megabyte."""
LONGEST_ATTRIBUTE: Final = 100_000
"""Characters of a text among metrics that are kept."""
MOST_ITEMS: Final = 10_000
"""Items of one list, set or mapping that are kept."""
LONGEST_LIST: Final = 16
"""Numbers of an array that are metrics of their own (docs/event-format.md, section 3)."""
_DEEPEST: Final = 60
_LONGEST_NAME: Final = 500

quick: Callable[[object], str] = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode
"""JSON of plain values. Raises ValueError for NaN and infinities, TypeError for what is not plain."""


def line(fields: Mapping[str, object]) -> bytes:
    """One line of a log, of plain values."""
    return f"{quick(fields)}\n".encode("ascii")


class Left(Exception):
    """A value that a log cannot hold, and what it is."""


def plain(value: object) -> Any:
    """The value as JSON has it, for params and texts: what JSON lacks is told in words.

    NaN and infinities are texts, so that every parser reads them. Sets are sorted lists, arrays of few numbers lists;
    a cycle, what lies too deep and what has no JSON of its own are named.
    """
    return _plain(value, (), _Rules(describe, LONGEST_TEXT))


def figures(metrics: Mapping[object, object], complain: Callable[[str, str], None]) -> dict[str, Any]:
    """Metrics by name; those that no log can hold are left out and complained of, with their name."""
    found: dict[str, Any] = {}
    rules = _Rules(_refuse, LONGEST_ATTRIBUTE)
    for key, value in metrics.items():
        name = name_of(key)
        try:
            found[name] = _plain(value, (), rules)
        except Left as left:
            complain("value", f"{name!r} is {left}: log numbers, or texts; it is left out, as all such values are")
        except Exception as error:  # whatever the methods of a stranger's object raise
            complain("unread value", f"{name!r} cannot be read ({type(error).__name__}): it is left out")
    return found


def name_of(key: object) -> str:
    """A key as text."""
    return (key if isinstance(key, str) else str(key))[:_LONGEST_NAME]


def number(value: object) -> int | float | None:
    """A finite number, also of a scalar that another library made; None for anything else."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, (int, float)):
        value = _scalar(value)
    if isinstance(value, bool):
        return int(value)
    is_finite = isinstance(value, (int, float)) and value - value == 0
    return value if is_finite else None  # type: ignore[return-value]


def describe(value: object) -> str:
    """What a value is that JSON has no form for."""
    shape = getattr(value, "shape", None)
    if shape is not None and not isinstance(value, type):
        return f"<{type(value).__name__} of shape {tuple(shape)}>"
    name = getattr(value, "__qualname__", None)
    if isinstance(name, str):
        return f"<{getattr(value, '__module__', '')}.{name}>"
    return repr(value)[:_LONGEST_NAME]


def _refuse(value: object) -> str:
    raise Left(f"of type {type(value).__name__}")


class _Rules:
    """What becomes of a value that JSON has no form for, and of long texts."""

    def __init__(self, other: Callable[[object], str], longest: int) -> None:
        self.other = other
        self.longest = longest

    def cut(self, text: str) -> str:
        """The text, or its beginning and how long it is."""
        return text if len(text) <= self.longest else f"{text[: self.longest]} ... ({len(text)} characters)"


def _tolerant(value: object, above: tuple[int, ...], rules: _Rules) -> Any:
    """One value among others: what its own methods raise spoils no other."""
    try:
        return _plain(value, above, rules)
    except Left:
        raise
    except Exception as error:
        return f"<{type(value).__name__}: {type(error).__name__}>"


def _plain(value: object, above: tuple[int, ...], rules: _Rules) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return rules.cut(value) if isinstance(value, str) else value
    if isinstance(value, type):
        return rules.other(value)
    if isinstance(value, enum.Enum):
        return _plain(value.value, above, rules)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, (Mapping, list, tuple, Set)):
        return _nested(value, above, rules)
    if isinstance(value, os.PathLike):
        return rules.cut(str(value))
    if isinstance(value, date):
        return value.isoformat()
    if (scalar := _scalar(value)) is not None:
        return _plain(scalar, (*above, id(value)), rules) if id(value) not in above else "<cycle>"
    if (numbers := _few_numbers(value)) is not None:
        return numbers
    fields = getattr(value, "__dict__", None)
    if type(value).__name__ == "Namespace" and isinstance(fields, dict):  # of argparse
        return _nested(fields, above, rules)
    return rules.other(value)


def _nested(
    value: Mapping[Any, Any] | list[Any] | tuple[Any, ...] | Set[Any], above: tuple[int, ...], rules: _Rules
) -> Any:
    if id(value) in above:
        return "<cycle>"
    if len(above) > _DEEPEST:
        return "<too deep>"
    within = (*above, id(value))
    if isinstance(value, Mapping):
        items = islice(value.items(), MOST_ITEMS)
        return {name_of(key): _tolerant(item, within, rules) for key, item in items}
    if isinstance(value, Set):
        value = sorted(value, key=repr)
    return [_tolerant(item, within, rules) for item in value[:MOST_ITEMS]]


def _number(value: float) -> int | float | str:
    if isinstance(value, int):
        return int(value)
    if value - value == 0:
        return float(value)
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def _scalar(value: object) -> object:
    """The one number that an array or tensor holds; None where it holds more, or is none."""
    item = getattr(value, "item", None)
    if not callable(item) or (getattr(value, "shape", ()) not in ((), (1,)) and _size(value) != 1):
        return None
    return item()


def _size(value: object) -> object:
    size = getattr(value, "size", None)
    if callable(size):
        size = getattr(value, "numel", size)()
    return size


def _few_numbers(value: object) -> Any:
    to_list, shape = getattr(value, "tolist", None), getattr(value, "shape", None)
    if not callable(to_list) or shape is None or len(shape) != 1 or shape[0] > LONGEST_LIST:
        return None
    return [_plain(item, (), _Rules(describe, LONGEST_ATTRIBUTE)) for item in to_list()]
