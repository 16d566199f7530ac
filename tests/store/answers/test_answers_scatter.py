"""A metric against a param or another metric."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labtop.store.answers.across.scatter import scatter
from labtop.store.answers.known import known_of
from labtop.store.model import Aggregate, Column, HistogramQuery, Json, Scatter, ScatterQuery, StoreError
from labtop.store.store import Store

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf

LOSS, ACC, LR = Column("metric", "loss"), Column("metric", "acc"), Column("param", "lr")


def answer(shelf: Shelf, query: ScatterQuery) -> Scatter:
    cursor = shelf.cursor()
    return scatter(cursor, query, known_of(cursor, 0.0))


def against(shelf: Shelf, x: Column | None = LR, *, where: str = "", aggregate: Aggregate = "last") -> Scatter:
    return answer(shelf, ScatterQuery(Column("metric", "loss", aggregate), x, where))


def points(found: Scatter) -> dict[int, tuple[float, float]]:
    assert str(found.runs.dtype) == "int32"
    return dict(zip(found.runs.tolist(), zip(found.x.tolist(), found.y.tolist(), strict=True), strict=True))


def runs_with(shelf: Shelf, *rows: tuple[float | None, Mapping[str, Json]]) -> None:
    """Runs by their loss, None for none, and their params."""
    for loss, params in rows:
        run = shelf.run(f"run{shelf.runs}")
        if loss is not None:
            shelf.metric(run, "loss", [loss])
        for key, value in params.items():
            shelf.param(run, key, value)


def test_runs_that_have_both_are_points(shelf: Shelf) -> None:
    runs_with(
        shelf, (3.0, {"lr": 0.1}), (2.0, {"lr": "0.2"}), (1.0, {"lr": 0.3}), (None, {"lr": 1}), (5.0, {}), (None, {})
    )
    found = against(shelf)
    assert points(found) == {0: (0.1, 3), 1: (0.2, 2), 2: (0.3, 1)}
    assert (found.x_column, found.categories, found.rank, found.lacking) == (LR, (), -1, 2)


def test_the_aggregates_are_those_of_the_table(shelf: Shelf) -> None:
    for place, values in enumerate([[3.0, 1.0, 2.0], [6.0, 4.0, 5.0]]):
        run = shelf.run(f"run{place}")
        shelf.metric(run, "loss", values, goal="min")
        shelf.metric(run, "acc", [place, 7.0])
    x = Column("metric", "acc", "first")
    for aggregate, expected in {"best": (1, 4), "max": (3, 6), "mean": (2, 5), "last": (2, 5), "min": (1, 4)}.items():
        found = answer(shelf, ScatterQuery(Column("metric", "loss", aggregate), x))  # type: ignore[arg-type]
        assert points(found) == {0: (0, expected[0]), 1: (1, expected[1])}
    assert points(against(shelf, LOSS)) == {0: (2, 2), 1: (5, 5)}, "against itself"


def test_the_filter_is_that_of_the_table(shelf: Shelf) -> None:
    runs_with(shelf, (3.0, {"lr": 0.1}), (2.0, {"lr": 0.2}), (1.0, {"lr": 0.25}))
    assert points(against(shelf, where="lr >= 0.2")) == {1: (0.2, 2), 2: (0.25, 1)}
    assert points(against(shelf, where="run0")) == {0: (0.1, 3)}
    assert points(against(shelf, where='"\'; drop table shares"')) == {}


def test_one_text_makes_categories_of_all_values(shelf: Shelf) -> None:
    runs_with(
        shelf, (3.0, {"lr": "auto"}), (2.0, {"lr": 10}), (1.0, {"lr": "2"}), (4.0, {"lr": 10.0}), (5.0, {"lr": None})
    )
    found = against(shelf)
    assert found.categories == ("2", "10", "auto")
    assert points(found) == {0: (2, 3), 1: (1, 2), 2: (0, 1), 3: (1, 4)}
    assert (found.rank, found.lacking) == (None, 1)


def test_nan_and_large_whole_numbers_are_categories_beside_a_text(shelf: Shelf) -> None:
    values: list[Json] = [math.nan, "auto", "nan", 2**60, 2**60 + 1, -1]
    runs_with(shelf, *((0.0, {"lr": value}) for value in values))
    found = against(shelf)
    assert found.categories == ("-1", str(2**60), str(2**60 + 1), "NaN", "auto")
    assert found.x.tolist() == [3, 4, 3, 1, 2, 0]


def test_a_text_of_a_run_without_the_metric_makes_none(shelf: Shelf) -> None:
    runs_with(shelf, (3.0, {"lr": 1}), (None, {"lr": "auto"}))
    assert (against(shelf).categories, against(shelf).lacking) == ((), 1)


def test_what_is_not_finite_is_lacking(shelf: Shelf) -> None:
    runs_with(
        shelf, (1.0, {"lr": math.nan}), (math.nan, {"lr": 1}), (2.0, {"lr": "inf"}), (1.0, {"lr": 5}), (-math.inf, {})
    )
    found = against(shelf)
    assert (points(found), found.lacking) == ({3: (5, 1)}, 3)
    assert against(shelf, None).x_column == LR


def test_extremes_survive(shelf: Shelf) -> None:
    runs_with(shelf, (1e308, {"lr": 1e-308}), (-1e308, {"lr": 1e308}), (1e-308, {"lr": 0.0}))
    found = against(shelf)
    assert points(found) == {0: (1e-308, 1e308), 1: (1e308, -1e308), 2: (0, 1e-308)}
    assert found.rank == -0.5


def test_the_param_that_tells_most_is_the_x(shelf: Shelf) -> None:
    for place in range(6):
        params: dict[str, Json] = {
            "noise": [2, 5, 1, 6, 3, 4][place],
            "wd": -place,
            "lr": f"{place}",
            "opt": "ab"[place % 2],
        }
        runs_with(shelf, (float(place), params))
    assert (against(shelf, None).x_column, against(shelf, None).rank) == (LR, 1), "the first by name of equals"
    shelf.param(shelf.run("odd"), "lr", "auto")
    assert against(shelf, None).x_column == LR, "a run without the metric does not count"
    shelf.metric(6, "loss", [9.0])
    found = against(shelf, None)
    assert (found.x_column, found.rank, found.lacking) == (Column("param", "wd"), -1, 1), "now it is no number"
    assert against(shelf, None, where="run1").x_column is not None


def test_without_numbers_the_first_varying_param_is_the_x(shelf: Shelf) -> None:
    runs_with(
        shelf, (1.0, {"opt": "sgd", "depth": 1}), (2.0, {"opt": "adam", "depth": 1}), (3.0, {"opt": "sgd", "depth": 1})
    )
    found = against(shelf, None)
    assert (found.x_column, found.categories) == (Column("param", "opt"), ("adam", "sgd"))
    assert points(found) == {0: (1, 1), 1: (0, 2), 2: (1, 3)}


def test_two_runs_have_no_correlation_and_yet_an_x(shelf: Shelf) -> None:
    runs_with(shelf, (1.0, {"lr": 1}), (2.0, {"lr": 2}))
    found = against(shelf, None)
    assert (found.x_column, points(found), found.rank) == (LR, {0: (1, 1), 1: (2, 2)}, None)


def test_nothing_that_varies_is_an_empty_scatter(shelf: Shelf) -> None:
    assert against(shelf, None).x_column is None
    runs_with(shelf, (1.0, {}), (2.0, {}))
    found = against(shelf, None)
    assert (found.x_column, len(found.runs), len(found.x), len(found.y), found.rank) == (None, 0, 0, 0, None)
    assert (points(against(shelf)), against(shelf).lacking) == ({}, 2)
    nobody = answer(shelf, ScatterQuery(Column("metric", "'; drop table shares"), LR))
    assert (points(nobody), nobody.lacking) == ({}, 0)


def test_fields_of_runs_are_not_set_against_each_other(shelf: Shelf) -> None:
    for query in (ScatterQuery(LR, LOSS), ScatterQuery(LOSS, Column("run", "step"))):
        with pytest.raises(StoreError, match=r"is no metric|not 'step'"):
            answer(shelf, query)


def test_long_texts_and_odd_keys(shelf: Shelf) -> None:
    for key in ("a.b/c", "`x'", "'; drop table shares"):
        shelf.clear()
        shelf.connection.execute("delete from said_params")
        shelf.connection.execute("delete from file_summaries")
        runs_with(shelf, *((float(place), {key: text * 1_000_000}) for place, text in enumerate("ba")))
        found = against(shelf, Column("param", key))
        assert found.categories == ("a" * 59 + "…", "b" * 59 + "…")
        assert points(found) == {0: (1, 0), 1: (0, 1)}


def test_ten_thousand_params_are_looked_through(shelf: Shelf) -> None:
    runs_with(shelf, *((float(place), {}) for place in range(4)))
    shelf.connection.execute(
        "insert into said_params by name select r as run, 0 as file, 0 as line, 'k' || k as key,"
        " (case when k = 9876 then r else (r * 7 + k) % 4 * (r % 2) end)::varchar as value, 'config' as source"
        " from range(4) a(r), range(10000) b(k)"
    )
    assert against(shelf, None).x_column == Column("param", "k9876")


def test_real_files(tmp_path: Path) -> None:
    for place in range(4):
        path = tmp_path / "runs" / f"run{place}" / "events.jsonl"
        path.parent.mkdir(parents=True)
        about = {"event": "run", "params": {"model": {"width": 2**place}, "seed": 3 - place % 2}}
        lines = [about, *({"step": step, "val/loss": 1 / (place + step + 1)} for step in range(3))]
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with Store.open(tmp_path / "runs", index=tmp_path / "index.duckdb", poll=True) as store:
        store.catch_up()
        column = Column("metric", "val/loss", "best")
        found = store.scatter(ScatterQuery(column))
        assert (found.x_column, found.rank) == (Column("param", "model.width"), -1)
        assert sorted(points(found).values()) == [(1, 1 / 3), (2, 1 / 4), (4, 1 / 5), (8, 1 / 6)]
        counted = store.histogram(HistogramQuery(column, bins=4))
        assert (counted.counts.sum(), counted.edges[0]) == (4, 0.15)
        drawn = {run: store.sparklines((run, 99), "val/loss", 3)[run] for run in found.runs.tolist()}
        expected = [tuple(1 / (place + step + 1) for step in range(3)) for place in (3, 2, 1, 0)]
        assert sorted(drawn.values()) == expected
