"""Every inference is a function of a file's bytes, never of how they arrived in chunks."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest

Contents = dict[str, list[tuple[Any, ...]]]
START = 1_700_000_000.0
HALF_FINITE = st.sampled_from([0.5, 1.0, -2.25, 2.0**40, float("nan"), float("inf"), 7])
NOISE = [
    b"not json\n",
    b"\n",
    b"{}\n",
    b"[1, 2]\n",
    b'{"half": \n',
    b"\xff\xfe{\n",
    b"\0\0\0\n",
    b'{"step": "x", "note": "text"}\r\n',
    b'\xef\xbb\xbf{"loss": 0.25}\n',
    b'{"step": 7, "loss": 1}{"step": 8, "loss": 2}\n',
    b'{"loss": 1} tail\n',
    b'{"step": true, "loss": "0.5", "flag": false}\n',
]
EVENTS: list[dict[str, object]] = [
    {"event": "run", "name": "first", "params": {"lr": 0.1, "deep": {"width": 64}}, "tags": ["a"], "total_steps": 50},
    {"event": "run", "name": "second", "params": {"lr": 0.2}, "tags": ["b"], "git": {"commit": "abc"}},
    {"event": "params", "params": {"lr": 0.3}},
    {"event": "metric", "name": "quality", "goal": "max"},
    {"event": "metrics", "step": 3, "metrics": {"quality": 0.5}},
    {"event": "log", "level": "info", "text": "hello"},
    {"event": "tag", "add": ["c"], "remove": ["a"]},
    {"event": "end", "status": "finished"},
    {"event": "end", "status": "failed", "error": "boom", "traceback": "Traceback"},
    {"event": "unheard of", "step": 4, "loss": 1.5},
    {"config": {"lr": 0.5, "layers": [1, 2]}, "step": 2, "loss": 1},
    {"experiment": "base", "model": "small", "comment": "no numbers"},
]


@dataclass
class Writer:
    """Writes what one training loop might: steps and epochs go on from line to line."""

    times: str
    step: float = 0
    epoch: float = 1
    line: int = 0
    out: list[bytes] = field(default_factory=list)

    def say(self, run: str | None, values: dict[str, object]) -> None:
        self.line += 1
        stamp: dict[str, object] = {}
        if self.times == "clock":
            stamp["time"] = START + 2.0 * self.line
        elif self.times == "elapsed":
            stamp["elapsed"] = 3.0 * self.line
        named = {} if run is None else {"run": run}
        self.out.append(json.dumps({**named, **stamp, **values}).encode() + b"\n")

    def act(self, act: str, amount: int, value: float, run: str | None) -> None:
        match act:
            case "train":
                for _ in range(amount % 4 + 1):
                    self.step += 1 + amount % 2
                    self.say(run, {"step": self.step, "loss": value})
            case "stretch":
                extras: list[dict[str, object]] = [{}, {"epoch": self.epoch}, {"pid": amount}, {"kind": "a"}]
                extra = extras[amount % 4]
                for at in range(20 + amount):
                    self.step += amount % 3
                    self.say(run, {"step": self.step, "loss": value if at % 7 else at, **extra})
            case "epochs":
                self.epoch += 1
                for step in range(amount % 3 + 1):
                    self.say(run, {"epoch": self.epoch, "step": step, "loss": value})
            case "same epoch":
                self.say(run, {"epoch": self.epoch, "step": amount, "loss": value})
            case "restart":
                self.step = 0
                self.say(run, {"step": 0, "loss": value})
            case "resume":
                self.step = max(1.0, self.step - amount)
                self.say(run, {"step": self.step, "loss": value})
            case "writers":
                for at in range(3):
                    self.say(run, {"step": 40 + at, "loss": value})
                    self.say(run, {"step": 20 + at, "loss": value})
            case "val":
                self.say(run, {"mode": "val", "step": self.step if amount % 2 else self.epoch, "loss": value})
            case "keys":
                more = {f"extra{each}": value for each in range(amount % 4)}
                self.say(run, {"iter" if amount % 3 else "step": self.step, "acc": value, **more})
            case "stepless":
                self.say(run, {"loss": value, "text": f"t{amount % 2}"})
            case "noise":
                self.out.append(NOISE[amount % len(NOISE)])
            case "event":
                self.say(run, EVENTS[amount % len(EVENTS)])


ACTS = [
    "train",
    "train",
    "stretch",
    "stretch",
    "epochs",
    "same epoch",
    "restart",
    "resume",
    "writers",
    "val",
    "keys",
    "stepless",
]
ACT = st.tuples(
    st.sampled_from([*ACTS, "noise", "event"]), st.integers(0, 30), HALF_FINITE, st.sampled_from([None, None, "b"])
)


@st.composite
def logs(draw: st.DrawFn) -> bytes:
    """The bytes of a log."""
    writer = Writer(draw(st.sampled_from(["clock", "elapsed", "none"])))
    for act, amount, value, run in draw(st.lists(ACT, min_size=1, max_size=25)):
        writer.act(act, amount, value, run)
    whole = b"".join(writer.out)
    return whole[:-1] if draw(st.booleans()) else whole


@dataclass(frozen=True)
class Cut:
    """After how much of the file somebody looks, whether it was quiet by then, and whether it is another labtop."""

    at: float
    quiet: bool
    reopened: bool


CUTS = st.lists(st.builds(Cut, st.floats(0, 1), st.booleans(), st.booleans()), max_size=7)


def _grow(path: Path, data: bytes, *, quiet: bool) -> None:
    with path.open("ab") as file:
        file.write(data)
    then = time.time() - (100.0 if quiet else 0.0)
    os.utime(path, (then, then))


def _in_chunks(folder: Path, data: bytes, cuts: list[Cut], index: Index) -> Ingest:
    """Read the growing file after each cut, and whole in the end."""
    path = folder / "runs" / "a" / "metrics.jsonl"
    path.parent.mkdir(parents=True)
    ingest = Ingest(folder / "runs", index)
    written = 0
    for cut in sorted(cuts, key=lambda cut: cut.at):
        end = int(cut.at * len(data))
        _grow(path, data[written:end], quiet=cut.quiet)
        written = end
        ingest.catch_up()
        if cut.reopened:
            ingest = Ingest(folder / "runs", index)
    _grow(path, data[written:], quiet=True)
    ingest.catch_up()
    return ingest


def _comparable(contents: Contents) -> Contents:
    """Times and silences are estimated where a run has lines without a clock: those depend on when it was read."""
    estimated = {row[0] for row in contents["shares"] if row[-1]}
    contents["points"] = [row[:-1] if row[0] in estimated else row for row in contents["points"]]
    contents["shares"] = [row[:-4] if row[0] in estimated else row for row in contents["shares"]]
    return contents


def _lines(*objects: object) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in objects)


BESIDE_A_RESUME = _lines(
    *({"time": START + step, "step": step, "loss": 0.5} for step in (1, 2, 3)),
    {"time": START + 4, "epoch": 1, "step": 4, "loss": 0.5},
    *({"time": START + 10 + step, "step": step, "loss": 0.5} for step in (2, 4, 6, 8)),
)
HEADER_OF_ANOTHER_RUN = _lines({"run": "b", "loss": 1, "text": "t"}, {"step": 1, "loss": 1}, {"step": 2, "loss": 1})
FAR_STEPS = _lines(
    *({"time": START + at, "epoch": at // 2, "step": 1.5e308 if at % 2 else 1, "loss": 0.5} for at in range(10)),
    *({"time": START + at, "epoch": at, "step": 1e100, "loss": 0.5} for at in range(10, 50)),
)


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@example(data=BESIDE_A_RESUME, cuts=[Cut(0.75, quiet=False, reopened=False)])
@example(data=HEADER_OF_ANOTHER_RUN, cuts=[Cut(0.5, quiet=False, reopened=False)])
@example(data=FAR_STEPS, cuts=[Cut(at, quiet=False, reopened=True) for at in (0.1, 0.4, 0.8)])
@given(data=logs(), cuts=CUTS)
def test_chunks_and_reopening_change_nothing(
    data: bytes,
    cuts: list[Cut],
    indexes: tuple[Index, Index],
    contents: Callable[[Ingest], Contents],
    emptied: Callable[[Index], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("chunks")
    results = []
    for name, parts, index in (("whole", [], indexes[0]), ("parts", cuts, indexes[1])):
        emptied(index)
        (folder / name).mkdir()
        results.append(_comparable(contents(_in_chunks(folder / name, data, parts, index))))
    for table, rows in results[0].items():
        assert list(map(repr, results[1][table])) == list(map(repr, rows)), table
