import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import platformdirs
import pytest

from labtop.store import Store
from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest
from labtop.store.model import Run, RunDetail, TableQuery
from labtop.store.read.annotation_files import beside, of_user

Write = Callable[..., Path]
Query = Callable[..., list[tuple[object, ...]]]
Open = Callable[..., Store]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


def note(run: str, text: str, at: float | None = None) -> dict[str, object]:
    return {"event": "note", "run": run, "text": text, "by": "ana"} | ({} if at is None else {"time": at})


def tag(run: str, at: float | None = None, **changes: list[str]) -> dict[str, object]:
    return {"event": "tag", "run": run, "by": "ana", **changes} | ({} if at is None else {"time": at})


def make_runs(root: Path, *names: str) -> None:
    for name in names:
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "events.jsonl").write_text('{"step": 1, "loss": 0.5}\n')


def run_of(store: Store, run: str) -> Run:
    store.catch_up()
    (found,) = (each.run for each in store.details() if each.run.id == run)
    return found


def details_of(store: Store, run: str) -> RunDetail:
    return store.detail(run_of(store, run).number)


def rejected(store: Store) -> list[tuple[str, int, int, str]]:
    return [(bad.path, bad.line, bad.offset, bad.reason) for file in store.files() for bad in file.first_rejected]


def ids(store: Store) -> list[str]:
    store.catch_up()
    return sorted(run.id for run in store.table(TableQuery()).runs)


def test_what_a_person_says_of_a_run_is_told_with_it(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "a", "b")
    lines = [
        {"event": "hypothesis", "run": "a", "text": "wider is better", "by": "ana", "time": 1_700_000_001},
        note("a", "looks odd", 1_700_000_002),
        tag("a", 1_700_000_003, add=["baseline", "to keep"]),
        {"event": "decision", "run": "a", "verdict": "keep", "why": "best", "by": "bo", "time": 1_700_000_004},
        {"event": "hide", "run": "a", "hidden": True, "by": "bo", "time": 1_700_000_005},
        note("a", "second", 1_700_000_006),
        {"event": "stage", "run": "a", "model": "m", "version": 1, "stage": "staging", "time": 1_700_000_007},
    ]
    write(beside(root), lines)
    found = details_of(store, "a")
    run = found.run
    assert (run.notes, run.tags, run.hypothesis) == ("looks odd\nsecond", ("baseline", "to keep"), "wider is better")
    assert (run.verdict, run.hidden) == ("keep", True)
    assert [event.event for event in found.events] == [line["event"] for line in lines]
    assert [event.text for event in found.events][2:4] == ["+baseline +to keep", "keep best"]
    assert [event.data.get("by") for event in found.events] == ["ana"] * 3 + ["bo"] * 2 + ["ana", None]
    other = run_of(store, "b")
    assert (other.notes, other.tags, other.verdict, other.hidden) == (None, (), None, False)


def test_the_last_word_on_a_tag_holds(root: Path, store: Store, write: Write) -> None:
    write(
        root / "a" / "events.jsonl",
        [{"event": "run", "tags": ["x", "y"], "notes": "from the log"}, {"step": 1, "l": 1}],
    )
    write(beside(root), [tag("a", add=["z", "y"], remove=["x"]), note("a", "from a person")])
    assert run_of(store, "a").tags == ("y", "z")
    assert run_of(store, "a").notes == "from the log\nfrom a person"
    write(beside(root), [tag("a", remove=["y", "z"]), tag("a", add=["x", "a b, 'c' [d] 🚀"])])
    assert run_of(store, "a").tags == ("a b, 'c' [d] 🚀", "x")
    write(beside(root), [tag("a", remove=["x", "a b, 'c' [d] 🚀"])])
    assert run_of(store, "a").tags == ()


def test_between_files_the_later_one_has_the_last_word(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "a")
    write(beside(root), [tag("a", 1_700_000_010, add=["x"]), note("a", "first", 1_700_000_010)])
    write(beside(root), [note("a", "the clock was set back", 1_600_000_000), tag("a", 1_700_000_030, add=["y"])])
    write(of_user(root), [tag("a", 1_700_000_020, remove=["x", "y"]), note("a", "second", 1_700_000_020)])
    run = run_of(store, "a")
    assert (run.tags, run.notes) == (("y",), "first\nthe clock was set back\nsecond")
    write(of_user(root), [tag("a", 1_700_000_040, remove=["y"])])
    assert run_of(store, "a").tags == ()
    of_user(root).unlink()
    assert run_of(store, "a").tags == ("x", "y")


