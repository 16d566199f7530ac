"""`labtop doctor` on good files, bad files and files that are no logs."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from pathlib import Path

import pytest

from labtop.cli import main
from labtop.cli.doctor import tables
from labtop.store import Store
from labtop.store.index.schema import schema_version
from labtop.store.ingest.filesystem import Mounts
from labtop.store.model import IndexInfo, LookedAt, Rejected
from labtop.store.read.settings_files import user_file

Captured = pytest.CaptureFixture[str]


def _doctor(capsys: Captured, root: Path, *words: str) -> tuple[int, str, str]:
    status = main(["doctor", "-d", str(root), *words])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def _rows(out: str, title: str) -> list[list[str]]:
    """The words of each line of the table with that title, without its headings."""
    tables = {part.splitlines()[0]: part.splitlines()[1:] for part in out.split("\n\n")}
    return [line.split() for line in tables[title] if not line.startswith(("file ", "line "))]


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A log with bad lines, a config, one file of two runs, two files that are no logs."""
    root = tmp_path / "odd"
    for folder in ("a", "b"):
        (root / folder).mkdir(parents=True)
    bad = "".join(f"bad {number}\n" for number in range(7))
    (root / "a" / "metrics.jsonl").write_text(f'{{"step": 1, "loss": 1}}\n\n{bad}[3]\n{{"step": 2, "loss": 2}}\n')
    (root / "a" / "config.json").write_text('{"lr": 0.1}')
    (root / "b" / "train.log").write_text("hello\n")
    os.utime(root / "b" / "train.log", (1.7e9, 1.7e9))
    (root / "b" / "chat.jsonl").write_text('{"messages": []}\n')
    (root / "two.jsonl").write_text('{"run": "x", "step": 1, "loss": 1}\n{"run": "y", "step": 1, "loss": 1}\n')
    return root


def test_all_lines_read_is_status_zero(capsys: Captured, runs: Path) -> None:
    status, out, err = _doctor(capsys, runs)
    assert (status, err) == (0, "")
    assert _rows(out, "files") == [
        [f"{name}/events.jsonl", "jsonl", name, "5", "5", "0", "0", "events"] for name in ("copy", "high", "low")
    ]
    assert "rejected\n" not in out


def test_files_and_their_first_rejected_lines(capsys: Captured, odd: Path) -> None:
    status, out, err = _doctor(capsys, odd)
    assert (status, err) == (1, "")
    assert _rows(out, "files") == [
        ["a/config.json", "config", "-", "-", "-", "-", "-", "events"],
        ["a/metrics.jsonl", "jsonl", "a", "11", "2", "1", "8", "events"],
        ["two.jsonl", "jsonl", "2", "runs", "2", "2", "0", "0", "events"],
    ]
    rejected = _rows(out, "rejected")
    assert [row[:2] for row in rejected[:5]] == [[f"a/metrics.jsonl:{3 + at}", str(24 + 6 * at)] for at in range(5)]
    assert " ".join(rejected[0][2:]) == "not JSON: Expecting value at column 1"
    assert " ".join(rejected[5]) == "a/metrics.jsonl and 3 more: --all lists them"


def test_annotations_and_settings_are_listed(capsys: Captured, runs: Path) -> None:
    (runs / ".labtop").mkdir()
    (runs / ".labtop" / "annotations.jsonl").write_text(
        '{"event": "note", "run": "low", "text": "x"}\n{"run": "low"}\n'
    )
    (runs / "labtop.toml").write_text('[goals]\nloss = "less"\n')
    status, out, _ = _doctor(capsys, runs)
    files = {row[0]: row[1:] for row in _rows(out, "files")}
    assert status == 1
    assert files[".labtop/annotations.jsonl"] == ["annotations", "-", "2", "1", "0", "1", "events"]
    assert files["labtop.toml"] == ["settings", "-", "-", "-", "-", "1", "events"]
    assert [" ".join(row) for row in _rows(out, "rejected")] == [
        ".labtop/annotations.jsonl:2 45 no event",
        'labtop.toml 0 has a goal of "loss" that is neither "min" nor "max"',
    ]


def test_each_file_shows_its_first_rejected_lines(capsys: Captured, tmp_path: Path) -> None:
    for name, bad in (("a", 6), ("b", 2), ("c", 7)):
        (tmp_path / f"{name}.jsonl").write_text('{"step": 1, "loss": 1}\n' + "bad\n" * bad)
    _, out, _ = _doctor(capsys, tmp_path)
    places = [row[0].split(":")[0] for row in _rows(out, "rejected")]
    assert places == ["a.jsonl"] * 6 + ["b.jsonl"] * 2 + ["c.jsonl"] * 6


def test_the_index_and_what_is_no_log_is_counted(capsys: Captured, odd: Path, tmp_path: Path) -> None:
    index = tmp_path / "index.duckdb"
    _, out, _ = _doctor(capsys, odd, "--index", str(index))
    rows = {" ".join(row[:-1]): row[-1] for row in _rows(out, "index")[:3]}
    assert rows["path"] == str(index)
    assert int(rows["bytes"].replace(",", "")) >= 4096
    assert "files that are no logs  2 (--all lists them)" in out


