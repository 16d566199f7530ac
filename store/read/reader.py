"""Reader: the lines of one file into a Batch, by the rules of the event format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from labtop.store.read import own_events
from labtop.store.read.alike import ParseNumbers, ends_of
from labtop.store.read.axis import Axis
from labtop.store.read.batch import Batch, Rejected
from labtop.store.read.column_values import take_columns
from labtop.store.read.dialects.dialect import Parse
from labtop.store.read.few_lines import FEW, take_few
from labtop.store.read.identity import own_line_identity
from labtop.store.read.lines import Parsed, parse
from labtop.store.read.objects import Objects
from labtop.store.read.share import Share
from labtop.store.read.uniform import LEAST, Columns, Stretch, parse_all, stretches

_CHUNK = 1024  # lines parsed at one go: the screen's thread waits no longer than for these
_FEW_RUNS = 32
_LARGE_CHUNK = 1 << 17  # of a file that holds more: each run should have enough lines among them


class Reader:
    """Reads one file. The same bytes give the same rows in any stretches.

    `parse` reads a line, `numbers` many that are alike; `line_is_run`: each is a run of its own. `metric` numbers a
    metric by name. `headers` are the numbers of its header lines. `shares` is what earlier stretches gave, by run id,
    `metrics` the metrics in them.
    """

    def __init__(
        self,
        path: PurePosixPath,
        root_name: str,
        metric: Callable[[str], int],
        *,
        parse: Parse = parse,
        numbers: ParseNumbers | None = None,
        line_is_run: bool = False,
        headers: frozenset[int] = frozenset(),
        shares: Mapping[str, Share] | None = None,
        metrics: Iterable[str] = (),
    ) -> None:
        self.path = path
        self.headers = headers
        self.rereads = False  # the next lines are not new
        self._root_name = root_name
        self._metric = metric
        self.parse = parse
        self._numbers = numbers
        self._line_is_run = line_is_run
        self._objects = Objects(path, root_name, metric, headers, shares or {}, metrics)

    @property
    def shares(self) -> dict[str, Share]:
        """What the file says of its runs, by run id."""
        return self._objects.shares

    @property
    def revised(self) -> bool:
        """Whether a line showed that earlier ones were placed wrongly: then read from the start with `again`."""
        return any(share.axis.revised for share in self.shares.values())

    @property
    def left_out(self) -> int:
        """How many values and texts were not kept, because there are too many keys."""
        return sum(share.left_out for share in self.shares.values())

    def again(self, headers: frozenset[int] | None = None) -> Reader:
        """A reader for the same file from its start, which knows what this one learned, or other header lines."""
        shares = {
            run: share.again(share.axis.premises() if headers is None else Axis()) for run, share in self.shares.items()
        }
        known = self.headers if headers is None else headers
        reader = Reader(
            self.path,
            self._root_name,
            self._metric,
            parse=self.parse,
            numbers=self._numbers,
            line_is_run=self._line_is_run,
            headers=known,
            shares=shares,
        )
        reader.rereads = True
        return reader

    def read(self, lines: Sequence[bytes], first_line: int, position: int) -> Batch:
        """The batch of these whole lines; `first_line` counts from 1 and begins at byte `position`."""
        batch = Batch(lines=len(lines))
        most = _CHUNK if len(self.shares) <= _FEW_RUNS else _LARGE_CHUNK
        for begin in range(0, len(lines), most):
            chunk = lines[begin : begin + most]
            self._chunk(batch, chunk, first_line + begin, position)
            position += sum(map(len, chunk)) + len(chunk)
        return batch.sealed()

    def read_alike(self, data: bytes, first_line: int) -> Batch | None:
        """The batch of these whole lines with their newlines, where all hold numbers under the same keys; None, and
        nothing is changed, where they are to be given to `read`."""
        if self._numbers is None or self.parse is not parse or self._line_is_run or first_line <= self._last_header:
            return None
        ends = ends_of(data)
        if ends is None:
            return None
        shape, keys = self._objects.shapes.of(ends.first), tuple(ends.first)
        numbers = None if shape.runs or shape.ids else self._numbers(data, keys)
        if numbers is None:
            return None
        batch = Batch(lines=ends.lines, events=ends.lines)
        share, rows = self._objects.share(batch, self._objects.own_run), batch.rows_of(self._objects.own_run)
        columns = Columns(ends.lines, numbers, {})
        stretch = Stretch(keys, (ends.last,), range(first_line, first_line + ends.lines), only_numbers=True)
        return batch.sealed() if take_columns(rows, share, shape, columns, stretch) else None

    @property
    def _last_header(self) -> int:
        return max(self.headers, default=0)

    def read_objects(self, objects: Sequence[dict[str, Any]]) -> Batch:
        """The batch of a document that holds these objects, as if each was a line."""
        batch = Batch(lines=len(objects))
        for line_number, obj in enumerate(objects, 1):
            given = self._objects.read(batch, obj, line_number)
            batch.events += given
            batch.skipped += not given
        return batch.sealed()

    def _chunk(self, batch: Batch, lines: Sequence[bytes], first_line: int, position: int) -> None:
        alike = len(lines) >= LEAST and not self._line_is_run
        objects = parse_all(lines) if alike and self.parse is parse else None
        if objects is not None and self._alike(batch, objects, first_line):
            return
        parsed = None if objects is not None and len(lines) > _CHUNK else list(map(self.parse, lines))
        if parsed is not None and objects is None and alike and all(each.reason is None for each in parsed):
            objects = [each.objects[0] for each in parsed if len(each.objects) == 1]
            if len(objects) == len(lines) and self._alike(batch, objects, first_line):
                return
        if parsed is None or len(lines) > _CHUNK:
            self._halves(batch, lines, first_line, position)
        else:
            self._one_by_one(batch, lines, parsed, first_line, position)

    def _halves(self, batch: Batch, lines: Sequence[bytes], first_line: int, position: int) -> None:
        """What stands against reading by columns may be in one half only."""
        half = len(lines) // 2
        self._chunk(batch, lines[:half], first_line, position)
        self._chunk(batch, lines[half:], first_line + half, position + sum(map(len, lines[:half])) + half)

    def _alike(self, batch: Batch, objects: Sequence[dict[str, Any]], first_line: int) -> bool:
        """Read stretches of lines with the same keys by columns; False, and nothing is read, for nested values."""
        if first_line <= self._last_header:
            return False
        stretch = None
        for stretch in stretches(objects, first_line):
            run_keys = self._objects.shapes.of(stretch.objects[0]).runs if len(stretch) >= LEAST else ()
            if stretch.distinct(run_keys) * LEAST > len(stretch):
                self._each(batch, stretch)
                continue
            for each in stretch.told_apart(run_keys) if run_keys else (stretch,):
                self._columns(batch, each)
        return stretch is not None

    def _one_by_one(
        self, batch: Batch, lines: Sequence[bytes], parsed: Sequence[Parsed], line_number: int, position: int
    ) -> None:
        for line, (objects, reason) in zip(lines, parsed, strict=True):
            if reason is not None:
                batch.rejected.append(Rejected(line_number, position, reason))
            given = False
            if self._line_is_run:
                self._objects.own_run = own_line_identity(self.path, line_number)
            for obj in objects:
                given = self._objects.read(batch, obj, line_number) or given
            batch.events += given
            batch.skipped += not given and reason is None
            position += len(line) + 1
            line_number += 1

    def _columns(self, batch: Batch, stretch: Stretch) -> None:
        """Lines of one run; after some that had to be read one by one it is tried again."""
        if LEAST <= len(stretch) <= FEW and stretch.only_numbers and self._few(batch, stretch):
            batch.events += len(stretch)
            return
        columns = stretch.columns() if len(stretch) >= LEAST else None
        if columns is None or columns.texts.get("event") in own_events.FIELDS:
            self._each(batch, stretch)
            return
        shape = self._objects.shapes.of(stretch.objects[0])
        run = self._objects.run_of(stretch.objects[0], shape.run)
        share, rows = self._objects.share(batch, run), batch.rows_of(run)
        few = LEAST // 4
        while not (len(stretch) >= LEAST and take_columns(rows, share, shape, columns, stretch)):
            first, stretch = stretch.cut(few)
            self._each(batch, first)
            if not len(stretch):
                return
            columns = columns.after(few)
            few *= 16
        batch.events += len(stretch)

    def _few(self, batch: Batch, stretch: Stretch) -> bool:
        """Take the lines where they are few, and as plain as can be."""
        shape = self._objects.shapes.of(stretch.objects[0])
        run = self._objects.run_of(stretch.objects[0], shape.run)
        return take_few(batch.rows_of(run), self._objects.share(batch, run), shape, stretch)

    def _each(self, batch: Batch, stretch: Stretch) -> None:
        for obj, line_number in zip(stretch.objects, stretch.line_numbers, strict=True):
            given = self._objects.read(batch, obj, line_number)
            batch.events += given
            batch.skipped += not given
