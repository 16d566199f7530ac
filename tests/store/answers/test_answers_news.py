"""New lines since a place: each once, through growth, rewriting and replacement of files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.model import News, NewsQuery, Place

_ALL = NewsQuery()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@pytest.fixture
def store(root: Path, tmp_path: Path, lay_index: Callable[[Path], Path]) -> Iterator[Store]:
    with Store.open(root, index=lay_index(tmp_path / "index.duckdb")) as opened:
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
    lines = store.since(_ALL, Place()).lines
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
    assert _losses(store.since(query, Place())) == [1, 3, 5]


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
    assert (news.lines, news.place.files) == ((), {})
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


def _checkpoint(run: Path, step: int, first: int = 10) -> Path:
    """What the Hugging Face Trainer saves at this step: all that it logged so far, each ten steps."""
    history = [{"epoch": at / 100, "loss": 10 - at / 100, "step": at} for at in range(first, step + 1, 10)]
    folder = run / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    state = {"global_step": step, "log_history": history, "max_steps": 1000}
    (folder / "trainer_state.json").write_text(json.dumps(state, indent=2, sort_keys=True))
    return folder


def _steps(news: News, metric: str = "loss") -> list[float | None]:
    return [line.step for line in news.lines if metric in line.metrics]


@pytest.mark.parametrize("kept", [1, 9])
def test_checkpoints_saved_one_after_the_other_give_each_value_once(store: Store, root: Path, kept: int) -> None:
    folders = [_checkpoint(root / "sft", 50)]
    store.catch_up()
    news = store.newest(_ALL, 2)
    given = [_steps(news)]
    for step in (100, 150, 200):
        folders.append(_checkpoint(root / "sft", step))
        store.catch_up()
        for folder in folders[:-kept]:
            (folder / "trainer_state.json").unlink(missing_ok=True)
        store.catch_up()
        news = store.since(_ALL, news.place)
        given.append(_steps(news))
        assert store.since(_ALL, news.place).lines == ()
    assert given == [[40, 50], *(list(range(step - 40, step + 1, 10)) for step in (100, 150, 200))]


def test_of_checkpoints_that_lie_there_the_newest_is_given(store: Store, root: Path) -> None:
    for step in (50, 100, 150):
        _checkpoint(root / "sft", step)
    store.catch_up()
    assert _steps(store.newest(_ALL, 100)) == list(range(10, 160, 10))
    assert _steps(store.since(_ALL, Place())) == list(range(10, 160, 10))


def test_a_checkpoint_removed_before_the_next_is_saved_gives_nothing_again(store: Store, root: Path) -> None:
    folder = _checkpoint(root / "sft", 50)
    store.catch_up()
    place = store.newest(_ALL, 9).place
    (folder / "trainer_state.json").unlink()
    store.catch_up()
    news = store.since(_ALL, place)
    assert news.lines == ()
    _checkpoint(root / "sft", 100)
    store.catch_up()
    assert _steps(store.since(_ALL, news.place)) == [60, 70, 80, 90, 100]


def test_a_training_begun_anew_with_checkpoints_of_its_own_is_given_whole(store: Store, root: Path) -> None:
    folder = _checkpoint(root / "sft", 100)
    store.catch_up()
    place = store.newest(_ALL, 9).place
    (folder / "trainer_state.json").unlink()
    _checkpoint(root / "sft", 50)
    store.catch_up()
    news = store.since(_ALL, place)
    assert _steps(news) == [10, 20, 30, 40, 50]
    _checkpoint(root / "sft", 110)
    store.catch_up()
    assert _steps(store.since(_ALL, news.place)) == [60, 70, 80, 90, 100, 110]


def _log_both(folder: Path, steps: Iterable[int], *, names: Iterable[str] = ("scalars", "20230405_101112")) -> None:
    """What mmengine logs, into both of its files, which hold the same; of other `names`, into these."""
    (folder / "vis_data").mkdir(parents=True, exist_ok=True)
    for name in names:
        with (folder / "vis_data" / f"{name}.json").open("a") as file:
            file.writelines(f"{json.dumps({'loss': 1 / step, 'lr': 0.1, 'iter': step})}\n" for step in steps)


def test_a_line_in_two_files_of_a_run_is_given_once(store: Store, root: Path) -> None:
    run = root / "faster-rcnn" / "20230405_101112"
    _log_both(run, [1, 2])
    store.catch_up()
    news = store.newest(_ALL, 100)
    assert _steps(news) == [1, 2]
    for step in (3, 4):
        _log_both(run, [step])
        store.catch_up()
        news = store.since(_ALL, news.place)
        assert _steps(news) == [step]
        assert set(news.lines[0].metrics) == {"loss", "lr"}


def test_of_two_files_the_one_that_is_read_later_gives_only_what_is_more(store: Store, root: Path) -> None:
    run = root / "faster-rcnn" / "20230405_101112"
    news = store.newest(_ALL, 100)
    given = []
    for name, steps in (("20230405_101112", (1, 2, 3)), ("scalars", (1, 2)), ("scalars", (3, 4)), ("scalars", (5, 2))):
        _log_both(run, steps, names=[name])
        store.catch_up()
        news = store.since(_ALL, news.place)
        given.append(_steps(news))
    assert given == [[1, 2, 3], [], [4], [5, 2]]


def test_a_table_beside_lines_gives_only_the_metrics_that_they_lack(store: Store, root: Path) -> None:
    folder = root / "ppo"
    folder.mkdir()
    news = store.newest(_ALL, 100)
    given = []
    for step in (1, 2, 3):
        with (folder / "progress.csv").open("a") as table, (folder / "progress.json").open("a") as lines:
            table.write("step,reward,fps\n" * (step == 1) + f"{step},{step / 2},{60 + step}\n")
            lines.write(f'{{"step": {step}, "reward": {step / 2}}}\n')
        store.catch_up()
        news = store.since(_ALL, news.place)
        given += [(line.step, dict(line.metrics)) for line in news.lines]
    expected = [(step, values) for step in (1, 2, 3) for values in ({"fps": 60 + step}, {"reward": step / 2})]
    assert sorted(given, key=str) == sorted(expected, key=str)


def test_a_time_without_a_clock_is_told_from_one_with(store: Store, root: Path) -> None:
    (root / "timed.jsonl").write_text(_text([1]))
    (root / "clockless.jsonl").write_text('{"step": 1, "loss": 2}\n')
    store.catch_up()
    lines = [*store.newest(_ALL, 9).lines, *store.since(_ALL, Place()).lines]
    assert {(line.run, line.estimated) for line in lines} == {("timed", False), ("clockless", True)}
