"""What becomes of the values that people log."""

from __future__ import annotations

import argparse
import enum
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtop.recording.encoding import LONGEST_TEXT, MOST_ITEMS, figures, line, number, plain

NUMBERS = st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.text())
KEYS = st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.tuples(st.integers()))
ANYTHING = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.lists(inner), st.dictionaries(KEYS, inner), st.tuples(inner, inner), st.frozensets(NUMBERS), st.binary()
    ),
    max_leaves=20,
)


class Colour(enum.Enum):
    RED = "red"


class Tensor:
    """A scalar of a library that is not loaded here."""

    def __init__(self, value: object, shape: tuple[int, ...] = ()) -> None:
        self._value = value
        self.shape = shape

    def item(self) -> object:
        return self._value


class Broken:
    def item(self) -> object:
        raise RuntimeError("the device is gone")


@given(ANYTHING)
def test_whatever_is_given_becomes_one_line_of_strict_json(value: object) -> None:
    text = line({"value": plain(value)})

    assert text.count(b"\n") == 1
    assert "value" in json.loads(text, parse_constant=lambda constant: pytest.fail(constant))


@given(st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_come_back_as_they_were(value: float) -> None:
    assert orjson.loads(line({"value": plain(value)}))["value"] == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.array(3.5), 3.5),
        (np.array([3.5]), 3.5),
        (np.array([1, 2, 3]), [1, 2, 3]),
        (np.float64("nan"), "NaN"),
        (Tensor(2.5), 2.5),
        (Tensor(2.5, (1,)), 2.5),
        (float("inf"), "Infinity"),
        (-math.inf, "-Infinity"),
        (Colour.RED, "red"),
        (Path("a/b"), "a/b"),
        (datetime(2026, 11, 2, tzinfo=UTC), "2026-11-02T00:00:00+00:00"),
        ({3, 1, 2}, [1, 2, 3]),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (argparse.Namespace(lr=0.1), {"lr": 0.1}),
        ({1: 2, None: 3}, {"1": 2, "None": 3}),
        (len, "<builtins.len>"),
        (np.float32, "<numpy.float32>"),
        ({"lr": 1, "bad": Broken()}, {"lr": 1, "bad": "<Broken: RuntimeError>"}),
        (np.zeros((3, 4)), "<ndarray of shape (3, 4)>"),
    ],
)
def test_values_of_every_kind(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_a_cycle_is_named() -> None:
    cyclic: dict[str, Any] = {"lr": 1}
    cyclic["self"] = cyclic
    deep: Any = []
    for _ in range(1000):
        deep = [deep]

    assert plain(cyclic) == {"lr": 1, "self": "<cycle>"}
    assert "<too deep>" in str(plain(deep))


def test_what_is_too_large_is_cut_and_says_so() -> None:
    text = plain("x" * 10_000_000)

    assert len(text) < LONGEST_TEXT + 100
    assert text.endswith("(10000000 characters)")
    assert len(plain(list(range(10 * MOST_ITEMS)))) == MOST_ITEMS


def test_what_is_no_metric_is_left_out_and_told_of() -> None:
    told: list[str] = []
    metrics: Mapping[object, object] = {
        "loss": np.float32(0.5),
        (1, 2): 3,
        "picture": np.zeros((64, 64)),
        "model": object(),
        "gone": Broken(),
        "text": "warm-up",
    }

    found = figures(metrics, lambda kind, text: told.append(text))

    assert found == {"loss": 0.5, "(1, 2)": 3, "text": "warm-up"}
    assert [text.split("'")[1] for text in told] == ["picture", "model", "gone"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (2.5, 2.5),
        (True, 1),
        (np.int64(4), 4),
        ("5", 5),
        ("many", None),
        (None, None),
        (math.nan, None),
        (math.inf, None),
    ],
)
def test_steps_are_finite_numbers(value: object, expected: object) -> None:
    assert number(value) == expected
