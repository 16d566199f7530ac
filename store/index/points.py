"""Points of a slice as columns of the table `points`, sorted by metric, and what they add to the summaries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats
from labtop.store.read.batch import Rows, Scattered, Table

Columns = dict[str, NDArray[Any]]


class Contribution(NamedTuple):
    """The rows that a stretch of a file gave to a run, and the times of its lines."""

    run: int
    file: int
    rows: Rows
    time: Floats


class _Piece(NamedTuple):
    """Points of one metric, in the order of lines; `lines` picks theirs among those of the rows."""

    metric: int
    run: int
    file: int
    lines: slice | NDArray[np.uint32]
    value: Floats
    source: int


def columns_of(contributions: Iterable[Contribution]) -> tuple[Columns, NDArray[np.int64]] | None:
    """All points, sorted by metric, run, file and line, and where each (metric, run, file) begins; None: no points."""
    sources = list(contributions)
    pieces = [piece for at, each in enumerate(sources) for piece in _pieces(each, at)]
    if not pieces:
        return None
    pieces.sort(key=lambda piece: (piece.metric, piece.run, piece.file))
    lines = [_line_columns(each) for each in sources]
    sizes = [len(piece.value) for piece in pieces]
    columns: Columns = {
        "run": np.repeat(np.array([piece.run for piece in pieces], np.int32), sizes),
        "metric": np.repeat(np.array([piece.metric for piece in pieces], np.int32), sizes),
        "file": np.repeat(np.array([piece.file for piece in pieces], np.int32), sizes),
    }
    for name in ("line", "step", "time"):
        columns[name] = np.concatenate([lines[piece.source][name][piece.lines] for piece in pieces])
    columns["value"] = np.concatenate([piece.value for piece in pieces])
    for name in ("attempt", "pass"):
        columns[name] = np.concatenate([lines[piece.source][name][piece.lines] for piece in pieces])
    ends = np.cumsum(sizes)
    begins = [0] + [int(ends[at - 1]) for at in range(1, len(pieces)) if pieces[at][:3] != pieces[at - 1][:3]]
    return columns, np.array(begins, np.int64)


def _line_columns(source: Contribution) -> Columns:
    rows = source.rows
    return {
        "line": np.array(rows.number, np.uint32),
        "step": np.array(rows.step, np.float64),
        "time": source.time,
        "attempt": np.array(rows.attempt, np.uint16),
        "pass": np.array(rows.pass_, np.uint16),
    }


def _pieces(source: Contribution, at: int) -> Iterator[_Piece]:
    for block in source.rows.blocks:
        if isinstance(block, Table):
            lines = slice(block.first, block.first + block.value.shape[1])
            for metric, value in zip(block.metric, block.value, strict=True):
                yield _Piece(metric, source.run, source.file, lines, value, at)
        else:
            yield from _scattered(source, block, at)


def _scattered(source: Contribution, block: Scattered, at: int) -> Iterator[_Piece]:
    """Of a line with two objects the one with the higher step is the last, as it is when all are counted again."""
    step = np.array(source.rows.step, np.float64)[block.at]
    number = np.array(source.rows.number, np.uint32)[block.at]
    order = np.lexsort((block.value, step, number, block.metric))
    metric = block.metric[order]
    places = np.split(order, np.flatnonzero(np.diff(metric)) + 1)
    for each in places:
        yield _Piece(int(block.metric[each[0]]), source.run, source.file, block.at[each], block.value[each], at)


def summed_up(columns: Columns, begins: NDArray[np.int64]) -> Columns:
    """A row for each (metric, run, file) as in the table `file_summaries`. What there is none of is NaN."""
    value = columns["value"]
    sizes = np.diff(np.append(begins, len(value)))
    last = begins + sizes - 1
    finite = np.isfinite(value)
    odd = sizes - np.add.reduceat(finite, begins, dtype=np.int64)
    all_finite = not odd.any()
    low = value if all_finite else np.where(finite, value, np.inf)
    high = value if all_finite else np.where(finite, value, -np.inf)
    least, most = np.minimum.reduceat(low, begins), np.maximum.reduceat(high, begins)
    none = odd == sizes
    with np.errstate(over="ignore"):
        total = np.add.reduceat(value if all_finite else np.where(finite, value, 0.0), begins)
    return {
        "run": columns["run"][begins],
        "metric": columns["metric"][begins],
        "file": columns["file"][begins],
        "count": sizes,
        "nan": odd,
        "total": np.where(none, np.nan, total),
        "first": value[begins],
        "first_time": columns["time"][begins],
        "last": value[last],
        "last_step": columns["step"][last],
        "last_time": columns["time"][last],
        "min": np.where(none, np.nan, least),
        "min_step": np.where(none, np.nan, columns["step"][_first_of(low, least, begins, sizes)]),
        "max": np.where(none, np.nan, most),
        "max_step": np.where(none, np.nan, columns["step"][_first_of(high, most, begins, sizes)]),
    }


def _first_of(value: Floats, wanted: Floats, begins: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the wanted value of each group first stands."""
    places = np.flatnonzero(value == np.repeat(wanted, sizes))
    found: NDArray[np.int64] = places[np.searchsorted(places, begins)]
    return found