def test_a_line_stands_at_the_latest_time_up_to_it(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "a", "b")
    start = 1_700_000_000
    lines = [("a 5", start + 5), ("a none", None), ("a 3", start + 3), ("a 9", start + 9), ("a 7", start + 7)]
    write(beside(root), [note("b", "of another", start + 99), *(note("a", text, at) for text, at in lines)])
    write(of_user(root), [note("a", "none", None), note("a", "6", start + 6), note("a", "8", start + 8)])
    assert run_of(store, "a").notes == "\n".join(["none", "a 5", "a none", "a 3", "6", "8", "a 9", "a 7"])
    write(beside(root), [note("a", "more", start)])
    assert run_of(store, "a").notes == "\n".join(["none", "a 5", "a none", "a 3", "6", "8", "a 9", "a 7", "more"])


def test_what_a_run_says_of_itself_counts_too(root: Path, store: Store, write: Write) -> None:
    said = [
        {"event": "run", "notes": "begun"},
        {"event": "note", "text": "at home", "time": 1_700_000_010},
        {"event": "decision", "verdict": "keep"},
        {"event": "decision", "verdict": "stop", "time": 1_700_000_000},
        {"event": "tag", "add": ["own"]},
        {"step": 1, "loss": 1, "time": 1_700_000_011},
    ]
    write(root / "a.jsonl", said)
    assert (run_of(store, "a").verdict, run_of(store, "a").notes) == ("stop", "begun\nat home")
    write(beside(root), [note("a", "outside", 1_700_000_005), tag("a", remove=["own"])])
    found = details_of(store, "a")
    assert (found.run.verdict, found.run.notes, found.run.tags) == ("stop", "begun\noutside\nat home", ())
    assert sorted(event.event for event in found.events) == ["decision", "decision", "note", "note", "tag", "tag"]


def test_a_run_of_several_files_is_annotated_once(root: Path, store: Store, write: Write) -> None:
    write(root / "a" / "events.jsonl", [{"event": "run", "tags": ["x"], "notes": "n"}, {"step": 1, "loss": 1}])
    write(root / "a" / "events-host-7.jsonl", [{"event": "run", "tags": ["y"]}, {"step": 1, "acc": 1}])
    write(beside(root), [tag("a", add=["z"], remove=["y"]), note("a", "m")])
    assert (run_of(store, "a").tags, run_of(store, "a").notes) == (("x", "z"), "n\nm")


NAMES = ["a b", "🚀 x", "v1.2.3", "deep/er/run", 'it\'s "odd" [x]', "ünï", "a%_b"]


def test_any_name_of_a_run(root: Path, store: Store, write: Write) -> None:
    make_runs(root, *NAMES)
    write(beside(root), [note(name, f"on {name}") for name in NAMES])
    store.catch_up()
    assert {run.id: run.notes for run in store.table(TableQuery()).runs} == {name: f"on {name}" for name in NAMES}


def test_annotations_make_no_run_and_wait_for_theirs(root: Path, ingest: Ingest, store: Store, write: Write) -> None:
    make_runs(root, "b")
    write(beside(root), [note("later", "soon"), tag("never", add=["x"]), note("b", "here")])
    assert ids(store) == ["b"]
    make_runs(root, "a")
    assert ids(store) == ["a", "b"]
    make_runs(root, "later")
    found = run_of(store, "later")
    assert (found.notes, ids(store)) == ("soon", ["a", "b", "later"])
    assert {run.id: run.number for run in store.table(TableQuery()).runs} == {"b": 0, "a": 1, "later": 2}
    assert store.activity.files == 3
    assert store.activity.others == 0


def test_a_run_that_comes_back_still_has_its_notes(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "a")
    write(beside(root), [note("a", "kept")])
    assert run_of(store, "a").notes == "kept"
    (root / "a" / "events.jsonl").unlink()
    assert ids(store) == []
    make_runs(root, "a")
    assert run_of(store, "a").notes == "kept"


