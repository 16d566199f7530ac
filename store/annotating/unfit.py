"""What speaks against a run whose model is to be used, in words that a record can keep."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from labtop.store.answers.lacking import lacking
from labtop.store.model import RunDetail, Status

_ENDED_WELL = (Status.FINISHED, Status.ENDED)
_STATES = {
    Status.RUNNING: "the run is still running",
    Status.STALE: "the run has gone silent",
    Status.FAILED: "the run failed",
    Status.CRASHED: "the run crashed",
    Status.KILLED: "the run was killed",
}
_AGAINST = ("discard", "stop")
_MOST = 4


def unfit(detail: RunDetail) -> Iterator[str]:
    """How the run ended, what was decided of it, what its metrics came to, what its record lacks."""
    run = detail.run
    if run.status not in _ENDED_WELL:
        yield _STATES[run.status]
    if run.verdict in _AGAINST:
        yield f"the last decision on the run is {run.verdict}"
    last = {name: metric.last for name, metric in sorted(detail.metrics.items()) if metric.goal}
    lost = {name: value for name, value in last.items() if value is not None and not math.isfinite(value)}
    if lost:
        yield f"{names(list(lost))} ended in {'NaN' if all(map(math.isnan, lost.values())) else 'NaN or inf'}"
    yield from lacking(detail)


def names(those: Sequence[str]) -> str:
    """The first of them."""
    return ", ".join(those[:_MOST]) + (f" and {len(those) - _MOST} more" if len(those) > _MOST else "")
