"""Runs grouped by a value or by their configuration."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labtop.store.answers.across.grouping import groups
from labtop.store.answers.known import known_of
from labtop.store.model import Column, Json, StoreError
from labtop.store.store import Store

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf

LR, GROUP, CONFIG = Column("param", "lr"), Column("run", "group"), Column("run", "config")


def grouped(shelf: Shelf, key: Column = LR, runs: tuple[int, ...] | None = None) -> dict[str, tuple[int, ...]]:
    cursor = shelf.cursor()
    found = groups(cursor, key, tuple(range(shelf.runs)) if runs is None else runs, known_of(cursor, 0.0))
    labelled = {group.label: group.runs for group in found}
    assert len(labelled) == len(found)
    return labelled


def runs_with(shelf: Shelf, *values: Json, key: str = "lr") -> None:
    for value in values:
        shelf.param(shelf.run(f"run{shelf.runs}"), key, value)


def configured(shelf: Shelf, *configs: dict[str, Json]) -> None:
    for config in configs:
        run = shelf.run(f"run{shelf.runs}")
        for key, value in config.items():
            shelf.param(run, key, value)


def test_groups_stand_in_order_of_value_and_the_rest_last(shelf: Shelf) -> None:
    runs_with(shelf, "Zeta", 10, 9.5, "alpha", True, 10)
    shelf.run("without")
    expected = {"9.5": (2,), "10": (1, 5), "alpha": (3,), "true": (4,), "Zeta": (0,), "(no lr)": (6,)}
    assert list(grouped(shelf).items()) == list(expected.items())


def test_equal_values_of_different_type_are_one_group(shelf: Shelf) -> None:
    runs_with(shelf, 0.01, "0.01", 1e-2, "1e-2", 64, 64.0, "64")
    assert grouped(shelf) == {"0.01": (0, 1, 2, 3), "64": (4, 5, 6)}


def test_what_was_not_asked_for_or_is_not_there_is_left_out(shelf: Shelf) -> None:
    runs_with(shelf, 1, 2, 1)
    assert grouped(shelf, runs=(2, 99, 0, 2, -1, 10**12)) == {"1": (2, 0)}
    assert grouped(shelf, runs=()) == {}
    assert grouped(shelf, Column("param", "'; drop table shares"), (1, 0)) == {"(no '; drop table shares)": (1, 0)}


def test_null_is_no_value_and_nan_is_one(shelf: Shelf) -> None:
    runs_with(shelf, None, math.nan, math.inf, -math.inf, "null", 1, "nan")
    expected = {"-inf": (3,), "1": (5,), "inf": (2,), "NaN": (1, 6), "null": (4,), "(no lr)": (0,)}
    assert list(grouped(shelf).items()) == list(expected.items())


def test_labels_are_short_and_harmless(shelf: Shelf) -> None:
    runs_with(shelf, "a\x1b[31m\nb", "x" * 1_000_000, [1, {"a": 2}], "", "(no lr)")
    shelf.run("without")
    labels = list(grouped(shelf))
    assert labels == ['""', '"(no lr)"', '[1, {"a": 2}]', "a[31mb", "x" * 59 + "…", "(no lr)"]
    assert list(grouped(shelf, Column("param", "k" * 500))) == [f"(no {'k' * 59}…)"]


def test_large_whole_numbers_are_told_apart(shelf: Shelf) -> None:
    runs_with(shelf, 2**60, 2**60 + 1, str(2**60))
    assert grouped(shelf) == {str(2**60): (0, 2), str(2**60 + 1): (1,)}


def test_any_key_can_be_grouped_by(shelf: Shelf) -> None:
    keys = ["a.b/c", 'say "it"', "`x`", "'; drop table shares"]
    for key in keys:
        runs_with(shelf, 1, 2, 1, key=key)
    for place, key in enumerate(keys):
        first = 3 * place
        asked = (first, first + 1, first + 2)
        assert grouped(shelf, Column("param", key), asked) == {"1": (first, first + 2), "2": (first + 1,)}


def test_groups_of_logs_and_attributes_are_texts(shelf: Shelf) -> None:
    for place, name in enumerate(["007", "7", "b", None]):
        shelf.run(f"run{place}", group_name=name)
    shelf.attribute(0, "host", "n1")
    shelf.attribute(2, "host", "n1")
    assert grouped(shelf, GROUP) == {"007": (0,), "7": (1,), "b": (2,), "(no group)": (3,)}
    assert grouped(shelf, Column("attribute", "host")) == {"n1": (0, 2), "(no host)": (1, 3)}


def test_nothing_else_is_grouped_by(shelf: Shelf) -> None:
    shelf.run("a")
    for column in (Column("metric", "loss"), Column("run", "step")):
        with pytest.raises(StoreError, match="runs are not grouped by"):
            grouped(shelf, column)


def test_seeds_of_one_configuration_are_together(shelf: Shelf) -> None:
    seeds = ("seed", "Data_Seed", "trainer.seed", "a/random_state", "RANK")
    for place, seed in enumerate(seeds):
        configured(shelf, {"lr": 0.1, "model.width": 64, "depth": 2, seed: place})
    configured(shelf, {"lr": "0.01", "model.width": 64, "depth": 2}, {"lr": 0.1, "model.width": 8, "depth": 2})
    found = grouped(shelf, CONFIG)
    assert sorted(found.values()) == [(0, 1, 2, 3, 4), (5,), (6,)]
    said = {frozenset(label.split()): runs for label, runs in found.items()}
    assert said == {
        frozenset(("lr=0.1", "width=64")): (0, 1, 2, 3, 4),
        frozenset(("lr=0.01", "width=64")): (5,),
        frozenset(("lr=0.1", "width=8")): (6,),
    }


def test_one_configuration_is_all_alike(shelf: Shelf) -> None:
    configured(shelf, {"lr": 1, "seed": 1}, {"lr": 1.0, "seed": 2})
    assert grouped(shelf, CONFIG) == {"all alike": (0, 1)}
    shelf.run("without")
    assert grouped(shelf, CONFIG) == {"all alike": (0, 1), "(no params)": (2,)}
    assert grouped(shelf, CONFIG, ()) == {}


def test_a_label_says_what_a_configuration_lacks_only_where_it_says_nothing_else(shelf: Shelf) -> None:
    configured(shelf, {"depth": 1}, {"depth": 1, "wd": 0.1}, {"depth": 1, "wd": None})
    assert grouped(shelf, CONFIG) == {"wd=0.1": (1,), "(no wd)": (0, 2)}


def test_keys_that_end_alike_are_named_whole(shelf: Shelf) -> None:
    configured(
        shelf, {"enc.width": 1, "dec.width": 2}, {"enc.width": 2, "dec.width": 2}, {"enc.width": 2, "dec.width": 3}
    )
    assert all("enc.width=" in label and "dec.width=" in label for label in grouped(shelf, CONFIG))


def test_what_a_name_repeats_of_a_seed_parts_nobody(shelf: Shelf) -> None:
    for seed in (1, 2):
        configured(shelf, {"lr": 0.1, "seed": seed})
        shelf.code(seed - 1, "s", seed)
    assert grouped(shelf, CONFIG) == {"all alike": (0, 1)}
    shelf.code(0, "w", 1)
    shelf.code(1, "w", 2)
    assert grouped(shelf, CONFIG) == {"w=1": (0,), "w=2": (1,)}, "it may be the width"


def test_ten_thousand_params_make_a_short_label(shelf: Shelf) -> None:
    shelf.run("a")
    shelf.run("b")
    shelf.connection.execute(
        "insert into said_params by name select r as run, 0 as file, 0 as line, 'k' || k as key,"
        " (r * k)::varchar as value, 'config' as source from range(2) a(r), range(10000) b(k)"
    )
    found = grouped(shelf, CONFIG)
    assert sorted(found.values()) == [(0,), (1,)]
    assert all(len(label) == 60 for label in found)


def test_groups_of_real_files(tmp_path: Path) -> None:
    for place, (lr, seed) in enumerate([(0.1, 1), ("0.1", 2), (0.5, 1)]):
        path = tmp_path / "runs" / f"run{place}" / "events.jsonl"
        path.parent.mkdir(parents=True)
        about = {"event": "run", "params": {"lr": lr, "seed": seed, "model": {"width": 8}}, "group": "g"}
        lines = [about, {"step": 0, "loss": 1.0}, {"step": 1, "loss": 0.5}]
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with Store.open(tmp_path / "runs", index=tmp_path / "index.duckdb", poll=True) as store:
        store.catch_up()
        number = {detail.run.name: detail.run.number for detail in store.details()}
        runs = tuple(number[f"run{place}"] for place in range(3))
        for key, labels in ((LR, ("0.1", "0.5")), (CONFIG, ("lr=0.1", "lr=0.5"))):
            found = store.groups(key, runs)
            assert tuple(group.label for group in found) == labels
            assert [group.runs for group in found] == [runs[:2], runs[2:]]
        assert [group.label for group in store.groups(GROUP, runs)] == ["g"]
        assert store.groups(LR, (99,)) == ()
