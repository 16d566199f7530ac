"""Broken input, each kind by its name: what the store answers of it, in the middle of a log that is well otherwise.

The log is long enough, before and behind what is odd, to be read by columns.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.model import RunDetail, SeriesQuery, TableQuery

Write = Callable[..., Path]
Curve = list[tuple[float, float]]

ODD = 60
LAST = 120
NAN, INF = math.nan, math.inf


def _line(step: int, loss: float | None = None) -> dict[str, object]:
    return {"step": step, "loss": step / 4 if loss is None else loss, "acc": 0.5}


def _straight(first: int, last: int) -> Curve:
    return [(step, step / 4) for step in range(first, last + 1)]


BEFORE = [_line(step) for step in range(1, ODD)]
BEHIND = [_line(step) for step in range(ODD + 5, LAST + 1)]


@pytest.fixture
def log(root: Path) -> Path:
    """Where the log of run `a` is to be."""
    return root / "a" / "metrics.jsonl"


def _curve(store: Store, run: str = "a", metric: str = "loss") -> Curve:
    """All points of a metric, as a chart would show them."""
    (found,) = store.series(SeriesQuery((store.find(run),), metric, buckets=100_000))
    return list(zip(found.x.tolist(), found.value.tolist(), strict=True))


def _detail(store: Store, run: str = "a") -> RunDetail:
    return store.detail(store.find(run))


def _runs(store: Store) -> set[str]:
    return {run.id for run in store.table(TableQuery()).rows}


def _same(found: Curve, expected: Curve) -> None:
    assert [step for step, _ in found] == [step for step, _ in expected]
    for (step, value), (_, wanted) in zip(found, expected, strict=True):
        assert value == wanted or (math.isnan(value) and math.isnan(wanted)), step


def _age(*paths: Path) -> None:
    then = time.time() - 60
    for path in paths:
        os.utime(path, (then, then))


# One odd place in a log: the bytes, what they give (step and loss), and how many lines of them are rejected.


@pytest.mark.parametrize(
    ("odd", "expected", "rejected"),
    [
        pytest.param(b'{"step": 60, "loss": 1, "acc": 1}\r\n', [(60, 1)], 0, id="CRLF"),
        pytest.param(b'\xef\xbb\xbf{"step": 60, "loss": 1, "acc": 1}\n', [(60, 1)], 0, id="BOM"),
        pytest.param(b"\0" * 4096 + b'{"step": 60, "loss": 1, "acc": 1}\n', [(60, 1)], 0, id="NUL block"),
        pytest.param(b"\0" * 4096 + b"\n", [], 0, id="NUL block alone"),
        pytest.param(b'{"step": 60, "los\0\0\0\0\n', [], 1, id="a line cut off by NULs"),
        pytest.param(b'{"step": 60, "loss": 1, "acc": "\xff\xfe"}\n', [(60, 1)], 0, id="invalid UTF-8 in a text"),
        pytest.param(b'{"step": 60, "loss": 1, "a\xffc": 1}\n', [(60, 1)], 0, id="invalid UTF-8 in a key"),
        pytest.param(b"\n \t\n\r\n\n", [], 0, id="blank lines"),
        pytest.param(b"{}\n{}\n{ }\n", [], 0, id="empty objects"),
        pytest.param(
            b'{"step": 60, "loss": 1, "acc": 1}{"step": 61, "loss": 2, "acc": 1}\n',
            [(60, 1), (61, 2)],
            0,
            id="two objects glued in one line",
        ),
        pytest.param(
            b'{"step": 60, "loss": 1, "acc": 1},{"step": 61, "loss": 2, "acc": 1}\n',
            [(60, 1), (61, 2)],
            1,
            id="two objects with a comma",
        ),
        pytest.param(
            b'{"step": 60, "loss": 1, "ac{"step": 61, "loss": 2, "acc": 1}\n',
            [(61, 2)],
            1,
            id="a line cut off by another",
        ),
        pytest.param(
            b'{"step": 60, "loss": 1, "train": {"acc": 1}\n', [], 1, id="a line cut off behind an object in it"
        ),
        pytest.param(b'{"step": 60, "loss": 1,\n"acc": 1}\n', [], 2, id="an object over two lines"),
        pytest.param(
            b'{"step": 60, "loss": 1, "acc": 1}, {"step": 61,\n{"loss": 2, "acc": 1}\n', None, 1, id="as a list"
        ),
        pytest.param(b"[60, 1, 1]\n", [], 1, id="a list"),
        pytest.param(
            b'{"step": 60, "loss": 1, "acc": 1, "text": "' + b"x" * 500_000 + b'"}\n', [(60, 1)], 0, id="500 kB line"
        ),
        pytest.param(b'{"step": 60, "loss": 1, "loss": 3, "acc": 1}\n', [(60, 3)], 0, id="duplicate keys"),
        pytest.param(b'{"step": 60, "loss": 1, "acc": "\\ud800"}\n', [(60, 1)], 0, id="lone surrogate"),
        pytest.param(b'{"step": 60, "loss": 1, "acc\\udfff": 1}\n', [(60, 1)], 0, id="lone surrogate in a key"),
        pytest.param(
            b'{"step": 60, "loss": 18446744073709551615, "acc": 1}\n', [(60, 2.0**64)], 0, id="integer of 64 bit"
        ),
        pytest.param(
            b'{"step": 60, "loss": -100000000000000000000, "acc": 1}\n', [(60, -1e20)], 0, id="integer beyond 64 bit"
        ),
        pytest.param(
            b'{"step": 60, "loss": 1' + b"0" * 400 + b', "acc": 1}\n', [(60, INF)], 0, id="integer beyond a double"
        ),
        pytest.param(b'{"step": 60, "loss": NaN, "acc": 1}\n', [(60, NAN)], 0, id="bare NaN"),
        pytest.param(b'{"step": 60, "loss": nan, "acc": 1}\n', [(60, NAN)], 0, id="bare nan"),
        pytest.param(b'{"step": 60, "loss": -nan, "acc": inf}\n', [(60, NAN)], 0, id="bare -nan and inf"),
        pytest.param(b'{"step": 60, "loss": -inf, "acc": 1}\n', [(60, -INF)], 0, id="bare -inf"),
        pytest.param(b'{"step": 60, "loss": -Infinity, "acc": 1}\n', [(60, -INF)], 0, id="bare -Infinity"),
        pytest.param(b'{"step": 60, "loss": 1e400, "acc": 1}\n', [(60, INF)], 0, id="1e400"),
        pytest.param(b'{"step": 60, "loss": "nan", "acc": "-inf"}\n', [(60, NAN)], 0, id="nan as a text"),
        pytest.param(b'{"step": 60, "loss": null, "acc": 1}\n', [], 0, id="null"),
        pytest.param(b'{"step": NaN, "loss": 1, "acc": 1}\n', None, 0, id="a step that is none"),
    ],
)
def test_an_odd_line_in_a_log(
    odd: bytes, expected: Curve | None, rejected: int, log: Path, store: Store, write: Write
) -> None:
    write(log, [*BEFORE, odd, *BEHIND])
    store.catch_up()
    found = _curve(store)
    if expected is None:
        found = [point for point in found if not ODD - 1 <= point[0] < ODD + 5]
        _same(found, [*_straight(1, ODD - 2), *_straight(ODD + 5, LAST)])
    else:
        _same(found, [*_straight(1, ODD - 1), *expected, *_straight(ODD + 5, LAST)])
    (file,) = store.files()
    assert file.rejected == rejected
    assert {each.line for each in file.first_rejected} <= {ODD, ODD + 1}
    assert file.lines == len(BEFORE) + len(BEHIND) + odd.count(b"\n")
    assert file.events + file.skipped + file.rejected >= file.lines
    assert store.activity.notices == ()
    assert _detail(store).run.attempts == 1


def test_what_was_rejected_is_named_with_its_place(log: Path, store: Store, write: Write) -> None:
    write(log, [*BEFORE, "no json\n", *BEHIND, b'{"half": \n'])
    store.catch_up()
    (file,) = store.files()
    before = sum(len(json.dumps(line)) + 1 for line in BEFORE)
    whole = log.stat().st_size
    assert [(each.line, each.offset) for each in file.first_rejected] == [
        (ODD, before),
        (file.lines, whole - len(b'{"half": \n')),
    ]


def test_a_whole_log_with_crlf_and_a_byte_order_mark(log: Path, store: Store, write: Write) -> None:
    lines = b"".join(json.dumps(line).encode() + b"\r\n" for line in BEFORE)
    write(log, [b"\xef\xbb\xbf", lines])
    store.catch_up()
    _same(_curve(store), _straight(1, ODD - 1))
    assert store.files()[0].rejected == 0


def test_empty_objects_alone_are_no_run(log: Path, store: Store, write: Write) -> None:
    write(log, ["{}\n"] * 50, quiet=True)
    store.catch_up()
    assert _runs(store) == set()


def test_a_file_of_no_bytes_is_no_run(root: Path, store: Store, write: Write) -> None:
    for name in ("metrics.jsonl", "progress.csv", "train.log", "trainer_state.json", "metrics.jsonl.gz", "config.json"):
        write(root / "b" / name, [], quiet=True)
    store.catch_up()
    assert _runs(store) == set()
    assert store.activity.notices == ()


@pytest.mark.parametrize("each", [1, 3, 40])
def test_key_sets_that_change(each: int, log: Path, store: Store, write: Write) -> None:
    lines: list[dict[str, object]] = []
    for step in range(1, LAST + 1):
        more: list[dict[str, object]] = [{"acc": 0.5}, {"lr": 0.1, "epoch": 1}, {"grad": step}]
        lines.append({"step": step, "loss": step / 4, **more[step // each % 3]})
    write(log, lines)
    store.catch_up()
    _same(_curve(store), _straight(1, LAST))
    counted = {name: metric.count for name, metric in _detail(store).metrics.items()}
    assert counted["acc"] + counted["lr"] + counted["grad"] == LAST
    _same(_curve(store, metric="grad"), [(step, step) for step in range(1, LAST + 1) if step // each % 3 == 2])


def test_clocks_that_jump(log: Path, store: Store, write: Write) -> None:
    began = 1_700_000_000.0
    jumps = {30: -3600.0, 60: 86_400.0, 90: -1.0e9}
    offset, lines = 0.0, []
    for step in range(1, LAST + 1):
        offset += jumps.get(step, 0.0)
        lines.append({**_line(step), "time": began + step + offset})
    write(log, lines)
    store.catch_up()
    _same(_curve(store), _straight(1, LAST))
    (found,) = store.series(SeriesQuery((store.find("a"),), "loss"))
    assert set(found.attempt.tolist()) == {0}, "a clock that is set back is no restart"


# Files as a whole.


def _rewrite(path: Path, lines: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def _truncated(path: Path) -> None:
    _rewrite(path, BEHIND)


def _replaced(path: Path) -> None:
    _rewrite(path.with_suffix(".tmp"), BEHIND)
    path.with_suffix(".tmp").replace(path)


def _removed_and_created(path: Path) -> None:
    path.unlink()
    _rewrite(path, BEHIND)


@pytest.mark.parametrize("change", [_truncated, _replaced, _removed_and_created])
def test_another_log_in_place_of_one(change: Callable[[Path], None], log: Path, store: Store, write: Write) -> None:
    write(log, BEFORE)
    store.catch_up()
    change(log)
    store.catch_up()
    _same(_curve(store), _straight(ODD + 5, LAST))
    assert _detail(store).metrics["loss"].count == len(BEHIND)


def test_truncation_to_nothing_and_on(log: Path, store: Store, write: Write) -> None:
    write(log, BEFORE)
    store.catch_up()
    os.truncate(log, 0)
    store.catch_up()
    assert _runs(store) == set()
    write(log, BEHIND)
    store.catch_up()
    _same(_curve(store), _straight(ODD + 5, LAST))


def test_removal_for_good(log: Path, root: Path, store: Store, write: Write) -> None:
    write(log, BEFORE)
    write(root / "b" / "metrics.jsonl", BEFORE)
    store.catch_up()
    log.unlink()
    store.catch_up()
    assert _runs(store) == {"b"}


@pytest.mark.parametrize("reopened", [False, True])
@pytest.mark.parametrize("packed", [False, True], ids=[".1", ".gz"])
def test_rotation_keeps_the_rotated_part_in_the_run(
    packed: bool, reopened: bool, root: Path, log: Path, opened: Callable[..., Store], write: Write
) -> None:
    write(log, BEFORE)
    store = opened(root)
    store.catch_up()
    first = log.rename(log.with_name("metrics.jsonl.1"))
    if packed:
        log.with_name("metrics.jsonl.1.gz").write_bytes(gzip.compress(first.read_bytes()))
        first.unlink()
    if reopened:
        store.close()
        store = opened(root)
        store.catch_up()
    write(log, BEHIND)
    store.catch_up()
    assert _runs(store) == {"a"}
    _same(_curve(store), [*_straight(1, ODD - 1), *_straight(ODD + 5, LAST)])
    assert _detail(store).metrics["loss"].count == len(BEFORE) + len(BEHIND)


def test_rotation_by_copying_and_truncating(log: Path, store: Store, write: Write) -> None:
    write(log, BEFORE)
    store.catch_up()
    log.with_name("metrics.jsonl.1").write_bytes(log.read_bytes())
    os.truncate(log, 0)
    store.catch_up()
    write(log, BEHIND)
    store.catch_up()
    _same(_curve(store), [*_straight(1, ODD - 1), *_straight(ODD + 5, LAST)])


@pytest.mark.parametrize("whole", [0.3, 0.7, 0.999])
def test_a_packed_file_that_is_cut_off_gives_what_is_whole(whole: float, log: Path, store: Store) -> None:
    packed = log.with_name("metrics.jsonl.gz")
    packed.parent.mkdir()
    data = gzip.compress("".join(json.dumps(_line(step)) + "\n" for step in range(1, 5001)).encode())
    packed.write_bytes(data[: int(whole * len(data))])
    _age(packed)
    store.catch_up()
    found = _curve(store)
    assert 500 < len(found) <= 5000
    _same(found, _straight(1, len(found)))
    packed.write_bytes(data)
    store.catch_up()
    _same(_curve(store), _straight(1, 5000))


def test_a_document_that_is_cut_off_holds_and_is_rejected(root: Path, store: Store, write: Write) -> None:
    state = {"global_step": 50, "log_history": BEFORE, "max_steps": 100}
    path = write(root / "a" / "trainer_state.json", [json.dumps(state, indent=2)], quiet=True)
    store.catch_up()
    _same(_curve(store), _straight(1, ODD - 1))
    os.truncate(path, path.stat().st_size // 2)
    os.utime(path)
    store.catch_up()
    _same(_curve(store), _straight(1, ODD - 1))
    _age(path)
    store.catch_up()
    _same(_curve(store), _straight(1, ODD - 1))
    assert [(file.kind, file.lines, file.rejected) for file in store.files()] == [("trainer_state", ODD, 1)]
    write(path.with_suffix(".tmp"), [json.dumps(state)], quiet=True).replace(path)
    store.catch_up()
    _same(_curve(store), _straight(1, ODD - 1))
    assert [file.rejected for file in store.files()] == [0]


@pytest.mark.parametrize("link", [os.symlink, os.link])
@pytest.mark.parametrize("first", [False, True])
def test_a_file_seen_twice_through_a_link(
    link: Callable[[Path, Path], None], first: bool, root: Path, log: Path, store: Store, write: Write
) -> None:
    write(log, BEFORE)
    if not first:
        store.catch_up()
    link(log, root / "latest.jsonl")
    (root / "folder").symlink_to(log.parent)
    store.catch_up()
    write(log, BEHIND)
    store.catch_up()
    (run,) = _runs(store)
    assert run == "a" or link is os.link, "the file itself goes before a link to it"
    _same(_curve(store, run), [*_straight(1, ODD - 1), *_straight(ODD + 5, LAST)])


@pytest.fixture
def closed(log: Path, write: Write) -> Iterator[Path]:
    """A log that nobody may read."""
    write(log, BEFORE)
    log.chmod(0)
    yield log
    log.chmod(0o600)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_cannot_be_read_stops_no_other_and_is_read_when_it_can(
    root: Path, closed: Path, store: Store, write: Write
) -> None:
    write(root / "b" / "metrics.jsonl", BEFORE)
    store.catch_up()
    assert _runs(store) == {"b"}
    closed.chmod(0o600)
    store.catch_up()
    assert _runs(store) == {"a", "b"}


def test_what_is_no_file_stops_no_other(root: Path, log: Path, store: Store, write: Write) -> None:
    write(log, BEFORE)
    (root / "loop.jsonl").symlink_to(root / "loop.jsonl")
    (root / "gone.jsonl").symlink_to(root / "nowhere")
    (root / "folder.jsonl").mkdir()
    os.mkfifo(root / "pipe.jsonl")
    store.catch_up()
    assert _runs(store) == {"a"}
    assert store.activity.notices == ()
