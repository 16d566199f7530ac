"""A small run directory as a training would leave it, and a home of its own for whatever labtop keeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from labtop.store.index.files import default_path

Append = Callable[[Path, str, Iterable[object]], None]
START = 1_760_000_000.0


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Caches, logs and the current folder are the test's own."""
    place = tmp_path / "home"
    place.mkdir()
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(name, str(place))
    for name in ("LABTOP_DIR", "LABTOP_DEBUG", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(place)
    return place


def write_run(root: Path, name: str, lines: Iterable[object]) -> None:
    """Append the lines to the run's log, as any process would."""
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "events.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(line)}\n" for line in lines)


def training(seed: int, lr: float, losses: Iterable[float], **more: object) -> list[object]:
    """A run that finished: what it was, a validation loss each ten steps, its end."""
    about = {"event": "run", "time": START, "params": {"lr": lr, "model": {"width": 64}, "seed": seed}, **more}
    steps = [
        {"step": 10 * at, "time": START + at, "val_loss": loss, "lr_now": lr / at} for at, loss in enumerate(losses, 1)
    ]
    return [about, *steps, {"event": "end", "time": START + 60, "status": "finished"}]


@pytest.fixture
def runs(tmp_path: Path, home: Path, lay_index: Callable[[Path], Path]) -> Path:
    """Three runs: `low` and `high` differ in lr, `copy` is `low` again."""
    root = tmp_path / "sweep"
    lay_index(default_path(root))
    write_run(root, "low", training(1, 0.001, [0.9, 0.5, 0.7], git={"commit": "abc"}))
    write_run(root, "high", training(1, 0.1, [0.8, 0.25, 0.3], git={"commit": "abc"}, tags=["best"]))
    write_run(root, "copy", training(1, 0.001, [0.9, 0.5, 0.6], git={"commit": "abc"}))
    return root


@pytest.fixture
def append() -> Append:
    """`write_run`, for tests that write logs of their own."""
    return write_run
