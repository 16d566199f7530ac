"""When the lines were written, for logs that do not say it by a clock."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from labtop.store.model import Floats
from labtop.store.read.batch import Rows
from labtop.store.read.share import Share

_LINE_S = 1.0  # seconds a line, where nothing at all tells


class Arrival(NamedTuple):
    """How a stretch of lines came. While tailing, `now` is the moment of reading. Of what was already there, `now` is
    the file's mtime, `read` the share of the file (0 to 1) that ends with this stretch, and `left` the lines behind it.
    """

    now: float
    tailing: bool
    last_line: int
    read: float = 1.0
    left: float = 0.0


def fill_times(rows: Rows, share: Share, arrival: Arrival) -> Floats:
    """The time of each line of `rows`: its clock, else by elapsed seconds, else estimated. Updates `share`."""
    time = np.array(rows.time, dtype=np.float64)
    unknown = np.isnan(time)
    if np.count_nonzero(unknown):
        since = np.array(rows.elapsed, dtype=np.float64)
        share.estimated = True
        if not unknown.all():
            time = _beside_clocks(time, unknown)
        elif not np.isnan(since).all():
            time = _by_elapsed(since, share, arrival)
        else:
            time = _spread(np.array(rows.number, dtype=np.float64), share, arrival)
        _note(share, time)
    return time


def _note(share: Share, time: Floats) -> None:
    first, last = float(time.min()), float(time.max())
    share.started = first if share.started is None else min(share.started, first)
    share.updated = last if share.updated is None else max(share.updated, last)


def _gap(share: Share, seconds: float) -> None:
    share.gap_s = max(share.gap_s or 0.0, seconds)


def _beside_clocks(time: Floats, unknown: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
    """Lines without a clock among lines with one: the last clock before them, else the first after."""
    index = np.where(unknown, 0, np.arange(len(time)))
    np.maximum.accumulate(index, out=index)
    filled = time[index]
    return np.where(np.isnan(filled), time[~unknown][0], filled)


def _by_elapsed(since: Floats, share: Share, arrival: Arrival) -> Floats:
    """Elapsed seconds need one anchor; where they fall, a new attempt began right after the last line."""
    known = np.flatnonzero(~np.isnan(since))
    _gap_of(since[known], share)
    since = np.interp(np.arange(len(since)), known, since[known])
    falls = np.flatnonzero(np.diff(since) < 0)
    ends = np.zeros(len(since))
    ends[falls + 1] = since[falls]
    whole = since + np.cumsum(ends)
    anchor = share.anchor
    if share.last_elapsed is not None and since[0] < share.last_elapsed:
        anchor = None if arrival.tailing or share.updated is None else share.updated - float(since[0])
    if anchor is None:
        anchor = arrival.now - float(whole[-1]) / (1.0 if arrival.tailing else max(arrival.read, 1e-3))
    share.anchor = anchor + float(ends.sum())
    share.last_elapsed = float(since[-1])
    return anchor + whole


def _gap_of(since: Floats, share: Share) -> None:
    """The longest silence between lines that say the seconds since the start."""
    before = since if share.last_elapsed is None else np.concatenate([[share.last_elapsed], since])
    silence = np.diff(before)
    if len(silence):
        _gap(share, float(np.where(silence < 0, before[1:], silence).max()))


def _spread(number: Floats, share: Share, arrival: Arrival) -> Floats:
    """No time at all: the moment of reading; of what was already there, evenly from what is known of the run's start
    to `arrival.now`, or one line a second."""
    if arrival.tailing:
        if share.heard:
            _gap(share, max(0.0, arrival.now - share.heard))
        return np.full(len(number), arrival.now)
    behind = arrival.left + arrival.last_line - number
    if share.silence_s is not None:
        _gap(share, share.silence_s)
    begun = share.updated or share.begun
    if begun is None:
        return arrival.now - _LINE_S * behind
    return arrival.now - behind * max(0.0, arrival.now - begun) / (float(behind[0]) + 1)
