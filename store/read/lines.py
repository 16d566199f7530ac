"""Bytes to lines, lines to objects: a strict fast parser first, then one that takes what logs really hold."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

import orjson

_BLANK = re.compile(r"[\s\ufeff]*")
_BYTE_ORDER_MARKS = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)+")
_ODD_NUMBER = re.compile(r"nan|inf", re.IGNORECASE)
_ODD_NUMBER_OR_TEXT = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?P<sign>[-+]?)\b(?P<number>nan|inf(?:inity)?)\b', re.IGNORECASE | re.DOTALL
)
_LONGEST_INT = 18
_NESTED = frozenset((dict, list))
_MOST_LEVELS = 920  # of nesting: Python goes into each by a call, and makes no more than a thousand
_TOO_DEEP = "nested too deeply"
_MOST_TRIES = 4  # beginnings of objects in a broken line that are looked at
_KINDS = {
    dict: "object",
    list: "list",
    str: "text",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}


class Parsed(NamedTuple):
    """The objects of one line, mostly one, and in a few words why (the rest of) it was rejected; None if it was not."""

    objects: tuple[dict[str, object], ...]
    reason: str | None


_NOTHING = Parsed((), None)


def split(data: bytes) -> tuple[list[bytes], int]:
    """The whole lines of a buffer, without their newlines, and how many bytes they took; a last half line stays."""
    end = data.rfind(b"\n")
    return (data[:end].split(b"\n"), end + 1) if end >= 0 else ([], 0)


def text_of(data: bytes) -> str:
    """Bytes as text, without byte order marks and the NUL blocks that crashes leave; what is no UTF-8 is replaced."""
    return _BYTE_ORDER_MARKS.sub(b"", data.replace(b"\0", b"")).decode("utf-8", "replace")


def parse(line: bytes) -> Parsed:
    """Read one line, given without its newline. Never raises; a blank line has no objects and no reason."""
    try:
        value = orjson.loads(line)
    except ValueError:
        return _parse_leniently(line)
    if type(value) is not dict:
        return Parsed((), _not_an_object(value))
    if line.count(b"{") + line.count(b"[") > _MOST_LEVELS and _is_too_deep(value):
        return Parsed((), _TOO_DEEP)
    return Parsed((value,), None)


def _is_too_deep(value: dict[str, Any]) -> bool:
    level: list[Any] = [value]
    for _ in range(_MOST_LEVELS):
        inner = (item for each in level for item in (each.values() if type(each) is dict else each))
        level = [item for item in inner if type(item) in _NESTED]
        if not level:
            return False
    return True


def _not_an_object(value: object) -> str:
    return f"not an object: {_KINDS[type(value)]}"


def _int(text: str) -> int | float:
    return int(text) if len(text) <= _LONGEST_INT else _wide_int(text)


def _wide_int(text: str) -> int | float:
    approximate = float(text)
    return int(text) if abs(approximate) < 2.0**63 else approximate


_DECODER = json.JSONDecoder(strict=False, parse_int=_int)


def _parse_leniently(line: bytes) -> Parsed:
    text = text_of(line)
    found = _objects_in(text)
    if found.reason is not None and _ODD_NUMBER.search(text):
        again = _objects_in(_with_json_numbers(text))
        return again if again.reason is None or len(again.objects) > len(found.objects) else found
    return found


def _with_json_numbers(text: str) -> str:
    return _ODD_NUMBER_OR_TEXT.sub(_as_json_writes_it, text)


def _as_json_writes_it(found: re.Match[str]) -> str:
    """A text as it is; `-nan` and `inf`, as C and awk print them, as Python's JSON names them."""
    if found["number"] is None:
        return found[0]
    if found["number"].lower() == "nan":
        return "NaN"
    return "-Infinity" if found["sign"] == "-" else "Infinity"


def _objects_in(text: str) -> Parsed:
    begin = _past_blanks(text, 0)
    if begin == len(text):
        return _NOTHING
    found, failed = _decoded(text, begin)
    if failed is None or text[begin] != "{":
        return found
    return Parsed((*found.objects, *_written_behind(text, failed)), found.reason)


def _decoded(text: str, position: int) -> tuple[Parsed, int | None]:
    """The objects from `position` on; where that is no JSON any more."""
    objects: list[dict[str, object]] = []
    escapes = "\\ud" in text or "\\uD" in text
    may_be_deep = text.count("{") + text.count("[") > _MOST_LEVELS
    try:
        while position < len(text):
            value, position = _DECODER.raw_decode(text, position)
            if type(value) is not dict:
                return Parsed(tuple(objects), _not_an_object(value)), None
            if may_be_deep and _is_too_deep(value):
                return Parsed(tuple(objects), _TOO_DEEP), None
            objects.append(_encodable(value) if escapes else value)
            position = _past_blanks(text, position)
    except json.JSONDecodeError as error:
        why = error.msg.rstrip(": ").removesuffix(" at")
        return Parsed(tuple(objects), f"not JSON: {why} at column {error.pos + 1}"), error.pos
    except RecursionError:
        return Parsed(tuple(objects), _TOO_DEEP), None
    return Parsed(tuple(objects), None), None


def _written_behind(text: str, failed: int) -> tuple[dict[str, object], ...]:
    """The objects at the end of a line that another writer, who was cut off, had begun.

    They begin where that stops being JSON, or two characters before: the quote of their first key ends an open text.
    What begins sooner is a part of the line that was cut off.
    """
    for _ in range(_MOST_TRIES):
        begin = text.find('{"', max(failed - 2, 0))
        if begin < 0:
            break
        found, stopped = _decoded(text, begin)
        if found.reason is not None and _ODD_NUMBER.search(text, begin):
            again, _ = _decoded(_with_json_numbers(text[begin:]), 0)
            found = again if again.reason is None else found
        if found.reason is None:
            return found.objects
        if stopped is None:
            break
        failed = max(stopped, begin + 3)
    return ()


def _past_blanks(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position


def _encodable(value: Any) -> Any:
    """The same value with every lone surrogate, which no UTF-8 can hold, as a question mark."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    return value
