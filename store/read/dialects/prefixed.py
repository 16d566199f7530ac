"""Objects behind text: `2021-03-08 12:31:36 | INFO | train_inner | {"loss": "15.2", ...}`, as fairseq and others log.

Lines of text alone are skipped. A moment at the beginning of the text is the line's time where the object has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from labtop.store.read.dialects.counting import ENOUGH, counts_up
from labtop.store.read.dialects.dialect import HEAD_BYTES, Judgement, Parse
from labtop.store.read.dialects.json_lines import judge_objects
from labtop.store.read.goals import infer_goal
from labtop.store.read.keys import CLOCK_KEYS, STEP_KEYS, WEAK_STEP_KEYS
from labtop.store.read.lines import Parsed, parse, split
from labtop.store.read.scalars import number, step_number

_OBJECT = re.compile(rb'\{\s*(?:"|\}\s*\Z)')
_MOMENT = re.compile(rb"\W{0,3}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))?")
_WORD = re.compile(rb"\w")
_SKIPPED = Parsed((), None)
_STRONG = frozenset(STEP_KEYS) - WEAK_STEP_KEYS
_CLOCKS = frozenset(CLOCK_KEYS)
_LONGEST_PREFIX = 400  # bytes before the object; what comes later is an object inside a text
_PLAIN_TEXT = re.compile(rb"[^\x00-\x08\x0e-\x1a]*")


class Prefixed:
    """A log has, behind text, an object with a step and another number; where the step is one by which requests are
    counted too, a few with a result, and it does not fall."""

    kind = "prefixed"
    rank = 0
    line_is_run = False
    has_headers = False
    is_rewritten = False

    def judge(self, head: bytes, *, whole: bool) -> Judgement:
        """Content decides: the first objects behind text are looked at."""
        lines, consumed = split(head)
        if not _PLAIN_TEXT.fullmatch(head[:consumed][:4096]):
            return "none"
        behind_text = (parse_prefixed(line) for line in lines if _has_text(line))
        stepped = _stepped(obj for each in behind_text if each.reason is None for obj in each.objects)
        judgement = judge_objects(stepped, at_end=len(head) >= HEAD_BYTES)
        return "none" if whole and judgement == "undecided" else judgement

    def parser(self, head: bytes) -> Parse:
        """The object behind the text of a line."""
        return parse_prefixed


def _has_text(line: bytes) -> bool:
    """Whether a word stands before the first brace."""
    brace = line.find(b"{", 0, _LONGEST_PREFIX)
    return brace > 0 and _WORD.search(line, 0, brace) is not None


def _stepped(objects: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """The objects with a step; with a weak one only once it is known to count a training."""
    weak: list[float] = []
    for obj in objects:
        steps = {key.lower(): step for key, value in obj.items() if (step := step_number(value)) is not None}
        if not _STRONG.isdisjoint(steps):
            yield obj
        elif not WEAK_STEP_KEYS.isdisjoint(steps) and any(map(_is_result, obj, obj.values())):
            if len(weak) < ENOUGH:
                weak.append(next(steps[key] for key in STEP_KEYS if key in steps))
            if counts_up(weak):
                yield obj


def _is_result(key: str, value: object) -> bool:
    return infer_goal(key) is not None and number(value) is not None


def parse_prefixed(line: bytes) -> Parsed:
    """The object behind the text of a line; a line of text alone holds none and is no error."""
    begin = _OBJECT.search(line, 0, _LONGEST_PREFIX)
    if begin is None:
        return _SKIPPED
    parsed = parse(line[begin.start() :])
    if not begin.start() or not parsed.objects:
        return parsed
    moment = _MOMENT.match(line)
    if moment is None or any(key.lower() in _CLOCKS for key in parsed.objects[0]):
        return parsed
    stamp = moment[1].decode() + (f".{moment[2].decode()}" if moment[2] else "")
    return Parsed(({"timestamp": stamp, **parsed.objects[0]}, *parsed.objects[1:]), parsed.reason)
