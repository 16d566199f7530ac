"""What a person says of runs, appended to real files: whole, bounded, and somewhere else where it cannot be here."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labtop.store.annotating import annotate, annotate_all, user
from labtop.store.annotating.said import LONGEST_TEXT, checked, clean
from labtop.store.model import Annotation, Json, Noted, StoreError
from labtop.store.read.annotation_files import beside, of_user
from labtop.store.read.plain import is_seen

NOW = 1_760_000_000.25
LONG = "ä" * (LONGEST_TEXT // 2)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder for data is the test's own."""
    for name in ("XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


def _note(base: Path, text: str = "good", runs: tuple[str, ...] = ("a",)) -> Noted:
    return annotate(base, Annotation(runs, "note", {"text": text}), NOW, "ana")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_a_run_is_appended(base: Path) -> None:
    noted = annotate(base, Annotation(("a", "sub/b c", "a"), "tag", {"add": ["x"], "remove": []}), NOW, "ana")
    assert noted == Noted(str(base / ".labtop" / "annotations.jsonl"), beside=False)
    common = {"time": NOW, "by": "ana", "add": ["x"]}
    assert _lines(beside(base)) == [{"event": "tag", "run": run, **common} for run in ("a", "sub/b c")]
    assert list(_lines(beside(base))[0]) == ["event", "run", "time", "by", "add"]


def test_nothing_that_stands_there_is_changed(base: Path) -> None:
    _note(base, "first")
    before = beside(base).read_bytes()
    _note(base, "second")
    assert beside(base).read_bytes().startswith(before)
    assert [line["text"] for line in _lines(beside(base))] == ["first", "second"]
    assert [path.name for path in base.rglob("*")] == [".labtop", "annotations.jsonl"]


def test_a_line_that_somebody_left_half_written_is_ended_first(base: Path) -> None:
    beside(base).parent.mkdir()
    beside(base).write_bytes(b'{"event": "no')
    _note(base)
    half, line = beside(base).read_bytes().splitlines()
    assert half == b'{"event": "no'
    assert json.loads(line)["text"] == "good"


def test_several_annotations_are_written_at_once_or_not_at_all(base: Path) -> None:
    said = [
        Annotation(("a",), "hypothesis", {"text": "wider"}),
        Annotation(("a", "b"), "decision", {"verdict": "keep"}),
    ]
    with pytest.raises(StoreError, match="a decision needs a reason"):
        annotate_all(base, said, NOW, "ana")
    assert not beside(base).exists()
    said[1] = Annotation(("a", "b"), "decision", {"verdict": "keep", "why": "best"})
    annotate_all(base, said, NOW, "ana")
    assert [(line["event"], line["run"]) for line in _lines(beside(base))] == [
        ("hypothesis", "a"), ("decision", "a"), ("decision", "b"),
    ]  # fmt: skip


MANY = """
import sys
from pathlib import Path
from labtop.store.annotating import annotate
from labtop.store.model import Annotation
base, who = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for number in range(250):
    runs = (f"{who}{number}", f"{who}{number}x")
    annotate(base, Annotation(runs, "note", {"text": who * (1 + 97 * number)}), 1.0, who)
"""


def test_what_two_processes_write_at_once_is_whole(base: Path) -> None:
    command = [sys.executable, "-c", MANY, str(base)]
    both = [subprocess.Popen([*command, who], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for who in "ab"]
    for process in both:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in both:
        process.communicate(timeout=60)
    lines = [json.loads(line) for line in beside(base).read_bytes().splitlines() if line]
    for who in "ab":
        mine = [line for line in lines if line["by"] == who]
        assert [line["run"] for line in mine] == [f"{who}{at}{x}" for at in range(250) for x in ("", "x")]
        assert all(set(line["text"]) == {who} for line in mine)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("a file", "Not a directory"),
        ("a dangling folder", "No such file or directory"),
        ("a folder", "it is no regular file"),
        ("a pipe", "it is no regular file"),
        ("a device", "it is a link"),
        ("a dangling link", "it is a link"),
        ("a link", "it is a link"),
    ],
)
def test_where_the_directory_cannot_be_written_it_is_noted_in_the_users_folder(
    base: Path, home: Path, what: str, why: str
) -> None:
    target = base.parent / "target"
    path = beside(base)
    if what == "a file":
        path.parent.write_text("mine")
    elif what == "a dangling folder":
        path.parent.symlink_to(target)
    else:
        path.parent.mkdir()
    if what == "a folder":
        path.mkdir()
    elif what == "a pipe":
        os.mkfifo(path)
    elif what == "a device":
        path.symlink_to("/dev/full")
    elif "link" in what:
        path.symlink_to(target)
    if what == "a link":
        target.write_text("mine")
    noted = _note(base)
    assert noted == Noted(str(of_user(base)), beside=True, why=why)
    assert home in of_user(base).parents
    assert [line["run"] for line in _lines(of_user(base))] == ["a"]
    assert target.exists() == (what == "a link")
    for mine in (path.parent, target):
        assert not mine.is_file() or mine.read_text() == "mine"


