"""Everything known of runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from labtop.store.answers.detail import details
from labtop.store.model import Artifact, Event, Metric, Param, RunDetail

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf


def detail(shelf: Shelf, run: int) -> RunDetail:
    (found,) = details(shelf.cursor(), [run], 0.0, events=True)
    return found


def test_what_run_events_said(shelf: Shelf) -> None:
    said = {
        "git": {"commit": "abc", "dirty": True},
        "data": [{"name": "mnist", "digest": "d1"}],
        "env": {"python": "3.11", "packages": {"torch": "2"}},
        "hardware": {"cores": 8},
        "command": ["python", "train.py"],
        "user": "ana",
        "seed": 3,
        "attributes": {"team": "vision", "trial": 7},
    }
    run = shelf.run(
        "a", facts=json.dumps({"user": "old", "seed": 1}), hypothesis="wider is better", host="node1", pid=7
    )
    shelf.share(run, facts=json.dumps(said), traceback="Traceback ...", exit_code=1, error="oom")
    shelf.param(run, "lr", 0.1, "run")
    found = detail(shelf, run)
    assert found.code == {"commit": "abc", "dirty": True}
    assert found.data == ({"name": "mnist", "digest": "d1"},)
    assert found.env == {"python": "3.11", "packages": {"torch": "2"}}
    assert found.hardware == {"cores": 8}
    assert found.command == ("python", "train.py")
    assert (found.user, found.host, found.pid, found.seed) == ("ana", "node1", 7, 3)
    assert found.attributes == {"team": "vision", "trial": 7}
    assert (found.hypothesis, found.exit_code, found.run.error) == ("wider is better", 1, "oom")
    assert found.traceback == "Traceback ..."
    assert found.params == {"lr": Param(0.1, "run")}
    assert found.files == ("file0.jsonl", "file1.jsonl")
    assert found.missing == ()


def test_a_bare_log_lacks_everything(shelf: Shelf) -> None:
    found = detail(shelf, shelf.run("a"))
    assert found.missing == ("params", "code", "data", "environment", "seed", "owner")
    assert (found.code, found.data, found.env, found.command, found.seed) == (None,) * 5
    assert (found.params, found.metrics, found.artifacts, found.events) == ({}, {}, (), ())


def test_code_and_seed_are_found_in_attributes_and_params(shelf: Shelf) -> None:
    run = shelf.run("a")
    shelf.attribute(run, "git_hash", "deadbeef")
    shelf.param(run, "trainer.seed", 5)
    shelf.param(run, "seeds_total", 9)
    found = detail(shelf, run)
    assert (found.code, found.seed) == ({"commit": "deadbeef"}, 5)
    assert found.missing == ("data", "environment", "owner")


def test_facts_of_another_shape_are_passed_over(shelf: Shelf) -> None:
    odd = {"git": "abc", "data": "mnist", "env": 3, "hardware": [], "command": "python x.py", "user": 5}
    found = detail(shelf, shelf.run("a", facts=json.dumps(odd)))
    assert (found.code, found.env, found.hardware) == (None, None, None)
    assert (found.data, found.command, found.user) == (({"name": "mnist"},), ("python x.py",), "5")


def test_metrics_and_their_best(shelf: Shelf) -> None:
    run = shelf.run("a")
    shelf.metric(run, "loss", [3, 1, float("nan"), 2], goal="min")
    (metric,) = detail(shelf, run).metrics.values()
    assert metric == Metric(4, 1, 3, 2, 3, 2, 1, 1, 3, 0, "min")
    assert (metric.best, metric.best_step) == (1, 1)


def test_the_timeline_and_the_artifacts(shelf: Shelf) -> None:
    run = shelf.run("a")
    shelf.event(run, "log", "two", time=2.0, line=1, level="info")
    shelf.event(run, "log", "one", time=1.0, line=2)
    shelf.event(
        run, "artifact", "model", time=3.0, line=3, name="model", path="m.pt", kind="model", size=10, sha256="ff"
    )
    found = detail(shelf, run)
    assert [event.text for event in found.events] == ["one", "two", "model"]
    assert found.events[1] == Event(2.0, "log", "two", {"level": "info"})
    assert found.artifacts == (Artifact("model", "m.pt", "model", 10, "ff"),)


def test_details_keep_the_order_asked_for_and_leave_events_out(shelf: Shelf) -> None:
    for place in range(4):
        shelf.param(shelf.run(f"run{place}"), "lr", place)
        shelf.event(place, "log", "text")
    found = details(shelf.cursor(), [2, 0, 17], 0.0, events=False)
    assert [(each.run.number, each.params["lr"].value, each.events) for each in found] == [(2, 2, ()), (0, 0, ())]
    assert [each.run.number for each in details(shelf.cursor(), None, 0.0, events=False)] == [0, 1, 2, 3]
    assert details(shelf.cursor(), [], 0.0, events=True) == ()


def test_values_keep_their_type(shelf: Shelf) -> None:
    run = shelf.run("a")
    values = {"int": 64, "float": 64.0, "text": "64", "bool": True, "none": None, "list": [1, "a"], "big": 2**80}
    for key, value in values.items():
        shelf.param(run, key, value)
    found = {key: param.value for key, param in detail(shelf, run).params.items()}
    assert found == values
    assert {key: type(value) for key, value in found.items()} == {key: type(value) for key, value in values.items()}