def test_annotations_of_a_folder_below_name_runs_from_there(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "team/x", "team", "x", "team/team")
    write(beside(root / "team"), [note("x", "of x"), note("team", "of the folder itself")])
    store.catch_up()
    assert {run.id: run.notes for run in store.table(TableQuery()).runs} == {
        "team/x": "of x",
        "team": "of the folder itself",
        "team/team": "of the folder itself",  # both were called `team` where this was written
        "x": None,
    }


def test_a_single_file_has_annotations_beside_it(root: Path, index: Index, write: Write) -> None:
    log = write(root / "a.jsonl", [{"step": 1, "loss": 1}])
    write(root / "b.jsonl", [{"step": 1, "loss": 1}])
    write(beside(root), [note("a", "beside"), note("b", "of another")])
    write(of_user(root), [note("a", "of the user")])
    store = Store(log, index, poll=True, clock=time.time)
    assert (ids(store), run_of(store, "a").notes) == (["a"], "beside\nof the user")
    write(beside(root), [note("a", "more")])
    assert run_of(store, "a").notes == "beside\nmore\nof the user"


BAD = [
    ('{"event": "note", "run": "a", "tex\n', "not JSON: Invalid control character at column 34"),
    ('["x"]\n', "not an object: list"),
    ('{"run": "a", "text": "x"}\n', "no event"),
    ('{"event": "metrics", "run": "a", "loss": 1}\n', "no annotation: event 'metrics'"),
    ('{"event": "note", "text": "x"}\n', "names no run"),
    ('{"event": "note", "run": ["a"], "text": "x"}\n', "names no run"),
    ('{"event": "note", "run": "", "text": "x"}\n', "the run '' is not below the folder of this file"),
    ('{"event": "note", "run": "../a", "text": "x"}\n', "the run '../a' is not below the folder of this file"),
    (
        '{"event": "note", "run": "a/../../a", "text": "x"}\n',
        "the run 'a/../../a' is not below the folder of this file",
    ),
    ('{"event": "note", "run": "/a", "text": "x"}\n', "the run '/a' is not below the folder of this file"),
]


def test_bad_lines_are_rejected_and_stop_nothing(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "a")
    write(beside(root), [note("a", "before"), *(line for line, _ in BAD), "\r\n", note("a", "after")])
    assert run_of(store, "a").notes == "before\nafter"
    first = len(json.dumps(note("a", "before"))) + 1
    places = [first + sum(len(line) for line, _ in BAD[:number]) for number in range(len(BAD))]
    found = rejected(store)
    assert [(path, line, offset) for path, line, offset, _ in found] == [
        (".labtop/annotations.jsonl", number, place) for number, place in enumerate(places, 2)
    ]
    assert [reason for _, _, _, reason in found][1:] == [reason for _, reason in BAD][1:]
    assert found[0][3].startswith("not JSON")
    (file,) = (file for file in store.files() if file.kind == "annotations")
    assert (file.lines, file.events, file.skipped, file.runs) == (len(BAD) + 3, 2, 1, 0)
    assert store.activity.rejected == len(BAD)


def test_windows_line_ends_and_a_byte_order_mark(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "a")
    write(beside(root), [b"\xef\xbb\xbf", json.dumps(note("a", "one")) + "\r\n", json.dumps(note("a", "two")) + "\r\n"])
    assert (run_of(store, "a").notes, rejected(store)) == ("one\ntwo", [])


def test_a_line_that_another_labtop_is_writing_waits(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "a")
    line = json.dumps(note("a", "half"))
    path = write(beside(root), [note("a", "whole"), line[:25]], quiet=True)
    assert (run_of(store, "a").notes, rejected(store)) == ("whole", [])
    assert [remark.path for remark in store.remarks()] == [".labtop/annotations.jsonl"]
    write(path, [line[25:]])
    assert run_of(store, "a").notes == "whole\nhalf"
    write(path, ["\n", note("a", "more")])
    assert (run_of(store, "a").notes, rejected(store), store.remarks()) == ("whole\nhalf\nmore", [], ())


