"""Rows of the runs table that are kept from one answer to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from labtop.store.model import Column, Lines, Run, RunGroup, RunTable, Status
from labtop.tui.rows import RowMaker
from labtop.tui.table_columns import NAME, column_key
from labtop.tui.table_look import TableLook, table_columns

LOOK = TableLook(width=140)


def run(number: int, loss: float) -> Run:
    blank: dict[str, Any] = dict.fromkeys(Run.__dataclass_fields__)
    return Run(**{**blank, "number": number, "name": f"run-{number}", "status": Status.FINISHED, "cells": (loss,)})


def table(*numbers: int, loss: float = 0.5, best: float | None = None, whole: bool = True) -> RunTable:
    """A table of which runs of these numbers are at hand."""
    blank: dict[str, Any] = dict.fromkeys(RunTable.__dataclass_fields__)
    lines = Lines(numbers)
    facts = {"columns": (Column("metric", "loss"),), "goals": ("min",), "numeric": (True,), "best": (best,)}
    rows = tuple(run(number, loss) for number in numbers)
    return RunTable(
        **{**blank, **facts, "rows": rows, "lines": lines, "listed": lines, "progress": False, "whole": whole}
    )


def make(maker: RowMaker, table: RunTable, look: TableLook = LOOK) -> None:
    maker.rows(table, table_columns(table, look), look)


def test_rows_that_are_no_longer_at_hand_are_kept_as_they_were() -> None:
    maker = RowMaker()
    make(maker, table(1, 2))
    make(maker, table(2, 3))
    make(maker, table(4))
    assert {key: row.cells[-1] for key, row in maker.before.items()} == dict.fromkeys("123", "0.50000 ")


def test_rows_without_the_cells_out_of_sight_are_not_kept() -> None:
    maker = RowMaker()
    make(maker, table(1))
    make(maker, table(2, whole=False))
    make(maker, table(3))
    assert maker.before.keys() == {"1"}


@pytest.mark.parametrize(
    ("then", "look"),
    [
        (table(2, best=0.5), LOOK),
        (table(2), replace(LOOK, marks=(1,))),
        (table(2), replace(LOOK, baseline=1)),
        (table(2), replace(LOOK, width=80)),
    ],
)
def test_rows_that_would_be_wrong_now_are_dropped(then: RunTable, look: TableLook) -> None:
    maker = RowMaker()
    make(maker, table(1))
    make(maker, then, look)
    assert maker.before == {}


def test_no_more_than_some_hundred_are_kept() -> None:
    maker = RowMaker()
    for number in range(2000):
        make(maker, table(number))
    assert len(maker.before) == 600
    assert "1998" in maker.before


def group(label: str, key: str = "") -> RunGroup:
    """A row of a group with this label."""
    return RunGroup(key or label, (label,), (), 0, unfolded=True, cells=(None,))


def names(maker: RowMaker, rows: Sequence[RunGroup | str], look: TableLook) -> list[str]:
    """What is in the first column of these rows, of groups and of runs by name, behind the marks."""
    whole = table()
    own = [replace(run(at, 0.5), name=row) if isinstance(row, str) else row for at, row in enumerate(rows)]
    made = maker.rows(replace(whole, rows=tuple(own)), table_columns(whole, look), look)
    return [str(row.cells[0])[3:] for row in made]


def test_runs_whose_group_is_out_of_sight_keep_their_place_below_it() -> None:
    assert names(RowMaker(), ["a", "b"], replace(LOOK, grouped_by="lr")) == ["  a", "  b"]


def test_names_stay_as_they_were_while_more_are_seen() -> None:
    maker, look = RowMaker(), replace(LOOK, width=42, grouped_by="config")
    seeds = [f"vit-lr0.03-wd0.0001-s{seed}" for seed in range(4)]
    first = names(maker, seeds[:2], look)
    assert first == ["  vit-lr0.0…s0", "  vit-lr0.0…s1"]
    more = [*seeds, "vit-lr0.003-wd0.01-s7"]
    assert names(RowMaker(), more, look)[:2] != first
    shown = names(maker, more, look)
    assert shown[:2] == first
    assert len(set(shown)) == len(more)


def test_where_not_all_can_be_told_apart_runs_below_one_group_are() -> None:
    grid = list(product(("cnn", "vit"), ("0.003", "0.0003", "0.03"), ("imagenet", "cifar10"), ("0.0001", "0.01")))
    rows: list[RunGroup | str] = []
    for model, lr, data, wd in grid:
        runs = [f"{model}-lr{lr}-s{seed}-{data}-wd{wd}" for seed in range(4)]
        rows += [group(f"{model}{lr}{data}{wd}"), *runs]
    shown = names(RowMaker(), rows, replace(LOOK, widths={column_key(NAME): 12}, grouped_by="config"))
    assert shown[1:5] == [f"  cnn…s{seed}…" for seed in range(4)]
    assert all(len(set(shown[at : at + 5])) == 5 for at in range(0, len(shown), 5))


def test_labels_of_groups_that_other_params_tell_apart_now_are_cut_anew() -> None:
    maker, look = RowMaker(), replace(LOOK, width=42, grouped_by="config")
    long = [group(f"model={name} lr=0.0001", name) for name in ("cnn", "vit")]
    assert names(maker, long, look) == ["model=cnn…", "model=vit…"]
    assert names(maker, [group(f"model={each.id}", each.id) for each in long], look) == ["model=cnn", "model=vit"]
