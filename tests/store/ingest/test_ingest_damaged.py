"""Files that are not whole: documents and tables that were being written anew, and packed files that break off."""

from __future__ import annotations

import gzip
import json
import os
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.model import RunDetail

Open = Callable[..., Store]
REASON = "empty or half written: what was read of it before is shown"


def _write(path: Path, data: bytes | str, *, quiet: bool = True) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    then = time.time() - (60 - len(path.read_bytes()) % 50 if quiet else 0)
    os.utime(path, (then, then))
    return path


def _state(steps: int) -> str:
    history = [{"step": step, "loss": 1 / step} for step in range(1, steps + 1)]
    state = {"best_metric": None, "global_step": steps, "log_history": history, "max_steps": 1000}
    return json.dumps(state, indent=2) + "\n"


def _table(steps: int, *names: str) -> str:
    rows = [",".join([str(step), *(f"{1 / step:.9f}" for _ in names)]) for step in range(1, steps + 1)]
    return "\n".join([",".join(["step", *names]), *rows]) + "\n"


def _runs(store: Store) -> dict[str, RunDetail]:
    return {detail.run.id: detail for detail in store.details()}


def _steps(store: Store) -> list[int]:
    """How many values each run has."""
    return [detail.metrics["loss"].count for detail in store.details()]


def _bad(store: Store) -> list[str]:
    return [line.reason for file in store.files() for line in file.first_rejected]


GOOD = {"trainer_state.json": _state(40), "metrics.csv": _table(40, "loss", "acc")}
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "blank": lambda whole: b"\0" * 4096,
    "half written": lambda whole: whole[:500],
    "within the first line": lambda whole: whole[:7],
    "all but the end": lambda whole: whole[:-5],
}


@pytest.fixture(params=sorted(GOOD))
def good(root: Path, request: pytest.FixtureRequest) -> Path:
    """A document or a table that its tool writes anew each time."""
    return _write(root / "a" / request.param, GOOD[request.param])


@pytest.mark.parametrize("broken", sorted(BROKEN))
@pytest.mark.parametrize("reopened", [False, True])
def test_what_a_file_gave_holds_as_long_as_it_is_broken(
    broken: str, reopened: bool, good: Path, root: Path, opened: Open
) -> None:
    store = opened(root)
    store.catch_up()
    assert (_steps(store), _bad(store), store.activity.rejected) == ([40], [], 0)
    whole = good.read_bytes()
    _write(good, BROKEN[broken](whole), quiet=False)
    store.catch_up()
    assert (_steps(store), _bad(store)) == ([40], []), "it is being written"
    for _ in range(2):
        _write(good, BROKEN[broken](whole))
        if reopened:
            store.close()
            store = opened(root)
        store.catch_up()
        assert (_steps(store), _bad(store), store.activity.rejected) == ([40], [REASON], 1)
        store.catch_up()
        assert (_steps(store), _bad(store), store.activity.rejected) == ([40], [REASON], 1)
    _write(good, whole)
    store.catch_up()
    assert (_steps(store), _bad(store), store.activity.rejected) == ([40], [], 0)


@pytest.mark.parametrize("reopened", [False, True])
def test_one_broken_state_after_the_other_and_then_a_longer_whole_one(reopened: bool, root: Path, opened: Open) -> None:
    document, table = root / "a" / "trainer_state.json", root / "b" / "metrics.csv"
    _write(document, _state(40))
    _write(table, _table(40, "loss"))
    store = opened(root)
    store.catch_up()
    for longer in (_table(60, "loss"), _table(60, "loss", "acc")):
        for size in (0, 4, len("step,loss\n"), 200, 300):
            _write(document, _state(60)[:size])
            _write(table, longer[:size])
            if reopened:
                store.close()
                store = opened(root)
            store.catch_up()
            assert min(_steps(store)) >= 40
            assert set(_bad(store)) == {REASON}
            assert store.activity.rejected == 2
        _write(document, _state(60))
        _write(table, longer)
        store.catch_up()
        assert (_steps(store), _bad(store)) == ([60, 60], [])


def test_an_index_built_anew_knows_no_state_before(good: Path, root: Path, opened: Open) -> None:
    store = opened(root)
    store.catch_up()
    _write(good, good.read_bytes()[:500])
    store.catch_up()
    other = opened(root, index="other.duckdb")
    other.catch_up()
    if good.suffix == ".json":
        assert _runs(other) == {}
        assert _bad(other)[0].startswith("not JSON: ")
    else:
        assert _steps(other)[0] < 40
    assert _steps(store) == [40]


@pytest.mark.parametrize("table", [_table(5, "loss"), _table(5, "loss", "acc"), _table(80, "acc", "loss")])
@pytest.mark.parametrize("by_way_of", [None, "", "step,loss\n", "step,lo"])
def test_a_table_that_is_begun_anew_takes_the_place_of_the_old_one(
    by_way_of: str | None, table: str, root: Path, store: Store
) -> None:
    path = _write(root / "a" / "metrics.csv", _table(40, "loss"))
    store.catch_up()
    if by_way_of is not None:
        _write(path, by_way_of)
        store.catch_up()
        assert _steps(store) == [40]
    _write(path, table)
    store.catch_up()
    assert (_steps(store), _bad(store)) == ([table.count("\n") - 1], [])


