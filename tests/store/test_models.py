"""The registry of models on real files: who may be promoted, what is in production, and how one gets back."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labtop.store.model import Model, ModelVersion, NotThere, Promoted, Promotion, Refused, last_decision, said_words
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
    assert version.since == START + 100


def test_the_one_before_is_archived_by_a_line_of_its_own(store: Store, root: Path) -> None:
    promote(store, "first")
    assert promote(store, "second").archived == "1"
    common = {"event": "stage", "by": "ana", "model": "resnet", "approved_by": "Bo", "artifact": "model.pt"}
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


def test_production_is_not_left_empty_unsaid_and_comes_back(store: Store) -> None:
    promote(store, "first")
    promote(store, "second")
    empty = "it leaves resnet without a version in production"
    with pytest.raises(Refused, match=empty):
        promote(store, "second", "staging")
    done = promote(store, "second", "staging", force=True)
    assert done.forced == (empty,)
    assert "no version of resnet is in production now" in done.told
    assert roll_back(store).told == "resnet v2 is now in production, run second, file model.pt"
    assert only(store).history[-1].why == "brought back to production"
    assert "no version of resnet is in production now" in promote(store, "second", "archived").told
    assert roll_back(store).version == "1"
    promote(store, "first", "none")
    with pytest.raises(Refused, match="no version of resnet is in production, and none to go back to: promote one"):
        store.rollback("resnet")


def test_after_a_rollback_the_first_reason_stands_beside_and_what_was_forced_goes_along(
    store: Store, root: Path
) -> None:
    trained(root, "bare", {"name": "model.pt", "sha256": "ee55"}, user=None)
    store.catch_up()
    promote(store, "bare", force=True)
    promote(store, "second")
    promote(store, "third")
    for _ in range(2):
        done = roll_back(store)
    assert "v1 was promoted in spite of: no owner" in done.told
    version = only(store).production
    assert version is not None
    assert version.reason == "rolled back from v2, by ana; before: best on test, approved by Bo"
    assert version.forced == ("no owner",)


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


_DISCARDED = "the last decision on the run is discard"


@pytest.mark.parametrize(
    ("about", "end", "lacks"),
    [
        ({"tail": {"event": "decision", "verdict": "discard", "why": "x"}}, "finished", (_DISCARDED,)),
        ({"tail": {"step": 2, "val/loss": "NaN"}}, "finished", ("val/loss ended in NaN",)),
        ({"data": None, "user": None}, "finished", ("no data", "no owner")),
        ({"git": {"commit": "a", "dirty": True}}, "finished", ("uncommitted changes without a saved patch",)),
        ({"git": {"commit": "a", "dirty": True, "diff": "+1"}}, "failed", ("the run failed",)),
        ({}, None, ("the run is still running",)),
    ],
)
def test_what_is_missing_has_to_be_overruled_and_stays_on_record(
    store: Store, root: Path, about: dict[str, Any], end: str | None, lacks: tuple[str, ...]
) -> None:
    tail = about.pop("tail", None)
    trained(root, "odd", {"name": "a", "sha256": "1"}, end=None, **about)
    log(root, "odd", *([{"time": START + 2, **tail}] if tail else []))
    log(root, "odd", *([{"event": "end", "time": START + 3, "status": end}] if end else []))
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
    assert [change.version for change in model.history] == ["7", "8", "8.1"]
    assert standing(model) == {"8.1": "production", "8": "archived", "7": "archived"}
    gone, eight, seven = model.versions
    assert (gone.run, gone.run_id, gone.missing) == (None, "gone", ("the log of the run is gone",))
    assert (eight.replaced_by, seven.replaced_by, seven.forced) == ("8.1", "8", ("not said what",))
    assert promote(store, "third", model="net").version == "9"
    back = store.rollback("net")
    assert (back.version, back.remarks) == ("8.1", ("the log of the run is gone",))


def test_a_file_that_the_run_did_not_log_and_its_code_are_told(store: Store, root: Path) -> None:
    about: dict[str, Any] = {"git": {"commit": "0123456789abcdef", "branch": "main", "dirty": True}}
    trained(root, "odd", {"name": "a", "sha256": "1"}, **about)
    for version, digest in ((1, "99"), (2, None), (3, "1")):
        said_by_hand = {"event": "stage", "model": "net", "version": version, "stage": "none", "sha256": digest}
        log(root, "odd", {**said_by_hand, "time": START + version})
    dirty = "uncommitted changes without a saved patch"
    three, two, one = only(store).versions
    assert (one.record, one.missing) == ("not logged", ("not a file that the run logged", dirty))
    assert (two.record, two.missing) == ("no file", ("no file", dirty))
    assert (three.record, three.code) == ("incomplete", "commit 0123456789ab, branch main, dirty, no patch")


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
    told = pickle.loads(pickle.dumps(Refused("not so", ("no seed",), "version")))
    assert (str(told), told.overruled, told.unnamed) == ("not so", ("no seed",), "version")


def again(root: Path, run: str, digest: str) -> None:
    """The run logs another file under the same name."""
    log(root, run, {"event": "artifact", "time": START + 5, "name": "model.pt", "kind": "model", "sha256": digest})


def test_a_version_is_named_where_the_run_has_several(store: Store, root: Path) -> None:
    promote(store, "first", "staging")
    again(root, "first", "dd44")
    store.catch_up()
    assert promote(store, "first").version == "2"
    with pytest.raises(Refused, match=r"which version of resnet\? first is v2, v1: name one"):
        promote(store, "first", "none")
    assert promote(store, "first", "none", version="1").version == "1"
    assert standing(only(store)) == {"2": "production", "1": "none"}
    back = promote(store, "first", version="v1")
    assert (back.version, back.sha256, back.archived) == ("1", "aa11", "2")
    for how, says in (
        ({"version": "3"}, "first is no version '3' of resnet; there is v1, v2"),
        ({"version": "1", "artifact": "model.pt"}, "v1 is a file already"),
    ):
        with pytest.raises(Refused, match=says):
            promote(store, "first", **how)


def test_a_version_that_was_never_said_to_be_a_file_is_given_one(store: Store, root: Path) -> None:
    trained(root, "odd", {"name": "a", "sha256": "1"}, {"name": "b", "sha256": "2"})
    log(root, "odd", {"event": "stage", "model": "net", "version": 7, "stage": "staging", "time": START + 9})
    store.catch_up()
    done = promote(store, "odd", model="net", version="7", artifact="b")
    assert (done.version, done.sha256, done.artifact) == ("7", "2", "b")


def test_what_was_just_written_counts_before_it_is_read(store: Store) -> None:
    asked = [Promotion(store.find(run), "resnet", "production", "best", "Bo") for run in DIGESTS]
    assert [store.promote(each).version for each in asked] == ["1", "2", "3"]
    assert [store.rollback("resnet").version for _ in range(2)] == ["2", "1"]
    with pytest.raises(Refused, match="no version of resnet was in production before v1"):
        store.rollback("resnet")
    assert standing(only(store)) == {"1": "production", "2": "archived", "3": "archived"}


_PROMOTES = """
import sys
from pathlib import Path
from labtop.store.model import Promotion
from labtop.store.store import Store
with Store.open(Path(sys.argv[1]), index=Path(sys.argv[2])) as store:
    store.catch_up()
    asked = [Promotion(store.find(f"{sys.argv[3]}{n}"), "net", "production", "best", "Bo") for n in range(8)]
    print("ready", flush=True)
    sys.stdin.readline()
    for each in asked:
        store.promote(each)