def test_a_line_that_was_never_finished_costs_only_itself(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "a")
    write(beside(root), [json.dumps(note("a", "half"))[:30], note("a", "whole")])
    assert (run_of(store, "a").notes, len(rejected(store))) == ("whole", 1)


SEVERAL = "".join(
    json.dumps(line) + end
    for line, end in [
        (note("a", "one", 1_700_000_003), "\n"),
        (tag("a", add=["x", "y"]), "\r\n"),
        (note("b", "zwei ü", 1_700_000_001), ""),
        (note("a", "two"), "\n"),
        ({"event": "decision", "run": "a", "verdict": "keep"}, "\nnonsense\n"),
        ({"event": "hide", "run": "b"}, "\n"),
        (tag("a", remove=["x"]), "\n"),
    ]
).encode()
PART = 23  # bytes


def test_in_parts_it_gives_the_same_as_at_once(
    root: Path, index: Index, emptied: Callable[[Index], None], query: Query
) -> None:
    wanted = (
        "select * from annotated order by run",
        "select run, line, time, event, text, data from annotations order by run, line, text",
        "select line, position, reason from rejected order by line",
        "select path, position, lines, events, skipped from files order by path",
    )
    make_runs(root, "a", "b")
    path = beside(root)
    path.parent.mkdir()
    path.write_bytes(SEVERAL)
    ingest = Ingest(root, index)
    ingest.catch_up()
    at_once = [query(ingest, sql) for sql in wanted]
    emptied(index)
    path.unlink()
    ingest = Ingest(root, index)
    with path.open("ab", buffering=0) as file:
        for place in range(0, len(SEVERAL), PART):
            file.write(SEVERAL[place : place + PART])
            ingest.catch_up()
    assert [query(ingest, sql) for sql in wanted] == at_once
    assert query(ingest, "select notes, tags, hidden, verdict from runs order by id") == [
        ("one\ntwo", ["y"], False, "keep"),
        ("zwei ü", None, True, None),
    ]


def test_two_labtops_on_one_directory_see_what_either_wrote(root: Path, opened: Open, write: Write) -> None:
    make_runs(root, "a")
    one, two = opened(root), opened(root, index="other.duckdb")
    write(beside(root), [note("a", "of one")])
    assert [run_of(store, "a").notes for store in (one, two)] == ["of one"] * 2
    write(of_user(root), [note("a", "of two", time.time())])
    assert [run_of(store, "a").notes for store in (one, two)] == ["of one\nof two"] * 2


def test_what_was_said_stands_in_the_index(root: Path, opened: Open, write: Write) -> None:
    make_runs(root, "a")
    write(beside(root), [note("a", "kept"), note("b", "waits")])
    store = opened(root)
    store.catch_up()
    store.close()
    again = opened(root)
    assert [run.notes for run in again.table(TableQuery()).runs] == ["kept"]
    make_runs(root, "b")
    assert run_of(again, "b").notes == "waits"


def test_a_file_that_is_gone_takes_back_what_it_said(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "a")
    write(beside(root), [note("a", "gone soon"), {"event": "hide", "run": "a"}])
    assert run_of(store, "a").hidden
    beside(root).unlink()
    assert (run_of(store, "a").notes, run_of(store, "a").hidden) == (None, False)
    write(beside(root), [note("a", "back")])
    assert run_of(store, "a").notes == "back"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read all")
def test_a_file_that_cannot_be_read_is_told_of(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "a")
    path = write(beside(root), [note("a", "secret")])
    path.chmod(0)
    assert run_of(store, "a").notes is None
    assert rejected(store) == [(".labtop/annotations.jsonl", 0, 0, "cannot be read: Permission denied")]
    path.chmod(0o600)
    assert (run_of(store, "a").notes, rejected(store)) == ("secret", [])


def test_files_of_that_name_elsewhere_are_neither_runs_nor_annotations(root: Path, store: Store, write: Write) -> None:
    make_runs(root, "a")
    write(root / "annotations.jsonl", [note("a", "no"), {"step": 1, "loss": 1}])
    write(root / "a" / "annotations.jsonl", [note("a", "no"), {"step": 1, "loss": 1}])
    assert (ids(store), run_of(store, "a").notes) == (["a"], None)


