"""What the pictures show: the logs of the demo as they were at one moment, in the order in which they appeared."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from labtop.store.store import Store
from screenshots.views import DEMO, NOTHING

LOGS = Path(__file__).resolve().parent.parent / "tests" / "data" / "demo"
NOW = 1767346380.0
"""2026-01-02 09:33 UTC: two of the trainings run, one is done, one has failed; the sweep was the evening before."""


def now() -> float:
    """The clock of all pictures."""
    return NOW


_FIRST, _SECOND = "sweep/adam-lr0.01-w48-s1", "sweep/adam-lr0.003-w48-s2"
_DIGESTS = {_FIRST: "5f" * 32, _SECOND: "c2" * 32}
"""Of the models that these runs made."""
_SAID: tuple[dict[str, object], ...] = (
    {"event": "decision", "run": _FIRST, "time": NOW - 50_000, "verdict": "keep", "why": "the best of the wide ones"},
    {
        **{
            "event": "stage",
            "run": _FIRST,
            "time": NOW - 49_000,
            "model": "spirals",
            "version": 1,
            "stage": "production",
        },
        **{"sha256": _DIGESTS[_FIRST], "approved_by": "ben", "why": "87 % on held-out arms, the plan asked for 85"},
    },
    {
        **{"event": "stage", "run": _SECOND, "time": NOW - 3_000, "model": "spirals", "version": 2, "stage": "staging"},
        **{"sha256": _DIGESTS[_SECOND], "approved_by": "ben", "why": "steadier over seeds; to be watched for a week"},
    },
)
"""What was said of runs of the demo."""


@dataclass(frozen=True, slots=True)
class _Log:
    path: Path
    lines: tuple[str, ...]
    first: float
    last: float


def _until_now(path: Path) -> _Log:
    """The lines that a log of the demo had by now; each tells its time."""
    timed = [(json.loads(line)["time"], line) for line in path.read_text(encoding="utf-8").splitlines(keepends=True)]
    written = [(time, line) for time, line in timed if time <= NOW]
    return _Log(path.relative_to(LOGS), tuple(line for _, line in written), written[0][0], written[-1][0])


def _model_of(log: _Log) -> tuple[str, ...]:
    """The line that tells of the run's model, where it made one."""
    digest = _DIGESTS.get(log.path.parent.as_posix())
    model = {"event": "artifact", "time": log.last, "name": "model.npz", "kind": "model", "sha256": digest}
    return (f"{json.dumps(model)}\n",) if digest else ()


def open_store(folder: str) -> Store:
    """The store of a folder of the scene, with an index beside it."""
    return Store.open(Path(folder), index=Path(f"{folder}.duckdb"), poll=True, clock=now)


def set_scene() -> None:
    """Lay the folders into the working directory, and read them.

    The order in which runs appear gives them numbers, and so colours: each log is read before the next is laid.
    """
    Path(NOTHING).mkdir()
    Path(DEMO).mkdir()
    logs = sorted((_until_now(path) for path in LOGS.rglob("*.jsonl")), key=lambda log: (log.first, log.path))
    with open_store(DEMO) as store:
        for log in logs:
            path = Path(DEMO) / log.path
            path.parent.mkdir(parents=True)
            path.write_text("".join((*log.lines, *_model_of(log))), encoding="utf-8", newline="\n")
            os.utime(path, (log.last, log.last))
            store.catch_up()
        said = Path(DEMO) / ".labtop" / "annotations.jsonl"
        said.parent.mkdir()
        said.write_text("".join(json.dumps({**line, "by": "ana"}) + "\n" for line in _SAID), encoding="utf-8")
        store.catch_up()
