"""What a person has set, as JSON and back."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtop.store.answers.fields import NUMBERS, TEXTS
from labtop.store.answers.sheet import FACTS
from labtop.store.filter.fields import FIELDS, LATE
from labtop.store.model import Aggregate, Column, Json, SortKey, XMetric
from labtop.tui.charts.settings import MOST_SMOOTHING, ChartSettings
from labtop.tui.pages import LARGEST_GRID
from labtop.tui.session.as_json import LONGEST, MOST, RUN_FIELDS, from_json, to_json
from labtop.tui.session.session import MOST_FILTERS, MOST_SORTS, TABLE_AGGREGATES, WIDTHS, Place, Session
from labtop.tui.settings.defaults import DEFAULTED
from labtop.tui.table_columns import SHOWABLE

NAMES = st.text(max_size=8)
TEXT_TUPLES = st.lists(NAMES, unique=True, max_size=4).map(tuple)
COLUMNS = st.builds(
    Column, st.sampled_from(["metric", "param", "attribute"]), NAMES, st.sampled_from(get_args(Aggregate))
) | st.builds(Column, st.just("run"), st.sampled_from(sorted(RUN_FIELDS)))
COLUMN_TUPLES = st.lists(COLUMNS, unique=True, max_size=4).map(tuple)
GROUPINGS = st.builds(Column, st.sampled_from(["param", "attribute"]), NAMES) | st.builds(
    Column, st.just("run"), st.sampled_from(["group", "config"])
)
WINDOWS = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2, unique=True).map(
    lambda ends: (min(ends), max(ends))
)
CHARTS = st.builds(
    ChartSettings,
    x=st.sampled_from(["step", "relative", "wall"]) | st.builds(XMetric, NAMES),
    log_x=st.booleans(),
    window=st.none() | WINDOWS,
    follow=st.booleans(),
    smoothing=st.floats(0, MOST_SMOOTHING),
    raw=st.booleans(),
    clip=st.booleans(),
    group=st.none() | COLUMNS,
    spread=st.sampled_from(["std", "range"]),
    log_y=st.frozensets(NAMES, max_size=3),
    kinds=st.dictionaries(NAMES, st.sampled_from(["line", "scatter", "histogram"]), max_size=3).map(
        lambda kinds: tuple(kinds.items())
    ),
    against=st.dictionaries(NAMES, COLUMNS, max_size=3).map(lambda columns: tuple(columns.items())),
)
SIDES = st.integers(1, LARGEST_GRID)
SESSIONS = st.builds(
    Session,
    marks=TEXT_TUPLES,
    baseline=st.none() | NAMES,
    hidden=st.frozensets(NAMES, max_size=3),
    filter_text=NAMES,
    metric_filter=NAMES,
    key_filter=NAMES,
    sort=st.lists(st.builds(SortKey, COLUMNS, st.booleans()), unique=True, max_size=MOST_SORTS).map(tuple),
    aggregate=st.sampled_from(TABLE_AGGREGATES),
    pins=st.none() | TEXT_TUPLES,
    view=st.sampled_from(["runs", "plots", "compare", "run", "models"]),
    opened=NAMES,
    shape=st.tuples(SIDES, SIDES),
    charts=CHARTS,
    theme=st.none() | NAMES,
    columns=st.none() | COLUMN_TUPLES,
    widths=st.dictionaries(NAMES, st.integers(*WIDTHS), max_size=3).map(lambda widths: tuple(widths.items())),
    frozen=TEXT_TUPLES,
    groups=st.lists(GROUPINGS, unique=True, max_size=3).map(tuple),
    unfolded=st.frozensets(NAMES, max_size=3),
    filters=st.dictionaries(NAMES, NAMES, max_size=3).map(lambda filters: tuple(filters.items())),
    history=TEXT_TUPLES,
    ignored=TEXT_TUPLES,
    chosen=st.frozensets(st.sampled_from(DEFAULTED)),
)
WORDS = st.sampled_from(["step", "run", "last", "x", "std", "name", "metric", "started"])
SCALARS = st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | WORDS | NAMES
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "key", "name", "column"]), inner)
    ),
    max_leaves=5,
)
NAMES_OF_FIELDS = [field.name for field in fields(Session) + fields(ChartSettings)]
OBJECTS = st.dictionaries(st.sampled_from(NAMES_OF_FIELDS), ANYTHING, max_size=10)


@given(SESSIONS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_session_comes_back_as_it_was(session: Session) -> None:
    assert from_json(json.loads(json.dumps(to_json(session)))) == session


@given(ANYTHING | OBJECTS, ANYTHING | OBJECTS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_file_holds_gives_a_session_that_can_be_saved(value: Json, charts: Json) -> None:
    session = from_json({**value, "charts": charts} if isinstance(value, dict) else value)
    assert from_json(json.loads(json.dumps(to_json(session)))) == session


def test_every_setting_of_the_charts_and_the_screen_is_kept() -> None:
    whole = to_json(Session())
    charts = whole["charts"]
    assert isinstance(charts, dict)
    assert set(charts) == {field.name for field in fields(ChartSettings)}
    everything = Session(
        marks=("b", "a\udc80"),
        baseline="b",
        hidden=frozenset({"c"}),
        filter_text="lr=0.1",
        metric_filter="val/",
        key_filter="opt",
        sort=(SortKey(Column("metric", "loss", "min"), True), SortKey(Column("run", "verdict"))),
        aggregate="best",
        pins=(),
        view="run",
        opened="b",
        shape=(3, 4),
        charts=ChartSettings(
            XMetric("epoch"),
            True,
            (-1.5, 2.0),
            True,
            0.6,
            False,
            True,
            Column("param", "lr"),
            "range",
            frozenset({"loss", "rate"}),
            (("loss", "histogram"),),
            (("loss", Column("param", "lr")),),
        ),
        theme="nord",
        columns=(Column("run", "host"), Column("attribute", "gpu")),
        widths=(("param:lr", 3), ("run:name", 200)),
        frozen=("run:name", "metric:loss"),
        groups=(Column("run", "config"), Column("param", "lr")),
        unfolded=frozenset({"lr=0.1"}),
        filters=(("good", "loss < 1"), ("", "")),
        history=("a", "b"),
        places=(
            ("runs", Place(True, True, "loss", "run:b", "param:lr", True, True, ("a",), "params::lr", True)),
            ("plots", Place(chart="acc")),
        ),
        ignored=("env.packages.*",),
        chosen=frozenset({"sort", "pins"}),
    )
    place = everything.places[0][1]
    for part, plain in ((everything, Session()), (everything.charts, ChartSettings()), (place, Place())):
        assert all(getattr(part, field.name) != getattr(plain, field.name) for field in fields(part))
    assert from_json(json.loads(json.dumps(to_json(everything)))) == everything


CHOSEN = to_json(Session(marks=("a",), filter_text="lr"))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("baseline", 3),
        ("baseline", "x" * (LONGEST + 1)),
        ("hidden", "abc"),
        ("hidden", [1]),
        ("pins", {"a": 1}),
        ("view", "atlas"),
        ("view", "run"),
        ("view", ["runs"]),
        ("shape", [2]),
        ("shape", [0, 2]),
        ("shape", [True, 2]),
        ("shape", [2, LARGEST_GRID + 1]),
        ("aggregate", "median"),
        ("aggregate", "count"),
        ("sort", {"column": {"kind": "run", "key": "no such field"}}),
        ("sort", {"descending": True}),
        ("sort", [{"column": {"kind": "run", "key": "name"}}, 3]),
        ("columns", [{"kind": "run", "key": "config"}]),
        ("columns", [{"kind": "label", "key": "a"}]),
        ("columns", ["name"]),
        ("widths", [["run:name", 2]]),
        ("widths", [["run:name", 201]]),
        ("widths", [["run:name", True]]),
        ("widths", [["run:name", 12.0]]),
        ("widths", {"run:name": 12}),
        ("frozen", ["run:name", None]),
        ("groups", [{"kind": "metric", "key": "loss"}]),
        ("groups", [{"kind": "run", "key": "name"}]),
        ("unfolded", 7),
        ("filters", [["a"]]),
        ("filters", [["a", 3]]),
        ("history", {"a": 1}),
        ("places", {"runs": {"whole": True}}),
        ("places", [["atlas", {"whole": True}]]),
        ("places", [["runs", {"whole": 1, "row": 3}]]),
        ("chosen", ["sort", "no such field"]),
        ("charts", []),
        ("charts", {"x": "banana"}),
        ("charts", {"x": {"metric": "epoch"}}),
        ("charts", {"window": [3, 3]}),
        ("charts", {"window": [0, 10**400]}),
        ("charts", {"window": [False, True]}),
        ("charts", {"smoothing": 1}),
        ("charts", {"smoothing": "0.5"}),
        ("charts", {"raw": 0}),
        ("charts", {"kinds": [["loss", "pie"]]}),
        ("charts", {"against": [["loss"]]}),
        ("charts", {"group": {"kind": "param"}}),
        ("theme", False),
    ],
)
def test_a_wrong_field_has_its_default_and_the_others_stay(field: str, wrong: Json) -> None:
    assert from_json({**CHOSEN, field: wrong, "of a newer version": 1}) == from_json(CHOSEN)
    assert from_json(CHOSEN).marks == ("a",)


def test_marks_are_bounded_and_stand_once() -> None:
    many: list[Json] = [str(number) for number in range(MOST + 5)]
    assert len(from_json({"marks": many}).marks) == MOST
    assert from_json({"marks": ["b", "a", "b"]}).marks == ("b", "a")


def test_a_file_of_an_older_version_keeps_what_was_chosen() -> None:
    by_name, newest = {"kind": "run", "key": "name"}, {"kind": "run", "key": "started"}
    assert from_json({"version": 1, "sort": {"column": by_name}}).sort == (SortKey(Column("run", "name")),)
    assert from_json({"version": 1, "sort": {"column": newest}}).sort == (SortKey(Column("run", "started")),)
    assert from_json({"version": 1, "sort": {"column": newest, "descending": True}}).sort == ()
    assert from_json({"sort": [{"column": newest, "descending": True}]}).sort != ()


def test_lists_of_the_table_are_bounded() -> None:
    keys: list[Json] = [{"column": {"kind": "param", "key": str(number)}} for number in range(MOST_SORTS + 1)]
    sort = from_json({"sort": keys}).sort
    assert [key.column.key for key in sort] == [str(number) for number in range(MOST_SORTS)]
    texts: list[Json] = [str(number) for number in range(MOST_FILTERS + 1)]
    assert from_json({"history": texts}).history == tuple(map(str, range(1, MOST_FILTERS + 1)))
    assert len(from_json({"filters": [[text, text] for text in texts]}).filters) == MOST_FILTERS


def test_limits_are_those_of_the_screen_and_the_store() -> None:
    assert {*NUMBERS, *TEXTS, *FACTS} == RUN_FIELDS
    documented = re.search(r"takes a field of `Run`: (.*?)\. 'tag'", Column.__doc__ or "", re.DOTALL)
    assert documented is not None
    words = documented[1].replace("; or what its log\n    said of it:", ",").replace("`", "")
    assert set(re.split(r",\s+", words)) == RUN_FIELDS


def test_all_that_a_filter_calls_a_field_of_a_run_is_a_column() -> None:
    synonyms = {"run_id", "run_name", "start_time", "created", "end_time", "user_id", "artifact_uri"}
    of_data = {name for name in LATE if name.startswith("dataset.")}
    assert {*FIELDS, *LATE} - synonyms - of_data - {"age"} == RUN_FIELDS  # the age is what the column `updated` shows
    every = tuple(Column("run", field) for field in sorted(RUN_FIELDS))
    session = Session(columns=every, sort=(SortKey(Column("run", "git.commit"), descending=True),))
    assert from_json(to_json(session)) == session
    always = {"name", "status", "step", "progress", "updated"}
    assert {*SHOWABLE, *always} == RUN_FIELDS
