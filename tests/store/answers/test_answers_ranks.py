"""Rank correlation against the definition, and against published values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.store.answers.across.ranks import ranks, spearman

VALUES = st.sampled_from([-math.inf, -1e308, -2.0, 0.0, 1e-308, 1.0, 1.5, 1e308, math.inf])


def slow_ranks(values: list[float]) -> list[float]:
    """So many are smaller, and half of the others that are equal."""
    return [
        1 + sum(other < value for other in values) + (sum(other == value for other in values) - 1) / 2
        for value in values
    ]


def slow_spearman(x: list[float], y: list[float]) -> float | None:
    if len(x) < 3:
        return None
    mean = (len(x) + 1) / 2
    pairs = [(a - mean, b - mean) for a, b in zip(slow_ranks(x), slow_ranks(y), strict=True)]
    spread = math.sqrt(sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs))
    return sum(a * b for a, b in pairs) / spread if spread else None


@settings(max_examples=50)
@given(st.lists(VALUES, max_size=12))
def test_ranks_are_those_of_the_definition(values: list[float]) -> None:
    assert ranks(np.array(values, np.float64)).tolist() == slow_ranks(values)


@settings(max_examples=50)
@given(st.lists(st.tuples(VALUES, VALUES), max_size=12))
def test_the_correlation_is_that_of_the_definition(pairs: list[tuple[float, float]]) -> None:
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    found, slow = spearman(np.array(x, np.float64), np.array(y, np.float64)), slow_spearman(x, y)
    assert found == (None if slow is None else pytest.approx(slow, abs=1e-12))
    assert found is None or -1 <= found <= 1


def test_known_values() -> None:
    iq = np.array([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], np.float64)
    hours = np.array([7, 27, 2, 50, 28, 29, 20, 12, 6, 17], np.float64)
    assert spearman(iq, hours) == pytest.approx(-29 / 165)
    assert spearman(np.array([1.0, 2, 2, 3]), np.array([1.0, 2, 3, 4])) == pytest.approx(0.9486832980505138)
    assert spearman(iq, np.exp(iq)) == 1
    assert spearman(iq, -iq) == -1


@pytest.mark.parametrize("x", [[], [1.0], [1.0, 2.0], [3.0, 3.0, 3.0]])
def test_few_or_equal_values_have_none(x: list[float]) -> None:
    assert spearman(np.array(x), np.arange(len(x), dtype=np.float64)) is None
    assert spearman(np.arange(len(x), dtype=np.float64), np.array(x)) is None
