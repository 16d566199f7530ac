"""How runs stand beside those before them, and which repeat the params of an earlier one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.store.answers.across.telling import lay_configs
from labtop.store.answers.known import known_of
from labtop.store.answers.standing import standing
from labtop.store.model import Aggregate, Change, Column, Json, Standing, StandingQuery, StoreError

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf

LOSS = Column("metric", "loss")


def stand(
    shelf: Shelf, column: Column = LOSS, runs: Sequence[int] | None = None, tolerance: float = 0.001
) -> dict[int, Standing]:
    cursor = shelf.cursor()
    known = known_of(cursor, 0.0)
    known.lay(cursor)
    lay_configs(cursor)
    asked = tuple(range(shelf.runs)) if runs is None else tuple(runs)
    return standing(cursor, StandingQuery(column, asked, tolerance), known)


def changes(shelf: Shelf, column: Column = LOSS, tolerance: float = 0.001) -> list[tuple[Change | None, Change | None]]:
    return [(each.last, each.best) for each in stand(shelf, column, tolerance=tolerance).values()]


def measured(shelf: Shelf, *values: float, goal: str | None = "min", started: Sequence[float | None] = ()) -> None:
    for place, value in enumerate(values):
        run = shelf.run(f"run{place}", started=started[place] if started else float(place))
        shelf.metric(run, "loss", [value], goal=goal)


def configured(shelf: Shelf, *configs: Mapping[str, Json], started: Sequence[float | None] = ()) -> None:
    for place, config in enumerate(configs):
        run = shelf.run(f"run{place}", started=started[place] if started else float(place))
        for key, value in config.items():
            shelf.param(run, key, value)


def test_each_run_stands_beside_the_last_and_the_best_before_it(shelf: Shelf) -> None:
    measured(shelf, 0.5, 0.3, 0.4, 0.30001, 0.2)
    assert changes(shelf) == [
        (None, None),
        ("better", "better"),
        ("worse", "worse"),
        ("better", "same"),
        ("better", "better"),
    ]


def test_the_goal_says_which_way_is_better(shelf: Shelf) -> None:
    measured(shelf, 0.5, 0.3, 0.4, goal="max")
    assert changes(shelf) == [(None, None), ("worse", "worse"), ("better", "worse")]
    shelf.metric(0, "lr", [1.0])
    shelf.metric(1, "lr", [2.0])
    for column in (Column("metric", "lr"), Column("metric", "nothing"), Column("metric", "loss", "count")):
        assert set(changes(shelf, column)) == {(None, None)}


def test_runs_stand_in_the_order_in_which_they_began(shelf: Shelf) -> None:
    measured(shelf, 1.0, 2.0, 3.0, 4.0, started=[None, 20.0, 10.0, None])
    # in order: run 2 (3.0), run 1 (2.0), then those without a start, run 0 (1.0) and run 3 (4.0)
    assert changes(shelf) == [("better", "better"), ("better", "better"), (None, None), ("worse", "worse")]


def test_runs_without_a_finite_value_stand_beside_none_and_none_beside_them(shelf: Shelf) -> None:
    measured(shelf, 0.5, math.nan, -math.inf, 0.4)
    shelf.run("without", started=9.0)
    assert changes(shelf) == [(None, None), (None, None), (None, None), ("better", "better"), (None, None)]


def test_the_column_says_which_value_counts(shelf: Shelf) -> None:
    for place, values in enumerate([[4.0, 2.0, 9.0], [5.0, 1.0, 8.0], [3.0, math.nan]]):
        shelf.metric(shelf.run(f"run{place}", started=float(place)), "loss", values, goal="min")
    expected: dict[Aggregate, list[Change | None]] = {
        "last": [None, "better", None],
        "first": [None, "worse", "better"],
        "min": [None, "better", "worse"],
        "best": [None, "better", "worse"],
        "max": [None, "better", "better"],
        "mean": [None, "better", "better"],
    }
    for aggregate, last in expected.items():
        assert [each[0] for each in changes(shelf, Column("metric", "loss", aggregate))] == last, aggregate
    with pytest.raises(StoreError, match="no aggregate"):
        stand(shelf, Column("metric", "loss", "median"))  # type: ignore[arg-type]


def test_nearly_equal_is_the_same_also_near_the_end_of_the_floats(shelf: Shelf) -> None:
    measured(shelf, 100.0, 100.9, 1.7e308, -1.7e308, 0.0, 0.0)
    assert [each[0] for each in changes(shelf, tolerance=0.01)] == [None, "same", "worse", "better", "worse", "same"]
    assert [each[0] for each in changes(shelf, tolerance=0.0)][:2] == [None, "worse"]


def test_only_what_is_asked_for_is_told(shelf: Shelf) -> None:
    measured(shelf, 0.5, 0.3, 0.4)
    assert stand(shelf, runs=[2, 99, 10**12, -1]) == {
        2: Standing("worse", "worse"),
        99: Standing(),
        10**12: Standing(),
        -1: Standing(),
    }
    assert stand(shelf, runs=[]) == {}


def test_an_empty_directory_has_no_standing(shelf: Shelf) -> None:
    assert stand(shelf, runs=[0]) == {0: Standing()}


def test_nobody_is_measured_against_a_hidden_run(shelf: Shelf) -> None:
    measured(shelf, 0.5, 0.3, 0.4)
    shelf.insert("annotated", run=1, hidden=True)
    assert changes(shelf) == [(None, None), ("better", "better"), ("better", "better")]


def repeats(shelf: Shelf) -> list[tuple[int | None, bool]]:
    return [(each.repeats, each.same_seed) for each in stand(shelf).values()]


def test_a_run_with_the_params_of_an_earlier_one_names_the_first(shelf: Shelf) -> None:
    configured(
        shelf,
        {"lr": 0.1, "opt": "adam", "seed": 1},
        {"lr": "0.10", "opt": "adam", "seed": 2},
        {"lr": 0.1, "opt": "adam", "seed": 2},
        {"lr": 0.1, "opt": "sgd", "seed": 1},
        {"lr": 0.1, "seed": 1},
        {"lr": 0.1, "opt": "adam"},
        {"lr": 0.1, "opt": None, "seed": 1},
    )
    assert repeats(shelf) == [(None, False), (0, False), (1, True), (None, False), (None, False), (0, False), (4, True)]
    assert stand(shelf)[1].repeats_name == "run0"


def test_the_first_is_the_one_that_began_first(shelf: Shelf) -> None:
    configured(shelf, *[{"lr": 0.1, "seed": 7}] * 3, started=[None, 5.0, 3.0])
    assert repeats(shelf) == [(2, True), (2, True), (None, False)]


def test_runs_that_say_nothing_but_a_seed_repeat_nothing(shelf: Shelf) -> None:
    configured(shelf, {"seed": 1}, {"seed": 1}, {}, {}, {"lr": 1}, {"lr": None})
    assert repeats(shelf) == [(None, False)] * 6


def test_an_earlier_run_is_called_what_its_log_calls_it(shelf: Shelf) -> None:
    for place, name in enumerate(["exp", "exp", None]):
        shelf.param(shelf.run(f"folder/run{place}", started=float(place), name=name), "lr", 1)
    assert [each.repeats_name for each in stand(shelf).values()] == ["", "exp (run0)", "exp (run0)"]


def test_values_exchanged_between_keys_are_another_configuration(shelf: Shelf) -> None:
    exchanged: list[dict[str, Json]] = [{"a": 1, "b": 2}, {"a": 2, "b": 1}, {"a": 1, "c": 2}, {"a": "1", "b": "2.0"}]
    signed: list[dict[str, Json]] = [{"a": 0.0, "b": 1}, {"a": -0.0, "b": "1"}]
    configured(shelf, *exchanged, *signed)
    found = [each.repeats for each in stand(shelf).values()]
    assert found == [None, None, None, 0, None, 4]


def test_a_run_of_several_files_stands_once(shelf: Shelf) -> None:
    measured(shelf, 0.5, 0.4)
    shelf.share(0, started=0.5)
    assert changes(shelf) == [(None, None), ("better", "better")]


values = st.sampled_from([0.0, -1.0, 1.0, 1.0005, 1.002, 2.0, 1e308, -1e308, math.nan, math.inf])
runs_of = st.lists(st.tuples(values, st.none() | st.integers(0, 3), st.sampled_from(["", "a", "b"]), st.integers(0, 1)))


@settings(max_examples=12, deadline=None)
@given(runs=runs_of, goal=st.sampled_from(["min", "max"]))
def test_it_agrees_with_looking_at_all_runs_before(
    kept_shelf: Shelf, runs: list[tuple[float, int | None, str, int]], goal: str
) -> None:
    kept_shelf.clear()
    for table in ("said_params", "file_summaries", "point_rows", "known_metrics"):
        kept_shelf.connection.execute(f"delete from {table}")
    for place, (value, started, lr, seed) in enumerate(runs):
        run = kept_shelf.run(f"run{place}", started=started)
        kept_shelf.metric(run, "loss", [value], goal=goal)
        kept_shelf.param(run, "seed", seed)
        if lr:
            kept_shelf.param(run, "lr", lr)
    order = sorted(range(len(runs)), key=lambda run: (runs[run][1] is None, runs[run][1] or 0, run))
    expected = {run: _slowly(runs, order[: order.index(run)], run, goal) for run in range(len(runs))}
    assert stand(kept_shelf) == expected


def _slowly(
    runs: Sequence[tuple[float, int | None, str, int]], earlier: Sequence[int], run: int, goal: str
) -> Standing:
    value, _, lr, seed = runs[run]
    finite = [runs[each][0] for each in earlier if math.isfinite(runs[each][0])]
    best = (min if goal == "min" else max)(finite, default=None)
    changed = [_beside(value, other, goal) for other in (finite[-1] if finite else None, best)]
    alike = [each for each in earlier if lr and runs[each][2] == lr]
    if not alike:
        return Standing(changed[0], changed[1])
    same_seed = [each for each in alike if runs[each][3] == seed]
    first = (same_seed or alike)[0]
    return Standing(changed[0], changed[1], first, f"run{first}", bool(same_seed))


def _beside(value: float, other: float | None, goal: str) -> Change | None:
    if other is None or not math.isfinite(value):
        return None
    if abs(value - other) <= 0.001 * max(abs(value), abs(other)):
        return "same"
    return "better" if (value < other) == (goal == "min") else "worse"