"""


def test_two_processes_that_promote_at_once_give_each_file_a_version_of_its_own(
    root: Path, tmp_path: Path, lay_index: Callable[[Path], Path]
) -> None:
    for number in range(8):
        for who in "ab":
            trained(root, f"{who}{number}", {"name": "m", "sha256": f"{who}{number}"})
    command = [sys.executable, "-c", _PROMOTES, str(root)]
    both = [
        subprocess.Popen(
            [*command, str(lay_index(tmp_path / who)), who], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for who in "ab"
    ]
    for process in both:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0
    came = [line for line in said(root) if line["stage"] == "production"]
    assert [line["version"] for line in came] == [str(number) for number in range(1, 17)]
    left = [line["version"] for line in said(root) if line["stage"] == "archived"]
    assert left == [str(number) for number in range(1, 16)]


def test_nothing_is_decided_while_the_directory_is_being_read(root: Path, tmp_path: Path) -> None:
    with Store.open(root, index=tmp_path / "cold.duckdb") as cold, pytest.raises(Refused, match="not all is read yet"):
        cold.rollback("resnet")


def test_what_comes_after_a_clock_that_was_ahead_counts_all_the_same(store: Store, root: Path) -> None:
    stage = {"event": "stage", "model": "net", "version": 1, "stage": "production"}
    log(root, "first", {**stage, "time": START + 9e7})
    store.catch_up()
    promote(store, "second", model="net")
    assert standing(only(store)) == {"2": "production", "1": "archived"}
    log(root, "first", {**stage, "time": "9999-01-01"})
    store.catch_up()
    with pytest.raises(Refused, match="net is dated too late"):
        promote(store, "third", model="net")


def test_of_several_files_none_is_taken_for_the_model(store: Store, root: Path) -> None:
    trained(root, "odd", {"name": "model.pt"}, {"name": "vocab.json", "sha256": "77"})
    store.catch_up()
    with pytest.raises(Refused, match="which artifact of odd is the model") as refused:
        promote(store, "odd")
    assert refused.value.unnamed == "artifact"
    done = promote(store, "odd", artifact="vocab.json")
    assert "run odd, file vocab.json" in done.told
    assert only(store).versions[0].artifact == "vocab.json"


def test_the_file_that_was_logged_last_is_that_of_the_last_line(store: Store, root: Path) -> None:
    log(root, "first", {"event": "artifact", "time": START + 1, "name": "model.pt", "kind": "model", "sha256": "99"})
    store.catch_up()
    assert promote(store, "first").sha256 == "99"


def test_a_digest_is_the_same_however_it_is_written_and_else_none(store: Store, root: Path) -> None:
    for place, odd in enumerate((False, "none yet", "", 12)):
        trained(root, f"odd{place}", {"name": "m", "sha256": odd})
        store.catch_up()
        with pytest.raises(Refused, match="has no sha256"):
            promote(store, f"odd{place}")
    trained(root, "ok", {"name": "m", "sha256": "sha256:AB12\n"})
    store.catch_up()
    assert [promote(store, "ok").version for _ in range(2)] == ["1", "1"]
    assert only(store).versions[0].sha256 == "ab12"


def test_the_digest_of_a_version_is_not_that_of_another_run(store: Store, root: Path) -> None:
    stage = {"event": "stage", "model": "net", "version": 1, "stage": "staging"}
    log(root, "first", {**stage, "time": START + 9, "sha256": "aa11"})
    log(root, "second", {**stage, "time": START + 10})
    (version,) = only(store).versions
    assert (version.run_id, version.sha256) == ("second", None)


@pytest.mark.parametrize("stage", ["archived", "none"])
def test_nothing_goes_back_to_a_version_that_somebody_took_out(store: Store, stage: str) -> None:
    promote(store, "first")
    promote(store, "second")
    promote(store, "second", stage, why="it leaks")
    promote(store, "third")
    assert roll_back(store).version == "1"


def test_names_that_look_the_same_are_one_model(store: Store, root: Path) -> None:
    promote(store, "first", model="caf\u00e9")
    assert promote(store, "second", model="cafe\u0301\u200b").version == "2"
    assert store.rollback(" caf\ufeffe\u0301 ").version == "1"
    log(root, "third", {"event": "stage", "model": "net", "version": "v1", "stage": "staging", "time": START})
    log(root, "third", {"event": "stage", "model": "net", "version": 1, "stage": "archived", "time": START + 1})
    store.catch_up()
    assert standing(store.models()[1]) == {"1": "archived"}


def test_only_what_was_seen_is_overruled(store: Store, root: Path) -> None:
    trained(root, "odd", {"name": "a", "sha256": "1"}, end=None)
    store.catch_up()
    log(root, "odd", {"event": "end", "time": START + 4, "status": "crashed"})
    store.catch_up()
    with pytest.raises(Refused) as refused:
        promote(store, "odd", overruled=("the run is still running",))
    assert refused.value.overruled == ("the run crashed",)
    assert promote(store, "odd", overruled=refused.value.overruled).forced == ("the run crashed",)


@pytest.mark.parametrize("odd", ["9" * 300, "\ue000"])
def test_an_odd_line_does_not_keep_others_out_of_production(store: Store, root: Path, odd: str) -> None:
    log(root, "first", {"event": "stage", "model": "net", "version": odd, "stage": "production", "sha256": odd * 3})
    store.catch_up()
    promote(store, "second", model="net")
    assert sorted(standing(only(store)).values()) == ["archived", "production"]


def test_the_reason_of_a_decision_is_that_of_the_last_line_and_a_stage_tells_how_it_came(
    store: Store, root: Path
) -> None:
    (root / ".labtop").mkdir()
    decided = {"event": "decision", "run": "first", "verdict": "keep"}
    stage = {"event": "stage", "run": "first", "model": "net", "version": 1, "stage": "production"}
    lines = [
        {**decided, "why": "at first", "time": START + 50},
        {**decided, "why": "at last", "time": START + 40},
        {**stage, "why": "back", "rolled_back_from": 2, "time": START + 60},
        {**stage, "why": "best", "forced": ["no seed", "no owner"], "time": START + 70},
    ]
    (root / ".labtop" / "annotations.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    store.catch_up()
    detail = store.detail(store.find("first"))
    decision = last_decision(detail)
    assert decision is not None
    assert said_words(decision) == "keep: at last"
    assert [said_words(event) for event in detail.events if event.event == "stage"] == [
        "net v1 production (rollback): back",
        "net v1 production: best (forced: no seed, no owner)",
    ]
