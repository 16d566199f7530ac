"""Columns of the runs table that show what a log said of its run beside its values: who ran it, of which code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from labtop.store.answers.detail import details
from labtop.store.answers.known import Known, known_of
from labtop.store.answers.table import table
from labtop.store.model import Column, Json, SortKey, TableQuery

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf

COLUMNS = tuple(Column("run", key) for key in ("user", "git.commit", "git.branch", "exit_code", "hidden"))
USER, COMMIT, BRANCH, CODE, HIDDEN = COLUMNS
RECORD = Column("run", "record")
BY_NUMBER = (SortKey(Column("run", "number")),)


def said(shelf: Shelf, *facts: dict[str, Json], **share: object) -> int:
    """A run, with a file for each of these."""
    run = shelf.run(f"run{shelf.runs}", facts=json.dumps(facts[0]), started=0.0, **share)
    for place, each in enumerate(facts[1:], 1):
        shelf.share(run, facts=json.dumps(each), started=float(place))
    return run


def cells(shelf: Shelf, *columns: Column, known: Known | None = None, where: str = "") -> list[tuple[Json, ...]]:
    cursor = shelf.cursor()
    query = TableQuery(columns or COLUMNS, BY_NUMBER, where=where)
    return [run.cells for run in table(cursor, query, known or known_of(cursor, 0.0)).runs]


def order(shelf: Shelf, *sort: SortKey) -> list[int]:
    cursor = shelf.cursor()
    return [run.number for run in table(cursor, TableQuery(sort=sort), known_of(cursor, 0.0)).runs]


def test_what_a_log_says_of_its_run_is_a_column(shelf: Shelf) -> None:
    said(shelf, {"user": "ana", "git": {"commit": "a1b2" * 10, "branch": "main", "dirty": True}}, exit_code=3)
    said(shelf, {"git": {"branch": 'x"y'}, "host": "n1"})
    said(shelf, {"env": {"user": "no owner"}})
    assert cells(shelf) == [
        ("ana", "a1b2" * 10, "main", 3, False),
        (None, None, 'x"y', None, False),
        (None, None, None, None, False),
    ]


@pytest.mark.parametrize("git", ["main", ["a"], 7, {"commit": None}, {"commit": ["a"]}, {"commit": 1e5}])
def test_facts_of_an_odd_shape_do_no_harm(shelf: Shelf, git: Json) -> None:
    said(shelf, {"user": {"name": "ana"}, "git": git})
    commit = git.get("commit") if isinstance(git, dict) else None
    shown = {"list": '["a"]', "float": "100000.0", "NoneType": None}[type(commit).__name__]
    assert cells(shelf, USER, COMMIT, BRANCH) == [('{"name":"ana"}', shown, None)]


def test_the_last_file_that_speaks_of_the_code_speaks_for_all_of_it(shelf: Shelf) -> None:
    said(shelf, {"user": "ana", "git": {"commit": "a", "branch": "old"}}, {"git": {"commit": "b"}}, {"host": "n1"})
    assert cells(shelf, USER, COMMIT, BRANCH) == [("ana", "b", None)]


def test_facts_sort_as_texts_and_what_is_missing_comes_last(shelf: Shelf) -> None:
    for commit in ("20", "Beta", "9", None, "alpha"):
        said(shelf, {"git": {"commit": commit, "branch": "same"}})
    assert order(shelf, SortKey(BRANCH), SortKey(COMMIT)) == [0, 2, 4, 1, 3]
    assert order(shelf, SortKey(COMMIT, descending=True)) == [1, 4, 2, 0, 3]


def test_an_exit_code_sorts_as_a_number_and_hidden_runs_stand_apart(shelf: Shelf) -> None:
    for code in (10, 9, None, -9):
        shelf.run(f"run{shelf.runs}", exit_code=code)
    shelf.insert("annotated", run=1, hidden=True)
    assert order(shelf, SortKey(CODE)) == [3, 0, 2]
    speaks_of_it = "hidden = true or hidden = false"
    assert cells(shelf, HIDDEN, where=speaks_of_it) == [(False,), (True,), (False,), (False,)]
    cursor = shelf.cursor()
    query = TableQuery(COLUMNS, (SortKey(HIDDEN, descending=True),), where=speaks_of_it)
    found = table(cursor, query, known_of(cursor, 0.0))
    assert [run.number for run in found.runs] == [1, 0, 2, 3]
    assert found.numeric == (False, False, False, True, False)


def test_facts_follow_what_the_log_says_later(shelf: Shelf) -> None:
    run = said(shelf, {"user": "ana"})
    cursor = shelf.cursor()
    known = known_of(cursor, 0.0)
    assert cells(shelf, USER, known=known) == [("ana",)]
    shelf.connection.execute("update shares set facts = ? where run = ?", [json.dumps({"user": "bo"}), run])
    known = known_of(cursor, 0.0, known)
    assert cells(shelf, USER, known=known) == [("bo",)]
    known.pack(cursor)
    assert cells(shelf, USER, known=known) == [("bo",)]


def test_a_group_shows_what_its_runs_share(shelf: Shelf) -> None:
    for user, commit, code in (("ana", "a", 1), ("ana", "b", 1), ("bo", None, 0)):
        run = said(shelf, {"user": user, "git": {"commit": commit}}, exit_code=code)
        shelf.param(run, "lr", code)
    shelf.insert("annotated", run=2, hidden=True)
    cursor = shelf.cursor()
    query = TableQuery(COLUMNS, BY_NUMBER, "hidden = true or hidden = false", (Column("param", "lr"),))
    groups = table(cursor, query, known_of(cursor, 0.0)).rows
    assert [group.cells for group in groups] == [("ana", None, None, 1, None), ("bo", None, None, 0, True)]


def test_a_filter_finds_what_the_column_shows(shelf: Shelf) -> None:
    said(shelf, {"user": "ana", "git": {"commit": "12345678", "branch": "main"}})
    said(shelf, {"user": "bo", "git": {"commit": "87654321", "branch": "main"}})
    for column, value in ((USER, "ana"), (COMMIT, "12345678")):
        assert cells(shelf, column, where=f"{column.key} = '{value}'") == [(value,)]


ODD_FACTS: list[tuple[dict[str, Json], ...]] = [
    ({},),
    ({"user": "ana", "git": {"commit": "a"}, "data": [{"name": "d"}], "env": {"python": "3"}, "seed": 1},),
    ({"user": "", "git": {}, "data": [], "env": {}, "seed": ""},),
    ({"user": 0, "git": "main", "data": "d", "env": ["x"], "seed": 0},),
    ({"user": {"name": "a"}, "git": {"commit": None}, "data": [None], "env": 3, "seed": False},),
    ({"user": [], "data": {"name": "d"}, "launcher": {"RANK": "0"}},),
    ({"git": {"commit": "a"}, "user": "ana"}, {"git": {}, "env": {"python": "3"}}),
    ({"data": []}, {"data": [None, "d"]}, {"user": ""}),
]


def test_how_much_is_recorded_is_the_same_in_the_table_and_of_a_run(shelf: Shelf) -> None:
    for facts in ODD_FACTS:
        said(shelf, *facts)
    for key in ("model.Manual_Seed", "seeds"):
        shelf.param(said(shelf, {}), key, 3)
    for key, value in (("git_sha", "abc"), ("commit", ""), ("committed", "abc")):
        shelf.attribute(said(shelf, {}), key, value)
    recorded = [detail.recorded for detail in details(shelf.cursor(), None, 0.0, events=False)]
    assert recorded[:2] == [0, 5]
    assert set(recorded) == {0, 1, 2, 3, 5}
    assert cells(shelf, RECORD) == [(count,) for count in recorded]
    falling = sorted(range(len(recorded)), key=lambda run: (-recorded[run], run))
    assert order(shelf, SortKey(RECORD, descending=True)) == falling
    few = [run for run, count in enumerate(recorded) if count < 2]
    cursor = shelf.cursor()
    assert [
        run.number for run in table(cursor, TableQuery((), BY_NUMBER, where="record < 2"), known_of(cursor, 0.0)).runs
    ] == few
