"""What each piece of the filter language means, on a few runs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from labtop.store.filter.names import Where
from labtop.store.filter.where import where
from labtop.store.model import FilterError
from tests.store.filter.conftest import NOW, Filtered


@pytest.fixture(scope="module")
def runs() -> Iterator[Filtered]:
    shelf = Filtered()
    noon = datetime(2026, 11, 1, 12, 30, 20).timestamp()
    facts = {"user": "ana", "git": {"commit": "c0ffee", "branch": "main"}}
    a = shelf.run(
        "a", started=NOW - 7200, updated=NOW - 5, step=1000.0, total_steps=4000.0, heard=NOW, facts=json.dumps(facts)
    )
    b = shelf.run(
        "b",
        started=noon,
        updated=noon + 90,
        end_status="failed",
        error="CUDA out of memory",
        tags=["Baseline", "team=red"],
    )
    c = shelf.run(
        "sweep1/run-3", started=NOW - 4 * 86400, updated=NOW - 86400, end_status="finished", notes="a transformer"
    )
    d = shelf.run(
        "d", started=NOW - 60, updated=NOW - 30, end_status="killed", tags=["two words", "owner:bob", "x's 🙂 [1]"]
    )
    for run, lr, opt in ((a, 0.01, "adam"), (b, "0.010", "Adam"), (c, "auto", "sgd"), (d, 2, None)):
        shelf.param(run, "lr", lr)
        if opt:
            shelf.param(run, "opt", opt)
    shelf.param(a, "seed", 1)
    shelf.param(a, "amp", True)
    shelf.param(b, "amp", 1)
    shelf.param(c, "amp", "True")
    shelf.param(d, "amp", False)
    shelf.param(a, "big", 12345678901234567890)
    shelf.param(b, "big", 12345678901234567891)
    shelf.param(a, "long", "x" * 600 + "y")
    shelf.param(b, "long", "x" * 600 + "z")
    shelf.param(a, "size", 1.5)
    shelf.metric(a, "loss", [3.0, 0.5, 1.0], goal="min")
    shelf.metric(b, "loss", [2.0, math.nan], goal="min")
    shelf.metric(c, "loss", [math.inf, math.inf], goal="min")
    shelf.metric(a, "lr", [0.5])
    shelf.metric(a, "val/acc@1.5-top%", [0.25], goal="max")
    shelf.metric(d, "f1 score", [0.75])
    shelf.metric(d, "train:loss", [4.0])
    shelf.attribute(a, "owner", "ana", changed=True)
    shelf.lay()
    yield shelf
    shelf.connection.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # How conditions are joined.
        ("lr = 2 or lr = 0.01 and seed = 1", "a d"),
        ("(lr = 2 or lr = 0.01) and not seed = 1", "b d"),
        ("lr = 2 OR lr = 0.01, seed = 1", "a d"),
        ("not lr = 2 opt = sgd", "sweep1/run-3"),
        ("not (lr = 2 or opt = sgd)", "a b"),
        ("not not lr = 2", "d"),
        ("-lr = 2", "a b sweep1/run-3"),
        ("-(lr = 2, step is null) opt is not null", "a b sweep1/run-3"),
        ("\n lr<1\t and\nopt=adam ", "a"),
        # Params: numbers, texts, neither.
        ("lr = 0.01", "a b"),
        ("lr = '0.01'", "a b"),
        ("lr == 1e-2", "a b"),
        ("lr = .01", "a b"),
        ("lr != 0.01", "sweep1/run-3 d"),
        ("lr <> 0.01", "sweep1/run-3 d"),
        ("lr > 0.001", "a b d"),
        ("lr >= 2", "d"),
        ("lr > -2", "a b d"),
        ("lr = auto", "sweep1/run-3"),
        ("lr in (2, auto)", "sweep1/run-3 d"),
        ("lr not in (2, auto)", "a b"),
        ("lr < b", "sweep1/run-3"),
        ("lr ~ '^0[.]0'", "a b"),
        ("lr like '0.01_'", "b"),
        ("opt = adam", "a"),
        ("opt != adam", "b sweep1/run-3"),
        ("not opt = adam", "b sweep1/run-3 d"),
        ("opt ~ ADAM", "a b"),
        ("opt !~ adam", "sweep1/run-3"),
        ("opt like 'A%'", "b"),
        ("opt ilike 'A%'", "a b"),
        ("opt not like 'A%'", "a sweep1/run-3"),
        ("opt NOT  ILIKE 'A%'", "sweep1/run-3"),
        ("opt in (adam, sgd)", "a sweep1/run-3"),
        ("opt is null", "d"),
        ("opt IS NOT NULL", "a b sweep1/run-3"),
        ("amp = true", "a b sweep1/run-3"),
        ("amp = false", "d"),
        ("amp != true", "d"),
        ("amp = 1", "b"),
        ("big = 12345678901234567890", "a"),
        ("big > 1e19", "a b"),
        (f"long = {'x' * 600}y", "a"),
        ("long ~ z$", "b"),
        ("size = 1.50", "a"),
        # Metrics.
        ("loss < 2", "a"),
        ("loss >= 1", "a sweep1/run-3"),
        ("loss > 0", "a sweep1/run-3"),
        ("loss = inf", "sweep1/run-3"),
        ("loss = nan", "b"),
        ("loss != nan", "a sweep1/run-3"),
        ("loss != 1", "b sweep1/run-3"),
        ("loss < nan", ""),
        ("loss is null", "d"),
        ("last(loss) = 1", "a"),
        ("first(loss) = 3", "a"),
        ("min(loss) < 1", "a"),
        ("best(loss) = 0.5", "a"),
        ("min(loss) = 2", "b"),
        ("max(loss) >= 2", "a b"),
        ("max(loss) = nan", "sweep1/run-3"),
        ("mean(loss) = 1.5", "a"),
        ("count(loss) = 2", "b sweep1/run-3"),
        ("COUNT (metrics.loss) in (2, 3)", "a b sweep1/run-3"),
        ("min(`f1 score`) > 0.5", "d"),
        ("min(f1 score) > 0.5", "d"),
        ("val/acc@1.5-top% = 0.25", "a"),
        ("best(val/acc@1.5-top%) = 0.25", "a"),
        ("train:loss = 4", "d"),
        ("metrics.lr = 0.5", "a"),
        ("params.lr = 2", "d"),
        ("`f1 score` > 0.5", "d"),
        ('"f1 score" > 0.5', "d"),
        # Fields.
        ("status = failed", "b"),
        ("status = FINISHED", "sweep1/run-3"),
        ("status in (Failed, KILLED)", "b d"),
        ("status != failed", "a sweep1/run-3 d"),
        ("status = scheduled", "a"),
        ("status ~ 'ed$' status like 'F%'", "b sweep1/run-3"),
        ("Name = 'run-3'", "sweep1/run-3"),
        ("id ~ sweep", "sweep1/run-3"),
        ("name in (a, d)", "a d"),
        ("user = ana", "a"),
        ("user != bob", "a"),
        ("git.branch = main", "a"),
        ("note is null", "a b d"),
        ("notes like '%former'", "sweep1/run-3"),
        ("error ~ cuda", "b"),
        ("step >= 1000", "a"),
        ("progress = 25%", "a"),
        ("progress < 0.5", "a"),
        ("number >= 2", "sweep1/run-3 d"),
        ("attempts = 1", "a b sweep1/run-3 d"),
        ("eta > 1h", "a"),
        # Time.
        ("started > -2d", "a d"),
        ("started > -3h", "a d"),
        ("updated < -10m", "b sweep1/run-3"),
        ("updated < -1h30m", "b sweep1/run-3"),
        ("started < 2026-11-02", "b"),
        ("started = 2026-11-01", "b"),
        ("started != '2026-11-01'", "a sweep1/run-3 d"),
        ("started = '2026-11-01 12:30'", "b"),
        ("started = 2026-11-01 12:30", "b"),
        ("started = 2026-11-01T12:30:20", "b"),
        ("started = 2026-11-01T12:30:21", ""),
        ("started >= '2026-11-01 12:31' started < 2026-11-02", ""),
        (f"started <= {NOW - 7200} started >= {(NOW - 7200) * 1000:.0f}", "a"),
        ("started < 1970-01-02T00:00Z", ""),
        ("duration > 1h30m", "a sweep1/run-3"),
        ("duration = 90s", "b"),
        ("duration = 90", "b"),
        ("duration >= 2d", "sweep1/run-3"),
        ("duration < 0.5h", "b d"),
        ("age < 1m", "a d"),
        ("age >= 1d", "b sweep1/run-3"),
        # Tags.
        ("tag:baseline", "b"),
        ("-tag:baseline", "a sweep1/run-3 d"),
        ('tag:"two words"', "d"),
        ("tag:'x''s 🙂 [1]'", "d"),
        ("tag = 'two words'", "d"),
        ("tags = Baseline", "b"),
        ("tags != 'two words'", "b"),
        ("tags ~ word", "d"),
        ("tags is null", "a sweep1/run-3"),
        ("tags.team = red", "b"),
        ("tags.owner = bob", "d"),
        ("tags.owner in (ana, bob)", "a d"),
        ("tags.owner != ana", "d"),
        ("tags.owner is not null", "a d"),
        ("tags.baseline is not null", "b"),
        ("attributes.owner = ana", "a"),
        ("owner = ana", "a"),
        # key:value.
        ("has:seed", "a"),
        ("-has:opt", "d"),
        ("has:loss", "a b sweep1/run-3"),
        ("has:notes", "sweep1/run-3"),
        ('has:"f1 score"', "d"),
        ("has:tags", "b d"),
        ("opt:adam", "a"),
        ("lr:0.01", "a b"),
        ("is:failed", "b"),
        ("status:failed", "b"),
        ("is:hidden", ""),
        ("hidden = false", "a b sweep1/run-3 d"),
        # Words.
        ("transformer", "sweep1/run-3"),
        ("TRANSFORMER run-3 -debug", "sweep1/run-3"),
        ("sweep1/run-3", "sweep1/run-3"),
        ("baseline", "b"),
        ("'two words'", "d"),
        ("🙂", "d"),
        ("adam", "a b"),
        ("adam -baseline", "a"),
        ("adam or baseline", "a b"),
        ("'lr=0.01'", "a b"),
        ("seed", "a"),
        ("lr", "a b sweep1/run-3 d"),
        ("train:lo", ""),
        ("2026-11-21", ""),
        ("don't", ""),
    ],
)
def test_a_filter_lets_through(runs: Filtered, text: str, found: str) -> None:
    assert runs.shown(text) == found


@pytest.mark.parametrize("source", ["lone_runs", "merged_runs"])
def test_the_condition_holds_on_the_rows_of_the_view(runs: Filtered, source: str) -> None:
    text = "(adam -sgd or user = ana) tags.owner is null, best(loss) < 9 age > 1s hidden = false or is:killed not tag:x"
    condition = where(text, runs.names, NOW)
    sql = f"select id from runs_from('{source}', 'sheet.names', ?) where {condition.sql} order by run"
    rows = runs.connection.execute(sql, [NOW, *condition.parameters]).fetchall()
    assert [row[0] for row in rows] == runs.ids(text) == ["b", "d"]


def test_no_filter_is_true() -> None:
    assert where("", Filtered().names, NOW) == where(" \n\t", Filtered().names, NOW) == Where("true")


@pytest.mark.parametrize(
    "text", ["hidden = true", "is:hidden", "lr < 1 or not (hidden = false)", "attributes.hidden = 1"]
)
def test_what_speaks_of_hidden_runs_says_so(runs: Filtered, text: str) -> None:
    assert where(text, runs.names, NOW).of_hidden
    assert not where("lr < 1", runs.names, NOW).of_hidden


@pytest.mark.parametrize(
    "text", ["lr < 'a''; drop table runs; --'", "name = '; drop table runs; --'", "x; drop table runs;"]
)
def test_no_text_of_a_filter_is_in_the_sql(runs: Filtered, text: str) -> None:
    condition = where(text, runs.names, NOW)
    assert "drop" not in condition.sql
    assert condition.sql.count("?") == len(condition.parameters)
    assert runs.ids(text) == []


def test_a_param_that_looks_like_a_prefix_is_found_by_its_own_name(filtered: Filtered) -> None:
    run = filtered.run("a", facts=json.dumps({"data": [{"name": "cifar"}]}))
    filtered.param(run, "run.kind", "long")
    filtered.param(run, "metrics.every", 5)
    filtered.lay()
    assert filtered.ids("run.kind = long metrics.every = 5 dataset.name = cifar") == ["a"]


def test_where_tags_are_not_known_any_key_may_be_one_of_theirs(runs: Filtered) -> None:
    for names in (runs.names, replace(runs.names, tags=())):
        condition = where("tags.team = red or tags.`mlflow.user` = zoe", names, NOW)
        rows = runs.connection.execute(f"select id from seen where {condition.sql}", condition.parameters).fetchall()
        assert rows == [("b",)]
    with pytest.raises(FilterError, match="no run has a tag 'taem'"):
        where("tags.taem = red", runs.names, NOW)


def test_a_metric_that_only_a_field_hides_is_told_of(runs: Filtered) -> None:
    with pytest.raises(FilterError, match=r"error is a text that runs have; metrics\.error is a metric"):
        where("error < 0.05", runs.names, NOW)
