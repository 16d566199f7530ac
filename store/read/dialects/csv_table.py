"""CSV: a header of metrics and a row a step, as Lightning, Ultralytics, Keras, RLlib and Stable-Baselines3 write."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import islice

from labtop.store.read.dialects.counting import ENOUGH, counts_up
from labtop.store.read.dialects.dialect import HEAD_BYTES, Judgement, Parse
from labtop.store.read.goals import infer_goal
from labtop.store.read.keys import CLOCK_KEYS, ELAPSED_KEYS, PREFIX_KEYS, STEP_KEYS, WEAK_STEP_KEYS, is_id_key
from labtop.store.read.lines import Parsed, parse, split, text_of
from labtop.store.read.scalars import clock, elapsed, number, step_number

_SEPARATORS = ",;\t"
_ROWS = 20
_MOST_COLUMNS = 20_000
_LONGEST_INT = 15
_NOTHING = Parsed((), None)
_NOT_KNOWN = frozenset(("", "na", "n/a", "null", "none", "-"))
_TRUTHS = {"true": True, "false": False}
_STEPS = frozenset(STEP_KEYS)
_STRONG = _STEPS - WEAK_STEP_KEYS
_COUNTS = (
    *dict.fromkeys(sorted(WEAK_STEP_KEYS), step_number).items(),
    *dict.fromkeys(ELAPSED_KEYS, elapsed).items(),
    *dict.fromkeys(CLOCK_KEYS, clock).items(),
)
_MAY_BE_TEXT = frozenset((*CLOCK_KEYS, *ELAPSED_KEYS, *PREFIX_KEYS))


class CsvTable:
    """A log has a header with a step, and numbers below.

    Where only a time says how far it is, or a step by which other tables count too, it must rise from row to row, and
    the rows hold a metric whose direction is known, and no texts but what names a mode or a process.
    """

    kind = "csv"
    rank = 1
    line_is_run = False
    has_headers = False
    is_rewritten = True

    def judge(self, head: bytes, *, whole: bool) -> Judgement:
        """By the header and the first rows below it."""
        lines, consumed = split(head)
        rest = head[consumed:]
        if not lines:
            begins_well = (
                b"\0" not in rest and (b"," in rest or not rest) and not rest.lstrip().startswith((b"{", b"["))
            )
            return "undecided" if begins_well and len(head) < HEAD_BYTES and not whole else "none"
        table = _Table.of(lines)
        if table is None or not (table.monitor or _is_of_metrics(table.names)):
            return "none"
        rows = [*lines[table.header_line :], *([rest] if whole else [])]
        objects = [obj for row in islice(rows, _ROWS) for obj in table.parse(row).objects]
        lower = frozenset(name.lower() for name in table.names)
        is_log = _is_result if table.monitor or not _STRONG.isdisjoint(lower) else _is_training
        if is_log(objects):
            return "log"
        return "none" if len(rows) >= _ROWS or whole else "undecided"

    def parser(self, head: bytes) -> Parse:
        """Each row as an object under the names of the header; the header itself holds nothing."""
        table = _Table.of(split(head)[0])
        return table.parse if table is not None else lambda line: _NOTHING


def is_begun(head: bytes) -> bool:
    """Whether a table that was whole holds no row now: nothing at all, or a header alone."""
    lines, consumed = split(head)
    if not text_of(head).strip():
        return True
    table = _Table.of(lines)
    return table is not None and not text_of(b"".join(lines[table.header_line :]) + head[consumed:]).strip()


class _Table:
    """The header of a table. `header_line` counts from 1; `monitor`: a JSON object stands before it as a comment."""

    def __init__(self, names: list[str], header: bytes, header_line: int, separator: str, *, monitor: bool) -> None:
        self.names = names
        self.header_line = header_line
        self.monitor = monitor
        self._header = header
        self._separator = separator

    @classmethod
    def of(cls, lines: list[bytes]) -> _Table | None:
        """The header among the first lines; None where the first one behind comments is none."""
        monitor = False
        for line_number, line in enumerate(lines[:_ROWS], 1):
            text = text_of(line).strip()
            if text.startswith("#"):
                monitor = monitor or bool(parse(text[1:].encode()).objects)
            elif text:
                separator = max(_SEPARATORS, key=text.count)
                try:
                    names = _cells(text, separator)
                except csv.Error:
                    return None
                return cls(names, line, line_number, separator, monitor=monitor) if _is_header(names) else None
        return None

    def parse(self, line: bytes) -> Parsed:
        """A row as an object of the cells that hold something."""
        if line == self._header:
            return _NOTHING
        text = text_of(line).strip("\r\n")
        if not text.strip() or text.startswith("#"):
            return _NOTHING
        try:
            cells = _cells(text, self._separator)
        except csv.Error as error:
            return Parsed((), f"not CSV: {str(error).partition(' - ')[0]}")
        if len(cells) > len(self.names):
            return Parsed((), f"{len(cells)} cells under a header of {len(self.names)}")
        held: dict[str, object] = {
            name: _value(cell) for name, cell in zip(self.names, cells, strict=False) if _is_known(cell)
        }
        return Parsed((held,), None) if held else _NOTHING


def _cells(text: str, separator: str) -> list[str]:
    """The cells of a row. Raises csv.Error where it is none."""
    return [cell.strip() for cell in next(csv.reader([text], delimiter=separator, skipinitialspace=True), [])]


def _is_header(names: list[str]) -> bool:
    """Two names at least, all different, none of them a number."""
    if not 2 <= len(names) <= _MOST_COLUMNS or len(set(names)) < len(names):
        return False
    return all(name and number(name) is None for name in names)


def _is_of_metrics(names: list[str]) -> bool:
    lower = frozenset(name.lower() for name in names)
    if not _STRONG.isdisjoint(lower):
        return True
    return any(key in lower for key, _ in _COUNTS) and any(infer_goal(name) is not None for name in names)


def _is_result(rows: Sequence[dict[str, object]]) -> bool:
    return any(map(_holds_result, rows))


def _is_training(rows: Sequence[dict[str, object]]) -> bool:
    """Whether a count rises from row to row, beside results and without texts."""
    lower = [{key.lower(): value for key, value in row.items()} for row in rows]
    steps = ([found for row in lower if (found := meaning(row.get(key))) is not None] for key, meaning in _COUNTS)
    if not any(map(counts_up, steps)):
        return False
    results = (number(value) for row in rows for key, value in row.items() if infer_goal(key) is not None)
    first = (item for row in lower[:ENOUGH] for item in row.items())
    texts = any(isinstance(value, str) and not _may_be_text(key) for key, value in first)
    return not texts and any(result is not None for result in results)


def _may_be_text(key: str) -> bool:
    return key in _MAY_BE_TEXT or is_id_key(key)


def _holds_result(row: dict[str, object]) -> bool:
    """Whether a row has a number besides its step."""
    step = next((key for key in row if key.lower() in _STEPS and step_number(row[key]) is not None), None)
    return any(
        key != step and isinstance(value, (int, float)) and not isinstance(value, bool) for key, value in row.items()
    )


def _is_known(cell: str) -> bool:
    return cell.lower() not in _NOT_KNOWN


def _value(cell: str) -> float | bool | str:
    if cell.isdecimal() and cell.isascii() and len(cell) <= _LONGEST_INT:
        return int(cell)
    found = number(cell)
    return found if found is not None else _TRUTHS.get(cell.lower(), cell)
