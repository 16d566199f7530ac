"""What cannot be stored, and what vanishes meanwhile: the others lose nothing, and nothing goes on for ever."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from labtop.store.index.files import open_index
from labtop.store.ingest.ingest import Ingest

Rows = list[tuple[Any, ...]]
Query = Callable[..., Rows]
Write = Callable[..., Path]

COUNTS = "select id, count from runs join summaries using (run) order by id"


def lines(count: int) -> Iterable[dict[str, float]]:
    return [{"step": step, "loss": step / 2} for step in range(count)]


@pytest.mark.parametrize("name", ["x=99999999999999999999999", "seed=123456789012345678901234567890"])
def test_a_number_in_a_name_that_json_cannot_hold(
    root: Path, ingest: Ingest, query: Query, write: Write, name: str
) -> None:
    write(root / name / "metrics.jsonl", lines(3))
    write(root / "other.jsonl", lines(2))
    ingest.catch_up()
    assert query(ingest, COUNTS) == [("other", 2), (name, 3)]
    assert ingest.activity.notices == ()


def test_a_config_that_is_removed_leaves_new_logs_alone(root: Path, ingest: Ingest, query: Query, write: Write) -> None:
    write(root / "a" / "metrics.jsonl", lines(2))
    config = write(root / "a" / "config.json", [json.dumps({"lr": 0.1})])
    ingest.catch_up()
    config.unlink()
    ingest.catch_up()
    write(root / "a" / "extra" / "metrics.jsonl", lines(3))
    write(root / "a" / "validation.jsonl", [{"step": 1, "acc": 0.5, "run": "b"}])
    ingest.catch_up()
    assert query(ingest, COUNTS) == [("a", 2), ("a/extra", 3), ("b", 1)]
    assert query(ingest, "from params") == []


def test_an_index_that_is_doubted_while_a_slice_is_stored(
    root: Path, tmp_path: Path, query: Query, write: Write
) -> None:
    for number in range(4):
        write(root / f"r{number}.jsonl", lines(40_000))
    ingest = Ingest(root, open_index(root, tmp_path / "index.duckdb"))
    try:
        ingest.look(everything=True)
        ingest.slice()
        assert ingest.has_work, "there must be more to read while the first slice is stored"
        ingest.doubt(ingest.index)
        ingest.catch_up()
        assert query(ingest, "select count(*), min(count), max(count) from summaries") == [(4, 40_000, 40_000)]
        assert len(ingest.activity.notices) == 1
    finally:
        ingest.close()


def test_the_backlog_is_known_before_anything_is_read(root: Path, ingest: Ingest, write: Write) -> None:
    sizes = [write(root / f"{name}.jsonl", lines(1000)).stat().st_size for name in "abc"]
    ingest.look(everything=True)
    assert ingest.activity.backlog == sum(sizes)


def test_a_file_that_cannot_be_read_is_named_and_read_when_it_can(
    root: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    memory = root / "memory.jsonl"
    memory.symlink_to("/proc/self/mem")
    write(root / "other.jsonl", lines(2))
    ingest.catch_up()
    assert query(ingest, "select path, kind, reason from files join rejected using (file)") == [
        ("memory.jsonl", "unreadable", "cannot be read: Input/output error")
    ]
    memory.unlink()
    write(memory, lines(3))
    ingest.catch_up()
    assert query(ingest, COUNTS) == [("memory", 3), ("other", 2)]
    assert query(ingest, "from rejected") == []


def test_a_config_that_cannot_be_read_is_named(root: Path, ingest: Ingest, query: Query, write: Write) -> None:
    write(root / "a" / "metrics.jsonl", lines(2))
    config = write(root / "a" / "config.yaml", ["lr: [1, 2\n"])
    ingest.catch_up()
    ((path, reason),) = query(ingest, "select path, reason from files join rejected using (file)")
    assert (path, reason.split(":")[0]) == ("a/config.yaml", "not YAML")
    config.write_text("lr: 0.5\n")
    ingest.catch_up()
    assert query(ingest, "from rejected") == []
    assert query(ingest, "select key, value from params") == [("lr", "0.5")]


@pytest.mark.parametrize("levels", [150, 900, 1020])
@pytest.mark.parametrize("deep", ['"event": "note", "x": {}', '"event": "run", "params": {}', '"acc": 3, "config": {}'])
def test_what_is_nested_deeply_stops_no_file(
    root: Path, ingest: Ingest, query: Query, write: Write, levels: int, deep: str
) -> None:
    nested = '{"a": ' * levels + "1" + "}" * levels
    write(root / "a.jsonl", [{"step": 1, "loss": 1}, "{" + deep.format(nested) + "}\n", {"step": 2, "loss": 2}])
    write(root / "other.jsonl", lines(3))
    ingest.catch_up()
    losses = "select id, summaries.count from runs join summaries using (run) join metric_names using (metric)"
    assert query(ingest, f"{losses} where metric_names.name = 'loss' order by id") == [("a", 2), ("other", 3)]
    assert (ingest.activity.rejected, ingest.activity.notices) == (levels > 1000, ())


def _far_down(call: Callable[[], object], calls: int) -> None:
    if calls:
        _far_down(call, calls - 1)
    else:
        call()


@pytest.mark.parametrize(
    "deep",
    [
        '"event": "note", "x": {}',
        '"event": "note", "text": {}',
        '"event": "run", "params": {{"a": {}}}',
        '"event": "run", "attributes": {}, "git": {}',
        '"event": "run", "name": {}, "tags": [{}]',
        '"event": "tag", "add": [{}]',
        '"event": "end", "status": {}, "error": {}',
        '"acc": 3, "config": {{"a": {}}}',
    ],
)
def test_what_is_nested_as_deeply_as_may_be_is_read_from_any_call(
    root: Path, ingest: Ingest, write: Write, deep: str
) -> None:
    nested = '{"a": [' * 459 + "1" + "]}" * 459
    write(root / "a.jsonl", [{"step": 1, "loss": 1}, "{" + deep.format(nested, nested) + "}\n", {"step": 2, "loss": 2}])
    _far_down(ingest.catch_up, 100)
    assert (ingest.activity.lines, ingest.activity.rejected, ingest.activity.notices) == (3, 0, ())


def test_trials_with_settings_that_are_nested_as_deeply_as_may_be(root: Path, ingest: Ingest, write: Write) -> None:
    deep: object = 1
    for _ in range(800):
        deep = [deep]
    write(root / "a.jsonl", ({"config": {"lr": trial, "deep": deep}, "acc": 0.5} for trial in range(3)))
    _far_down(ingest.catch_up, 150)
    assert (ingest.activity.lines, ingest.activity.rejected, ingest.activity.notices) == (3, 0, ())


def _picky(value: object) -> str:
    if "bad" in str(value):
        raise RecursionError
    return json.dumps(value)


def test_a_file_whose_rows_cannot_be_made_takes_no_other_with_it(
    root: Path, ingest: Ingest, query: Query, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "bad.jsonl", [{"step": 1, "loss": 1}, {"event": "note", "text": "bad"}])
    write(root / "other.jsonl", [*lines(3), {"event": "note", "text": "good"}])
    with monkeypatch.context() as patch:
        patch.setattr("labtop.store.index.slice.as_json", _picky)
        ingest.catch_up()
    (notice,) = ingest.activity.notices
    assert notice.startswith("bad.jsonl could not be read: ")
    assert query(ingest, COUNTS) == [("other", 3)]
    write(root / "bad.jsonl", [{"step": 2, "loss": 2}])
    ingest.catch_up()
    assert query(ingest, COUNTS) == [("bad", 2), ("other", 3)]
    assert ingest.activity.notices == ()


@pytest.fixture
def given_up(root: Path, ingest: Ingest, write: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log whose last line could not be stored, once."""
    path = write(root / "bad.jsonl", [{"step": 1, "loss": 1}])
    ingest.catch_up()
    write(path, [{"event": "note", "text": "x", "why": "bad"}])
    with monkeypatch.context() as patch:
        patch.setattr("labtop.store.index.slice.as_json", _picky)
        ingest.catch_up()
    (notice,) = ingest.activity.notices
    assert notice.startswith("bad.jsonl could not be read: ")
    return path