def test_all_lists_every_file_and_line(capsys: Captured, odd: Path) -> None:
    _, out, _ = _doctor(capsys, odd, "--all")
    kinds = {row[0]: row[1] for row in _rows(out, "files")}
    assert (kinds["b/train.log"], kinds["b/chat.jsonl"], len(kinds)) == ("none", "undecided", 5)
    rejected = _rows(out, "rejected")
    assert [row[0] for row in rejected] == [f"a/metrics.jsonl:{line}" for line in range(3, 11)]
    assert " ".join(rejected[-1][2:]) == "not an object: list"


def test_json_has_the_documented_shape_and_every_line(capsys: Captured, odd: Path) -> None:
    status, out, _ = _doctor(capsys, odd, "--json")
    told = json.loads(out)
    assert status == 1
    assert set(told) == {"files", "index", "remarks"}
    assert set(told["index"]) == {"path", "bytes", "schema"}
    files = {file["path"]: file for file in told["files"]}
    assert set(files) == {"a/config.json", "a/metrics.jsonl", "b/chat.jsonl", "b/train.log", "two.jsonl"}
    bad = files["a/metrics.jsonl"]
    assert {key: bad[key] for key in bad if key != "rejected"} == {
        "path": "a/metrics.jsonl", "kind": "jsonl", "run": "a", "lines": 11, "events": 2, "skipped": 1,
        "watch": "events",
    }  # fmt: skip
    assert len(bad["rejected"]) == 8
    text = (odd / "a" / "metrics.jsonl").read_bytes()
    for line in bad["rejected"]:
        assert text[line["offset"] :].startswith(text.split(b"\n")[line["line"] - 1])
    assert bad["rejected"][-1] == {"line": 10, "offset": 66, "reason": "not an object: list"}
    assert (files["two.jsonl"]["run"], files["b/train.log"]["run"]) == ("2 runs", None)


def test_csv_has_every_rejected_line(capsys: Captured, odd: Path) -> None:
    _, out, _ = _doctor(capsys, odd, "--format", "csv")
    rows = list(csv.reader(io.StringIO(out)))
    assert ["rejected", "a/metrics.jsonl:10", "byte", "66"] in rows
    assert ["files", "b/train.log", "taken for", "none"] in rows


def test_polling_is_told(capsys: Captured, runs: Path) -> None:
    _, out, _ = _doctor(capsys, runs, "--json", "--poll")
    assert {file["watch"] for file in json.loads(out)["files"]} == {"poll"}


def test_a_network_file_system_is_polled(
    capsys: Captured, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"36 35 0:1 / {runs} rw,relatime shared:1 - nfs4 server:/export rw\n")
    mounts = Mounts(table)
    monkeypatch.setattr("labtop.store.ingest.events.Mounts", lambda: mounts)
    _, out, _ = _doctor(capsys, runs, "--json")
    assert {file["watch"] for file in json.loads(out)["files"]} == {"poll"}


