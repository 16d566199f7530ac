"""The registry of models on real files: who may be promoted, what is in production, and how one gets back."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labtop.store.model import Model, ModelVersion, NotThere, Promoted, Promotion, Refused
from labtop.store.store import Store

START = 1_790_000_000.0
DIGESTS = {"first": "aa11", "second": "bb22", "third": "cc33"}
COMPLETE: dict[str, Any] = {
    "params": {"lr": 0.1},
    "git": {"commit": "abc", "dirty": False},
    "data": [{"name": "cifar", "version": "10", "digest": "77aa"}],
    "env": {"python": "3.12"},
    "seed": 1,
    "user": "ana",
}


def log(root: Path, run: str, *lines: dict[str, Any]) -> None:
    (root / run).mkdir(parents=True, exist_ok=True)
    with (root / run / "events.jsonl").open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def trained(root: Path, run: str, *artifacts: dict[str, Any], end: str | None = "finished", **about: Any) -> None:
    """A whole run with a full record; None takes a part of it away."""
    said = {key: value for key, value in (COMPLETE | about).items() if value is not None}
    log(root, run, {"event": "run", "time": START, **said}, {"step": 1, "time": START + 1, "val/loss": 0.5})
    log(root, run, *({"event": "artifact", "time": START + 2, **each} for each in artifacts))
    log(root, run, *([{"event": "end", "time": START + 3, "status": end}] if end else []))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three runs of which each has a model with a digest."""
    monkeypatch.setenv("LABTOP_USER", "ana")
    folder = tmp_path / "runs"
    for run, digest in DIGESTS.items():
        trained(folder, run, {"name": "model.pt", "kind": "model", "sha256": digest}, {"name": "log.txt"})
    return folder


@pytest.fixture
def store(root: Path, tmp_path: Path, lay_index: Callable[[Path], Path]) -> Iterator[Store]:
    with Store.open(root, index=lay_index(tmp_path / "index.duckdb"), clock=lambda: START + 100) as opened:
        opened.catch_up()
        yield opened


def promote(store: Store, run: str, stage: str = "production", model: str = "resnet", **how: Any) -> Promoted:
    asked = {"why": "best on test", "approved_by": "Bo"} | how
    done = store.promote(Promotion(store.find(run), model, stage, **asked))
    store.catch_up()
    return done


def roll_back(store: Store) -> Promoted:
    done = store.rollback("resnet")
    store.catch_up()
    return done


def only(store: Store) -> Model:
    store.catch_up()
    (model,) = store.models()
    return model


def standing(model: Model) -> dict[str, str]:
    return {version.version: version.stage for version in model.versions}


def said(root: Path) -> list[dict[str, Any]]:
    lines = (root / ".labtop" / "annotations.jsonl").read_text().splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "time"} for line in lines]


def test_one_answer_says_what_is_in_production_why_by_whom_and_on_which_data(store: Store) -> None:
    promote(store, "first")
    version = only(store).production
    assert isinstance(version, ModelVersion)
    assert version.run is not None
    assert (version.version, version.run.id, version.sha256) == ("1", "first", "aa11")
    assert (version.why, version.by, version.approved_by, version.forced) == ("best on test", "ana", "Bo", ())
    assert version.data == ({"name": "cifar", "version": "10", "digest": "77aa"},)
    assert version.missing == ()
    assert [(each.metric, each.best, each.last) for each in version.results] == [("val/loss", 0.5, 0.5)]
    assert version.since is not None


def test_the_one_before_is_archived_by_a_line_of_its_own(store: Store, root: Path) -> None:
    promote(store, "first")
    assert promote(store, "second").archived == "1"
    common = {"event": "stage", "by": "ana", "model": "resnet", "approved_by": "Bo"}
    came, left = said(root)[1:]
    new = {"run": "second", "version": "2", "stage": "production", "sha256": "bb22", "why": "best on test"}
    old = {"run": "first", "version": "1", "stage": "archived", "sha256": "aa11", "why": "replaced by v2"}
    assert came == common | new
    assert left == common | old
    assert standing(only(store)) == {"2": "production", "1": "archived"}


