import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtop.store.read.scalars import clock, elapsed, number, step_number, step_total

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.5, 0.5),
        (3, 3.0),
        (True, 1.0),
        (False, 0.0),
        ("15.2", 15.2),
        (" 1e-4 ", 1e-4),
        ("-7", -7.0),
        (".5", 0.5),
        (2**70, 2.0**70),
        ("inf", math.inf),
        ("-Infinity", -math.inf),
        ("+INF", math.inf),
        (10**400, math.inf),
        (-(10**400), -math.inf),
        ("1e400", math.inf),
        (None, None),
        ("", None),
        ("baseline", None),
        ("infinite", None),
        ("1/438", None),
        ("0.23%", None),
        ("1_000", None),
        ("0x10", None),
        ("٣", None),
        ("1" * 5000, None),
        ([1], None),
        ({"value": 1}, None),
    ],
)
def test_number(value: object, expected: float | None) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("value", [math.nan, "nan", "NaN", "NAN"])
def test_number_keeps_nan(value: object) -> None:
    found = number(value)
    assert found is not None
    assert math.isnan(found)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (10, 10.0),
        (0.5, 0.5),
        ("100", 100.0),
        ("1/438", 1.0),
        (" 12 / 40 ", 12.0),
        (True, None),
        (False, None),
        (None, None),
        (math.nan, None),
        ("inf", None),
        (-1e100, -1e100),
        (1.5e308, None),
        (-(10**200), None),
        ("1.5e308", None),
        ("a/b", None),
        ("1/2/3", None),
        ("train/loss", None),
    ],
)
def test_step_number(value: object, expected: float | None) -> None:
    assert step_number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("1/438", 438.0), ("438", None), (438, None), ("1/x", None), ("1/inf", None)]
)
def test_step_total(value: object, expected: float | None) -> None:
    assert step_total(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1570744820, 1570744820.0),
        (1570000000.5, 1570000000.5),
        ("1570000000.5", 1570000000.5),
        (1570000000500, 1570000000.5),
        ("2026-01-01T10:00:00Z", 1767261600.0),
        ("2026-01-01T11:00:00+01:00", 1767261600.0),
        ("2026-01-01 10:00:00,250+00:00", 1767261600.25),
        ("2026-01-01T10:00:00.123456789Z", 1767261600.123456),
        (0.31, None),
        (12, None),
        (5e9, None),
        (1e13, None),
        (True, None),
        ("0:00:32", None),
        ("20260101", None),
        ("2026-13-01", None),
        ("0001-01-01", None),
        ("soon", None),
        ("", None),
        (None, None),
        ([1570744820], None),
    ],
)
def test_clock(value: object, expected: float | None) -> None:
    assert clock(value) == pytest.approx(expected) if expected is not None else clock(value) is None


def test_clock_without_a_zone_is_local_time() -> None:
    assert clock("2026-02-20T14:04:46.307432") == datetime(2026, 2, 20, 14, 4, 46, 307432).timestamp()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (31.2, 31.2),
        ("52", 52.0),
        (0, 0.0),
        ("0:00:32", 32.0),
        ("6:01:13", 21673.0),
        ("120:00:00", 432000.0),
        ("12:30", 750.0),
        ("0:00:01.5", 1.5),
        ("9 days, 21:39:23", 9 * 86400 + 77963.0),
        ("1 day, 0:00:01", 86401.0),
        ("49m 19s", 2959.0),
        ("1h2m3s", 3723.0),
        ("2d 3h", 183600.0),
        ("1.5h", 5400.0),
        ("90s", 90.0),
        ("3 hours, 2 minutes", 10920.0),
        (True, None),
        (-1, None),
        (math.inf, None),
        (math.nan, None),
        ("nan", None),
        ("", None),
        ("s", None),
        ("now", None),
        ("1:2:3:4", None),
        (None, None),
        ({}, None),
    ],
)
def test_elapsed(value: object, expected: float | None) -> None:
    assert elapsed(value) == expected


@given(any_json)
def test_no_json_value_makes_any_of_them_raise(value: object) -> None:
    for step in (step_number(value), step_total(value), clock(value), elapsed(value)):
        assert step is None or math.isfinite(step)
    number(value)


@given(st.floats(allow_nan=False) | st.integers(-(2**53), 2**53))
def test_a_number_is_the_same_as_text(value: float) -> None:
    assert number(value) == number(repr(value)) == value
