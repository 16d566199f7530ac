"""Which runs had given params already."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from labtop.store.answers.known import known_of
from labtop.store.answers.tried import tried
from labtop.store.index.rows import as_json
from labtop.store.model import Json, NotThere, StoreError

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf


def found(shelf: Shelf, **wanted: str) -> list[int]:
    cursor = shelf.cursor()
    return list(tried(cursor, {key.replace("__", "."): value for key, value in wanted.items()}, known_of(cursor, 0.0)))


def configured(shelf: Shelf, *configs: dict[str, Json]) -> None:
    for place, config in enumerate(configs):
        run = shelf.run(f"run{place}", started=float(place))
        for key, value in config.items():
            shelf.param(run, key, value)


def test_runs_that_have_all_these_params_the_newest_first(shelf: Shelf) -> None:
    configured(shelf, {"lr": 0.1, "opt": "adam"}, {"lr": 0.1, "opt": "sgd"}, {"lr": 0.1, "opt": "adam", "wd": 0.0})
    shelf.param(shelf.run("undated"), "lr", 0.1)
    assert found(shelf, lr="0.1") == [2, 1, 0, 3]
    assert found(shelf, lr="0.1", opt="adam") == [2, 0]
    assert found(shelf, lr="0.1", opt="lion") == []


SAME: list[tuple[str, Json]] = [
    ("1e-2", 0.01),
    ("0.010", "1e-2"),
    ("64", 64.0),
    ("007", 7),
    ("-0", 0),
    ("nan", math.nan),
    ("-Infinity", -math.inf),
    ("true", True),
    ("null", None),
    ("false", "false"),
    ("adam", "adam"),
    ('"adam"', "adam"),
    ("a=b", "a=b"),
    ("", ""),
    (str(2**60 + 1), 2**60 + 1),
    ("1e20", 10**20),
    ("it's; drop table shares --", "it's; drop table shares --"),
    ("x" * 1000, "x" * 1000),
]


def test_what_is_typed_is_what_was_logged(shelf: Shelf) -> None:
    keys = [f"key{place}" for place in range(len(SAME))]
    configured(shelf, {key: logged for key, (_, logged) in zip(keys, SAME, strict=True)}, dict.fromkeys(keys, "other"))
    for key, (typed, _) in zip(keys, SAME, strict=True):
        assert found(shelf, **{key: typed}) == [0], typed
    assert found(shelf, **{key: typed for key, (typed, _) in zip(keys, SAME, strict=True)}) == [0]


def test_lists_are_json(shelf: Shelf) -> None:
    run = shelf.run("run0")
    shelf.insert("said_params", run=run, file=0, line=0, key="key", value=as_json([1, {"a": 2}]), source="run")
    assert found(shelf, key='[1,{"a":2}]') == found(shelf, key=' [ 1, {"a": 2} ] ') == [0]
    assert found(shelf, key="[1]") == []


UNLIKE: list[tuple[str, Json]] = [
    ("1", True),
    ("true", 1),
    ("null", ""),
    ("Adam", "adam"),
    (str(2**60), 2**60 + 1),
    ("0.1", 0.1000001),
    ("[", []),
]


def test_what_is_like_it_is_not_the_same(shelf: Shelf) -> None:
    configured(shelf, {f"key{place}": logged for place, (_, logged) in enumerate(UNLIKE)})
    for place, (typed, _) in enumerate(UNLIKE):
        assert found(shelf, **{f"key{place}": typed}) == [], typed


def test_the_end_of_a_key_is_enough_where_only_one_ends_so(shelf: Shelf) -> None:
    configured(shelf, {"model.width": 64, "enc.depth": 1, "dec.depth": 2, "lr": 1, "optim/lr": 2})
    assert found(shelf, width="64") == [0]
    assert found(shelf, params__width="64") == [0]
    assert found(shelf, width="64", model__width="64") == [0]
    assert found(shelf, width="8", model__width="64") == []
    assert found(shelf, lr="1") == [0], "a whole key comes before a part of another"
    with pytest.raises(NotThere, match=r"2 params end in 'depth': dec\.depth, enc\.depth; say more"):
        found(shelf, depth="1")


def test_a_key_that_no_run_has_names_the_nearest(shelf: Shelf) -> None:
    with pytest.raises(NotThere, match="there are none yet"):
        found(shelf, lr="1")
    configured(shelf, {"model.width": 64, "lr": 1})
    with pytest.raises(NotThere, match=r"no run has a param 'widthh'; near: model\.width"):
        found(shelf, widthh="64")
    with pytest.raises(NotThere, match=r"there are lr, model\.width"):
        found(shelf, optimizer="64")
    with pytest.raises(NotThere) as error:
        found(shelf, **{"\x1b[31m" + "x" * 100_000: "1", "[" * 100_000: "[" * 100_000})
    assert len(str(error.value)) < 200
    assert str(error.value).isprintable()


def test_nothing_wanted_is_refused(shelf: Shelf) -> None:
    with pytest.raises(StoreError, match="name the params"):
        found(shelf)
