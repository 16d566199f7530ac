"""Conditions on one operand, as SQL: each operator means the same for whatever it is put to."""

from __future__ import annotations

import math
from typing import Final

from labtop.store.filter import literals
from labtop.store.filter.nearest import printable
from labtop.store.filter.operands import Kind, Operand, Part, Sql, either
from labtop.store.filter.patterns import fault
from labtop.store.filter.terms import Comparison, Value, Wrong
from labtop.store.model import Status

_NEGATED: Final = {"!=": "=", "!~": "~", "not like": "like", "not ilike": "ilike", "not in": "in"}
_ORDERS: Final = ("<", "<=", ">", ">=")
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
_OF_TEXT: Final = ("like", "ilike", "~")
_EXACT: Final = 2.0**53
_LONGEST: Final = 500
"""Characters of a text that the sheet has whole."""
_NOTHING: Final = Sql("false")
_STATUS: Final = {"scheduled": Status.RUNNING, "active": Status.RUNNING, **{str(status): status for status in Status}}


def compare(operand: Operand, comparison: Comparison, now: float) -> Sql:
    """The condition on a run. What is negated holds for those runs only that have a value."""
    operator = comparison.operator
    if operator == "is not null":
        return operand.present()
    if operator == "is null":
        return Sql(f"(not {operand.present().text})", operand.present().parameters)
    positive = _NEGATED.get(operator, operator)
    _check(operand, positive, comparison)
    tests = [_test(part, operand.kind, positive, comparison, now) for part in operand.parts]
    if operator == positive:
        return either([part.where(test) for part, test in zip(operand.parts, tests, strict=True)])
    if operand.several:
        has = operand.present()
        matched = either([part.where(test) for part, test in zip(operand.parts, tests, strict=True)])
        return Sql(f"({has.text} and not {matched.text})", has.parameters + matched.parameters)
    (part,), (test,) = operand.parts, tests
    return part.where(Sql(f"{part.present} and not coalesce({test.text}, false)", test.parameters))


def _check(operand: Operand, operator: str, comparison: Comparison) -> None:
    """Raises `Wrong` for an operator that says nothing of such values."""
    name = printable(comparison.name.text)
    if operator in _OF_TEXT and operand.kind not in ("text", "mixed", "status"):
        raise Wrong(f"{comparison.operator} is for texts, and {name} is none", comparison.place)
    if operator in _ORDERS and operand.kind in ("status", "flag"):
        raise Wrong(f"{name} has no order; use = != or in", comparison.place)
    is_field = operand.kind == "text" and operand.origin == "run"
    if operator in _ORDERS and is_field and literals.number(comparison.values[0].text) is not None:
        reason = f"{name} is a text that runs have; metrics.{name} is a metric, params.{name} a param"
        raise Wrong(reason, comparison.name.place)
    for value in comparison.values:
        word = "" if value.quoted else value.text.lower()
        if word == "null":
            raise Wrong(f"{name} is null, or {name} is not null, asks whether there is a value", value.place)
        if word in ("and", "or", "not"):
            raise Wrong(f"expected a value after {comparison.operator}, not {word}", value.place)


def _test(part: Part, kind: Kind, operator: str, comparison: Comparison, now: float) -> Sql:
    """The condition on the values of one part; not null where they are not."""
    if operator == "in":
        tests = [_single(part, kind, "=", value, comparison, now) for value in comparison.values]
        texts = " or ".join(f"coalesce({test.text}, false)" for test in tests)
        return Sql(f"({texts})", tuple(parameter for test in tests for parameter in test.parameters))
    return _single(part, kind, operator, comparison.values[0], comparison, now)


def _single(part: Part, kind: Kind, operator: str, value: Value, comparison: Comparison, now: float) -> Sql:
    if operator in _OF_TEXT:
        return _matches(part.shown, kind, operator, value)
    if kind == "mixed":
        return _mixed(part, operator, value)
    if kind == "text":
        return Sql(f"{part.text} {operator} ?", (value.text,))
    if kind == "status":
        return Sql(f"{part.text} = ?", (str(_status(value)),))
    if kind == "moment":
        return _moment(part.number, operator, value, now)
    if kind == "age":
        seconds = _number("duration", value, comparison)
        return _numeric(part.number, _TURNED[operator], now - seconds)
    return _numeric(part.number, operator, _number(kind, value, comparison))