def test_production_goes_back_one_by_one_and_never_to_what_was_rolled_back_from(store: Store) -> None:
    for run in DIGESTS:
        promote(store, run)
    assert roll_back(store).version == "2"
    assert roll_back(store).version == "1"
    with pytest.raises(Refused, match="no version of resnet was in production before v1"):
        store.rollback("resnet")
    promote(store, "third")
    assert roll_back(store).version == "1"
    history = [(change.version, change.stage) for change in only(store).history][-2:]
    assert history == [("1", "production"), ("3", "archived")]
    assert only(store).history[-1].why == "rolled back from v3"


def test_there_is_nothing_to_roll_back_without_a_model_or_one_in_production(store: Store) -> None:
    promote(store, "first", "staging")
    with pytest.raises(Refused, match="no version of resnet is in production"):
        store.rollback("resnet")
    with pytest.raises(NotThere, match="no model 'resnt'; near: resnet"):
        store.rollback("resnt")


def test_a_version_is_that_of_the_same_file_of_the_run_else_the_next_number(store: Store, root: Path) -> None:
    versions = [promote(store, run, "staging").version for run in ("first", "second", "first")]
    log(root, "first", {"event": "artifact", "name": "model.pt", "kind": "model", "sha256": "dd44"})
    store.catch_up()
    assert [*versions, promote(store, "first", "staging").version] == ["1", "2", "1", "3"]
    assert promote(store, "first", model="other").version == "1"


