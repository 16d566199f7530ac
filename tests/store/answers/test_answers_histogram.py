"""Histograms: round edges around all values, each run counted once."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.store.answers.across.bins import edges_around
from labtop.store.answers.across.histogram import histogram
from labtop.store.answers.known import known_of
from labtop.store.model import Aggregate, Column, Histogram, HistogramQuery, StoreError

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf

LOSS = Column("metric", "loss")
FLOATS = st.floats(allow_nan=False, allow_infinity=False)


def answer(shelf: Shelf, query: HistogramQuery) -> Histogram:
    cursor = shelf.cursor()
    return histogram(cursor, query, known_of(cursor, 0.0))


def counted(shelf: Shelf, *, bins: int = 5, where: str = "", aggregate: Aggregate = "last") -> Histogram:
    return answer(shelf, HistogramQuery(Column("metric", "loss", aggregate), where, bins))


def is_round(number: float) -> bool:
    return "".join(map(str, Decimal(repr(number)).normalize().as_tuple().digits)) in ("1", "2", "5")


def test_runs_are_counted_between_round_edges(shelf: Shelf) -> None:
    for place, value in enumerate([0.11, 0.2, 0.25, 0.49, 0.5]):
        shelf.metric(shelf.run(f"run{place}"), "loss", [9.0, value])
    shelf.run("without")
    found = counted(shelf)
    assert found.edges.tolist() == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert found.counts.tolist() == [1, 2, 0, 2], "an edge belongs to the bin above, the last to the last"
    assert (found.values, found.lost) == ({0: 0.11, 1: 0.2, 2: 0.25, 3: 0.49, 4: 0.5}, 0)


def test_the_aggregate_and_the_filter_are_those_of_the_table(shelf: Shelf) -> None:
    for name, values in {"a": [4.0, 1.0, 2.0], "b": [9.0, 3.0, 3.0], "other": [7.0]}.items():
        shelf.metric(shelf.run(f"sweep-{name}" if name != "other" else name), "loss", values, goal="min")
    expected = {"best": [1, 3], "max": [4, 9], "min": [1, 3], "mean": [7 / 3, 5], "last": [2, 3], "first": [4, 9]}
    found = {
        aggregate: [*counted(shelf, where="SWEEP", aggregate=aggregate).values.values()]
        for aggregate in ("best", "max", "min", "mean", "last", "first")
    }
    assert found == expected
    assert counted(shelf, where='"\'; drop table shares"').counts.tolist() == []


def test_what_is_not_finite_is_counted_as_lost(shelf: Shelf) -> None:
    for place, value in enumerate([math.nan, math.inf, -math.inf, 1.0]):
        shelf.metric(shelf.run(f"run{place}"), "loss", [value])
    found = counted(shelf)
    assert (found.values, found.counts.tolist(), found.lost) == ({3: 1.0}, [1], 3)


def test_without_values_there_are_no_bins(shelf: Shelf) -> None:
    assert counted(shelf).edges.tolist() == []
    shelf.metric(shelf.run("a"), "loss", [math.nan])
    found = counted(shelf)
    assert (found.edges.tolist(), found.counts.tolist(), found.values, found.lost) == ([], [], {}, 1)


def test_only_a_metric_is_counted(shelf: Shelf) -> None:
    for column in (Column("param", "lr"), Column("run", "step")):
        with pytest.raises(StoreError, match="is no metric"):
            answer(shelf, HistogramQuery(column))


def test_equal_values_are_in_the_middle_of_one_bin() -> None:
    assert edges_around(np.array([64.0, 64.0]), 20).tolist() == [62.5, 67.5]
    assert edges_around(np.array([0.9]), 20).tolist() == [0.875, 0.925]
    assert edges_around(np.array([0.0]), 20).tolist() == [-0.5, 0.5]


@settings(max_examples=50)
@given(st.lists(FLOATS, min_size=1, max_size=20), st.integers(-1, 60))
def test_edges_are_round_and_hold_all_values(values: list[float], bins: int) -> None:
    edges = edges_around(np.array(values), bins)
    assert np.isfinite(edges).all()
    assert (np.diff(edges) > 0).all()
    assert edges[0] <= min(values)
    assert max(values) <= edges[-1]
    assert np.histogram(values, edges)[0].sum() == len(values)
    scale = max(map(abs, values))
    if max(values) / 2 - min(values) / 2 > max(scale * 1e-10, 1e-290):
        assert bins / 2 <= len(edges) - 1 <= 2 * max(bins, 1)
    elif min(values) == max(values):
        assert len(edges) == 2


@settings(max_examples=50)
@given(st.floats(-300, 300), st.floats(1.0, 9.9), st.integers(3, 40))
def test_bins_are_one_two_or_five_wide(power: float, factor: float, bins: int) -> None:
    edges = edges_around(np.array([0.0, factor * 10.0 ** math.floor(power)]), bins)
    assert is_round(float(edges[1]))
    assert bins / 2 <= len(edges) - 1 <= 2 * bins


@pytest.mark.parametrize("values", [[1e308, 1e-308], [-1.7e308, 1.7e308], [5e-324, 1e-323], [1.0, 1.0000000000000002]])
def test_extremes_have_bins(values: list[float]) -> None:
    edges = edges_around(np.array(values), 20)
    assert np.histogram(values, edges)[0].sum() == 2
    assert np.isfinite(edges).all()


def test_extremes_survive(shelf: Shelf) -> None:
    for place, value in enumerate([1e308, 1e-308]):
        shelf.metric(shelf.run(f"run{place}"), "loss", [value])
    found = counted(shelf, bins=20)
    assert found.counts.sum() == 2
    assert found.values == {0: 1e308, 1: 1e-308}