def _matches(shown: str, kind: Kind, operator: str, value: Value) -> Sql:
    if operator != "~":
        return Sql(f"{shown} {'ilike' if kind == 'status' else operator} ?", (value.text,))
    wrong = fault(value.text)
    if wrong:
        raise Wrong(f"not a regular expression: {printable(wrong)}", value.place)
    return Sql(f"regexp_matches({shown}, ?, 'i')", (value.text,))


def _numeric(expression: str, operator: str, value: float) -> Sql:
    """NaN is neither less nor more than anything, and equal to what is written `nan`."""
    if math.isnan(value):
        return Sql(f"isnan({expression})") if operator == "=" else _NOTHING
    if operator == "=":
        return Sql(f"{expression} = ?", (value,))
    return Sql(f"(not isnan({expression}) and {expression} {operator} ?)", (value,))


def _mixed(part: Part, operator: str, value: Value) -> Sql:
    """On values that are numbers in some runs and texts in others: numbers with numbers, else texts with texts."""
    number, truth = literals.number(value.text), literals.boolean(value.text)
    if truth is not None and operator == "=":
        return Sql(
            f"({part.number} is not distinct from ? or lower({part.text}) = ?)", (float(truth), str(truth).lower())
        )
    if number is None and operator == "=":
        whole = part.shown if len(value.text) >= _LONGEST else part.text
        return Sql(f"({part.number} is null and {whole} = ?)", (value.text,))
    if number is None:
        return Sql(f"({part.number} is null and {part.text} {operator} ?)", (value.text,))
    if operator == "=" and _is_huge(value.text, number):
        # As in `labtop tried`: digits decide only where both are whole numbers.
        digits = f"({part.shown} = ? or not regexp_full_match({part.shown}, '-?[0-9]+'))"
        return Sql(f"({part.number} = ? and {digits})", (number, value.text))
    return _numeric(part.number, operator, number)


def _is_huge(text: str, number: float) -> bool:
    """Whether it is a whole number that a float does not hold."""
    return math.isfinite(number) and abs(number) >= _EXACT and text.removeprefix("-").isdecimal()


def _moment(expression: str, operator: str, value: Value, now: float) -> Sql:
    span = literals.moment(value.text, now)
    if span is None:
        if not value.quoted and literals.duration(value.text) is not None:
            raise Wrong(f"expected a time; {value.text} ago is -{value.text}", value.place)
        raise Wrong(
            f"expected a time (-2d, 2026-11-01, '2026-11-01 12:30'), not {printable(value.text)!r}", value.place
        )
    if span.end > span.begin:  # a day: later than it is after its end
        if operator == "=":
            return Sql(f"({expression} >= ? and {expression} < ?)", (span.begin, span.end))
        if operator == ">":
            return Sql(f"({expression} >= ?)", (span.end,))
        if operator == "<=":
            return Sql(f"({expression} < ?)", (span.end,))
    return _numeric(expression, operator, span.begin)


def _number(kind: Kind, value: Value, comparison: Comparison) -> float:
    """The value as the number that it is compared as. Raises `Wrong` where it is none."""
    text = value.text.strip()
    if kind == "duration":
        found = literals.duration(text)
    elif kind == "fraction" and text.endswith("%"):
        percent = literals.number(text[:-1])
        found = None if percent is None else percent / 100
    else:
        found = literals.number(text)
    if found is None and kind in ("number", "flag") and (truth := literals.boolean(text)) is not None:
        found = float(truth)
    if found is None:
        what = {"duration": "a length of time (90s, 1h30m, 2d)", "flag": "true or false"}.get(kind, "a number")
        raise Wrong(f"expected {what} after {comparison.operator}, not {printable(value.text)!r}", value.place)
    return found


def _status(value: Value) -> Status:
    found = _STATUS.get(value.text.strip().lower())
    if found is None:
        raise Wrong(f"there is no status {printable(value.text)!r}, but {', '.join(Status)}", value.place)
    return found