def test_a_new_training_that_writes_its_table_in_blocks_is_seen(
    root: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(root / "a" / "metrics.csv", _table(40, "loss"))
    store.catch_up()
    _write(path, _table(10, "loss")[:-3])
    store.catch_up()
    assert _steps(store) == [40]
    later = time.monotonic() + 60
    monkeypatch.setattr("time.monotonic", lambda: later)
    _write(path, _table(20, "loss")[:-3])
    store.catch_up()
    assert _steps(store) == [20]


def test_a_table_without_a_last_newline_takes_the_place_of_one(root: Path, store: Store) -> None:
    path = _write(root / "a" / "metrics.csv", _table(40, "loss")[:-1])
    store.catch_up()
    _write(path, _table(10, "loss", "acc")[:-1])
    store.catch_up()
    assert _steps(store) == [10]


@pytest.mark.parametrize("other", ['{"note": "x"}\n', '["x"]\n', "hello\n", '{"note": "x"}\n{"note": "y"}\n'])
def test_something_else_in_the_place_of_a_log_is_no_run(other: str, good: Path, store: Store) -> None:
    store.catch_up()
    _write(good, other)
    store.catch_up()
    assert (_steps(store), _bad(store)) == ([], [])


# Packed files.

LINES = "".join(json.dumps({"step": step, "loss": (step * 7919) % 1000 / 7}) + "\n" for step in range(1, 4001))
PACKED = gzip.compress(LINES.encode())


def _packed_steps(store: Store) -> list[float]:
    return [detail.run.step or 0 for detail in store.details()]


@pytest.mark.parametrize("name", ["metrics.jsonl.1.gz", "metrics.jsonl.gz"])
@pytest.mark.parametrize("size", [60, len(PACKED) // 2, len(PACKED) - 4, 5])
def test_a_packed_file_that_was_cut_off_is_told(size: int, name: str, root: Path, store: Store) -> None:
    path = _write(root / "a" / name, PACKED[:size])
    _write(root / "a" / "progress.jsonl", '{"step": 5000, "loss": 1}\n')
    whole = zlib.decompressobj(31).decompress(PACKED[:size]).count(b"\n")
    for _ in range(2):
        store.catch_up()
        (file,) = [file for file in store.files() if file.path.endswith(".gz")]
        assert file.lines == whole
        assert [(line.line, line.offset, line.reason) for line in file.first_rejected] == [
            (0, size, f"gzip ends early at byte {size}")
        ]
        assert store.activity.rejected == 1
    _write(path, PACKED)
    store.catch_up()
    assert [(file.lines, file.rejected) for file in store.files()] == [(4000, 0), (1, 0)]


@pytest.mark.parametrize("reopened", [False, True])
def test_a_packed_file_that_may_still_be_written_is_told_when_it_is_quiet(
    reopened: bool, root: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    packer = zlib.compressobj(wbits=31)
    data = packer.compress(LINES.encode()) + packer.flush(zlib.Z_SYNC_FLUSH)
    _write(root / "a" / "metrics.jsonl.gz", data, quiet=False)
    store = opened(root)
    store.catch_up()
    assert ([file.lines for file in store.files()], _bad(store)) == ([4000], [])
    if reopened:
        store.close()
        store = opened(root)
    later = time.time() + 60
    monkeypatch.setattr("time.time", lambda: later)
    for _ in range(2):
        store.catch_up()
        assert ([file.lines for file in store.files()], _bad(store)) == (
            [4000],
            [f"gzip ends early at byte {len(data)}"],
        )


@pytest.mark.parametrize("at", [0, 30, 200, len(PACKED) // 2, len(PACKED) - 6])
def test_a_packed_file_with_another_byte_in_it_is_told(at: int, root: Path, store: Store) -> None:
    data = bytearray(PACKED)
    data[at] ^= 0x55
    _write(root / "a" / "metrics.jsonl.1.gz", bytes(data), quiet=False)
    store.catch_up()
    (told,) = [reason for reason in _bad(store) if "gzip" in reason]
    assert told.startswith("gzip is damaged at byte ")
    byte = int(told.split()[-1])
    assert at <= byte < len(data)
    if at > len(data) // 3:
        good = zlib.decompressobj(31).decompress(bytes(data[:at])).count(b"\n")
        assert store.files()[0].lines >= good > 500


def test_what_stands_behind_a_packed_file(root: Path, store: Store) -> None:
    _write(root / "a" / "metrics.jsonl.gz", PACKED + b"\0" * 5000)
    _write(root / "b" / "metrics.jsonl.gz", PACKED + PACKED)
    _write(root / "c" / "metrics.jsonl.gz", PACKED + b"no gzip")
    store.catch_up()
    assert [(file.lines, [line.reason for line in file.first_rejected]) for file in store.files()] == [
        (4000, []),
        (8000, []),
        (4000, [f"gzip is damaged at byte {len(PACKED) + 1}"]),
    ]


def test_a_packed_file_that_is_no_log_is_not_told_of(root: Path, store: Store) -> None:
    _write(root / "a" / "notes.log.gz", gzip.compress(b"hello\n" * 5000)[:40])
    store.catch_up()
    assert ([file.kind for file in store.files()], _bad(store)) == (["none"], [])


def test_a_packed_file_that_becomes_endless_is_read_so_far(
    root: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labtop.store.ingest.source._ALWAYS", 1 << 20)
    bomb = gzip.compress(b"\0" * (50 << 20), 1)
    _write(root / "a" / "metrics.jsonl.gz", gzip.compress(LINES.encode()) + bomb)
    _write(root / "b" / "metrics.jsonl.gz", gzip.compress(b"".join(b'{"step": %d}\n' % n for n in range(200_000))))
    store.catch_up()
    one, other = store.files()
    (told,) = one.first_rejected
    assert told.reason.startswith("gzip holds too much: the first ")
    assert one.lines == 4000
    assert other.rejected == 0
    assert max(_packed_steps(store)) == 4000
