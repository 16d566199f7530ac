"""Why some runs are better: params by how much of a metric they explain."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from labtop.store.answers.known import known_of
from labtop.store.answers.why.why import why
from labtop.store.model import Column, FilterError, Influence, Json, StoreError, Why, WhyQuery
from labtop.store.store import Store

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf

LOSS = Column("metric", "loss")


def answer(shelf: Shelf, metric: Column = LOSS, runs: tuple[int, ...] | None = None, where: str = "") -> Why:
    cursor = shelf.cursor()
    return why(cursor, WhyQuery(metric, runs, where), known_of(cursor, 0.0))


def by_key(found: Why) -> dict[str, Influence]:
    return {each.key: each for each in found.influences}


def runs_with(shelf: Shelf, *rows: tuple[float | None, Mapping[str, Json]]) -> None:
    """Runs by their loss, None for none, and their params."""
    for loss, params in rows:
        run = shelf.run(f"run{shelf.runs}")
        if loss is not None:
            shelf.metric(run, "loss", [loss], goal="min")
        for key, value in params.items():
            shelf.param(run, key, value)


def sweep(shelf: Shelf) -> None:
    """40 runs: `depth` helps, `lr` has its optimum in the middle, `opt` matters a little, the seed does not."""
    dice = Random(1)
    for place in range(40):
        depth, lr, opt = place % 8, (0.1, 0.01, 0.001)[place % 3], ("sgd", "adam")[place // 20]
        loss = -depth + (0 if lr == 0.01 else 6) + (place // 20 == 0) * 1.0 + dice.random() / 10
        params: dict[str, Json] = {"depth": depth, "lr": lr, "opt": opt, "seed": place % 5, "data": "c4"}
        runs_with(shelf, (loss, params | {"out": f"/tmp/{place}"}))


def test_what_matters_comes_first_and_what_does_not_explains_nothing(shelf: Shelf) -> None:
    sweep(shelf)
    found = answer(shelf)
    assert [each.key for each in found.influences] == ["lr", "depth", "opt", "seed", "out"]
    assert (found.runs, found.lost, found.constant, found.goal) == (40, 0, 1, "min")
    lr, depth, opt, seed, out = found.influences
    assert (lr.kind, lr.values, lr.note) == ("number", 3, "best at 0.01")
    assert lr.explained is not None
    assert lr.explained > 0.5 > 0.1 > (lr.rank or 0) ** 2
    assert depth.note == ""
    assert depth.rank == pytest.approx(-0.65, abs=0.05)
    assert (opt.kind, opt.rank) == ("category", None)
    assert opt.explained == pytest.approx(0.03, abs=0.05)
    assert seed.explained == pytest.approx(0, abs=0.05)
    assert (out.explained, out.note) == (None, "40 values in 40 runs are too many: it takes 2 runs a value")


def test_the_best_value_is_named_in_the_direction_of_the_goal(shelf: Shelf) -> None:
    for place in range(8):
        runs_with(shelf, (float(place // 4), {"opt": ["adam", "sgd\x1b[31m"][place // 4]}))
        shelf.metric(place, "acc", [place // 4], goal="max")
        shelf.metric(place, "odd", [place // 4])
    notes = {name: answer(shelf, Column("metric", name, "best")).influences[0].note for name in ("loss", "acc", "odd")}
    assert notes == {"loss": "best with adam", "acc": "best with sgd[31m", "odd": "highest with sgd[31m"}
    assert answer(shelf, Column("metric", "odd", "best")).metric == Column("metric", "odd", "last")


def test_runs_are_those_that_are_named_or_pass_the_filter(shelf: Shelf) -> None:
    runs_with(shelf, *((float(place), {"lr": place, "half": place // 5}) for place in range(10)))
    assert by_key(answer(shelf))["lr"] == Influence("lr", "number", 1.0, 1.0, 10, 10)
    for found in (answer(shelf, where="lr < 5"), answer(shelf, runs=(0, 1, 2, 3, 4, 99, 2**40), where="no such")):
        assert (found.runs, found.constant, list(by_key(found))) == (5, 1, ["lr"])
    with pytest.raises(FilterError):
        answer(shelf, where="lr <")


def test_runs_that_lack_a_param_are_left_out_and_few_are_said_to_be_few(shelf: Shelf) -> None:
    runs_with(shelf, *((float(place), {"lr": place, "b": place} if place else {"lr": 0}) for place in range(6)))
    runs_with(shelf, (9.0, {"rare": 1}), (8.0, {"rare": 2}), (None, {"lr": 7}), (1.0, {"lr": None}))
    found = answer(shelf)
    assert [(each.key, each.runs) for each in found.influences] == [("b", 5), ("lr", 6), ("rare", 2)]
    assert (found.influences[-1].explained, found.influences[-1].note) == (None, "2 runs are too few: it takes 5")
    assert (found.runs, found.lost) == (9, 0)


def test_diverged_runs_are_counted_and_have_no_rank(shelf: Shelf) -> None:
    runs_with(shelf, *((float(place), {"lr": place}) for place in range(5)))
    runs_with(shelf, (math.nan, {"lr": -1, "odd": 1}), (math.inf, {"lr": 9, "odd": 2}))
    found = answer(shelf)
    assert (found.runs, found.lost, found.influences) == (5, 2, (Influence("lr", "number", 1.0, 1.0, 5, 5),))


def test_a_text_makes_categories_of_all_values_and_nan_is_one_beside_it(shelf: Shelf) -> None:
    mixed: list[Json] = ["auto", "auto", math.nan, math.nan, 1, 1.0]
    rates: list[Json] = [0, 1, 2, 3, 4, math.nan]
    runs_with(shelf, *((float(place), {"mixed": mixed[place], "lr": rates[place]}) for place in range(6)))
    found = by_key(answer(shelf))
    assert (found["mixed"].kind, found["mixed"].values, found["mixed"].runs) == ("category", 3, 6)
    assert (found["lr"].kind, found["lr"].runs, found["lr"].rank) == ("number", 5, 1)


def test_a_metric_without_differences_and_one_that_nobody_has(shelf: Shelf) -> None:
    for place in range(6):
        runs_with(shelf, (1.0, {"lr": place, "opt": "ab"[place % 2]}))
    found = answer(shelf)
    assert {(each.explained, each.note) for each in found.influences} == {
        (None, "the metric is the same in all of these runs")
    }
    nobody = answer(shelf, Column("metric", "'; drop table shares"))
    assert (nobody.runs, nobody.influences, nobody.constant) == (0, (), 0)
    shelf.empty()
    assert answer(shelf).influences == ()
    runs_with(shelf, *((float(place), {}) for place in range(6)))
    assert (answer(shelf).influences, answer(shelf).runs) == ((), 6)
    with pytest.raises(StoreError, match="'lr' is no metric"):
        answer(shelf, Column("param", "lr"))


def test_what_names_only_repeat_is_not_listed_twice(shelf: Shelf) -> None:
    for place in range(6):
        runs_with(shelf, (float(place), {"width": 2 * place}))
        shelf.code(place, "w", 2 * place)
        shelf.code(place, "x", place * place % 4)
    assert set(by_key(answer(shelf))) == {"width", "x"}
    shelf.code(shelf.run("odd"), "w", 3)
    shelf.metric(6, "loss", [9.0])
    assert set(by_key(answer(shelf))) == {"width", "w", "x"}, "it says more than the log now"


def test_lists_objects_long_texts_and_odd_keys(shelf: Shelf) -> None:
    for place in range(6):
        side = place // 3
        odd: dict[str, Json] = {
            "'; drop table shares": [1, side],
            "[b]": {"a": side},
            "long": "ab"[side] * 1_000_000,
            "flag": bool(side),
        }
        runs_with(shelf, (float(place), odd))
    found = by_key(answer(shelf))
    assert len(found) == 4
    assert {(each.kind, each.values, round(each.explained or 0, 3)) for each in found.values()} == {
        ("category", 2, 0.714)
    }
    assert found["long"].note == f"best with {'a' * 59}…"


def test_ten_thousand_params_are_looked_through(shelf: Shelf) -> None:
    runs_with(shelf, *((float(place), {}) for place in range(6)))
    shelf.connection.execute(
        "insert into said_params by name select r as run, 0 as file, 0 as line, 'k' || k as key,"
        " (case when k = 9876 then r else (r * 7 + k) % 4 * (r % 2) end)::varchar as value, 'config' as source"
        " from range(6) a(r), range(10000) b(k)"
    )
    found = answer(shelf)
    assert len(found.influences) + found.constant == 10_000
    assert found.influences[0].key == "k9876"


def test_real_files(tmp_path: Path) -> None:
    for place in range(6):
        path = tmp_path / "runs" / f"run{place}" / "events.jsonl"
        path.parent.mkdir(parents=True)
        about = {"event": "run", "params": {"model": {"width": 2**place, "depth": 2}, "seed": 3 - place % 2}}
        lines = [about, *({"step": step, "val/loss": 1 / (place + step + 1)} for step in range(3))]
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with Store.open(tmp_path / "runs", index=tmp_path / "index.duckdb", poll=True) as store:
        store.catch_up()
        found = store.why(WhyQuery(Column("metric", "val/loss", "best")))
    assert [each.key for each in found.influences] == ["model.width", "seed"]
    assert (found.influences[0].rank, found.influences[0].explained, found.constant) == (-1, 1, 1)
