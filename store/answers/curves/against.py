"""Against: a metric whose x is another metric's value."""

from __future__ import annotations

import numpy as np

from labtop.store.answers.curves.block import Points
from labtop.store.answers.curves.cut import segments


def against(points: Points, other: Points) -> Points:
    """The points with the other's values as x: those at the same step, else at the last step before; by attempt and x.

    Both are over steps. Points for which there is none yet, or none that is finite, have no place.
    """
    begins = {int(other.attempt[begin]): (begin, end) for begin, end in segments(other.attempt)}
    parts = []
    for begin, end in segments(points.attempt):
        if (place := begins.get(int(points.attempt[begin]))) is None:
            continue
        first, last = place
        found = first - 1 + np.searchsorted(other.x[first:last], points.x[begin:end], "right")
        x = np.where(found >= first, other.value[np.maximum(found, first)], np.nan)
        here = np.flatnonzero(np.isfinite(x))
        here = here[np.argsort(x[here], kind="stable")]
        parts.append(Points(x[here], points.value[begin:end][here], points.attempt[begin:end][here]))
    return Points.joined(parts)
