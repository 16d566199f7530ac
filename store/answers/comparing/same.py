"""What counts as the same when values of logs are compared."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from labtop.store.model import MISSING

_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,40}\s*")  # which a float may not hold apart


def same(one: object, other: object) -> bool:
    """Whether two values mean the same: 0.01 and "0.01" do, NaN and NaN do; missing and null do not.

    Two texts are the same only letter by letter: of versions, 2.1 is not 2.10.
    """
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    left, right = _number(one), _number(other)
    if left is None or right is None:
        return type(one) is type(other) and one == other
    return left == right or (math.isnan(left) and math.isnan(right))


def all_same(values: Iterable[object]) -> bool:
    """Whether all mean the same, in whichever order they come: texts also among themselves."""
    first, *others = distinct(values)
    texts = {value for value in (first, *others) if isinstance(value, str)}
    return len(texts) <= 1 and all(same(first, value) for value in others)


def distinct(values: Iterable[object]) -> list[object]:
    """Each value object once: of hundreds of runs most share the few that were parsed."""
    return list({id(value): value for value in values}.values())


def types_of(values: Iterable[object]) -> set[str]:
    """The types as a reader of the log sees them: integers and other numbers are one. Of what is there."""
    return {_type(value) for value in values if value is not MISSING}


def _number(value: object) -> int | float | None:
    """The value as a number, also where it was logged as text; None when it is none. Booleans are none."""
    if isinstance(value, str) and "_" not in value:
        try:
            return int(value) if _WHOLE.fullmatch(value) else float(value)
        except ValueError:
            return None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _type(value: object) -> str:
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__
