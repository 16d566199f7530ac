"""Rows of the runs table that are kept from one answer to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from labtop.store.model import Column, Lines, Run, RunTable, Status
from labtop.tui.rows import RowMaker
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
