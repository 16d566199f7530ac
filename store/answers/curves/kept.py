"""Kept: the blocks that were looked at last. Of runs that grow only the new rows are read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb

from labtop.store.answers.curves.asked import Metric, Names, Runs
from labtop.store.answers.curves.block import Block, Columns, block_of
from labtop.store.answers.curves.load import Base, load
from labtop.store.model import Curves, Line, Series, SeriesQuery

_MOST_BYTES = 96_000_000
_MOST_ANSWERS = 32
_Key = tuple[int, int, Base]


class Kept:
    """Blocks by run, octet and base. One answer at a time may use it: hold `lock` from before its transaction begins.

    `rows_read` counts the rows that were ever fetched from the index.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.names = Names()
        self.rows_read = 0
        self._blocks: OrderedDict[_Key, Block] = OrderedDict()
        self._answers: OrderedDict[SeriesQuery, tuple[object, Curves]] = OrderedDict()

    def blocks(
        self, cursor: duckdb.DuckDBPyConnection, runs: Runs, metrics: Sequence[Metric], base: Base
    ) -> dict[int, Block]:
        """The block of each run that has any of these metrics, all of one octet, as the index is now."""
        octet = metrics[0].octet
        wanted = {run: {each.slot: each.counts[run] for each in metrics if run in each.counts} for run in runs.numbers}
        wanted = {run: counts for run, counts in wanted.items() if counts}
        usable = {run: block for run in wanted if (block := self._usable(runs, run, octet, base, wanted[run]))}
        behind = {run: block for run, block in usable.items() if not _is_whole(block, wanted[run])}
        if behind:
            usable |= self._grown(cursor, runs, octet, base, behind)
        anew = [run for run in wanted if run not in usable or not _is_whole(usable[run], wanted[run])]
        if anew:
            slots = {slot for run in anew for slot in wanted[run]}
            slots |= {slot for run in anew for slot in self._slots((run, octet, base))}
            usable |= self._anew(cursor, runs, octet, base, anew, frozenset(slots))
        for run, block in usable.items():
            self._blocks[run, octet, base] = block
            self._blocks.move_to_end((run, octet, base))
        return usable

    def answered(self, query: SeriesQuery, state: object) -> Curves | None:
        """What was answered to the query in this state, a copy that may be changed; None where that is not known."""
        before, curves = self._answers.get(query, (None, None))
        return _copied(curves) if curves is not None and state is not None and before == state else None

    def answer(self, query: SeriesQuery, state: object, curves: Curves) -> None:
        """Remember an answer: charts are asked again and again while other runs grow."""
        if state is not None:
            self._answers[query] = state, _copied(curves)
            self._answers.move_to_end(query)
            if len(self._answers) > _MOST_ANSWERS:
                self._answers.popitem(last=False)

    def tidy(self) -> None:
        """Let go of what was not looked at for longest, as far as memory asks for it."""
        size = sum(block.size for block in self._blocks.values())
        while size > _MOST_BYTES:
            _, block = self._blocks.popitem(last=False)
            size -= block.size

    def _usable(self, runs: Runs, run: int, octet: int, base: Base, wanted: Mapping[int, int]) -> Block | None:
        """What is kept of a run, unless it was read anew since; it may be behind, or lack a slot."""
        block = self._blocks.get((run, octet, base))
        return block if block and block.mark == runs.mark(run) and block.slots.issuperset(wanted) else None

    def _slots(self, key: _Key) -> frozenset[int]:
        """What was wanted of a run before, and will be again."""
        block = self._blocks.get(key)
        return block.slots if block else frozenset()

    def _grown(
        self, cursor: duckdb.DuckDBPyConnection, runs: Runs, octet: int, base: Base, behind: Mapping[int, Block]
    ) -> dict[int, Block]:
        """These blocks with the rows that came since."""
        slots = frozenset[int]().union(*(block.slots for block in behind.values()))
        reached: dict[int, int] = {}  # of several runs in a file the one that is furthest behind
        for block in behind.values():
            reached |= {file: min(line, reached.get(file, line)) for file, line in block.reached.items()}
        grown = {}
        for run, rows in load(cursor, runs, list(behind), octet, slots, base, reached):
            self.rows_read += len(rows["x"])
            grown[run] = behind[run].grown(rows)
        return grown

    def _anew(
        self,
        cursor: duckdb.DuckDBPyConnection,
        runs: Runs,
        octet: int,
        base: Base,
        numbers: Sequence[int],
        slots: frozenset[int],
    ) -> dict[int, Block]:
        """Blocks of all rows."""
        blocks = {}
        for run, rows in load(cursor, runs, numbers, octet, slots, base):
            self.rows_read += len(rows["x"])
            blocks[run] = block_of(_own(rows, len(numbers)), runs.mark(run), slots)
        return blocks


def _copied(curves: Curves) -> Curves:
    return replace(curves, series=tuple(map(_copied_series, curves.series)))


def _copied_series(series: Series) -> Series:
    line = series.smooth
    line = line and Line(line.x.copy(), line.value.copy(), line.attempt.copy())
    return replace(series, x=series.x.copy(), value=series.value.copy(), attempt=series.attempt.copy(), smooth=line)


def _own(rows: Columns, shared_by: int) -> Columns:
    """Columns of their own, so that those of other runs can be let go."""
    return {name: column.copy() for name, column in rows.items()} if shared_by > 1 else rows


def _is_whole(block: Block, wanted: Mapping[int, int]) -> bool:
    return all(block.counts[slot] == count for slot, count in wanted.items())
