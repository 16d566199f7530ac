"""Numbers, times and durations as people read them, and as programs do."""

from __future__ import annotations

import math

import pytest

from labtop.cli import values
from labtop.store.model import MISSING


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.123456789, "0.12346"),
        (1e-7, "1e-07"),
        (3.0, "3"),
        (327680000.0, "327680000"),
        (-0.0, "0"),
        (1e300, "1e+300"),
        (math.nan, "NaN"),
        (-math.inf, "-inf"),
    ],
)
def test_numbers_are_short_and_whole_ones_whole(value: float, text: str) -> None:
    assert values.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (MISSING, "-"),
        (True, "true"),
        ("a\x1b[1mb", "ab"),
        ([1, "x\n"], '[1, "x\\n"]'),
        ({"a": 1}, '{"a": 1}'),
        (10**30, "1000000000000000000000000000000"),
    ],
)
def test_any_value_of_a_log_can_be_shown(value: object, text: str) -> None:
    assert values.shown(value) == text


def test_programs_get_all_digits() -> None:
    assert values.exact(0.1 + 0.2) == 0.30000000000000004
    assert values.exact(200.0) == 200
    assert values.exact(None) is None
    assert values.exact(MISSING) is None
    assert values.exact([1, 2]) == "[1, 2]"
    assert values.exact(True) == "true"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0s"), (59.6, "1m"), (5400, "1h 30m"), (90061, "1d 1h"), (86400 + 300, "1d"), (None, "-")],
)
def test_durations_have_two_units_at_most(seconds: float | None, text: str) -> None:
    assert values.span(seconds) == text


def test_ages_have_one_unit() -> None:
    assert values.ago(100.0, now=100.0) == "0s ago"
    assert values.ago(100.0, now=100.0 + 7300) == "2h ago"
    assert values.ago(None, now=0.0) == "-"
    assert values.ago(200.0, now=100.0) == "0s ago"


def test_times_that_no_calendar_has_are_shown_as_numbers() -> None:
    assert values.clock(1e18) == values.number(1e18)
    assert values.clock(1.76e9, estimated=True).startswith("~2025-")


def test_differences_carry_their_sign() -> None:
    assert values.signed(0.25) == "+0.25"
    assert values.signed(-0.25) == "-0.25"
    assert values.signed(0.0) == "="
    assert values.signed(math.nan) == "NaN"