def test_the_users_folder_of_annotations_holds_no_runs(tmp_path: Path, index: Index, write: Write) -> None:
    data = tmp_path / "XDG_DATA_HOME"
    make_runs(data, "a")
    write(of_user(data), [note("a", "mine")])
    store = Store(data, index, poll=True, clock=time.time)
    assert (ids(store), run_of(store, "a").notes) == (["a"], "mine")


def test_ten_thousand_annotations(root: Path, ingest: Ingest, write: Write, query: Query) -> None:
    make_runs(root, *(f"r{number}" for number in range(20)))
    ingest.catch_up()
    write(beside(root), [tag(f"r{number % 20}", number + 1e9, add=[f"t{number % 7}"]) for number in range(10_000)])
    began = time.process_time()
    ingest.catch_up()
    assert time.process_time() - began < 1
    assert query(ingest, "select count(*), min(len(tags)), max(len(tags)) from runs") == [(20, 7, 7)]


def settings(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def goals(store: Store, *names: str) -> list[str | None]:
    store.catch_up()
    (run,) = store.details()
    return [run.metrics[name].goal for name in names]


def test_goals_of_a_team_and_of_a_user(root: Path, store: Store, write: Write) -> None:
    said: Iterable[object] = [{"event": "metric", "name": "speed", "goal": "min", "unit": "m/s"}]
    write(root / "a" / "events.jsonl", [*said, {"step": 1, "speed": 1, "val/loss": 1, "odd": 1}])
    names = "speed", "val/loss", "odd"
    assert goals(store, *names) == ["min", "min", None]
    team = settings(root / "labtop.toml", '[goals]\nspeed = "max"\n"val/loss" = "max"\nodd = "min"\nnone = "min"\n')
    assert goals(store, *names) == ["max", "max", "min"]
    user = settings(platformdirs.user_config_path("labtop") / "config.toml", '[goals]\nodd = "max"\n[other]\nx = 1\n')
    assert goals(store, *names) == ["max", "max", "max"]
    assert [metric.name for metric in store.outline().metrics] == sorted(names)
    kinds = {file.path: file.kind for file in store.files()}
    assert kinds == {"a/events.jsonl": "jsonl", "labtop.toml": "settings", str(user): "settings"}
    team.unlink()
    assert goals(store, *names) == ["min", "min", "max"]
    user.unlink()
    assert goals(store, *names) == ["min", "min", None]


BROKEN = [
    (b"[goals\n", "is no TOML: "),
    (b"\xff", "is no UTF-8"),
    (b"goals = 3\n", "has goals that are no table"),
    (b'[goals]\nval.loss = "min"\n', 'has a table as goal of "val": put names with dots into quotes'),
    (b'[goals]\nloss = "lower"\n', 'has a goal of "loss" that is neither "min" nor "max"'),
    (b"x = " + b"[" * 5000, "is nested too deeply"),
    (b"#" * 70_000, "is not read: it has more than 64 kB"),
]


@pytest.mark.parametrize(("text", "reason"), BROKEN)
def test_broken_settings_are_told_and_change_nothing_else(
    root: Path, store: Store, write: Write, text: bytes, reason: str
) -> None:
    write(root / "a" / "events.jsonl", [{"step": 1, "loss": 1}])
    path = settings(root / "labtop.toml", text)
    assert goals(store, "loss") == ["min"]
    ((bad, _, _, why),) = rejected(store)
    assert (bad, why[: len(reason)]) == ("labtop.toml", reason)
    assert [notice for notice in store.activity.notices if notice.startswith(f"labtop.toml {reason}")]
    settings(path, '[goals]\nloss = "max"\n')
    assert (goals(store, "loss"), rejected(store), store.activity.notices) == (["max"], [], ())


def test_broken_settings_are_told_at_every_start(root: Path, opened: Open, write: Write) -> None:
    make_runs(root, "a")
    settings(root / "labtop.toml", "[goals]\nloss = 3\n")
    for _ in range(2):
        store = opened(root)
        store.catch_up()
        assert store.activity.notices == ('labtop.toml has a goal of "loss" that is neither "min" nor "max"',)
        store.close()
