"""Points of a slice as columns of the table `point_rows`, and what they add to the summaries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labtop.store.index.schema import SLOTS
from labtop.store.model import Floats
from labtop.store.read.batch import Rows, Scattered, Table

Columns = dict[str, NDArray[Any]]

_OF_LINES = ("line", "step", "time", "attempt", "pass")


class Contribution(NamedTuple):
    """The rows that a stretch of a file gave to a run, and the times of its lines."""

    run: int
    file: int
    rows: Rows
    time: Floats


class Points(NamedTuple):
    """Rows of the table `point_rows`, by octet, run, file and line, and what they add to `file_summaries`."""

    columns: Columns
    sums: Columns


class _Strip(NamedTuple):
    """Rows of one octet of metrics, in the order of lines. `at` picks theirs among the `lines` of the run; `has` has a
    bit for each slot that holds a value, `cells` the values by slot, NaN where there is none."""

    octet: int
    run: int
    file: int
    lines: Columns
    at: slice | NDArray[np.uint32]
    has: NDArray[np.uint8]
    cells: dict[int, Floats]


def points_of(contributions: Iterable[Contribution]) -> Points | None:
    """All points; None where there are none."""
    strips = [strip for each in contributions for strip in _strips(each)]
    if not strips:
        return None
    strips.sort(key=_owner)
    sizes = [len(strip.has) for strip in strips]
    columns: Columns = {
        name: np.repeat(np.array([getattr(strip, name) for strip in strips], np.int32), sizes)
        for name in ("octet", "run", "file")
    }
    columns["has"] = np.concatenate([strip.has for strip in strips])
    for name in _OF_LINES:
        columns[name] = np.concatenate([strip.lines[name][strip.at] for strip in strips])
    for slot in sorted({slot for strip in strips for slot in strip.cells}):
        columns[f"v{slot}"] = np.concatenate([_cells(strip, slot) for strip in strips])
    alike = [sum(len(strip.has) for strip in strips) for _, strips in groupby(strips, _owner)]
    return Points(columns, _sums(columns, np.repeat(np.arange(len(alike), dtype=np.int32), alike)))


def _owner(strip: _Strip) -> tuple[int, int, int]:
    return strip.octet, strip.run, strip.file


def _cells(strip: _Strip, slot: int) -> Floats:
    cells = strip.cells.get(slot)
    return np.full(len(strip.has), np.nan) if cells is None else cells


def _strips(source: Contribution) -> Iterator[_Strip]:
    rows = source.rows
    lines: Columns = {
        "line": np.array(rows.number, np.uint32),
        "step": np.array(rows.step, np.float64),
        "time": source.time,
        "attempt": np.array(rows.attempt, np.uint16),
        "pass": np.array(rows.pass_, np.uint16),
    }
    for block in rows.blocks:
        parts = _of_table(block) if isinstance(block, Table) else _of_scattered(block)
        for octet, at, has, cells in parts:
            yield _Strip(octet, source.run, source.file, lines, at, has, cells)


_Part = tuple[int, slice | NDArray[np.uint32], NDArray[np.uint8], dict[int, Floats]]


def _of_table(block: Table) -> Iterator[_Part]:
    """A part for each octet."""
    parts: dict[int, dict[int, Floats]] = {}
    for metric, value in zip(block.metric, block.value, strict=True):
        octet, slot = divmod(metric, SLOTS)
        parts.setdefault(octet, {})[slot] = value
    lines = block.value.shape[1]
    for octet, cells in parts.items():
        has = np.full(lines, sum(1 << slot for slot in cells), np.uint8)
        yield octet, slice(block.first, block.first + lines), has, cells


def _of_scattered(block: Scattered) -> Iterator[_Part]:
    """A part for each octet, with a row for each line; another row where a line has a metric twice."""
    order = np.lexsort((block.metric, block.at))
    begins = _begins(block.at[order], block.metric[order])
    again = np.arange(len(order)) - np.repeat(begins, _sizes(begins, len(order)))
    by_octet = np.lexsort((again, block.at[order], block.metric[order] // SLOTS))
    order, again = order[by_octet], again[by_octet]
    octets, slots = np.divmod(block.metric[order], SLOTS)
    at, value = block.at[order], block.value[order]
    for here in _stretches(_begins(octets), len(order)):
        firsts = _begins(at[here], again[here])
        row = np.repeat(np.arange(len(firsts)), _sizes(firsts, len(at[here])))
        has, cells = np.zeros(len(firsts), np.uint8), {}
        for slot in np.unique(slots[here]).tolist():
            mine = slots[here] == slot
            has[row[mine]] |= np.uint8(1 << slot)
            cells[slot] = np.full(len(firsts), np.nan)
            cells[slot][row[mine]] = value[here][mine]
        yield int(octets[here.start]), at[here][firsts], has, cells


def _stretches(begins: NDArray[np.int64], end: int) -> Iterator[slice]:
    edges = [*begins.tolist(), end]
    return (slice(*edge) for edge in pairwise(edges))


def _sizes(begins: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    return np.diff(np.append(begins, end))


def _begins(*keys: NDArray[Any]) -> NDArray[np.int64]:
    """Where a stretch of equal keys begins."""
    changes = np.zeros(max(0, len(keys[0]) - 1), np.bool_)
    for key in keys:
        changes |= key[1:] != key[:-1]
    return np.concatenate(([0], np.flatnonzero(changes) + 1))


def _sums(columns: Columns, owner: NDArray[np.int32]) -> Columns:
    """A row for each metric of each owner, which is the same where octet, run and file are. What there is none of is
    NaN."""
    parts = [_summed_up(slot, columns, owner) for slot in range(SLOTS) if f"v{slot}" in columns]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _summed_up(slot: int, columns: Columns, owner: NDArray[np.int32]) -> Columns:
    at = _places(slot, columns, owner)
    value, step, time = columns[f"v{slot}"][at], columns["step"], columns["time"]
    begins = _begins(owner[at])
    sizes = _sizes(begins, len(at))
    last = begins + sizes - 1
    finite = np.isfinite(value)
    odd = sizes - np.add.reduceat(finite, begins, dtype=np.int64)
    all_finite = not odd.any()
    low = value if all_finite else np.where(finite, value, np.inf)
    high = value if all_finite else np.where(finite, value, -np.inf)
    least, most = np.minimum.reduceat(low, begins), np.maximum.reduceat(high, begins)
    none = odd == sizes
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.add.reduceat(value if all_finite else np.where(finite, value, 0.0), begins)
    return {
        "run": columns["run"][at[begins]],
        "metric": columns["octet"][at[begins]] * SLOTS + slot,
        "file": columns["file"][at[begins]],
        "count": sizes,
        "nan": odd,
        "total": np.where(none, np.nan, total),
        "first": value[begins],
        "first_time": time[at[begins]],
        "last": value[last],
        "last_step": step[at[last]],
        "last_time": time[at[last]],
        "min": np.where(none, np.nan, least),
        "min_step": np.where(none, np.nan, step[at[_first_of(low, least, begins, sizes)]]),
        "max": np.where(none, np.nan, most),
        "max_step": np.where(none, np.nan, step[at[_first_of(high, most, begins, sizes)]]),
    }


def _places(slot: int, columns: Columns, owner: NDArray[np.int32]) -> NDArray[np.int64]:
    """The rows in which a slot has a value. Of a line with two objects the one with the higher step is the last, as it
    is when all are counted again."""
    at = np.flatnonzero(columns["has"] & (1 << slot))
    owner, line = owner[at], columns["line"][at]
    if len(_begins(owner, line)) == len(at):
        return at
    return at[np.lexsort((columns[f"v{slot}"][at], columns["step"][at], line, owner))]


def _first_of(value: Floats, wanted: Floats, begins: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the wanted value of each group first stands."""
    places = np.flatnonzero(value == np.repeat(wanted, sizes))
    found: NDArray[np.int64] = places[np.searchsorted(places, begins)]
    return found
