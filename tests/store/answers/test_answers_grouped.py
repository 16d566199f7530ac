"""Groups of the runs table: which runs are together, and what a group shows."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labtop.store.answers.across.figures import figures
from labtop.store.answers.across.grouping import groups
from labtop.store.answers.across.telling import lay_configs
from labtop.store.answers.group_cells import in_order, with_cells
from labtop.store.answers.grouped import together
from labtop.store.answers.known import Known, known_of
from labtop.store.model import Aggregate, Column, Json, RunGroup, SortKey, StoreError, Summary

if TYPE_CHECKING:
    import duckdb

    from tests.store.answers.conftest import Shelf

LR, OPT, GROUP, CONFIG = Column("param", "lr"), Column("param", "opt"), Column("run", "group"), Column("run", "config")
LOSS = Column("metric", "loss")


def laid(shelf: Shelf, now: float = 0.0) -> tuple[duckdb.DuckDBPyConnection, Known]:
    cursor = shelf.cursor()
    known = known_of(cursor, now)
    known.lay(cursor)
    lay_configs(cursor)
    return cursor, known


def grouped(shelf: Shelf, *by: Column, runs: Sequence[int] | None = None) -> tuple[RunGroup, ...]:
    cursor, known = laid(shelf)
    found = together(cursor, by, tuple(range(shelf.runs)) if runs is None else runs, known)
    assert len({group.id for group in found}) == len(found)
    return found


def labelled(shelf: Shelf, *by: Column, runs: Sequence[int] | None = None) -> list[tuple[tuple[str, ...], list[int]]]:
    return [(group.labels, list(group.runs)) for group in grouped(shelf, *by, runs=runs)]


def cells(shelf: Shelf, *columns: Column, by: Column = LR, now: float = 0.0) -> dict[str, tuple[Summary | Json, ...]]:
    groups = grouped(shelf, by)
    cursor, known = laid(shelf, now)
    found = with_cells(cursor, groups, columns, known)
    return {group.labels[0]: group.cells for group in found}


def runs_with(shelf: Shelf, *configs: dict[str, Json]) -> None:
    for config in configs:
        run = shelf.run(f"run{shelf.runs}")
        for key, value in config.items():
            shelf.param(run, key, value)


def logged(shelf: Shelf, *values: tuple[float, Sequence[float]], goal: str | None = "min") -> None:
    """Runs with an lr and a loss."""
    for lr, losses in values:
        runs_with(shelf, {"lr": lr})
        if losses:
            shelf.metric(shelf.runs - 1, "loss", losses, goal=goal)


def test_groups_stand_in_the_order_of_their_first_run(shelf: Shelf) -> None:
    runs_with(shelf, {"lr": 1}, {"lr": 2}, {"lr": "1.0"}, {}, {"lr": 2.0}, {"lr": None}, {"lr": "a"})
    assert labelled(shelf, LR, runs=[4, 3, 2, 6, 1, 0, 5]) == [
        (("2",), [4, 1]),
        (("(no lr)",), [3, 5]),
        (("1",), [2, 0]),
        (("a",), [6]),
    ]
    first, *_ = grouped(shelf, LR)
    assert (first.running, first.unfolded, first.cells) == (0, False, ())


def test_several_keys_make_a_group_of_each_combination(shelf: Shelf) -> None:
    runs_with(shelf, {"lr": 1, "opt": "b"}, {"lr": 2, "opt": "a"}, {"lr": 1, "opt": "b"}, {"lr": 1}, {"opt": "b"})
    assert labelled(shelf, LR, OPT) == [
        (("1", "b"), [0, 2]),
        (("2", "a"), [1]),
        (("1", "(no opt)"), [3]),
        (("(no lr)", "b"), [4]),
    ]
    assert labelled(shelf, OPT, LR)[0][0] == ("b", "1")


def test_no_runs_make_no_groups_and_no_keys_one(shelf: Shelf) -> None:
    assert grouped(shelf, LR) == ()
    runs_with(shelf, {"lr": 1}, {"lr": 2})
    assert labelled(shelf) == [((), [0, 1])]
    cursor, known = laid(shelf)
    assert with_cells(cursor, (), (LOSS,), known) == ()
    assert in_order(cursor, (), SortKey(LOSS), known) == ()


def test_ids_name_values_whole_and_stay_while_runs_come(shelf: Shelf) -> None:
    long = "x" * 100
    runs_with(shelf, {"lr": long + "1"}, {"lr": long + "2"}, {"lr": 7}, {"lr": "(no lr)"}, {})
    before = {group.runs[0]: group.id for group in grouped(shelf, LR)}
    assert before[2] == "[7.0]"
    assert all(isinstance(json.loads(id_), list) for id_ in before.values())
    configs = {group.runs[0]: group.id for group in grouped(shelf, CONFIG)}
    runs_with(shelf, {"lr": 7}, {"lr": 8, "more": 1})
    assert {group.runs[0]: group.id for group in grouped(shelf, LR)}.items() >= before.items()
    assert {group.runs[0]: group.id for group in grouped(shelf, CONFIG)}.items() >= configs.items()


def test_seeds_of_one_configuration_are_together(shelf: Shelf) -> None:
    runs_with(shelf, {"lr": 1, "seed": 1}, {"lr": 2, "seed": 1}, {"lr": "1", "seed": 2}, {"seed": 3})
    assert labelled(shelf, CONFIG) == [(("lr=1",), [0, 2]), (("lr=2",), [1]), (("(no params)",), [3])]
    assert labelled(shelf, CONFIG, Column("param", "seed")) == [
        (("lr=1", "1"), [0]),
        (("lr=2", "1"), [1]),
        (("lr=1", "2"), [2]),
        (("(no params)", "3"), [3]),
    ]
    assert labelled(shelf, CONFIG, runs=[0, 2]) == [(("all alike",), [0, 2])]


def test_many_configurations_are_named_too(shelf: Shelf) -> None:
    shelf.runs = 1200
    shelf.connection.execute(
        "insert into identities by name select r as run, 'run' || r as id, '' as folder, 'run' || r as leaf"
        " from range(1200) a(r);"
        "insert into shares by name select r as run, r as file, '{}' as facts, 0.0 as heard from range(1200) a(r);"
        "insert into said_params by name select r as run, r as file, 0 as line, 'k' || k as key,"
        " (r // k)::varchar as value, 'config' as source from range(1200) a(r), range(1, 7) b(k)"
    )
    found = labelled(shelf, CONFIG)
    assert len(found) == 1200
    assert len({labels for labels, _ in found}) == 1200
    assert all(labels[0].count("=") == 6 for labels, _ in found)


def test_groups_of_logs_and_attributes_are_texts(shelf: Shelf) -> None:
    for place, name in enumerate(["007", "7", "b", None]):
        shelf.run(f"run{place}", group_name=name)
    shelf.attribute(0, "host", "n1")
    shelf.attribute(2, "host", "n1")
    assert labelled(shelf, GROUP) == [(("007",), [0]), (("7",), [1]), (("b",), [2]), (("(no group)",), [3])]
    assert labelled(shelf, Column("attribute", "host")) == [(("n1",), [0, 2]), (("(no host)",), [1, 3])]


def test_nothing_else_is_grouped_by(shelf: Shelf) -> None:
    shelf.run("a")
    for column in (LOSS, Column("run", "step"), Column("run", "param"), Column("metric", "config")):
        with pytest.raises(StoreError, match="runs are not grouped by"):
            grouped(shelf, column)


@pytest.mark.parametrize("key", [LR, CONFIG], ids=["param", "config"])
def test_it_agrees_with_groups_of_charts(shelf: Shelf, key: Column) -> None:
    values: list[Json] = [None, 1, 1.0, "1", 2, "a", "(no lr)", True, "true", 2**60, 2**60 + 1, math.nan, "", [1], 1]
    runs_with(shelf, *({"lr": value, "seed": place} for place, value in enumerate(values)))
    cursor, known = laid(shelf)
    expected = {group.label: group.runs for group in groups(cursor, key, range(len(values)), known)}
    assert {group.labels[0]: group.runs for group in grouped(shelf, key)} == expected


def test_a_metric_is_summed_up_over_the_runs_that_have_it(shelf: Shelf) -> None:
    logged(shelf, (1, [9.0, 2.0]), (1, [9.0, 4.0]), (1, []), (1, [9.0, math.nan]), (2, [5.0]), (3, []), (4, [math.inf]))
    assert cells(shelf, LOSS) == {
        "1": (Summary(3, 3.0, math.sqrt(2), 2.0, 4.0, 2.0, lost=1),),
        "2": (Summary(1, 5.0, None, 5.0, 5.0, 5.0),),
        "3": (None,),
        "4": (Summary(1, None, None, None, None, None, lost=1),),
    }


def test_the_column_says_which_value_of_a_run_counts(shelf: Shelf) -> None:
    logged(shelf, (1, [4.0, 1.0, 2.0]), (1, [5.0, 3.0]), goal="max")
    means: dict[Aggregate, float] = {"last": 2.5, "first": 4.5, "min": 2.0, "max": 4.5, "best": 4.5, "count": 2.5}
    ((*found,),) = cells(shelf, *(Column("metric", "loss", aggregate) for aggregate in means)).values()
    assert [cell.mean for cell in found if isinstance(cell, Summary)] == list(means.values())
    assert [cell.best for cell in found if isinstance(cell, Summary)] == [3.0, 5.0, 3.0, 5.0, 5.0, None]
    with pytest.raises(StoreError, match="no aggregate"):
        cells(shelf, Column("metric", "loss", "median"))  # type: ignore[arg-type]


def test_without_a_goal_there_is_no_best(shelf: Shelf) -> None:
    logged(shelf, (1, [4.0]), goal=None)
    assert cells(shelf, LOSS, Column("metric", "loss", "best"), Column("metric", "nothing")) == {
        "1": (Summary(1, 4.0, None, 4.0, 4.0, None), None, None)
    }


def test_what_all_runs_share_is_shown(shelf: Shelf) -> None:
    runs_with(shelf, {"lr": 1, "a": "0.10", "b": 1, "c": 1}, {"lr": 1, "a": 0.1, "b": 2}, {"lr": 2, "b": [1]})
    shelf.attribute(0, "host", "n1")
    shelf.attribute(1, "host", "n1")
    columns = [Column("param", key) for key in "abc"]
    assert cells(shelf, *columns, Column("attribute", "host")) == {
        "1": ("0.10", None, None, "n1"),
        "2": (None, [1], None, None),
    }


def test_fields_that_all_runs_share_are_shown(shelf: Shelf) -> None:
    for tags, group, status in ((["a", "b"], "g", "failed"), (["a", "b"], "g", "failed"), (["a"], None, None)):
        run = shelf.run(f"run{shelf.runs}", tags=tags, group_name=group, end_status=status)
        shelf.param(run, "lr", int(status is None))
    fields = [Column("run", key) for key in ("tags", "group", "status", "step", "name")]
    assert cells(shelf, *fields) == {
        "0": (["a", "b"], "g", "failed", None, None),
        "1": (["a"], None, "running", None, None),
    }
    assert cells(shelf, *fields, now=1e6)["1"][2] == "ended"


def test_groups_are_sorted_by_a_metric(shelf: Shelf) -> None:
    logged(
        shelf, (1, [3.0, 9.0]), (2, []), (3, [5.0, 5.0]), (4, [math.nan]), (5, [1.0, 9.0]), (1, [8.0, 2.0]), goal="max"
    )
    cursor, known = laid(shelf)

    def order(aggregate: Aggregate, *, descending: bool = False) -> str:
        key = SortKey(Column("metric", "loss", aggregate), descending)
        return "".join(group.labels[0] for group in in_order(cursor, grouped(shelf, LR), key, known))

    assert order("last") == "31524"  # 5, 5.5, 9
    assert order("last", descending=True) == "51324"
    assert order("min") == "51324"  # 1, 2, 5
    assert order("max", descending=True) == "15324"
    assert order("best", descending=True) == "15324"
    kept = in_order(cursor, grouped(shelf, LR), SortKey(LR, descending=True), known)
    assert kept == grouped(shelf, LR)


def test_thousands_of_runs_are_summed_up_alike(shelf: Shelf) -> None:
    """So many that the database is not told which runs are meant."""
    shelf.metric(shelf.run("run0"), "loss", [1.0], goal="min")
    shelf.connection.execute(
        "insert into identities by name select r as run, 'run' || r as id, '' as folder, 'run' || r as leaf"
        " from range(1, 3000) a(r);"
        "insert into shares by name select r as run, r as file, '{}' as facts, 0.0 as heard from range(1, 3000) a(r);"
        "insert into file_summaries by name select r as run, 0 as metric, r as file, 1 as count, 0 as nan,"
        " r::double as total, r::double as last, r::double as min, r::double as max from range(1, 3000) a(r)"
    )
    shelf.runs = 3000
    cursor, known = laid(shelf)
    (group,) = with_cells(cursor, grouped(shelf), (LOSS,), known)
    expected = [1.0, *map(float, range(1, 3000))]
    (cell,) = group.cells
    assert isinstance(cell, Summary)
    assert (cell.count, cell.min, cell.max, cell.best) == (3000, 1.0, 2999.0, 1.0)
    assert cell.mean == pytest.approx(statistics.fmean(expected))
    assert cell.std == pytest.approx(statistics.stdev(expected))


floats = st.floats() | st.sampled_from([0.0, 1.0, 1e308, -1e308, 1.7976931348623157e308, 5e-324, math.nan])


@given(values=st.lists(st.tuples(st.integers(0, 2), floats), max_size=12))
@example(values=[(0, 1.7976931348623157e308)] * 3)
@example(values=[(0, 0.1)] * 3)
def test_figures_are_those_of_exact_arithmetic(values: list[tuple[int, float]]) -> None:
    found = figures(np.array([at for at, _ in values], np.int64), np.array([each for _, each in values], float), 3)
    for at, summary in enumerate(found.summaries("max")):
        own = [each for group, each in values if group == at]
        finite = [each for each in own if math.isfinite(each)]
        if not own or summary is None:
            assert (own, summary) == ([], None)
            continue
        assert (summary.count, summary.lost) == (len(own), len(own) - len(finite))
        assert (summary.min, summary.max) == (min(finite, default=None), max(finite, default=None))
        assert summary.best == summary.max
        if finite:
            _agrees(summary, finite)


def _agrees(summary: Summary, finite: Sequence[float]) -> None:
    exact = list(map(Fraction, finite))
    largest = max(map(abs, finite))
    near = max(largest * 1e-14, 5e-324)
    assert summary.mean == pytest.approx(float(sum(exact) / len(exact)), abs=near)
    if len(finite) == 1 or summary.std is None:
        assert len(finite) == 1 or largest > 1e307  # no float holds it
    else:
        scaled = [each / Fraction(largest or 1.0) for each in exact]
        std = math.sqrt(statistics.variance(scaled)) * (largest or 1.0)
        assert summary.std == pytest.approx(std, abs=near, rel=1e-12)
