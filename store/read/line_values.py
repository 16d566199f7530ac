"""What one line says: its place on the run's axis, its time and its values, into the rows and the share of its run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from labtop.store.read.batch import Rows
from labtop.store.read.keys import DONE_KEYS, MOST_KEYS
from labtop.store.read.scalars import clock, elapsed, number, positive, step_number, step_total
from labtop.store.read.shape import Shape
from labtop.store.read.share import Attribute, Share

_NAN = math.nan
_EXACT = 1 << 53  # whole numbers below are floats without loss
_TEXT_LIMIT = 2_000  # characters of a text attribute that are kept


def take_line(rows: Rows, share: Share, shape: Shape, flat: Mapping[str, Any], line_number: int) -> bool:
    """Place the flattened line and take its values; whether it may have rewritten what an earlier pass wrote."""
    share.heard_of()
    moment, clock_key, since = _times(share, shape, flat)
    step, step_key = _step(shape, flat)
    epoch = step_number(flat[shape.epoch]) if shape.epoch is not None else None
    axis = share.axis
    here = axis.place(step, step_key, shape.group, epoch, since)
    if shape.progress or (step_key is not None and type(flat[step_key]) is str):
        note_progress(share, shape, flat, step_key)
    before = len(rows.value)
    add_metric, add_value = rows.metric.append, rows.value.append
    for key, metric in shape.values.items():
        if key == step_key:
            continue
        value = flat[key]
        if metric is not None and type(value) is float:
            add_metric(metric)
            add_value(value)
        else:
            _other(share, shape, key, value, metric, rows)
    for key, metric in shape.times.items():
        if key != clock_key and clock(flat[key]) is None:
            _other(share, shape, key, flat[key], metric, rows)
    for key in shape.ids:
        note_attribute(share, key, flat[key], is_id=True)
    rows.at.extend([len(rows.step)] * (len(rows.value) - before))
    rows.number.append(line_number)
    rows.step.append(here)
    rows.time.append(_NAN if moment is None else moment)
    rows.elapsed.append(_NAN if since is None else since)
    rows.attempt.append(axis.attempt)
    rows.pass_.append(axis.pass_)
    share.stands_at(here)
    return bool(axis.pass_) and axis.rewrites(here)


def _other(share: Share, shape: Shape, key: str, value: object, metric: int | None, rows: Rows) -> None:
    """A value that is no plain float, or the first one of its key: another kind of number, or a text."""
    found = number(value)
    if found is not None:
        if metric is None:
            metric = shape.metric_of(key)
        if metric is None:
            share.left_out += 1
            return
        rows.metric.append(metric)
        rows.value.append(found)
    elif isinstance(value, str) and is_attribute(shape, key, value):
        note_attribute(share, key, value, is_id=False)


def is_attribute(shape: Shape, key: str, text: str) -> bool:
    """Whether a text that is no number says something of the run, and not when or how far."""
    return key not in shape.elapsed and key != shape.eta and step_number(text) is None


def note_attribute(share: Share, key: str, value: object, *, is_id: bool, times: int = 1) -> None:
    """An attribute that so many lines hold, all with this value; of a run that has too many, another is left out."""
    text = str(value)[:_TEXT_LIMIT]
    known = share.attributes.get(key)
    if known is None and len(share.attributes) >= MOST_KEYS:
        share.left_out += times
        return
    if known is None:
        share.attributes[key] = Attribute(text, times, is_id=is_id)
        return
    known.count += times
    if known.value != text:
        known.value = text
        known.changed = True


def _times(share: Share, shape: Shape, flat: Mapping[str, Any]) -> tuple[float | None, str | None, float | None]:
    """The line's clock, the key that holds it, and its elapsed seconds, each where the line has one."""
    moment = clock_key = since = None
    for key in shape.clocks:
        moment = clock(flat[key])
        if moment is not None:
            clock_key = key
            share.seen(moment)
            break
    for key in shape.elapsed:
        since = elapsed(flat[key])
        if since is not None:
            break
    return moment, clock_key, since


def _step(shape: Shape, flat: Mapping[str, Any]) -> tuple[float | None, str | None]:
    """The line's own step, and the key that says it."""
    for key in shape.steps:
        value = flat[key]
        step = float(value) if type(value) is int and abs(value) < _EXACT else step_number(value)
        if step is not None:
            return step, key
    return None, None


def note_progress(share: Share, shape: Shape, flat: Mapping[str, Any], step_key: str | None) -> None:
    """What the line says of how far the run is."""
    if shape.total is not None:
        share.total_steps = positive(flat[shape.total]) or share.total_steps
    if step_key is not None and isinstance(flat[step_key], str):
        share.total_steps = step_total(flat[step_key]) or share.total_steps
    if shape.eta is not None:
        share.eta_s = elapsed(flat[shape.eta])
    if flat.get("done") is True and flat.keys() >= DONE_KEYS:
        share.end_status = "finished"
    percent = flat.get("percentage")
    if percent is not None:
        share.percent = step_number(percent.rstrip("%") if isinstance(percent, str) else percent)
