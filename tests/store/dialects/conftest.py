"""The small logs of tests/data/dialects, each tool's folder opened once as a run directory, and what users see."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.model import Json, RunDetail, Series, SeriesQuery, Status

LOGS = Path(__file__).parents[2] / "data/dialects"

Opened = Callable[[str], Store]
Of = Callable[[str, str], RunDetail]
Curve = Callable[[str, str, str], Series]
Check = Callable[..., None]
Values = tuple[int, float] | tuple[int, float, float, float]


def _copied(tool: str, folder: Path) -> Path:
    """A tool's logs as a run directory `runs`, written one second after the other, an hour ago."""
    root = folder / "runs"
    shutil.copytree(LOGS / tool, root)
    began = time.time() - 3600
    numbers = re.compile(r"\d+")
    paths = sorted(root.rglob("*"), key=lambda path: (numbers.sub(_padded, str(path.parent)), path.name))
    for second, path in enumerate(path for path in paths if path.is_file()):
        os.utime(path, (began + second, began + second))
    return root


def _padded(number: re.Match[str]) -> str:
    return number[0].zfill(20)


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str], Path]:
    """A run directory of one tool for a test that changes it."""
    return lambda tool: _copied(tool, tmp_path)


@pytest.fixture
def fresh(tmp_path: Path, lay_index: Callable[[Path], Path]) -> Iterator[Callable[[Path], Store]]:
    """Open a run directory, of which nothing is read yet."""
    stores: list[Store] = []

    def open_store(root: Path) -> Store:
        stores.append(Store.open(root, index=lay_index(tmp_path / f"index{len(stores)}.duckdb"), poll=True))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory, lay_index: Callable[[Path], Path]) -> Iterator[Opened]:
    """The store of a tool's logs, read whole. Opened once for all tests, which only ask."""
    stores: dict[str, Store] = {}

    def store_of(tool: str) -> Store:
        if tool not in stores:
            root = _copied(tool, tmp_path_factory.mktemp(tool))
            stores[tool] = Store.open(root, index=lay_index(root.with_name("index.duckdb")), poll=True)
            stores[tool].catch_up()
        return stores[tool]

    yield store_of
    for store in stores.values():
        store.close()


@pytest.fixture(scope="session")
def of(opened: Opened) -> Of:
    """What is known of one run of a tool."""

    def detail(tool: str, run: str) -> RunDetail:
        found = {each.run.id: each for each in opened(tool).details()}
        assert run in found, f"the runs are {sorted(found)}"
        return found[run]

    return detail


@pytest.fixture(scope="session")
def curve(opened: Opened, of: Of) -> Curve:
    """The whole curve of a metric of one run."""

    def series(tool: str, run: str, metric: str) -> Series:
        (found,) = opened(tool).series(SeriesQuery((of(tool, run).run.number,), metric))
        return found

    return series


@pytest.fixture(scope="session")
def check(of: Of, curve: Curve) -> Check:
    """Compare a run with what its log says.

    `metrics`: count, last, and where the name has a goal best and the step of the best. `curves`: x and values.
    """

    def compare(
        tool: str,
        run: str,
        *,
        metrics: Mapping[str, Values],
        curves: Mapping[str, tuple[Sequence[float], Sequence[float]]] | None = None,
        params: Mapping[str, Json] | None = None,
        attributes: Mapping[str, Json] | None = None,
        name: str | None = None,
        step: float | None = None,
        total_steps: float | None = None,
        status: Status | None = None,
        attempts: int = 1,
        duration_s: float | None = None,
        absent: Sequence[str] = (),
    ) -> None:
        found = of(tool, run)
        seen = {key: found.metrics.get(key) for key in metrics}
        assert None not in seen.values(), f"the metrics are {sorted(found.metrics)}"
        assert {
            key: (each.count, each.last, *((each.best, each.best_step) if each.goal else ()))
            for key, each in seen.items()
            if each is not None
        } == dict(metrics)
        for metric, (x, values) in (curves or {}).items():
            drawn = curve(tool, run, metric)
            assert (metric, drawn.x.tolist(), drawn.value.tolist()) == (metric, list(x), list(values))
        assert {key: each.value for key, each in found.params.items() if key in (params or {})} == (params or {})
        assert {key: each for key, each in found.attributes.items() if key in (attributes or {})} == (attributes or {})
        assert not [key for key in (*found.metrics, *found.attributes) if key.startswith(tuple(absent))]
        assert found.run.attempts == attempts
        assert found.run.total_steps == total_steps
        for wanted, is_there in ((name, found.run.name), (step, found.run.step), (status, found.run.status)):
            assert wanted is None or wanted == is_there
        assert duration_s is None or found.run.duration_s == pytest.approx(duration_s, abs=60)

    return compare
