"""`labtop tag` on real files: words that argparse would take for options are tags."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]


def _tagged(base: Path) -> dict[str, Any]:
    """The one line that was appended, without the fields that all have."""
    (line,) = (base / ".labtop" / "annotations.jsonl").read_text(encoding="utf-8").splitlines()
    said = json.loads(line)
    assert said.pop("event") == "tag"
    return {key: value for key, value in said.items() if key not in ("time", "by", "run")}


@pytest.mark.parametrize(
    ("words", "add", "remove"),
    [
        (["high", "+a", "-b", "c", "a", "+ a "], ["a", "c"], ["b"]),
        (["high", "-data", "-help", "-5", "+-x", "++y"], ["-x", "+y"], ["data", "help", "5"]),
        (["high", "+a", "--", "-d", "--poll", "-h"], ["a"], ["d", "-poll", "h"]),
        (["--", "high", "-b"], [], ["b"]),
        (
            ["high", "[x]", "two words", "+👩‍👩‍👧", "+'; drop table"],
            ["[x]", "two words", "👩‍👩‍👧", "'; drop table"],
            [],
        ),
    ],
)
def test_a_sign_says_what_to_do_with_a_tag(runs: Path, words: list[str], add: list[str], remove: list[str]) -> None:
    assert main(["tag", "-d", str(runs), *words]) == 0
    assert _tagged(runs) == {key: tags for key, tags in (("add", add), ("remove", remove)) if tags}


@pytest.mark.parametrize(
    "words",
    [
        ["-d", "RUNS", "--poll", "high", "+a", "-b", "--json"],
        ["high", "+a", "--format", "json", "-d", "RUNS", "-b"],
        ["high", "--dir=RUNS", "+a", "--poll", "--format=json", "--", "-b"],
        ["--json", "high", "--index", "INDEX", "-d", "RUNS", "+a", "-b"],
    ],
)
def test_options_may_stand_among_the_tags(capsys: Captured, runs: Path, tmp_path: Path, words: list[str]) -> None:
    index = tmp_path / "index.duckdb"
    assert main(["tag", *(w.replace("RUNS", str(runs)).replace("INDEX", str(index)) for w in words)]) == 0
    path = str(runs / ".labtop" / "annotations.jsonl")
    assert json.loads(capsys.readouterr().out) == {"run": "high", "event": "tag", "path": path}
    assert _tagged(runs) == {"add": ["a"], "remove": ["b"]}
    assert index.exists() == ("INDEX" in words)


def test_one_line_says_what_was_done(capsys: Captured, runs: Path) -> None:
    assert main(["tag", "-d", str(runs), "high", "-b", "\x1b[31ma", "--format", "table"]) == 0
    assert capsys.readouterr() == ("tagged high: +a, -b\n", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "which run?"),
        (["high"], "which tags?"),
        (["high", "--"], "which tags?"),
        (["high", "+"], "'+' names no tag"),
        (["high", ""], "'' names no tag"),
        (["high", "+a", "-a"], "'a' is both added and removed"),
        (["high", "\u200b"], "a tag is empty"),
        (["high", "--bogus"], "unrecognized arguments: --bogus"),
        (["high", "a", "-d"], "expected one argument"),
        (["high", "a", "--format", "xml"], "invalid choice: 'xml'"),
    ],
)
def test_what_names_no_tag_is_refused_in_one_line(capsys: Captured, runs: Path, words: list[str], says: str) -> None:
    assert main(["tag", "-d", str(runs), *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err
    assert not (runs / ".labtop").exists()


def test_a_run_that_is_not_there_is_status_3(capsys: Captured, runs: Path) -> None:
    assert main(["tag", "-d", str(runs), "nothing", "-b"]) == 3
    assert "no run 'nothing'" in capsys.readouterr().err
    assert not (runs / ".labtop").exists()


def test_help_is_told_after_the_run_too(capsys: Captured) -> None:
    assert main(["tag", "high", "--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: labtop tag [options] RUN [+]TAG.. -TAG..\n")
