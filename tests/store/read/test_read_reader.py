"""What a reader makes of lines: metrics, attributes, what is left out, what is remembered."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

import pytest

from labtop.store.read.batch import Batch, Table
from labtop.store.read.keys import MOST_KEYS, PREFIX_KEYS, REMAINING_KEYS, TOTAL_STEP_KEYS
from labtop.store.read.reader import Reader
from labtop.store.read.shape import Shape
from labtop.store.read.share import Share

Line = dict[str, Any]


class Log:
    """A file that is read in one go, and what it gave."""

    def __init__(
        self, lines: Iterable[Line], path: str = "a/log.jsonl", known: Sequence[str] = (), share: Share | None = None
    ) -> None:
        self.numbers: dict[str, int] = {}
        shares = {} if share is None else {"a": share}
        self.reader = Reader(PurePosixPath(path), "root", self._number, shares=shares, metrics=known)
        self.batch: Batch = self.reader.read([json.dumps(line).encode() for line in lines], 1, 0)

    def _number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))

    @property
    def share(self) -> Share:
        (share,) = self.batch.shares.values()
        return share

    def metrics(self, run: str = "a") -> dict[str, list[float]]:
        """The values of each metric of a run, in their order."""
        names = {number: name for name, number in self.numbers.items()}
        found: dict[str, list[float]] = {}
        for block in self.batch.rows[run].blocks if run in self.batch.rows else ():
            if isinstance(block, Table):
                for metric, values in zip(block.metric, block.value, strict=True):
                    found.setdefault(names[metric], []).extend(values.tolist())
            else:
                for metric, value in zip(block.metric.tolist(), block.value.tolist(), strict=True):
                    found.setdefault(names[metric], []).append(value)
        return found

    def attributes(self) -> dict[str, str]:
        """The last value of each attribute."""
        return {key: attribute.value for key, attribute in self.share.attributes.items()}


def steps(count: int, line: Line) -> list[Line]:
    return [{"step": step, **line} for step in range(1, count + 1)]


@pytest.mark.parametrize("count", [1, 40])
def test_what_never_holds_a_number_is_no_metric(count: int) -> None:
    log = Log(steps(count, {"loss": 0.5, "lr_type": "cosine", "host_name": "n", "time": 1.7e9}))
    assert set(log.numbers) == {"loss"}
    assert log.attributes()["lr_type"] == "cosine"


def test_a_key_may_hold_a_number_later() -> None:
    log = Log([{"step": 1, "acc": "n/a"}, {"step": 2, "acc": 0.5}, {"step": 3, "acc": "0.75"}])
    assert log.metrics() == {"acc": [0.5, 0.75]}


def test_texts_take_no_room_from_metrics() -> None:
    texts = [{"step": at, **{f"note{at}_{n}": "x" for n in range(999)}} for at in range(12)]
    assert Log([*texts, {"step": 12, "real_metric": 1.5}]).metrics() == {"real_metric": [1.5]}


@pytest.mark.parametrize("lines", [1, 30])
def test_metrics_beyond_the_limit_are_left_out_and_each_value_is_counted(lines: int) -> None:
    log = Log(steps(lines, {f"k{n}": n + 0.5 for n in range(MOST_KEYS + 5)}))
    assert len(log.numbers) == MOST_KEYS
    assert log.share.left_out == log.reader.left_out == 5 * lines
    assert log.metrics()["k7"] == [7.5] * lines


def test_the_limit_is_the_same_for_a_reader_that_takes_up_what_another_read() -> None:
    known = [f"k{n}" for n in range(MOST_KEYS)]
    log = Log([{"step": 1, "new": 1.5, "k3": 3.5}], known=known)
    assert (log.metrics(), log.share.left_out) == ({"k3": [3.5]}, 1)


def test_declared_metrics_are_limited_and_take_no_room_from_others() -> None:
    declared = ({"event": "metric", "name": f"m{n}", "goal": "min"} for n in range(MOST_KEYS + 50))
    log = Log([*declared, {"step": 1, "loss": 1.5}, {"event": "metric", "name": "loss", "goal": "max"}])
    assert len(log.numbers) == MOST_KEYS + 1
    assert log.share.left_out == 50
    assert log.batch.said[-1].data["goal"] == "max"
    assert log.metrics() == {"loss": [1.5]}


def test_ids_and_texts_beyond_the_limit_are_left_out_and_counted() -> None:
    log = Log({"step": at, **{f"k{at}_{n}_id": n for n in range(600)}, f"t{at}": "x"} for at in range(20))
    assert len(log.share.attributes) == MOST_KEYS
    assert log.share.left_out == 20 * 601 - MOST_KEYS


def test_what_is_left_out_is_counted_once_when_a_file_is_read_again() -> None:
    log = Log(steps(1, {f"k{n}": n + 0.5 for n in range(MOST_KEYS + 5)}))
    assert log.reader.again().left_out == 0


@pytest.mark.parametrize("key", [*PREFIX_KEYS, "Mode", "PHASE"])
@pytest.mark.parametrize("count", [1, 40])
def test_a_prefix_is_a_text_and_a_number_in_its_place_is_a_metric(key: str, count: int) -> None:
    assert set(Log(steps(count, {key: "val", "loss": 2.5})).metrics()) == {"val/loss"}
    assert Log(steps(count, {key: 1, "loss": 2.5})).metrics() == {key: [1] * count, "loss": [2.5] * count}


def test_of_two_prefixes_the_second_is_an_attribute() -> None:
    log = Log([{"step": 1, "split": "b", "mode": "val", "loss": 2.5}])
    assert (set(log.metrics()), log.attributes()) == ({"val/loss"}, {"split": "b"})


def test_a_prefix_that_changes_its_kind_is_judged_line_by_line() -> None:
    log = Log([{"step": 1, "phase": "a", "loss": 1.5}, {"step": 2, "phase": 2, "loss": 2.5}])
    assert log.metrics() == {"a/loss": [1.5], "phase": [2], "loss": [2.5]}


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize(("key", "run"), [("run", "5"), ("Run", "5"), ("RUN_ID", "a/5"), ("Trial_id", "a/5")])
def test_a_whole_number_names_a_run_in_any_case(key: str, run: str, count: int) -> None:
    log = Log(steps(count, {key: 5, "loss": 2.5}))
    assert log.metrics(run) == {"loss": [2.5] * count}
    assert not log.share.attributes


@pytest.mark.parametrize("count", [1, 40])
def test_what_names_no_run_is_kept(count: int) -> None:
    assert set(Log(steps(count, {"run": 1.5, "loss": 2.5})).metrics()) == {"run", "loss"}
    log = Log(steps(count, {"run": "x", "run_id": "y", "run_name": "z", "loss": 2.5}))
    assert log.attributes() == {"run_id": "y", "run_name": "z"}
    assert set(log.metrics("x")) == {"loss"}


def test_an_own_event_names_its_run_in_any_case() -> None:
    log = Log([{"event": "metrics", "Run": "x", "step": 1, "loss": 2.5}])
    assert log.metrics("x") == {"loss": [2.5]}


def test_an_event_that_nobody_knows_is_a_line_and_its_name_an_attribute() -> None:
    log = Log([{"event": "epoch_end", "step": 1, "loss": 2.5}])
    assert (log.metrics(), log.attributes()) == ({"loss": [2.5]}, {"event": "epoch_end"})


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("key", TOTAL_STEP_KEYS)
def test_every_key_of_a_total_is_heeded(key: str, count: int) -> None:
    assert Log(steps(count, {key: 500, "loss": 2.5})).share.total_steps == 500


@pytest.mark.parametrize("key", REMAINING_KEYS)
def test_every_key_of_the_time_left_is_heeded(key: str) -> None:
    assert Log(steps(1, {key: "0:01:30", "loss": 2.5})).share.eta_s == 90


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("total", [-1, 0, "nan", "-inf", "inf", float("nan"), True])
def test_a_total_that_says_nothing_is_none(total: object, count: int) -> None:
    assert Log(steps(count, {"max_steps": total, "loss": 2.5})).share.total_steps is None
    known = [*steps(1, {"max_steps": 500, "loss": 2.5}), *steps(count, {"max_steps": total, "loss": 2.5})]
    assert Log(known).share.total_steps == 500


@pytest.mark.parametrize("bad", [-1, 0, "nan", "inf", True])
def test_an_event_that_promises_nothing_is_not_believed(bad: object) -> None:
    share = Log([{"event": "run", "total_steps": bad, "expect_next_in": bad}]).share
    assert (share.total_steps, share.expect_s) == (None, None)
    share = Log([{"event": "heartbeat", "expect_next_in": 9}, {"event": "heartbeat", "expect_next_in": bad}]).share
    assert share.expect_s == 9


@pytest.mark.parametrize("percent", ["nan", "inf", "nan%"])
def test_a_percentage_that_is_no_number_is_none(percent: str) -> None:
    assert Log([{"step": 1, "percentage": percent, "loss": 2.5}]).share.percent is None


def test_attributes_of_several_run_events_merge_by_key() -> None:
    events = [{"event": "run", "attributes": attributes} for attributes in ({"a": 1, "c": 1}, {"b": 2, "c": 3})]
    assert Log(events).share.facts["attributes"] == {"a": 1, "b": 2, "c": 3}


def test_what_is_known_of_shapes_does_not_grow_with_every_line() -> None:
    log = Log({"step": at, **{f"k{(at * 7 + n) % 2000}": n + 0.5 for n in range(300)}} for at in range(900))
    kept = [each for each in gc.get_objects() if type(each) is Shape]
    assert sum(len(shape.values) for shape in kept) < 200_000
    assert sum(len(values) for values in log.metrics().values()) == 900 * 300
