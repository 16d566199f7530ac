"""The runs table: cells, order, filter, best values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from labtop.store.answers.known import known_of
from labtop.store.answers.table import table
from labtop.store.model import Column, Json, RunTable, SortKey, Status, StoreError, TableQuery

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf

LOSS, LR = Column("metric", "loss"), Column("param", "lr")


def answer(shelf: Shelf, query: TableQuery) -> RunTable:
    cursor = shelf.cursor()
    return table(cursor, query, known_of(cursor, 0.0))


def ids(shelf: Shelf, *sort: SortKey, where: str = "", limit: int | None = None) -> list[str]:
    query = TableQuery(sort=sort, where=where, limit=limit)
    return [run.id for run in answer(shelf, query).rows]


def test_cells_stand_in_the_order_of_the_columns(shelf: Shelf) -> None:
    run = shelf.run("a", started=10.0, updated=70.0, tags=["x"], group_name="g")
    shelf.run("b")
    shelf.metric(run, "loss", [3, 1, 2], goal="min")
    shelf.param(run, "lr", "0.01")
    shelf.param(run, "layers", [1, 2])
    shelf.attribute(run, "host", "n1", count=1)
    columns = (
        Column("attribute", "host"),
        *(
            Column("metric", "loss", aggregate)
            for aggregate in ("last", "min", "max", "best", "mean", "first", "count")
        ),
        LR,
        Column("param", "layers"),
        Column("run", "duration"),
        Column("run", "group"),
        Column("run", "tags"),
        Column("run", "status"),
    )
    found = answer(shelf, TableQuery(columns, (SortKey(Column("run", "number")),)))
    assert found.runs[0].cells == ("n1", 2, 1, 3, 1, 2, 3, 3, "0.01", [1, 2], 60.0, "g", ["x"], "running")
    assert found.runs[1].cells == (*(None,) * 13, "running")
    assert (found.runs[0].tags, found.runs[0].status) == (("x",), Status.RUNNING)


def test_a_tag_is_true_for_runs_that_have_it_and_the_value_of_one_that_has_values(shelf: Shelf) -> None:
    for id_, tags in (("a", ["big"]), ("b", ["it's", "big"]), ("c", None), ("d", [])):
        shelf.run(id_, tags=tags)
    shelf.attribute(1, "big", "very")
    shelf.attribute(3, "owner", "ana")
    columns = tuple(Column("tag", key) for key in ("big", "it's", "owner", "'; drop table files"))
    found = answer(shelf, TableQuery(columns, (SortKey(Column("run", "id")),)))
    assert [run.cells[:3] for run in found.runs] == [
        (True, None, None),
        ("very", True, None),
        (None, None, None),
        (None, None, "ana"),
    ]
    for descending in (False, True):
        assert ids(shelf, SortKey(columns[1], descending))[0] == "b"
        assert ids(shelf, SortKey(columns[0], descending))[2:] == ["c", "d"]
    by_group = answer(shelf, TableQuery(columns[:1], groups=(Column("run", "group"),)))
    assert [group.cells for group in by_group.rows] == [(None,)]


def mixed(shelf: Shelf) -> None:
    values: dict[str, Json] = {"ten": 10, "text": "zeta", "two": "2", "Upper": "Alpha", "null": None}
    for id_, value in values.items():
        shelf.param(shelf.run(id_), "lr", value)
    shelf.run("missing")


def test_numbers_come_before_text_and_both_before_what_is_missing(shelf: Shelf) -> None:
    mixed(shelf)
    left_out = ("null", "missing")
    assert ids(shelf, SortKey(LR)) == ["two", "ten", "Upper", "text", *left_out]
    assert ids(shelf, SortKey(LR, descending=True)) == ["ten", "two", "text", "Upper", *left_out]


@pytest.mark.parametrize(("descending", "order"), [(False, ["low", "high", "inf"]), (True, ["inf", "high", "low"])])
def test_nan_comes_after_the_numbers_in_both_directions(shelf: Shelf, descending: bool, order: list[str]) -> None:
    for id_, value in {"nan": math.nan, "high": 2.0, "inf": math.inf, "low": 1.0}.items():
        shelf.metric(shelf.run(id_), "loss", [value])
    shelf.run("missing")
    assert ids(shelf, SortKey(LOSS, descending)) == [*order, "nan", "missing"]


def test_several_keys_and_then_the_number_decide(shelf: Shelf) -> None:
    for id_, lr, loss in [("a", 1, 5.0), ("b", 1, 4.0), ("c", 0, 6.0), ("d", 1, 4.0)]:
        run = shelf.run(id_)
        shelf.param(run, "lr", lr)
        shelf.metric(run, "loss", [loss])
    assert ids(shelf, SortKey(LR, True), SortKey(LOSS)) == ["b", "d", "a", "c"]
    assert ids(shelf, SortKey(LR, True), SortKey(LOSS, True)) == ["a", "b", "d", "c"]


def test_names_sort_without_case(shelf: Shelf) -> None:
    for id_ in ("x/beta", "x/Alpha", "a/gamma"):
        shelf.run(id_)
    assert ids(shelf, SortKey(Column("run", "name"))) == ["x/Alpha", "x/beta", "a/gamma"]


def test_without_keys_the_running_stand_first_and_then_the_newest(shelf: Shelf) -> None:
    shelf.run("old", started=1.0, end_status="finished")
    shelf.run("unknown", end_status="finished")
    shelf.run("running", started=2.0)
    shelf.run("new", started=3.0, end_status="failed")
    assert ids(shelf) == ["running", "new", "old", "unknown"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SWEEP", ["sweep/a"]),
        ("nice", ["b"]),
        ("status = finished", ["c"]),
        ("tagged", ["d"]),
        ("group = group1", ["e"]),
        ("lr=0.01", ["f"]),
        ("adam -nice", ["g"]),
        ("adam", ["g"]),
        ("%", ["h%"]),
        ('"\' or 1=1 --"', []),
    ],
)
def test_a_filter_looks_in_all_that_a_run_goes_by(shelf: Shelf, text: str, found: list[str]) -> None:
    shelf.run("sweep/a")
    shelf.run("b", name="Nice one")
    shelf.run("c", end_status="finished")
    shelf.run("d", tags=["other", "Tagged"])
    shelf.run("e", group_name="group1")
    shelf.param(shelf.run("f"), "lr", 0.01)
    shelf.param(shelf.run("g"), "optimizer", "Adam")
    shelf.run("h%")
    assert sorted(ids(shelf, where=text)) == found


def test_counts_tell_all_from_matched(shelf: Shelf) -> None:
    for place in range(5):
        shelf.run(f"run{place}", **({"end_status": "finished"} if place < 3 else {}))
    found = answer(shelf, TableQuery(where="status = finished", limit=2))
    assert (found.total, found.matched, found.running, len(found.runs)) == (5, 3, 2, 2)
    found = answer(shelf, TableQuery(limit=2))
    assert (found.total, found.matched, found.running, len(found.runs)) == (5, 5, 2, 2)


def test_best_of_a_column_follows_the_goal_among_the_matched(shelf: Shelf) -> None:
    losses = {"x1": [9.0, 5.0], "x2": [3.0, 4.0], "other": [1.0, 1.0], "x3": [math.inf, -math.inf]}
    for (id_, loss), acc in zip(losses.items(), (0.5, 0.9, 1.0, 0.1), strict=True):
        run = shelf.run(id_)
        shelf.metric(run, "loss", loss, goal="min")
        shelf.metric(run, "acc", [acc], goal="max")
        shelf.metric(run, "lr", [acc])
    metrics = (LOSS, Column("metric", "loss", "min"), Column("metric", "loss", "count"), Column("metric", "acc"))
    columns = (*metrics, Column("metric", "lr"), Column("run", "step"), LR)
    found = answer(shelf, TableQuery(columns, where="x", limit=1))
    assert list(found.best) == [4, 3, None, 0.9, None, None, None]
    assert list(found.goals) == ["min", "min", None, "max", None, None, None]


def test_a_column_that_no_run_has_is_empty(shelf: Shelf) -> None:
    shelf.run("a")
    found = answer(shelf, TableQuery((Column("metric", "x"), Column("param", "'; drop table shares; --"))))
    assert found.runs[0].cells == (None, None)
    assert found.best == (None, None)


def test_a_field_that_runs_do_not_have_is_named(shelf: Shelf) -> None:
    with pytest.raises(StoreError, match=r"no field 'colour'; there are number, status, started"):
        answer(shelf, TableQuery((Column("run", "colour"),)))


def test_an_empty_index_gives_an_empty_table(shelf: Shelf) -> None:
    found = answer(shelf, TableQuery((LOSS,), (SortKey(LR),)))
    assert (found.runs, found.total, found.matched, found.running, found.best) == ((), 0, 0, 0, (None,))


def test_progress_and_the_time_left(shelf: Shelf) -> None:
    shelf.run("a", started=0.0, updated=50.0, step=100.0, total_steps=400.0)
    shelf.run("b", percent=25.0, eta_s=90.0)
    shelf.run("c", started=0.0, updated=50.0, step=100.0, total_steps=400.0, end_status="failed")
    rows = answer(shelf, TableQuery(sort=(SortKey(Column("run", "number")),))).runs
    assert [(run.progress, run.steps_per_s, run.eta_s) for run in rows] == [
        (0.25, 2, 150),
        (0.25, None, 90),
        (0.25, 2, None),
    ]


@pytest.mark.parametrize(
    ("said", "progress"),
    [
        ({"step": 99.0, "end_status": "finished"}, 1),
        ({"step": 98.0, "end_status": "finished"}, 0.98),
        ({"step": 99.0, "end_status": "failed"}, 0.99),
        ({"step": 99.0}, 0.99),
        ({"end_status": "finished"}, None),
    ],
)
def test_a_run_that_counts_from_0_has_finished_a_step_earlier(
    shelf: Shelf, said: dict[str, Any], progress: float | None
) -> None:
    shelf.run("a", total_steps=100.0, **said)
    (run,) = answer(shelf, TableQuery()).runs
    assert run.progress == progress


def test_cells_are_of_the_columns_that_shall_be_filled_and_the_best_of_all(shelf: Shelf) -> None:
    for value in (1, 2):
        run = shelf.run(f"run{value}")
        shelf.metric(run, "loss", [value], goal="min")
        shelf.param(run, "lr", value)
    columns, by_number = (LOSS, LR, Column("run", "id")), (SortKey(Column("run", "number")),)
    for filled in ((), (LR,), (LOSS,), (Column("run", "id"), LR), columns):
        found = answer(shelf, TableQuery(columns, by_number, filled=filled))
        whole = {LOSS: (1.0, 2.0), LR: (1, 2), Column("run", "id"): ("run1", "run2")}
        expected = [tuple(whole[column][at] if column in filled else None for column in columns) for at in range(2)]
        assert [run.cells for run in found.runs] == expected
        assert found.best[0] == 1.0