def test_a_folder_that_is_a_link_is_followed(base: Path) -> None:
    shared = base.parent / "shared"
    shared.mkdir()
    (base / ".labtop").symlink_to(shared)
    assert not _note(base).beside
    assert len(_lines(shared / "annotations.jsonl")) == 1


def test_a_run_that_is_gone_is_noted_all_the_same(base: Path) -> None:
    assert not _note(base, runs=("gone/run",)).beside
    assert _lines(beside(base))[0]["run"] == "gone/run"


def test_a_directory_that_is_gone_is_not_made_again(base: Path) -> None:
    base.rmdir()
    assert _note(base).beside
    assert not base.exists()
    assert len(_lines(of_user(base))) == 1


def test_where_nothing_can_be_written_it_says_what_to_do(base: Path, home: Path) -> None:
    (base / ".labtop").touch()
    home.touch()
    with pytest.raises(StoreError) as refused:
        _note(base)
    said = str(refused.value)
    assert said.startswith(f"nothing is noted: {beside(base)} cannot be written (Not a directory), nor {of_user(base)}")
    assert said.endswith("; make room or ask for permission")


ALMOST_FULL = """
import resource, sys
from pathlib import Path
from labtop.store.annotating import annotate
from labtop.store.model import Annotation
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
print(annotate(Path(sys.argv[1]), Annotation(("a", "b", "c"), "note", {"text": "x"}), 1.5, "ana"))
"""


