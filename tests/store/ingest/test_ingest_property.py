"""Whatever happens to the files of a run directory, the index ends as one reading of what is left of them."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest

Contents = dict[str, list[tuple[Any, ...]]]
START = 1_700_000_000.0
PLACES = {
    "lines": "a/metrics.jsonl",
    "same run": "a/system.jsonl",
    "no clock": "b/train.jsonl",
    "csv": "c/progress.csv",
    "prefixed": "d/train.log",
    "document": "a/checkpoint-5/trainer_state.json",
    "packed": "e/metrics.jsonl.gz",
    "config": "a/config.json",
}
ODD = [
    b"not json\n",
    b"\n",
    b"{}\n",
    b"\0\0\0\n",
    b'{"half": \r\n',
    b'{"step": 3, "loss": NaN, "note": "\xff"}\n',
    b'{"run": "b/other", "step": 1, "loss": 2.5}\n',
    b'{"event": "run", "name": "named", "params": {"lr": 0.1}, "tags": ["x"]}\n',
    b'{"event": "log", "text": "hello"}\n',
    b'{"event": "end", "status": "finished"}\n',
]


class Pen:
    """Writes lines of which no two are the same, and mtimes of which no two are the same."""

    def __init__(self) -> None:
        self.count = 0
        self.step = 0

    def lines(self, kind: str, amount: int, *, odd: int) -> bytes:
        """So many lines of a log of this kind. Now and then the training goes back a few steps, or begins anew."""
        self.step = {3: max(0, self.step - 4), 5: 0}.get(odd % 8, self.step)
        written = [self._line(kind) for _ in range(amount)]
        if odd and kind in ("lines", "no clock", "same run", "packed"):
            written.insert(odd % (len(written) + 1), ODD[odd % len(ODD)])
        return b"".join(written)

    def _line(self, kind: str) -> bytes:
        self.count += 1
        self.step += 1
        line: dict[str, object] = {"step": self.step, "time": START + self.count, "loss": 1 / self.count}
        match kind:
            case "csv":
                return b"%d,%f,%f\n" % (self.step, START + self.count, 1 / self.count)
            case "prefixed":
                if self.count % 5 == 0:
                    return b"saving checkpoint %d\n" % self.count
                return b"2023-11-14 12:00:00 | INFO | " + json.dumps(line).encode() + b"\n"
            case "no clock":
                line.pop("time")
            case "same run":
                line["cpu"] = line.pop("loss")
        return json.dumps(line).encode() + b"\n"

    def beginning(self, kind: str, amount: int, *, odd: int) -> bytes:
        """What a new file holds."""
        if kind == "csv":
            return b"step,time,loss\n" + self.lines(kind, amount, odd=odd)
        return self.lines(kind, amount, odd=odd)

    def document(self, kind: str, amount: int) -> bytes:
        """A file that is written whole."""
        self.count += 1
        if kind == "config":
            return json.dumps({"lr": 1 / self.count, **{f"layer{at}": at for at in range(amount % 3)}}).encode()
        history = [{"step": at, "loss": at / self.count, "grad": self.count} for at in range(1, amount + 1)]
        return json.dumps({"global_step": amount, "log_history": history, "max_steps": 500}, indent=2).encode()

    def stamp(self, path: Path, *, quiet: bool) -> None:
        """The file was written just now, or a while ago."""
        self.count += 1
        then = time.time() - (10_000.0 - self.count if quiet else 0.0)
        os.utime(path, (then, then))


@dataclass(frozen=True)
class Act:
    """What is done to which file; `amount`, `odd` and `part` mean what the act makes of them."""

    name: str
    kind: str
    amount: int = 3
    odd: int = 0
    part: float = 0.5
    quiet: bool = True


class Directory:
    """A run directory to which things happen. `looks` are done by the ingest that follows it."""

    def __init__(self, root: Path, index: Index) -> None:
        self.root = root
        self.index = index
        self.pen = Pen()
        self.halves: dict[Path, bytes] = {}
        self.ingest = Ingest(root, index)

    def act(self, act: Act) -> None:
        path = self.root / PLACES[act.kind]
        match act.name:
            case "read":
                self.ingest.catch_up()
            case "look":
                self.ingest.look(everything=act.odd % 2 == 0)
            case "slice":
                self.ingest.slice()
            case "touched":
                self.ingest.touched([str(path)])
            case "reopen":
                self.leave()
                self.ingest = Ingest(self.root, self.index)
            case _:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._change(act, path)

    def leave(self) -> None:
        """What the end of a process does to an ingest."""
        self.ingest._reading.close()

    def _change(self, act: Act, path: Path) -> None:
        if act.name == "grow" or not path.exists():
            self._grow(act, path)
        else:
            getattr(self, "_" + act.name.replace(" ", "_"))(act, path)
        if path.is_file():
            self.pen.stamp(path, quiet=act.quiet)

    def _content(self, act: Act) -> bytes:
        if act.kind in ("document", "config"):
            return self.pen.document(act.kind, act.amount)
        plain = self.pen.beginning(act.kind, act.amount, odd=act.odd)
        return gzip.compress(plain) if act.kind == "packed" else plain

    def _grow(self, act: Act, path: Path) -> None:
        """Append; sometimes all but a part of the last line, which the next growth completes."""
        new = not path.exists() or not path.stat().st_size
        if act.kind in ("document", "config"):
            path.write_bytes(self._content(act))
            return
        data = self._content(act) if new or act.kind == "packed" else self.pen.lines(act.kind, act.amount, odd=act.odd)
        if new:
            self.halves.pop(path, None)
        whole = self.halves.pop(path, b"") + data
        held = int(act.part * 60) if act.odd % 2 and act.kind != "packed" else 0
        if held:
            self.halves[path] = whole[-held:]
            whole = whole[:-held]
        with path.open("ab") as file:
            file.write(whole)

    def _truncate(self, act: Act, path: Path) -> None:
        self.halves.pop(path, None)
        os.truncate(path, int(act.part * path.stat().st_size))

    def _empty(self, act: Act, path: Path) -> None:
        self.halves.pop(path, None)
        os.truncate(path, 0)

    def _rewrite(self, act: Act, path: Path) -> None:
        self.halves.pop(path, None)
        path.write_bytes(self._content(act))

    def _extend_rewritten(self, act: Act, path: Path) -> None:
        """As a logger that writes its file whole when a key appears: the old lines, some of them changed, and more."""
        self.halves.pop(path, None)
        if act.kind in ("document", "config", "packed"):
            self._rewrite(act, path)
            return
        kept = path.read_bytes().splitlines(keepends=True)
        kept = kept[: int(act.part * len(kept))]
        path.write_bytes(b"".join(kept) + self.pen.lines(act.kind, act.amount, odd=act.odd))

    def _replace(self, act: Act, path: Path) -> None:
        self.halves.pop(path, None)
        other = path.with_name("new.tmp")
        other.write_bytes(self._content(act))
        other.replace(path)

    def _remove(self, act: Act, path: Path) -> None:
        self.halves.pop(path, None)
        path.unlink()

    def _rotate(self, act: Act, path: Path) -> None:
        self.halves.pop(path, None)
        first = self._made_room(path)
        path.rename(first)
        if act.odd % 2:
            self._grow(act, path)

    def _rotate_and_pack(self, act: Act, path: Path) -> None:
        self.halves.pop(path, None)
        first = self._made_room(path)
        path.rename(first)
        packed = first.with_name(first.name + ".gz")
        packed.write_bytes(gzip.compress(first.read_bytes()))
        self.pen.stamp(packed, quiet=act.quiet)
        if act.odd % 2:
            self.ingest.look()  # both are there for a moment
        first.unlink()

    def _pack(self, act: Act, path: Path) -> None:
        """As somebody who tidies up; the log may be begun anew later."""
        if path.suffix != ".gz":
            self.halves.pop(path, None)
            packed = path.with_name(path.name + ".gz")
            packed.write_bytes(gzip.compress(path.read_bytes()))
            self.pen.stamp(packed, quiet=act.quiet)
            path.unlink()

    def _copy_and_truncate(self, act: Act, path: Path) -> None:
        self.halves.pop(path, None)
        first = self._made_room(path)
        shutil.copyfile(path, first)
        self.pen.stamp(first, quiet=act.quiet)
        if act.odd % 2:
            self.ingest.catch_up()
        os.truncate(path, 0)

    def _made_room(self, path: Path) -> Path:
        """`.1` of a log; what had that name is `.2`."""
        first, second = path.with_name(path.name + ".1"), path.with_name(path.name + ".2")
        for ending in ("", ".gz"):
            older = first.with_name(first.name + ending)
            if older.exists():
                older.rename(second.with_name(second.name + ending))
        return first

    def _link(self, act: Act, path: Path) -> None:
        link = self.root / ("latest.jsonl" if act.odd % 2 else "a/best.jsonl")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(path)

    def _link_outside(self, act: Act, path: Path) -> None:
        """The log is moved out of the directory and a link left; or moved back."""
        outside = self.root.parent / f"outside-{act.kind}"
        if path.is_symlink():
            path.unlink()
            outside.replace(path)
        else:
            path.replace(outside)
            path.symlink_to(outside)

    def _hard_link(self, act: Act, path: Path) -> None:
        other = path.with_name(("0" if act.odd % 2 else "z") + path.name)
        other.unlink(missing_ok=True)
        os.link(path, other)

    def settle(self) -> None:
        """Nobody writes any more."""
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and time.time() - path.stat().st_mtime < 60:
                self.pen.stamp(path, quiet=True)
        self.ingest.catch_up()
        self._make_whole()

    def _make_whole(self) -> None:
        """Write anew what is broken: what it gave before holds meanwhile, which a new index cannot know."""
        held = [file.path for file in self.ingest.tracked.values() if file.memory.broken]
        kinds = {Path(place).name: kind for kind, place in PLACES.items()}
        for path in held:
            kind = kinds.get(path.name, "csv" if ".csv" in path.name else "document")
            whole = self._content(Act("rewrite", kind))
            path.write_bytes(gzip.compress(whole) if path.suffix == ".gz" else whole)
            self.pen.stamp(path, quiet=True)
        if held:
            self.ingest.catch_up()


LOOKS = ["read", "read", "read", "look", "look", "slice", "touched", "reopen"]
CHANGES = [
    *("grow",) * 8,
    "truncate",
    "empty",
    "rewrite",
    "extend rewritten",
    "replace",
    "remove",
    "rotate",
    "rotate and pack",
    "pack",
    "copy and truncate",
    "link",
    "link outside",
    "hard link",
]


@st.composite
def histories(draw: st.DrawFn) -> list[Act]:
    """What happens, mostly to few files, so that much happens to each."""
    kinds = draw(st.lists(st.sampled_from(sorted(PLACES)), min_size=1, max_size=3, unique=True))
    act = st.builds(
        Act,
        st.sampled_from(LOOKS) | st.sampled_from(CHANGES),
        st.sampled_from(kinds),
        st.sampled_from([1, 2, 3, 5, 18, 25, 60]),
        st.integers(0, 25),
        st.floats(0, 1),
        st.booleans(),
    )
    return draw(st.lists(act, min_size=2, max_size=40))


@pytest.fixture(scope="module", autouse=True)
def small_slices() -> Iterator[None]:
    """Files are read a few lines at a time and stored while they are read on, as those of megabytes are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("labtop.store.ingest.tail.STRETCH", 700)
        patch.setattr("labtop.store.ingest.reading._SLICE_S", 0.001)
        patch.setattr("labtop.store.ingest.reading._BACKLOG_SLICE_S", 0.001)
        yield


