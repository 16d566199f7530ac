"""What is counted of the lines that several processes wrote, and what stands where no peer is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import recording
from benchmarks.place import Place
from benchmarks.recording_shared import there


def test_lines_that_are_lost_or_torn_are_told(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text('{"writer0": 0}\n{"writer0": 1}\n{"writer0": 1}\n{"event": "end"}\n')
    (tmp_path / "events-here-7.jsonl").write_text('{"writer1": 0}\n{"writer1":{"writer1": 2}\n{"writer1": 3}')
    assert there(tmp_path) == (4, 2)


def test_a_peer_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABTOP_PEERS", raising=False)
    monkeypatch.setattr(recording, "_CALLS", 20)
    figures = recording.lines(Place(tmp_path, tmp_path / "kept", quick=True))
    beside = [figure for figure in figures if "beside" in figure.name]
    assert [figure.name.endswith("(not in $LABTOP_PEERS)") for figure in beside] == [True, True, True]
    assert [figure.verdict for figure in beside] == ["", "", ""]
    assert all(0 < figure.value == figures[0].value for figure in beside)