@pytest.mark.parametrize(("room", "kept"), [(2, "ab"), (2 - 1 / 1024, "a")])
def test_what_there_is_no_room_for_is_noted_in_the_users_folder(base: Path, room: float, kept: str) -> None:
    """A limit on the size of files stands for a disk with room for so many lines, behind one that was half written."""
    half = b'{"event": '
    beside(base).parent.mkdir()
    beside(base).write_bytes(half)
    line = len('{"event": "note", "run": "a", "time": 1.5, "by": "ana", "text": "x"}\n')
    limit = len(half) + 1 + math.floor(room * line)
    command = [sys.executable, "-c", ALMOST_FULL, str(base), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "beside=True, why='there is no more room'" in done.stdout, done.stderr
    first, *lines = beside(base).read_bytes().splitlines(keepends=True)
    assert first == half + b"\n"
    assert [json.loads(line)["run"] for line in lines if line.endswith(b"\n")] == list(kept)
    assert [line["run"] for line in _lines(of_user(base))] == list("abc".removeprefix(kept))
    _note(base, runs=("d",))
    assert json.loads(beside(base).read_bytes().splitlines()[-1])["run"] == "d"


def test_a_note_is_bounded(base: Path) -> None:
    _note(base, LONG)
    assert _lines(beside(base))[0]["text"] == LONG
    size = beside(base).stat().st_size
    for text, runs in ((f"{LONG}.", ("a",)), (LONG, tuple(str(number) for number in range(1100)))):
        with pytest.raises(StoreError, match=r"too (long|much)"):
            _note(base, text, runs)
    assert beside(base).stat().st_size == size
    assert not of_user(base).exists()


def test_control_characters_and_escape_sequences_are_left_out(base: Path) -> None:
    _note(base, "\x1b[31mred\x1b[0m\tand\r\n\x00\x07two\x9b1m\u2028 \x1b]0;title\x07\udc80\n", runs=("a\udc80b",))
    (line,) = _lines(beside(base))
    assert (line["text"], line["run"]) == ("red and\ntwo\n ?", "a?b")


@pytest.mark.parametrize(
    "tag", ["two words", '"quoted"', "[1]{2}", "it's", "👩‍👩‍👧", "ünï", "-x", "a,b", "\\", "x" * 200]
)
def test_a_tag_is_any_text_that_shows(base: Path, tag: str) -> None:
    annotate(base, Annotation(("a",), "tag", {"add": [tag]}), NOW, "ana")
    assert _lines(beside(base))[0]["add"] == [tag]


_TRICKY = st.text(st.sampled_from("ab -+\n\t\r\x1b[3m\u200b\u2028é👩"), max_size=8)


@settings(max_examples=50)
@given(st.lists(_TRICKY.filter(lambda tag: is_seen(clean(tag))), max_size=5), st.lists(_TRICKY, min_size=1, max_size=5))
def test_added_tags_are_clean_and_those_taken_off_as_they_are(add: list[str], remove: list[str]) -> None:
    """A log may hold any tag, and each can be taken off."""
    assume(not {clean(tag).replace("\n", " ") for tag in add} & set(remove))
    fields = checked("tag", {"add": [*add], "remove": [*remove]})
    assert fields["remove"] == list(dict.fromkeys(remove))
    added = fields.get("add", [])
    assert isinstance(added, list)
    assert len(added) == len(set(map(str, added)))
    assert bool(added) == bool(add)
    assert all(str(tag).strip() == tag and len(str(tag).splitlines()) == 1 and "\x1b" not in str(tag) for tag in added)


@pytest.mark.parametrize(
    ("event", "fields", "says"),
    [
        ("note", {"text": " \n\x1b[0m"}, "the text is empty"),
        ("note", {"text": "\u200b"}, "the text is empty"),
        ("note", {}, "the text is empty"),
        ("tag", {"add": ["a", " "]}, "a tag is empty"),
        ("tag", {"add": ["x" * 201]}, "201 characters is too long: 200 at most"),
        ("tag", {"add": ["a"], "remove": ["a"]}, "'a' is both added and removed"),
        ("tag", {"add": [], "remove": []}, "no tag is named"),
        (
            "decision",
            {"verdict": "burn", "why": "x"},
            "'burn' is no verdict: keep, discard, continue, stop, repeat are",
        ),
        ("decision", {"verdict": "keep", "why": ""}, "a decision needs a reason"),
        ("hypothesis", {"text": ""}, "the text is empty"),
        ("gossip", {"text": "x"}, "'gossip' is nothing to say of a run"),
    ],
)
def test_what_says_nothing_is_refused(base: Path, event: str, fields: Mapping[str, Json], says: str) -> None:
    with pytest.raises(StoreError) as refused:
        annotate(base, Annotation(("a",), event, fields), NOW, "ana")
    assert says in str(refused.value)
    assert not (base / ".labtop").exists()


def test_no_run_at_all_is_refused(base: Path) -> None:
    with pytest.raises(StoreError, match="no run is named"):
        _note(base, runs=())


def test_hiding_is_on_or_off(base: Path) -> None:
    for hidden in (True, False):
        annotate(base, Annotation(("a",), "hide", {"hidden": hidden}), NOW, "ana")
    assert [line["hidden"] for line in _lines(beside(base))] == [True, False]


def test_who_speaks_is_told_by_the_environment_the_login_or_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "log\x1b[31mname")
    monkeypatch.setenv("LABTOP_USER", " Ana Ö\n")
    assert user() == "Ana Ö"
    monkeypatch.setenv("LABTOP_USER", " ")
    assert user() == "logname"
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    assert user() == str(os.getuid())


def test_a_directory_that_the_group_may_write_has_annotations_that_the_group_may_write(tmp_path: Path) -> None:
    base = tmp_path / "shared"
    base.mkdir()
    base.chmod(0o2775)
    annotate(base, Annotation(("a",), "note", {"text": "first"}), NOW, "ana")
    assert beside(base).stat().st_mode & 0o060 == 0o060
    assert beside(base).parent.stat().st_mode & 0o070 == 0o070
