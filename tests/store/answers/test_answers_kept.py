"""Points that are kept from one answer to the next: the answers are those of a store that keeps nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtop.store.answers.curves.answer import several_curves
from labtop.store.answers.curves.kept import Kept
from labtop.store.index.files import Index
from labtop.store.model import Curves, SeriesQuery
from labtop.store.store import Store

METRICS = ["m0", "m1", "m2"]


@pytest.fixture
def store(tmp_path: Path, lay_index: Callable[[Path], Path]) -> Iterator[Store]:
    (tmp_path / "runs").mkdir()
    with Store.open(tmp_path / "runs", index=lay_index(tmp_path / "index.duckdb"), poll=True) as store:
        yield store


def append(store: Store, name: str, *lines: Mapping[str, object]) -> None:
    path = store.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    store.catch_up()


def drawn(found: tuple[Curves, ...] | list[Curves]) -> str:
    return repr(
        [[(one.run, one.x.tolist(), one.value.tolist(), one.attempt.tolist()) for one in each.series] for each in found]
    )


def queries(runs: int) -> list[SeriesQuery]:
    numbers = tuple(range(runs))
    return [SeriesQuery(numbers, name, x) for name in METRICS for x in ("step", "relative")]


def test_only_new_points_are_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept()
    monkeypatch.setattr("labtop.store.asking.Kept", lambda: kept)
    for run in range(5):
        append(store, f"r{run}/events.jsonl", *({"step": step, "loss": 1 / (1 + step)} for step in range(100)))
    query = SeriesQuery(tuple(range(5)), "loss")
    assert [len(one) for one in store.series(query)] == [100] * 5
    assert kept.rows_read == 500
    assert [len(one) for one in store.series(query)] == [100] * 5
    assert kept.rows_read == 500
    append(store, "r3/events.jsonl", {"step": 100, "loss": 7.0}, {"step": 101, "loss": 8.0})
    assert store.series(query)[3].value[-3:].tolist() == [0.01, 7.0, 8.0]
    assert kept.rows_read == 502


def test_another_metric_of_the_same_rows(store: Store) -> None:
    append(store, "a/events.jsonl", *({"step": step, "loss": step, "acc": -step} for step in range(10)))
    for metric in ("loss", "acc", "loss"):
        assert abs(store.series(SeriesQuery((0,), metric))[0].value).tolist() == list(range(10))
    append(store, "a/events.jsonl", {"step": 10, "acc": -10})
    assert store.series(SeriesQuery((0,), "acc"))[0].value.tolist()[-1] == -10
    assert len(store.series(SeriesQuery((0,), "loss"))[0]) == 10


def test_a_file_that_was_written_anew(store: Store) -> None:
    append(store, "a/events.jsonl", {"step": 0, "loss": 1.0}, {"step": 1, "loss": 2.0})
    assert store.series(SeriesQuery((0,), "loss"))[0].value.tolist() == [1, 2]
    (store.root / "a/events.jsonl").write_text('{"step": 0, "loss": 5.0}\n{"step": 1, "loss": 6.0}\n')
    store.catch_up()
    assert store.series(SeriesQuery((0,), "loss"))[0].value.tolist() == [5, 6]


def kept_of(store: Store) -> Kept:
    """The points that the store keeps."""
    assert store._kept is not None
    return store._kept[1]


def test_memory_is_bounded_and_what_was_let_go_comes_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtop.store.answers.curves.kept._MOST_BYTES", 3_000)
    for run in range(4):
        append(store, f"r{run}/events.jsonl", *({"step": step, "loss": run} for step in range(50)))
    for run in (0, 1, 2, 3, 0):
        assert store.series(SeriesQuery((run,), "loss"))[0].value.tolist() == [run] * 50
    blocks = kept_of(store)._blocks
    assert 0 < sum(block.size for block in blocks.values()) <= 3_000


_LINES = st.lists(
    st.tuples(
        st.sampled_from(["a/events.jsonl", "a/events-1.jsonl", "b/log.jsonl", "c/metrics.jsonl"]),
        st.lists(
            st.tuples(st.integers(0, 9), st.sampled_from(METRICS), st.sampled_from([0.0, 1.5, float("nan"), -2.0])),
            min_size=1,
            max_size=6,
        ),
        st.booleans(),
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(appended=_LINES)
def test_whatever_is_appended(
    tmp_path_factory: pytest.TempPathFactory,
    lay_index: Callable[[Path], Path],
    appended: list[tuple[str, list[tuple[int, str, float]], bool]],
) -> None:
    """Steps that fall, restarts, resumes, several files of a run, metrics that come late."""
    root = tmp_path_factory.mktemp("kept")
    (root / "runs").mkdir()
    with Store.open(root / "runs", index=lay_index(root / "index.duckdb"), poll=True) as store:
        for name, points, anew in appended:
            if anew and (path := store.root / name).exists():
                path.write_text("")
            append(store, name, *({"step": step, "time": 1e9 + step, metric: value} for step, metric, value in points))
            asked = queries(3)
            with store._index.cursor() as cursor:
                fresh = list(several_curves(cursor, asked))
            assert drawn(store.several_curves(asked)) == drawn(fresh)


def test_a_window_into_many_points_shows_each_of_them(store: Store) -> None:
    values = np.random.default_rng(1).normal(size=5_000).round(6).tolist()
    append(store, "a/events.jsonl", *({"step": step, "loss": value} for step, value in enumerate(values)))
    (whole,) = store.series(SeriesQuery((0,), "loss", buckets=50))
    assert len(whole) < 500
    (part,) = store.series(SeriesQuery((0,), "loss", window=(2_000.0, 2_150.0), buckets=50))
    assert (part.points, part.x.tolist()) == (151, list(range(1_999, 2_152)))
    assert part.value.tolist() == values[1_999:2_152]


def test_runs_of_a_file_that_were_last_asked_at_different_times(store: Store) -> None:
    """One is further behind than the other; each is given what it lacks, once."""
    several = ["many.jsonl", "more.jsonl"]

    def more(run: str, *places: int) -> None:
        for place in places:
            append(store, several[place], {"run": run, "step": len(log), "loss": float(len(log))})
            log.append(place)

    log: list[int] = []
    more("a", 0, 1)
    more("b", 0, 1)
    both = SeriesQuery((0, 1), "loss")
    assert [len(one) for one in store.series(both)] == [2, 2]
    more("a", 0, 0)
    more("b", 1, 1)
    for run in (0, 1):
        store.series(SeriesQuery((run,), "loss"))
        more("ab"[run], 0, 1)
        more("ba"[run], 0, 1)
    kept = kept_of(store)
    before = kept.rows_read
    with store._index.cursor() as cursor:
        fresh = list(several_curves(cursor, [both]))
    assert drawn(store.several_curves([both])) == drawn(fresh)
    assert kept.rows_read - before < 12, "not all anew"


def test_points_are_kept_for_the_index_they_were_read_from(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    append(store, "a/events.jsonl", {"step": 0, "loss": 1.0})
    old, new = store._index, Index.in_memory()
    cursor_of = Index.cursor

    def exchanged_meanwhile(self: Index) -> duckdb.DuckDBPyConnection:
        monkeypatch.setattr(Store, "_index", new)
        return cursor_of(self)

    monkeypatch.setattr(Index, "cursor", exchanged_meanwhile)
    assert len(store.series(SeriesQuery((0,), "loss"))[0]) == 1
    assert store._kept is not None
    assert store._kept[0] is old
    new.close()


def test_what_was_forgotten_is_a_row_a_run(store: Store) -> None:
    for value in range(5):
        (store.root / "log.jsonl").write_text(
            "".join(f'{{"run": "{run}", "step": 0, "loss": {value}}}\n' for run in "ab")
        )
        store.catch_up()
        assert [one.value.tolist() for one in store.series(SeriesQuery((0, 1), "loss"))] == [[value], [value]]
    with store._index.cursor() as cursor:
        assert cursor.execute("select run, times from forgotten order by run").fetchall() == [(0, 4), (1, 4)]


def test_an_answer_stays_as_long_as_nothing_came_of_its_runs(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for run in ("a", "b"):
        append(store, f"{run}/events.jsonl", *({"step": step, "loss": 1.0 + step} for step in range(5)))
    query = SeriesQuery((0,), "loss", smoothing=0.5)
    before = store.several_curves([query])[0]
    append(store, "b/events.jsonl", {"step": 5, "loss": 0.5})
    after = store.several_curves([query])[0]
    assert (before.best, after.best) == (1.0, 0.5), "which another run has reached"
    after.series[0].value[:] = 0
    with monkeypatch.context() as patch:
        patch.setattr("labtop.store.answers.curves.answer._answer", None)
        again = store.several_curves([query])[0]
    assert again.series[0].value.tolist() == [1, 2, 3, 4, 5]
    append(store, "a/events.jsonl", {"step": 5, "loss": 9.0})
    assert store.several_curves([query])[0].series[0].value[-1] == 9
