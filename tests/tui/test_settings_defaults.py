"""Settings go below what a person has chosen on the screen, and are not saved as if they had been chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from labtop.store.model import Column, MetricInfo, Outline, SortKey
from labtop.tui.session.session import TABLE_AGGREGATES, Session
from labtop.tui.settings.defaults import DEFAULTED, chosen, moved, resolved, saved_filters, waits, with_defaults
from labtop.tui.settings.settings import Settings

METRICS = ("val/loss", "val/acc", "lr", "status", "tags.x")
HELD = Outline(3, tuple(MetricInfo(name, None, None, 3, True) for name in METRICS), ("lr", "model.width", "name"))
EMPTY = Outline(0, (), ())
NAME = SortKey(Column("run", "name"))
TEAM = Settings(
    pins=("val/acc", "gone"),
    columns=("lr", "val/acc", "last(val/loss)", "gone(x)", "best(gone)", "tags.ana", "lr"),
    sort=("val/loss", "started:desc", "best(val/loss):asc"),
    aggregate="best",
    group_by=("config", "optimizer", "params.group", "tags.owner"),
    theme="nord",
)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("status", Column("run", "status")),
        ("name", Column("run", "name")),
        ("host", Column("run", "host")),
        ("user", Column("run", "user")),
        ("hidden", Column("run", "hidden")),
        ("git.branch", Column("run", "git.branch")),
        ("params.name", Column("param", "name")),
        ("params.seed", Column("param", "seed")),
        ("metrics.status", Column("metric", "status")),
        ("metrics.lr", Column("metric", "lr")),
        ("metrics.gone", None),
        ("attributes.host", Column("attribute", "host")),
        ("tags.x", Column("tag", "x")),
        ("best(val/acc)", Column("metric", "val/acc", "best")),
        ("count(lr)", Column("metric", "lr", "count")),
        ("median(lr)", Column("param", "median(lr)")),
        ("last(gone)", None),
        ("lr", Column("param", "lr")),
        ("model.width", Column("param", "model.width")),
        ("val/loss", Column("metric", "val/loss")),
        ("seed", Column("param", "seed")),
        ("params.", Column("param", "params.")),
    ],
)
def test_a_text_names_a_column(text: str, column: Column | None) -> None:
    assert resolved(text, HELD) == column
    bare_or_metric = column is None or column.kind == "metric" or text in ("lr", "model.width", "seed", "median(lr)")
    assert resolved(text, EMPTY) == (None if bare_or_metric or text == "params." else column)


def test_a_bare_name_is_that_of_a_param_only_if_any_run_has_it() -> None:
    held = Column("param", "seed"), Column("metric", "val/loss"), Column("attribute", "host_of")
    assert resolved("seed", HELD, held=held) == Column("param", "seed")
    assert resolved("lr", HELD, held=()) == Column("param", "lr")
    assert resolved("host_of", HELD, held=held) is resolved("seed", HELD, held=()) is None
    assert resolved("params.gone", HELD, held=held) == Column("param", "gone")
    assert waits(Settings(columns=("seed", "gone")), HELD, held)
    assert waits(Settings(sort=("gone:desc",)), HELD, held)
    assert not waits(Settings(columns=("seed", "name", "metrics.gone"), sort=("val/loss:asc",)), HELD, held)


def test_code_is_a_field_where_nothing_else_has_its_name() -> None:
    for kind in ("param", "attribute"):
        assert resolved("git.commit", HELD, held=(Column(kind, "git.commit"),)) == Column(kind, "git.commit")
    for outline, held in ((EMPTY, None), (HELD, None), (HELD, (Column("param", "git.branch"),))):
        assert resolved("git.commit", outline, held=held) == Column("run", "git.commit")
    metric = MetricInfo("git.commit", None, None, 1, True)
    assert resolved("git.commit", Outline(1, (metric,), ())) == Column("metric", "git.commit")
    assert resolved("git.commit", Outline(1, (metric,), ("git.commit",))) == Column("param", "git.commit")
    assert not waits(Settings(columns=("git.commit",), sort=("git.branch:desc",)), HELD, ())


def test_settings_fill_what_nobody_has_chosen() -> None:
    shown = with_defaults(Session(marks=("a",)), TEAM, HELD)
    assert shown == Session(
        marks=("a",),
        pins=("val/acc",),
        columns=(
            Column("param", "lr"),
            Column("metric", "val/acc", "best"),
            Column("metric", "val/loss"),
            Column("param", "gone(x)"),
            Column("tag", "ana"),
        ),
        sort=(SortKey(Column("metric", "val/loss", "best")), SortKey(Column("run", "started"), descending=True)),
        aggregate="best",
        groups=(
            Column("run", "config"),
            Column("param", "optimizer"),
            Column("param", "group"),
            Column("attribute", "owner"),
        ),
        theme="nord",
    )
    assert with_defaults(Session(), Settings(), HELD) == Session()


def test_what_a_person_has_chosen_stays_also_where_it_looks_like_nothing() -> None:
    own = Session((), sort=(NAME,), aggregate="min", pins=(), columns=(), groups=(Column("param", "a"),), theme="ansi")
    assert with_defaults(own, TEAM, HELD) == own
    none = Session(chosen=frozenset(DEFAULTED))
    assert with_defaults(none, TEAM, HELD) == none
    assert with_defaults(Session(aggregate="max"), TEAM, HELD).sort[0].column.aggregate == "max"


def test_lists_that_are_empty_on_purpose_are_so_and_wishes_without_any_answer_leave_the_choice_open() -> None:
    none = with_defaults(Session(), Settings(pins=(), columns=()), HELD)
    assert (none.pins, none.columns) == ((), ())
    gone = Settings(pins=("gone",), columns=("best(gone)",), sort=("min(gone)",))
    assert with_defaults(Session(), gone, HELD) == Session()


def test_names_that_only_the_directory_explains_wait_for_it() -> None:
    early = with_defaults(Session(), TEAM, EMPTY)
    assert (early.pins, early.columns) == (None, (Column("tag", "ana"),))
    late = with_defaults(Session(), TEAM, HELD)
    assert moved(early, early, late) == late
    busy = replace(early, marks=("a",), sort=(NAME,), view="plots")
    assert moved(busy, early, late) == replace(late, marks=("a",), sort=(NAME,), view="plots")
    assert early.sort == (), "the order that holds anyway"


def test_only_what_was_changed_on_the_screen_is_saved() -> None:
    shown = with_defaults(Session(), TEAM, HELD)
    assert chosen(shown, shown, Session()) == Session()
    now = replace(shown, marks=("a",), groups=(), aggregate="last", filter_text="lr")
    own = chosen(now, shown, Session())
    assert own == Session(marks=("a",), filter_text="lr", chosen=frozenset({"groups", "aggregate"}))
    again = with_defaults(own, TEAM, HELD)
    assert (again.groups, again.aggregate, again.pins) == ((), "last", ("val/acc",))
    assert again.sort[0].column.aggregate == "last"
    other = with_defaults(own, Settings(pins=("val/loss",), group_by=("config",), theme="x"), HELD)
    assert (other.pins, other.groups, other.theme) == (("val/loss",), (), "x")


NAMES = st.sampled_from(["val/loss", "val/acc", "gone", "lr", "name", "params.a", "best(val/acc)", "tags.x"])
LISTS = st.none() | st.lists(NAMES, max_size=3).map(tuple)
SETTINGS = st.builds(
    Settings,
    pins=LISTS,
    columns=LISTS,
    sort=LISTS,
    aggregate=st.none() | st.sampled_from(TABLE_AGGREGATES),
    group_by=st.none() | st.lists(st.sampled_from(["config", "a"]), max_size=2).map(tuple),
    theme=st.none() | st.sampled_from(["nord", "x"]),
)
COLUMNS = st.none() | st.sampled_from([(), (Column("param", "lr"),)])
SESSIONS = st.builds(
    Session,
    sort=st.sampled_from([(), (NAME,)]),
    aggregate=st.sampled_from(TABLE_AGGREGATES),
    pins=st.sampled_from([None, (), ("lr",)]),
    columns=COLUMNS,
    groups=st.sampled_from([(), (Column("run", "config"),)]),
    theme=st.sampled_from([None, "nord"]),
    chosen=st.frozensets(st.sampled_from(DEFAULTED)),
)


@given(SESSIONS, SETTINGS, SESSIONS)
@limits(max_examples=200, deadline=None)
def test_what_is_saved_comes_back_as_it_was_shown(own: Session, said: Settings, wish: Session) -> None:
    shown = with_defaults(own, said, HELD)
    now = replace(shown, sort=wish.sort, groups=wish.groups, pins=wish.pins, theme=wish.theme, aggregate=wish.aggregate)
    again = with_defaults(chosen(now, shown, own), said, HELD)
    assert all(getattr(again, name) == getattr(now, name) for name in ("sort", "groups", "pins", "theme", "aggregate"))
    assert chosen(shown, shown, own) == own


def test_filters_of_the_person_go_before_those_of_the_files() -> None:
    own = (("good", "own"), ("mine", "a"))
    said = Settings(filters=(("team", "b"), ("good", "team")))
    assert saved_filters(own, said) == (("good", "own"), ("mine", "a"), ("team", "b"))
