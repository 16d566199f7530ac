"""Reader: the lines of one file into a Batch, by the rules of the event format."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from labtop.store.read import own_events
from labtop.store.read.axis import Axis
from labtop.store.read.batch import Batch, Rejected, Rows, SaidEvent, SaidParam
from labtop.store.read.flatten import flatten, flatten_params
from labtop.store.read.identity import file_identity, line_identity
from labtop.store.read.keys import PARAM_OBJECT_KEYS
from labtop.store.read.lines import parse
from labtop.store.read.scalars import clock, elapsed, number, step_number, step_total
from labtop.store.read.shape import Shape
from labtop.store.read.shapes import Shapes
from labtop.store.read.share import Attribute, Share

_NAN = math.nan
_EXACT = 1 << 53  # whole numbers below are floats without loss
_TEXT_LIMIT = 2_000  # characters of a text attribute that are kept


class Reader:
    """Reads one file. `shares` is what earlier stretches of it gave, by run id, `metrics` the metrics in them;
    `headers` are the numbers of its header lines. `metric` numbers a metric by name. The same bytes give the same rows
    in any stretches."""

    def __init__(
        self,
        path: PurePosixPath,
        root_name: str,
        metric: Callable[[str], int],
        *,
        headers: frozenset[int] = frozenset(),
        shares: Mapping[str, Share] | None = None,
        metrics: Iterable[str] = (),
    ) -> None:
        self.path = path
        self.headers = headers
        self.rereads = False  # the next lines are not new
        self.shares: dict[str, Share] = dict(shares or {})
        self._root_name = root_name
        self._metric = metric
        self._own_run = file_identity(path, root_name)
        self._shapes = Shapes(metric, metrics)
        self._identities: dict[tuple[str, str], str] = {}

    @property
    def revised(self) -> bool:
        """Whether a line showed that earlier ones were placed wrongly: then read from the start with `again`."""
        return any(share.axis.revised for share in self.shares.values())

    @property
    def left_out(self) -> int:
        """How many keys were no longer taken for metrics, because there are too many."""
        return len(self._shapes.left_out)

    def again(self, headers: frozenset[int] | None = None) -> Reader:
        """A reader for the same file from its start, which knows what this one learned, or other header lines."""
        shares = {
            run: share.again(share.axis.premises() if headers is None else Axis()) for run, share in self.shares.items()
        }
        known = self.headers if headers is None else headers
        reader = Reader(self.path, self._root_name, self._metric, headers=known, shares=shares)
        reader._shapes = self._shapes
        reader.rereads = True
        return reader

    def read(self, lines: Iterable[bytes], first_line: int, position: int) -> Batch:
        """The batch of these whole lines; `first_line` counts from 1 and begins at byte `position`."""
        batch = Batch()
        line_number = first_line
        for line in lines:
            parsed = parse(line)
            if parsed.reason is not None:
                batch.rejected.append(Rejected(line_number, position, parsed.reason))
            given = False
            for obj in parsed.objects:
                given = self._object(batch, obj, line_number) or given
            batch.events += given
            batch.skipped += not given and parsed.reason is None
            position += len(line) + 1
            line_number += 1
        batch.lines = line_number - first_line
        return batch

    def _object(self, batch: Batch, obj: dict[str, Any], line_number: int) -> bool:
        """Read one object; whether it held anything."""
        event = obj.get("event")
        if isinstance(event, str) and event in own_events.FIELDS:
            return self._own(batch, event, obj, line_number)
        if line_number in self.headers:
            run = self._run_of(obj)
            self._share(batch, run)
            header = flatten_params(obj).items()
            batch.params.extend(SaidParam(run, line_number, key, value, "header") for key, value in header)
            return True
        params: list[str] = []
        if dict in map(type, obj.values()):
            params = [key for key, value in obj.items() if type(value) is dict and key.lower() in PARAM_OBJECT_KEYS]
        flat = flatten({key: value for key, value in obj.items() if key not in params} if params else obj)
        if not flat and not params:
            return False
        shape = self._shapes.of(flat)
        run = self._run_of(flat) if shape.runs else self._own_run
        share = self._share(batch, run)
        for key in params:
            self._params(batch, run, share, key, obj[key], line_number)
        if flat:
            self._values(batch, run, share, flat, shape, line_number)
        return True

    def _own(self, batch: Batch, event: str, obj: dict[str, Any], line_number: int) -> bool:
        run = self._run_of(obj)
        share = self._share(batch, run)
        rest = flatten(own_events.measured(event, obj))
        moment = clock(obj.get("time"))
        if any(key not in own_events.COMMON for key in rest):
            self._values(batch, run, share, rest, self._shapes.of(rest), line_number)
        elif moment is not None:
            self._seen(share, moment)
        own_events.apply(share, event, obj)
        for key, value in own_events.params_of(obj).items():
            batch.params.append(SaidParam(run, line_number, key, value, "run"))
        if event in own_events.KEPT:
            data = {key: value for key, value in obj.items() if key not in own_events.COMMON}
            batch.said.append(SaidEvent(run, line_number, moment, event, own_events.headline(event, obj), data))
        if event == "metric" and isinstance(obj.get("name"), str):
            self._metric(obj["name"])
            batch.said.append(SaidEvent(run, line_number, moment, event, obj["name"], obj))
        return True

    def _run_of(self, line: Mapping[str, Any]) -> str:
        """The id of the run that the line belongs to."""
        for key in ("run", "run_id", "trial_id", "run_name"):
            value = line.get(key)
            if type(value) is int:
                value = str(value)
            if isinstance(value, str) and value:
                known = self._identities.get((key, value))
                if known is None:
                    known = line_identity(self.path, key, value, self._root_name)
                    self._identities[key, value] = known
                return known
        return self._own_run

    def _share(self, batch: Batch, run: str) -> Share:
        share = self.shares.get(run)
        if share is None:
            share = self.shares[run] = Share()
        batch.shares[run] = share
        return share

    def _params(self, batch: Batch, run: str, share: Share, key: str, value: dict[str, Any], line_number: int) -> None:
        """An object of parameters inside a line; said again unchanged, it is not stored again."""
        params = flatten_params(value)
        mark = _mark(params)
        if share.said.get(key) != mark:
            share.said[key] = mark
            batch.params.extend(SaidParam(run, line_number, name, said, "line") for name, said in params.items())

    def _values(
        self, batch: Batch, run: str, share: Share, flat: dict[str, Any], shape: Shape, line_number: int
    ) -> None:
        """Place the line on the run's axis and take its values."""
        if share.end_status is not None or share.crashed:
            share.wake()
        moment, clock_key, since = self._times(share, shape, flat)
        step, step_key = _step(shape, flat)
        epoch = step_number(flat[shape.epoch]) if shape.epoch is not None else None
        axis = share.axis
        here = axis.place(step, step_key, shape.group, epoch, since)
        if shape.progress or (step_key is not None and type(flat[step_key]) is str):
            self._progress(share, shape, flat, step_key)

        rows = batch.rows.get(run)
        if rows is None:
            rows = batch.rows[run] = Rows()
        before = len(rows.value)
        add_metric, add_value = rows.metric.append, rows.value.append
        for key, metric in shape.values:
            if key == step_key:
                continue
            value = flat[key]
            if type(value) is float:
                add_metric(metric)
                add_value(value)
            else:
                self._other(share, shape, key, value, metric, rows)
        for key, metric in shape.times:
            if key != clock_key and clock(flat[key]) is None:
                self._other(share, shape, key, flat[key], metric, rows)
        for key in shape.ids:
            self._attribute(share, key, flat[key], is_id=True)
        rows.at.extend([len(rows.step)] * (len(rows.value) - before))
        rows.number.append(line_number)
        rows.step.append(here)
        rows.time.append(_NAN if moment is None else moment)
        rows.elapsed.append(_NAN if since is None else since)
        rows.attempt.append(axis.attempt)
        rows.pass_.append(axis.pass_)
        share.step = here
        share.attempt = axis.attempt
        if axis.pass_:
            share.resumed = True
            if axis.rewrites(here):
                batch.rewritten.add(run)

    def _other(self, share: Share, shape: Shape, key: str, value: object, metric: int, rows: Rows) -> None:
        """A value that is no plain float: another kind of number, or a text."""
        found = number(value)
        if found is not None:
            rows.metric.append(metric)
            rows.value.append(found)
        elif isinstance(value, str) and key not in shape.elapsed and key != shape.eta and step_number(value) is None:
            self._attribute(share, key, value, is_id=False)

    def _attribute(self, share: Share, key: str, value: object, *, is_id: bool) -> None:
        text = str(value)[:_TEXT_LIMIT]
        known = share.attributes.get(key)
        if known is None:
            share.attributes[key] = Attribute(text, is_id=is_id)
            return
        known.count += 1
        if known.value != text:
            known.value = text
            known.changed = True

    def _times(self, share: Share, shape: Shape, flat: dict[str, Any]) -> tuple[float | None, str | None, float | None]:
        """The line's clock, the key that holds it, and its elapsed seconds, each where the line has one."""
        moment = clock_key = since = None
        for key in shape.clocks:
            moment = clock(flat[key])
            if moment is not None:
                clock_key = key
                self._seen(share, moment)
                break
        for key in shape.elapsed:
            since = elapsed(flat[key])
            if since is not None:
                break
        return moment, clock_key, since

    def _seen(self, share: Share, moment: float) -> None:
        """The run had a line at this moment."""
        updated = share.updated
        if updated is None or moment > updated:
            if updated is not None and moment - updated > (share.gap_s or 0.0):
                share.gap_s = moment - updated
            share.updated = moment
        if share.started is None or moment < share.started:
            share.started = moment

    def _progress(self, share: Share, shape: Shape, flat: dict[str, Any], step_key: str | None) -> None:
        """What the line says of how far the run is."""
        if shape.total is not None:
            share.total_steps = number(flat[shape.total]) or share.total_steps
        if step_key is not None and isinstance(flat[step_key], str):
            share.total_steps = step_total(flat[step_key]) or share.total_steps
        if shape.eta is not None:
            share.eta_s = elapsed(flat[shape.eta])
        percent = flat.get("percentage")
        if percent is not None:
            share.percent = number(percent.rstrip("%") if isinstance(percent, str) else percent)


def _step(shape: Shape, flat: Mapping[str, Any]) -> tuple[float | None, str | None]:
    """The line's own step, and the key that says it."""
    for key in shape.steps:
        value = flat[key]
        step = float(value) if type(value) is int and abs(value) < _EXACT else step_number(value)
        if step is not None:
            return step, key
    return None, None


def _mark(params: Mapping[str, Any]) -> int:
    """A number that is the same for the same parameters, also in another process."""
    return zlib.crc32(repr(sorted(params.items(), key=lambda item: item[0])).encode("utf-8", "replace"))
