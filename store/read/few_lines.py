"""What a few lines with the same keys and nothing but numbers say, as live logs give them.

It is the same as column by column, in plain Python, which for so few takes half the time that arrays do.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from operator import le

import numpy as np

from labtop.store.read.axis import Ends
from labtop.store.read.batch import Rows
from labtop.store.read.scalars import LARGEST, SECONDS
from labtop.store.read.shape import Shape
from labtop.store.read.share import Share
from labtop.store.read.uniform import Stretch

FEW = 32
"""More lines are read sooner column by column."""


class _Uncertain(Exception):
    """A column is none of those that are read here."""


def take_few(rows: Rows, share: Share, shape: Shape, stretch: Stretch) -> bool:
    """Place the lines and take their values; False, and nothing is changed, where it is not as plain as it mostly is:
    steps and epochs that never fall, at most one clock, in seconds, and metrics that were there before."""
    if shape.ids or shape.progress or shape.elapsed or len(shape.clocks) > 1 or not shape.steps:
        return False
    step_key, *_ = shape.steps
    metrics = {key: metric for key, metric in shape.values.items() if key != step_key}
    known = tuple(metric for metric in metrics.values() if metric is not None)
    if len(known) < len(metrics):
        return False
    columns = dict(zip(stretch.keys, zip(*map(dict.values, stretch.objects), strict=True), strict=True))
    moments = columns[shape.clocks[0]] if shape.clocks else ()
    try:
        steps, epochs = _ends(columns[step_key]), None if shape.epoch is None else _ends(columns[shape.epoch])
        value = np.array([columns[key] for key in metrics], np.float64)
    except (_Uncertain, OverflowError):
        return False
    if not all(SECONDS[0] <= moment <= SECONDS[1] for moment in moments):
        return False
    offset = share.axis.place_all(len(stretch), steps, step_key, shape.group, epochs, None)
    if offset is None:
        return False
    share.heard_of()
    for moment in moments:
        share.seen(float(moment))
    here = array("d", [step + offset for step in columns[step_key]])
    if metrics:
        rows.add_table(known, value)
    rows.add_lines(stretch.line_numbers, here.tobytes(), array("d", moments).tobytes(), b"", share.axis)
    share.stands_at(here[-1])
    return True


def _ends(column: Sequence[float]) -> Ends:
    """The ends of numbers that never fall and may be steps."""
    ends = Ends(float(column[0]), float(column[-1]))
    if not (ends.first >= -LARGEST and ends.last <= LARGEST and all(map(le, column, column[1:]))):
        raise _Uncertain
    return ends
