"""New lines since a place: each once, through growth, rewriting and replacement of files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.model import News, NewsQuery

_ALL = NewsQuery()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@pytest.fixture
def store(root: Path, tmp_path: Path) -> Iterator[Store]:
    with Store.open(root, index=tmp_path / "index.duckdb") as opened:
        yield opened


def _text(losses: Iterable[float], first: int = 1) -> str:
    rows = [{"step": step, "time": 1.7e9 + step, "loss": loss} for step, loss in enumerate(losses, first)]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def _losses(news: News) -> list[float]:
    return [line.metrics["loss"] for line in news.lines]


def test_the_newest_lines_of_all_runs_by_time(store: Store, root: Path) -> None:
    for name, first in (("a", 1), ("b", 3)):
        (root / f"{name}.jsonl").write_text(_text([0.1, 0.2, 0.3], first))
    store.catch_up()
    newest = store.newest(_ALL, 4).lines
    assert [(line.run, line.step) for line in newest] == [("a", 3), ("b", 3), ("b", 4), ("b", 5)]
    assert [line.step for line in store.newest(NewsQuery(runs=("a",)), 2).lines] == [2, 3]
    assert store.newest(NewsQuery(metrics=("acc",)), 2).lines == ()


def test_lines_are_given_once(store: Store, root: Path) -> None:
    log = root / "a.jsonl"
    log.write_text(_text([1, 2]))
    store.catch_up()
    news = store.newest(_ALL, 10)
    given = _losses(news)
    for step in range(3, 6):
        news = store.since(_ALL, news.place)
        assert news.lines == ()
        with log.open("a") as file:
            file.write(_text([step], step))
        store.catch_up()
        news = store.since(_ALL, news.place)
        given += _losses(news)
    assert given == [1, 2, 3, 4, 5]


def test_values_of_a_line_come_together_and_objects_of_a_line_apart(store: Store, root: Path) -> None:
    (root / "a.jsonl").write_text('{"step": 1, "loss": 1, "acc": 2}{"step": 2, "loss": NaN}\n')
    store.catch_up()
    lines = store.since(_ALL, {}).lines
    assert [(line.step, list(line.metrics)) for line in lines] == [(1, ["loss", "acc"]), (2, ["loss"])]


def test_a_line_of_which_only_one_object_was_given_is_known_again(store: Store, root: Path) -> None:
    log = root / "a.jsonl"
    log.write_text(_text([1]) + '{"step": 2, "time": 1.7e9, "loss": 2}{"step": 3, "time": 1.7e9, "loss": 3}\n')
    store.catch_up()
    news = store.newest(_ALL, 1)
    with log.open("a") as file:
        file.write(_text([4], 4))
    store.catch_up()
    assert _losses(store.since(_ALL, news.place)) == [4]


def test_several_runs_of_a_file_are_told_apart(store: Store, root: Path) -> None:
    lines = [{"run": f"r{step % 2}", "step": step, "loss": step} for step in range(6)]
    (root / "all.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    store.catch_up()
    query = NewsQuery(runs=("r1",))
    assert _losses(store.newest(query, 2)) == [3, 5]
    assert _losses(store.since(query, {})) == [1, 3, 5]


@pytest.mark.parametrize("shown", [0, 10])
def test_a_longer_file_in_place_of_another_is_given_whole(store: Store, root: Path, shown: int) -> None:
    log = root / "a.jsonl"
    log.write_text(_text([1, 2, 3]))
    store.catch_up()
    place = store.newest(_ALL, shown).place
    other = root / "new"
    other.write_text(_text([9, 8, 7, 6]))
    other.replace(log)
    store.catch_up()
    news = store.since(_ALL, place)
    assert _losses(news) == [9, 8, 7, 6]
    assert store.since(_ALL, news.place).lines == ()


@pytest.mark.parametrize("shown", [0, 10])
def test_a_file_cut_and_begun_anew_is_given_whole(store: Store, root: Path, shown: int) -> None:
    log = root / "a.jsonl"
    log.write_text(_text([1, 2, 3]))
    store.catch_up()
    place = store.newest(_ALL, shown).place
    log.write_text(_text([9]))
    store.catch_up()
    news = store.since(_ALL, place)
    assert _losses(news) == [9]
    with log.open("a") as file:
        file.write(_text([8], 2))
    store.catch_up()
    assert _losses(store.since(_ALL, news.place)) == [8]


@pytest.mark.parametrize("by_renaming", [False, True])
def test_a_file_written_anew_with_more_gives_only_what_is_more(store: Store, root: Path, by_renaming: bool) -> None:
    log = root / "a.jsonl"
    log.write_text(_text([1, float("nan"), float("nan")]))
    store.catch_up()
    news = store.newest(_ALL, 1)
    target = root / "new" if by_renaming else log
    target.write_text(_text([1, float("nan"), float("nan"), 4]))
    target.replace(log)
    store.catch_up()
    assert _losses(store.since(_ALL, news.place)) == [4]


def test_a_file_removed_and_made_again_is_given_whole(store: Store, root: Path) -> None:
    log = root / "a.jsonl"
    log.write_text(_text([1, 2]))
    store.catch_up()
    place = store.newest(_ALL, 0).place
    log.unlink()
    store.catch_up()
    news = store.since(_ALL, place)
    assert (news.lines, news.place) == ((), {})
    log.write_text(_text([1, 2, 3]))
    store.catch_up()
    assert _losses(store.since(_ALL, news.place)) == [1, 2, 3]


def test_new_lines_of_an_old_file_stand_beside_those_of_a_new_one(store: Store, root: Path) -> None:
    for number in range(5):
        (root / f"old{number}.jsonl").write_text(_text(range(100)))
    store.catch_up()
    place = store.newest(_ALL, 3).place
    for name, loss in (("old3", 500), ("new", 600), ("old1", 700)):
        with (root / f"{name}.jsonl").open("a") as file:
            file.write(_text([loss], loss))
    store.catch_up()
    lines = store.since(_ALL, place).lines
    assert [(line.run, line.metrics["loss"]) for line in lines] == [("old3", 500), ("new", 600), ("old1", 700)]
