"""JSON lines: every line an object. What most tools write, and labtop itself."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice

from labtop.store.read.dialects.dialect import HEAD_BYTES, Judgement, Parse
from labtop.store.read.keys import CLOCK_KEYS, EVENT_NAMES, MOST_KEYS, STEP_KEYS, is_id_key
from labtop.store.read.lines import parse, split
from labtop.store.read.scalars import clock, number, step_number

_OBJECTS = 20
_DEEPEST = 16
_BEFORE_AN_OBJECT = b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"


class JsonLines:
    """A log begins with an object, and one of its first 20 objects holds an event of labtop or a number besides its
    step, clock and ids."""

    kind = "jsonl"
    rank = 0
    line_is_run = False
    has_headers = True
    is_rewritten = False

    def judge(self, head: bytes, *, whole: bool) -> Judgement:
        """Content decides, never the name."""
        lines, consumed = split(head)
        rest = head[consumed:]
        if _begins_otherwise(lines, rest):
            return "none"
        read = (parse(line).objects for line in (*lines, *([rest] if whole else [])))
        return judge_objects(chain.from_iterable(read), at_end=len(head) >= HEAD_BYTES)

    def parser(self, head: bytes) -> Parse:
        """Strict and fast first, then what logs really hold."""
        return parse


def judge_objects(objects: Iterable[dict[str, object]], *, at_end: bool) -> Judgement:
    """Whether one of the first objects tells anything; `at_end`: no more of the file will be looked at."""
    seen = 0
    for obj in islice(objects, _OBJECTS):
        if _tells(obj):
            return "log"
        seen += 1
    return "none" if seen == _OBJECTS or at_end else "undecided"


def _begins_otherwise(lines: list[bytes], rest: bytes) -> bool:
    """Whether the first line that is not blank, as far as it is there, holds no object."""
    for line in lines:
        first = parse(line)
        if first.objects or first.reason is not None:
            return not first.objects
    return rest.lstrip(_BEFORE_AN_OBJECT)[:1] not in (b"", b"{")


def _tells(obj: dict[str, object]) -> bool:
    """Whether an object of a line is an event of labtop or holds a result."""
    event = obj.get("event")
    if isinstance(event, str) and event in EVENT_NAMES:
        return True
    if len(obj) > MOST_KEYS:
        obj = dict(islice(obj.items(), MOST_KEYS))
    lowered = {key.lower(): key for key in reversed(obj)}
    step = next(
        (lowered[key] for key in STEP_KEYS if key in lowered and step_number(obj[lowered[key]]) is not None), None
    )
    return any(_is_result(key, value, step is not None) for key, value in obj.items() if key != step)


def _is_result(key: str, value: object, with_step: bool) -> bool:
    if is_id_key(key) or (key.lower() in CLOCK_KEYS and clock(value) is not None):
        return False
    return _holds_number(value, _DEEPEST) or (with_step and isinstance(value, str) and number(value) is not None)


def _holds_number(value: object, levels: int) -> bool:
    if isinstance(value, (int, float)):
        return not isinstance(value, bool)
    if isinstance(value, (list, dict)) and levels:
        items = value if isinstance(value, list) else value.values()
        return any(_holds_number(item, levels - 1) for item in items)
    return False