def test_exhausted_file_events_mean_polling(capsys: Captured, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtop.store.ingest.watch.Watch.is_whole", lambda _watch: False)
    _, out, _ = _doctor(capsys, runs, "--json")
    assert {file["watch"] for file in json.loads(out)["files"]} == {"poll"}


def test_files_and_configs_that_cannot_be_read_are_listed_with_the_reason(tmp_path: Path) -> None:
    def file(path: str, kind: str, reason: str) -> LookedAt:
        return LookedAt(path, kind, 0, None, 0, 0, 0, 1, (Rejected(path, 0, 0, reason),))

    given = [file("a.jsonl", "unreadable", "cannot be read: no"), file("config.yaml", "config", "not YAML")]
    listed, rejected, _, _ = tables(given, (), IndexInfo(None, 0, "1"), "events", everything=False)
    assert [[each.text for each in row] for row in listed.rows] == [
        ["a.jsonl", "unreadable", "-", "-", "-", "-", "1", "events"],
        ["config.yaml", "config", "-", "-", "-", "-", "1", "events"],
    ]
    assert [[each.text for each in row] for row in rejected.rows] == [
        ["a.jsonl", "0", "cannot be read: no"],
        ["config.yaml", "0", "not YAML"],
    ]


def test_a_config_that_cannot_be_read_is_told(capsys: Captured, runs: Path) -> None:
    (runs / "low" / "config.yaml").write_text("a: [\n")
    status, out, _ = _doctor(capsys, runs)
    assert status == 1
    assert _rows(out, "rejected")[0][0] == "low/config.yaml"


def _told(out: str) -> list[str]:
    return [" ".join(row) for row in _rows(out, "remarks")]


def test_a_last_line_that_is_not_whole_is_told_and_no_error(capsys: Captured, tmp_path: Path) -> None:
    whole = "".join(f'{{"step": {step}, "loss": 0.5}}\n' for step in range(1, 10))
    log = tmp_path / "a.jsonl"
    log.write_text(whole + '{"step": 10, "lo')
    os.utime(log, (1.7e9, 1.7e9))
    for _ in range(2):
        status, out, _ = _doctor(capsys, tmp_path)
        assert status == 0
        assert _told(out) == [f"a.jsonl last line unfinished: 16 bytes at byte {len(whole)}"]
        told = json.loads(_doctor(capsys, tmp_path, "--json")[1])["remarks"]
        assert told == [{"path": "a.jsonl", "text": f"last line unfinished: 16 bytes at byte {len(whole)}"}]
    log.write_text(whole + '{"step": 10, "loss": 0.25}\n')
    assert "remarks" not in _doctor(capsys, tmp_path)[1]


def test_values_that_are_left_out_are_told_each_time(capsys: Captured, tmp_path: Path) -> None:
    line = {"step": 1, **{f"k{n}": n for n in range(12_000)}}
    (tmp_path / "a.jsonl").write_text(json.dumps(line) + "\n" + json.dumps(line) + "\n")
    for _ in range(2):
        status, out, _ = _doctor(capsys, tmp_path)
        assert status == 0
        assert _told(out) == ["a.jsonl 4,000 values of more than 10,000 metrics are left out"]


def test_a_packed_file_that_breaks_off_is_an_error(capsys: Captured, tmp_path: Path) -> None:
    lines = "".join(f'{{"step": {step}, "loss": {step * 7919 % 1000}}}\n' for step in range(1, 500))
    (tmp_path / "events.jsonl.1.gz").write_bytes(gzip.compress(lines.encode())[:600])
    for _ in range(2):
        status, out, _ = _doctor(capsys, tmp_path)
        assert status == 1
        (rejected,) = _rows(out, "rejected")
        assert " ".join(rejected) == "events.jsonl.1.gz 600 gzip ends early at byte 600"


def test_a_document_that_is_half_written_is_an_error_beside_the_run_it_gave(capsys: Captured, tmp_path: Path) -> None:
    state = json.dumps({"log_history": [{"step": step, "loss": 1 / step} for step in range(1, 50)]}, indent=2)
    document = tmp_path / "a" / "trainer_state.json"
    document.parent.mkdir()
    document.write_text(state)
    assert _doctor(capsys, tmp_path)[0] == 0
    document.write_text(state[:500])
    os.utime(document, (1.7e9, 1.7e9))
    for _ in range(2):
        status, out, _ = _doctor(capsys, tmp_path)
        assert status == 1
        assert " ".join(_rows(out, "rejected")[0]).endswith(
            "empty or half written: what was read of it before is shown"
        )
        assert main(["ls", "-d", str(tmp_path), "--format", "csv"]) == 0
        assert capsys.readouterr().out.splitlines()[1].startswith("a,")


def test_the_size_of_the_index_is_that_of_its_files(capsys: Captured, odd: Path, tmp_path: Path) -> None:
    index = tmp_path / "index.duckdb"
    with Store.open(odd, index=index) as store:
        store.catch_up()
        there = sum(each.stat().st_size for each in tmp_path.glob("index.duckdb*"))
        assert store.index_info() == IndexInfo(str(index), there, schema_version())


def test_one_file_and_an_empty_folder(capsys: Captured, odd: Path, tmp_path: Path) -> None:
    _, out, _ = _doctor(capsys, odd / "two.jsonl")
    assert _rows(out, "files") == [["two.jsonl", "jsonl", "2", "runs", "2", "2", "0", "0", "events"]]
    (tmp_path / "empty").mkdir()
    status, out, err = _doctor(capsys, tmp_path / "empty")
    assert (status, err) == (0, "")
    assert out.startswith("index\n")


def test_hostile_names_and_lines_stay_text(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "odd"
    root.mkdir()
    (root / "a\x1b[31m.jsonl").write_text('{"step": 1, "loss": 1}\n\x1b[2J\n')
    status, out, _ = _doctor(capsys, root)
    assert status == 1
    assert "\x1b" not in out
    assert "a.jsonl:2" in out


def test_what_does_not_hold_in_files_of_settings_is_told_each_thing_once(capsys: Captured, runs: Path) -> None:
    team = runs / "labtop.toml"
    team.write_text('pins = 3\n"\\u001b[31mred" = 1\n[goals]\nloss = "less"\n')
    own = user_file()
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("tolerance = 2\n")
    _, out, _ = _doctor(capsys, runs)
    first, second, third = _told(out)
    assert first == "labtop.toml pins: a list of texts is expected, not 3"
    assert second.startswith("labtop.toml '\\x1b[31mred' is no setting")
    assert third.endswith("config.toml tolerance: a number from 0 to 1 is expected, not 2")
    assert out.count("loss") == 1, "among the rejected lines only"
    team.write_text("pins = [\n")
    own.unlink()
    status, out, _ = _doctor(capsys, runs)
    assert (status, out.count("is no TOML")) == (1, 1)
