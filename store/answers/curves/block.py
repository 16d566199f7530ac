"""Block: points of a run that stand in the same rows of the index, in memory, in the order in which they are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats

Columns = dict[str, NDArray[Any]]
Attempts = NDArray[np.int32]


class Points(NamedTuple):
    """Points of one metric of one run: arrays of one length, by attempt and x; x is finite."""

    x: Floats
    value: Floats
    attempt: Attempts

    def at(self, places: slice | NDArray[Any]) -> Points:
        """Those at these places, or for which a mask is true."""
        return Points(self.x[places], self.value[places], self.attempt[places])

    @classmethod
    def joined(cls, parts: Sequence[Points]) -> Points:
        """All points of these, one part after the other."""
        if not parts:
            return NO_POINTS
        x, value = np.concatenate([each.x for each in parts]), np.concatenate([each.value for each in parts])
        return cls(x, value, np.concatenate([each.attempt for each in parts]))


NO_POINTS = Points(np.empty(0), np.empty(0), np.empty(0, np.int32))


def by_run(rows: Columns) -> Iterator[tuple[int, Columns]]:
    """The rows of each run, in their order: each row is touched once, however many runs there are."""
    run = rows["run"]
    if not (run[1:] >= run[:-1]).all():
        order = np.argsort(run, kind="stable")
        rows = {name: column[order] for name, column in rows.items()}
        run = rows["run"]
    begins = np.flatnonzero(np.diff(run, prepend=-1))
    ends = np.append(begins[1:], len(run))
    for number, begin, end in zip(run[begins].tolist(), begins.tolist(), ends.tolist(), strict=False):
        yield number, {name: column[begin:end] for name, column in rows.items()}


@dataclass(frozen=True, eq=False)
class Block:
    """Rows by attempt, x, place of their file and line. `mark` is that of the run, see `Runs.mark`, `slots` the values
    that were fetched, `reached` the last line of each file.
    """

    mark: tuple[int, tuple[int, ...]]
    slots: frozenset[int]
    rows: Columns
    reached: dict[int, int]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(column.nbytes for column in self.rows.values())

    @cached_property
    def counts(self) -> dict[int, int]:
        """Points of each slot."""
        has = self.rows["has"]
        return {slot: int(np.count_nonzero(has & (1 << slot))) for slot in self.slots}

    @cached_property
    def _placed(self) -> NDArray[np.bool_]:
        return np.isfinite(self.rows["x"])

    @cached_property
    def _all_placed(self) -> bool:
        return bool(self._placed.all())

    def points(self, slot: int) -> Points:
        """The points of a slot that have an x."""
        points = Points(self.rows["x"], self.rows[f"v{slot}"], self.rows["attempt"])
        if self._all_placed and self.counts[slot] == len(points.x):
            return points
        return points.at(((self.rows["has"] & (1 << slot)) != 0) & self._placed)

    def grown(self, rows: Columns) -> Block:
        """The same with those of these rows of its slots that are newer."""
        rows = self._newer(rows)
        if not len(rows["x"]):
            return self
        old, new = self.rows, in_order(rows)
        settled = _settled(old, new)
        tail = {name: np.concatenate((old[name][settled:], new[name])) for name in old}
        tail = tail if settled == len(old["x"]) else in_order(tail)
        joined = {name: np.concatenate((old[name][:settled], tail[name])) for name in old}
        return Block(self.mark, self.slots, joined, self.reached | _reached(rows))

    def _newer(self, rows: Columns) -> Columns:
        """The rows behind the last line of each file."""
        before = np.zeros(len(rows["x"]), np.bool_)
        for file, line in self.reached.items():
            before |= (rows["file"] == file) & (rows["line"] <= line)
        return {name: column[~before] for name, column in rows.items()} if before.any() else rows


def block_of(rows: Columns, mark: tuple[int, tuple[int, ...]], slots: frozenset[int]) -> Block:
    """The block of the rows of one run: file, place, line, attempt, has, x and v0 to v7 as asked."""
    reached = _reached(rows)
    kept = {name: column for name, column in rows.items() if name not in ("run", "file")}
    return Block(mark, slots, in_order(kept), reached)


def _reached(rows: Columns) -> dict[int, int]:
    """The last line of each file."""
    file, line = rows["file"], rows["line"]
    if not len(file):
        return {}
    if (file == file[0]).all():
        return {int(file[0]): int(line.max())}
    return {int(one): int(line[file == one].max()) for one in np.unique(file)}


_ORDER = ("attempt", "x", "place", "line")


def in_order(rows: Columns) -> Columns:
    """Rows of one run by attempt, x, place of their file and line; all of these are comparable, none is NaN."""
    keys = [rows[name] for name in _ORDER]
    if _isin_order(keys):
        return rows
    order = np.lexsort(keys[::-1])
    return {name: column[order] for name, column in rows.items()}


def _isin_order(keys: list[NDArray[Any]]) -> bool:
    """Whether rows are sorted by these keys, which is mostly so and seen much sooner than sorted."""
    equal = np.ones(max(0, len(keys[0]) - 1), np.bool_)
    for key in keys:
        if (equal & (key[1:] < key[:-1])).any():
            return False
        equal &= key[1:] == key[:-1]
    return True


def _settled(old: Columns, new: Columns) -> int:
    """How many old rows come before all new ones, at least."""
    attempt, x = new["attempt"][0], new["x"][0]
    begin, end = np.searchsorted(old["attempt"], (attempt, attempt + 1)).tolist()
    return int(begin + np.searchsorted(old["x"][begin:end], x))
