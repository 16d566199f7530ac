"""`labtop decide` on real files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]


def _events(base: Path) -> list[dict[str, Any]]:
    lines = (base / ".labtop" / "annotations.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_verdict_and_its_reason_are_appended(capsys: Captured, runs: Path) -> None:
    assert main(["decide", "-d", str(runs), "@best:val_loss", "discard", "--why", "it is\nthe best"]) == 0
    assert capsys.readouterr() == ("decided of high: discard, it is the best\n", "")
    (line,) = _events(runs)
    assert (line["event"], line["run"], line["verdict"], line["why"]) == (
        "decision",
        "high",
        "discard",
        "it is\nthe best",
    )


def test_a_hypothesis_is_said_before_the_decision(capsys: Captured, runs: Path) -> None:
    words = ["high", "repeat", "--why", "one seed", "--hypothesis", "wider is better", "--json"]
    assert main(["decide", "-d", str(runs), *words]) == 0
    assert json.loads(capsys.readouterr().out)["event"] == "decision"
    hypothesis, decision = _events(runs)
    assert (hypothesis["event"], hypothesis["text"]) == ("hypothesis", "wider is better")
    assert (decision["event"], decision["time"]) == ("decision", hypothesis["time"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["high", "keep"], "required: --why"),
        (["high", "keep", "--why", " "], "the why is empty: a decision needs a reason"),
        (["high", "keep", "--why", "x", "--hypothesis", ""], "the text is empty"),
        (["high", "burn", "--why", "x"], "invalid choice: 'burn'"),
        (["high", "--why", "x"], "required: VERDICT"),
    ],
)
def test_a_decision_without_verdict_or_reason_is_refused(
    capsys: Captured, runs: Path, words: list[str], says: str
) -> None:
    assert main(["decide", "-d", str(runs), *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err
    assert not (runs / ".labtop").exists()


def test_a_run_that_is_not_there_is_status_3(capsys: Captured, runs: Path) -> None:
    assert main(["decide", "-d", str(runs), "nothing", "keep", "--why", "x"]) == 3
    assert "no run 'nothing'" in capsys.readouterr().err
