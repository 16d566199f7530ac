"""Objects: what single objects of a file's lines say, and of which run."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from labtop.store.read import own_events
from labtop.store.read.batch import Batch, SaidEvent, SaidParam
from labtop.store.read.flatten import flatten, flatten_params
from labtop.store.read.identity import file_identity, line_identity
from labtop.store.read.keys import MOST_KEYS, PARAM_OBJECT_KEYS
from labtop.store.read.line_values import take_line
from labtop.store.read.nested import nested_repr
from labtop.store.read.scalars import clock
from labtop.store.read.shape import Shape
from labtop.store.read.shapes import Shapes
from labtop.store.read.share import Share


class Objects:
    """Reads objects into a batch, and keeps what they say of each run in `shares`, by run id. `own_run` is the run of
    those that name none. The other arguments are those of a `Reader`."""

    def __init__(
        self,
        path: PurePosixPath,
        root_name: str,
        metric: Callable[[str], int],
        headers: frozenset[int],
        shares: Mapping[str, Share],
        metrics: Iterable[str],
    ) -> None:
        self.shares: dict[str, Share] = dict(shares)
        self.shapes = Shapes(metric, metrics)
        self.own_run = file_identity(path, root_name)
        self._path = path
        self._root_name = root_name
        self._metric = metric
        self._headers = headers
        self._identities: dict[tuple[str, str | int], str] = {}

    def read(self, batch: Batch, obj: dict[str, Any], line_number: int) -> bool:
        """Read one object; whether it held anything."""
        event = obj.get("event")
        if isinstance(event, str) and event in own_events.FIELDS:
            return self._own(batch, event, obj, line_number)
        if line_number in self._headers:
            run = self.run_of(obj, self.shapes.run_key(obj))
            self.share(batch, run)
            header = flatten_params(obj).items()
            batch.params.extend(SaidParam(run, line_number, key, value, "header") for key, value in header)
            return True
        params: list[str] = []
        if dict in map(type, obj.values()):
            params = [key for key, value in obj.items() if type(value) is dict and key.lower() in PARAM_OBJECT_KEYS]
        flat = flatten({key: value for key, value in obj.items() if key not in params} if params else obj)
        if not flat and not params:
            return False
        shape = self.shapes.of(flat)
        run = self.run_of(flat, shape.run)
        share = self.share(batch, run)
        for key in params:
            self._params(batch, run, share, key, obj[key], line_number)
        if flat:
            self._take(batch, run, share, flat, shape, line_number)
        return True

    def _take(self, batch: Batch, run: str, share: Share, flat: dict[str, Any], shape: Shape, line_number: int) -> None:
        if take_line(batch.rows_of(run), share, shape, flat, line_number):
            batch.rewritten.add(run)

    def _own(self, batch: Batch, event: str, obj: dict[str, Any], line_number: int) -> bool:
        run = self.run_of(obj, self.shapes.run_key(obj))
        share = self.share(batch, run)
        rest = flatten(own_events.measured(event, obj))
        moment = clock(obj.get("time"))
        if any(key not in own_events.COMMON for key in rest):
            self._take(batch, run, share, rest, self.shapes.of(rest), line_number)
        elif moment is not None:
            share.seen(moment)
        own_events.apply(share, event, obj)
        for key, value in own_events.params_of(obj).items():
            batch.params.append(SaidParam(run, line_number, key, value, "run"))
        if event in own_events.KEPT:
            data = {key: value for key, value in obj.items() if key not in own_events.COMMON}
            text = own_events.headline(event, obj)
            batch.said.append(SaidEvent(run, line_number, moment, event, text, data))
        if event == "metric" and isinstance(obj.get("name"), str):
            self._declare(batch, share, SaidEvent(run, line_number, moment, event, obj["name"], obj))
        return True

    def _declare(self, batch: Batch, share: Share, said: SaidEvent) -> None:
        """A metric that an event tells of may be known by it alone."""
        if share.declared < MOST_KEYS:
            share.declared += 1
            self._metric(said.text)
        elif not self.shapes.has(said.text):
            share.left_out += 1
            return
        batch.said.append(said)

    def run_of(self, line: Mapping[str, Any], key: str | None) -> str:
        """The id of the run that the line belongs to, which this key of it names."""
        if key is None:
            return self.own_run
        value = line[key]
        known = self._identities.get((key, value))
        if known is None:
            known = line_identity(self._path, key.lower(), str(value), self._root_name)
            self._identities[key, value] = known
        return known

    def share(self, batch: Batch, run: str) -> Share:
        """What the file says of the run, which the batch touches."""
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


def _mark(params: Mapping[str, Any]) -> int:
    """A number that is the same for the same parameters, also in another process."""
    return zlib.crc32(nested_repr(dict(sorted(params.items(), key=lambda item: item[0]))).encode("utf-8", "replace"))
