"""Header lines: parameters that a log says once, in one of its first lines."""

from __future__ import annotations

from labtop.store.read.flatten import flatten
from labtop.store.read.keys import STEP_KEYS
from labtop.store.read.lines import parse, split
from labtop.store.read.scalars import number, step_number

HEAD_LINES = 20
_FIRST = 3
_STEPS = frozenset(STEP_KEYS)


def header_lines(head: bytes) -> frozenset[int]:
    """The numbers (from 1) of the header lines in the beginning of a file.

    A header is one of the first three lines, has no step, is mostly not numeric, and a later line has other keys.
    """
    lines, _ = split(head)
    keys: list[frozenset[str]] = []
    candidates: dict[int, frozenset[str]] = {}
    for number_of_line, line in enumerate(lines[:HEAD_LINES], 1):
        for obj in parse(line).objects:
            flat = flatten(obj)
            keys.append(frozenset(flat))
            if number_of_line <= _FIRST and "event" not in obj and _is_header(flat):
                candidates[number_of_line] = keys[-1]
    return frozenset(n for n, own in candidates.items() if any(other != own for other in keys[keys.index(own) + 1 :]))


def _is_header(flat: dict[str, object]) -> bool:
    if not flat or any(key.lower() in _STEPS and step_number(value) is not None for key, value in flat.items()):
        return False
    numeric = sum(not isinstance(value, bool) and number(value) is not None for value in flat.values())
    return numeric * 2 < len(flat)