def _comparable(contents: Contents) -> Contents:
    """Without what depends on when it was read, where a run has lines without a clock: their times are estimated, and
    with them which of several files wrote last. What is known of runs that no file speaks of any more is not shown."""
    estimated = {row[0] for row in contents["shares"] if row[-1]}
    alive = {row[0] for row in contents["shares"]}
    contents["points"] = [row[:-1] if row[0] in estimated else row for row in contents["points"]]
    contents["shares"] = [row[:-4] if row[0] in estimated else row for row in contents["shares"]]
    contents["summaries"] = [
        (*row[:5], row[8], row[10]) if row[0] in estimated else row for row in contents["summaries"]
    ]
    contents["params"] = [row for row in contents["params"] if row[0] in alive]
    return contents


TOUCHED_DOCUMENT = [Act("grow", "document", quiet=False), Act("read", "document")]
GONE_WHILE_QUEUED = [
    Act("grow", "csv"),
    Act("look", "csv"),
    Act("remove", "csv"),
    Act("look", "csv"),
    Act("grow", "csv", amount=5),
    Act("read", "csv"),
]
SECOND_NAME = [Act("grow", "lines"), Act("read", "lines"), Act("hard link", "lines", odd=1)]
BEGUN_AGAIN_BESIDE_PACKED = [Act("grow", "lines"), Act("pack", "lines"), Act("read", "lines"), Act("grow", "lines")]
PACKED_END_CUT_OFF = [Act("grow", "packed"), Act("read", "packed"), Act("truncate", "packed", part=0.99)]
CONFIG_GONE_BEFORE_ITS_RUN = [
    Act("grow", "config"),
    Act("read", "config"),
    Act("remove", "config"),
    Act("read", "config"),
    Act("grow", "lines"),
]


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@example(acts=TOUCHED_DOCUMENT)
@example(acts=GONE_WHILE_QUEUED)
@example(acts=SECOND_NAME)
@example(acts=BEGUN_AGAIN_BESIDE_PACKED)
@example(acts=PACKED_END_CUT_OFF)
@example(acts=CONFIG_GONE_BEFORE_ITS_RUN)
@given(acts=histories())
def test_what_happens_to_files_loses_nothing_and_doubles_nothing(
    acts: list[Act],
    indexes: tuple[Index, Index],
    contents: Callable[[Ingest], Contents],
    emptied: Callable[[Index], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    root = tmp_path_factory.mktemp("property") / "runs"
    root.mkdir()
    for index in indexes:
        emptied(index)
    directory = Directory(root, indexes[0])
    for act in acts:
        directory.act(act)
    directory.settle()
    fresh = Ingest(root, indexes[1])
    fresh.catch_up()
    expected, found = _comparable(contents(fresh)), _comparable(contents(directory.ingest))
    shutil.rmtree(root.parent)
    for table, rows in expected.items():
        assert list(map(repr, found[table])) == list(map(repr, rows)), table
    assert directory.ingest.activity.notices == ()