def test_a_file_that_was_given_up_is_told_of_as_long_as_it_is(ingest: Ingest, given_up: Path, write: Write) -> None:
    ingest.catch_up()
    assert (ingest.activity.lines, len(ingest.activity.notices)) == (1, 1)
    write(given_up, [{"step": 2, "loss": 2}])
    ingest.catch_up()
    assert (ingest.activity.lines, ingest.activity.notices) == (3, ())


def test_a_file_that_was_given_up_and_lost_its_bad_end(ingest: Ingest, given_up: Path) -> None:
    given_up.write_text(given_up.read_text().splitlines(keepends=True)[0])
    ingest.catch_up()
    assert (ingest.activity.lines, ingest.activity.notices) == (1, ())


def test_a_file_that_was_given_up_and_is_gone(ingest: Ingest, given_up: Path) -> None:
    given_up.unlink()
    ingest.catch_up()
    assert (ingest.activity.lines, ingest.activity.notices) == (0, ())


def test_a_file_that_was_given_up_and_renamed(ingest: Ingest, given_up: Path) -> None:
    given_up.rename(given_up.with_name("bad.jsonl.1"))
    ingest.catch_up()
    assert (ingest.activity.lines, ingest.activity.notices) == (2, ())


def test_a_file_that_is_given_up_while_what_came_before_is_stored(
    root: Path, ingest: Ingest, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    write(root / "bad.jsonl", lines(60_000), quiet=True)
    monkeypatch.setattr("labtop.store.ingest.reading._SLICE_S", 1e-4)
    ingest.look(everything=True)
    ingest.slice()
    assert ingest.has_work
    monkeypatch.setattr("labtop.store.read.reader.Reader.read", fail)
    monkeypatch.setattr("labtop.store.read.reader.Reader.read_alike", fail)
    for _ in range(2):
        ingest.catch_up()
        assert ingest.activity.lines > 0
        assert len(ingest.activity.notices) == 1
