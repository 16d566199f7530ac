"""What is kept of metrics between answers: the same cells and best values as when it is asked for anew."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labtop.store.answers import metric_cells as module
from labtop.store.answers.known import Known, known_of
from labtop.store.answers.metric_cells import MetricCells, metric_cells
from labtop.store.model import Aggregate, Column, Goal, Json, StoreError

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf

RUNS = {"a": [3.0, 1.0], "b": [math.nan, math.nan], "c": [math.inf, 2.0], "d": [], "e": [2.0], "f": [-math.inf]}
ALL = range(len(RUNS))


def column(key: str, aggregate: Aggregate = "last") -> Column:
    return Column("metric", key, aggregate)


@pytest.fixture
def known(shelf: Shelf) -> Known:
    """Six runs, of which one has no loss; the last two have no accuracy."""
    for id_, losses in RUNS.items():
        run = shelf.run(id_)
        if losses:
            shelf.metric(run, "loss", losses, goal="min")
        if run < 4:
            shelf.metric(run, "acc", [run / 10], goal="max")
            shelf.metric(run, "lr", [0.5])
    known = known_of(shelf.cursor(), 0.0)
    known.lay(shelf.cursor())
    return known


def cells(shelf: Shelf, known: Known, *columns: Column, goals: tuple[Goal | None, ...] = ()) -> MetricCells:
    return metric_cells(shelf.cursor(), columns, goals or (None,) * len(columns), known)


def shown(shelf: Shelf, known: Known, wanted: Column) -> list[Json]:
    """What each run shows in the column, as text, for NaN is not equal to itself."""
    found = cells(shelf, known, wanted).of_runs(ALL, [wanted])[wanted]
    return [repr(found.get(run)) for run in ALL]


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        ("last", ["1.0", "nan", "2.0", "None", "2.0", "-inf"]),
        ("first", ["3.0", "nan", "inf", "None", "2.0", "-inf"]),
        ("min", ["1.0", "nan", "2.0", "None", "2.0", "nan"]),
        ("max", ["3.0", "nan", "2.0", "None", "2.0", "nan"]),
        ("count", ["2", "2", "2", "None", "1", "1"]),
        ("best", ["1.0", "nan", "2.0", "None", "2.0", "nan"]),
    ],
)
def test_cells_of_each_aggregate(shelf: Shelf, known: Known, aggregate: Aggregate, expected: list[str]) -> None:
    assert shown(shelf, known, column("loss", aggregate)) == expected


def test_several_columns_of_one_metric_and_one_that_is_not_there(shelf: Shelf, known: Known) -> None:
    columns = (column("loss"), column("loss", "count"), column("acc"), column("nothing"), Column("param", "lr"))
    found = cells(shelf, known, *columns, goals=("min", None, "max", None, None))
    assert [found.of_runs([4, 0], columns).get(each) for each in columns] == [
        {4: 2.0, 0: 1.0},
        {4: 1, 0: 2},
        {0: 0.0},
        {},
        None,
    ]
    assert found.best(None) == (1.0, None, 0.3, None, None)


@pytest.mark.parametrize(
    ("among", "expected"),
    [([0, 2, 4], 1.0), ([2, 4], None), ([1, 3], None), ([5], None), ([0, 5], 1.0), ([], None), ([0, 4, 999], 1.0)],
    ids=["some", "the same value", "none", "not finite", "beside one not finite", "no run", "one that came since"],
)
def test_the_best_value_is_that_of_the_runs_that_are_asked_about(
    shelf: Shelf, known: Known, among: list[int], expected: float | None
) -> None:
    found = cells(shelf, known, column("loss"), goals=("min",))
    assert found.best(np.array(among, np.int32)) == (expected,)


def test_an_aggregate_that_there_is_none_of_is_named(shelf: Shelf, known: Known) -> None:
    with pytest.raises(StoreError, match="no aggregate 'median'"):
        cells(shelf, known, Column("metric", "nothing", "median"))  # type: ignore[arg-type]


def test_nothing_is_asked_again_until_something_is_committed(shelf: Shelf, known: Known) -> None:
    first = cells(shelf, known, column("loss"), column("acc"))
    cells(shelf, known)
    cells(shelf, known, column("lr"))
    again = cells(shelf, known, column("acc"), column("loss", "max"), column("loss"))
    assert all(again.values[each] is first.values[each] for each in first.columns)
    shelf.connection.execute("update file_summaries set last = 7 where run = 0")
    assert shown(shelf, known, column("loss"))[0] == "1.0"
    known.renew(shelf.cursor(), None, 0.0)
    assert shown(shelf, known, column("loss"))[0] == "7.0"


def test_no_more_is_kept_and_no_more_fetched_at_once_than_there_is_room_for(
    shelf: Shelf, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_KEPT", 2 * known.runs)
    monkeypatch.setattr(module, "_MOST_AT_ONCE", 1)
    first = cells(shelf, known, column("loss"), column("acc"))
    assert repr(first.of_runs([0, 3], [column("acc")])[column("acc")]) == "{0: 0.0, 3: 0.3}"
    cells(shelf, known, column("lr"))
    again = cells(shelf, known, column("loss"), column("acc"))
    assert again.values[column("loss")] is not first.values[column("loss")]
    assert shown(shelf, known, column("loss"))[0] == "1.0"