def test_the_same_file_of_another_run_is_told(store: Store, root: Path) -> None:
    promote(store, "first")
    trained(root, "copy", {"name": "model.pt", "sha256": "aa11"})
    store.catch_up()
    for _ in range(2):
        assert promote(store, "copy").remarks == ("the same file as v1, run first",)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"why": " \n"}, "the why is empty"),
        ({"approved_by": ""}, "the name of who approved it is empty"),
        ({"model": "\x1b[31m"}, "the name of the model is empty"),
        ({"model": "m" * 201}, "201 characters is too long"),
        ({"stage": "live"}, "'live' is no stage: none, staging, production, archived are"),
        ({"artifact": "x.pt"}, "first has no artifact 'x.pt'; there are model.pt, log.txt"),
        ({"artifact": "log.txt"}, "log.txt of first has no sha256"),
        ({"stage": "archived"}, "first is no version of resnet"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_in_a_line(
    store: Store, root: Path, how: dict[str, str], says: str
) -> None:
    with pytest.raises(Refused) as refused:
        promote(store, "first", force=True, **how)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.overruled == ()
    assert not (root / ".labtop").exists()


@pytest.mark.parametrize(
    ("artifacts", "says"),
    [
        ([], "odd has logged no artifact"),
        ([{"name": "a.pt"}], "a.pt of odd has no sha256"),
        ([{"name": "a.pt", "kind": "model"}, {"name": "b", "sha256": "1"}], "a.pt of odd has no sha256"),
        ([{"name": "a", "sha256": "1"}, {"name": "b", "sha256": "2"}], "is the model? There are a, b"),
    ],
)
def test_the_file_must_be_known_by_its_digest(
    store: Store, root: Path, artifacts: list[dict[str, Any]], says: str
) -> None:
    trained(root, "odd", *artifacts)
    store.catch_up()
    with pytest.raises(Refused) as refused:
        promote(store, "odd", force=True)
    assert says in str(refused.value)


def test_the_file_may_be_named_and_counts_as_it_was_logged_last(store: Store, root: Path) -> None:
    files = [{"name": "a", "path": "out/a", "sha256": "1"}, {"name": "b", "sha256": "2"}, {"name": "a", "sha256": "3"}]
    trained(root, "odd", *files)
    store.catch_up()
    assert promote(store, "odd", artifact="a").sha256 == "3"


@pytest.mark.parametrize(
    ("about", "end", "lacks"),
    [
        ({"data": None, "user": None}, "finished", ("no data", "no owner")),
        ({"git": {"commit": "a", "dirty": True}}, "finished", ("uncommitted changes without a saved patch",)),
        ({"git": {"commit": "a", "dirty": True, "diff": "+1"}}, "failed", ("the run failed",)),
        ({}, None, ("the run is still running",)),
    ],
)
def test_what_is_missing_has_to_be_overruled_and_stays_on_record(
    store: Store, root: Path, about: dict[str, Any], end: str | None, lacks: tuple[str, ...]
) -> None:
    trained(root, "odd", {"name": "a", "sha256": "1"}, end=end, **about)
    store.catch_up()
    with pytest.raises(Refused) as refused:
        promote(store, "odd")
    assert refused.value.overruled == lacks
    assert str(refused.value) == f"odd is not fit for production: {', '.join(lacks)}"
    assert not (root / ".labtop").exists()
    assert promote(store, "odd", force=True).forced == lacks
    assert said(root)[0]["forced"] == [*lacks]
    assert standing(only(store)) == {"1": "production"}
    assert promote(store, "odd", "archived").forced == ()


def test_what_other_programs_say_counts_by_the_rules_of_annotations(store: Store, root: Path) -> None:
    stage = {"event": "stage", "model": "net", "stage": "Production"}
    log(root, "first", {**stage, "version": 7, "time": START + 50, "why": "own log", "forced": True})
    (root / ".labtop").mkdir()
    lines = [
        {**stage, "run": "second", "version": "v8", "time": START + 60},
        {**stage, "run": "gone", "version": "8.1", "time": START + 20},
        {**stage, "run": "third", "version": 9, "stage": "live", "time": START + 70},
        {"event": "stage", "run": "third", "stage": "staging", "time": START + 70},
    ]
    (root / ".labtop" / "annotations.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    model = only(store)
    assert [change.version for change in model.history] == ["7", "v8", "8.1"]
    assert standing(model) == {"8.1": "production", "v8": "archived", "7": "archived"}
    gone, eight, seven = model.versions
    assert (gone.run, gone.run_id, gone.missing) == (None, "gone", ("the log of the run is gone",))
    assert (eight.replaced_by, seven.replaced_by, seven.forced) == ("8.1", "v8", ("not said what",))
    assert promote(store, "third", model="net").version == "9"
    assert store.rollback("net").version == "8.1"


def test_a_line_that_may_be_about_two_runs_is_about_the_one_that_is_there(store: Store, root: Path) -> None:
    trained(root, "sub/sub", {"name": "a", "sha256": "1"})
    (root / "sub" / ".labtop").mkdir()
    line = {"event": "stage", "run": "sub", "model": "net", "version": 1, "stage": "staging", "time": START}
    (root / "sub" / ".labtop" / "annotations.jsonl").write_text(json.dumps(line) + "\n")
    (version,) = only(store).versions
    assert version.run is not None
    assert (version.run.id, len(only(store).history)) == ("sub/sub", 1)


def test_a_name_is_what_people_see_of_it(store: Store, root: Path) -> None:
    for run, name in (("first", "my\t\x1b[31mnet "), ("second", "my  net")):
        log(root, run, {"event": "stage", "model": name, "version": run, "stage": "production", "time": START + 9})
    assert [version.version for version in only(store).versions] == ["second", "first"]
    assert promote(store, "third", "staging", model=" my   net").version == "1"
    store.rollback("my net")
    assert standing(only(store)) == {"first": "production", "1": "staging", "second": "archived"}


def test_answers_and_refusals_reach_another_process(store: Store) -> None:
    promote(store, "first")
    assert pickle.loads(pickle.dumps(store.models())) == store.models()
    told = pickle.loads(pickle.dumps(Refused("not so", ("no seed",))))
    assert (str(told), told.overruled) == ("not so", ("no seed",))
