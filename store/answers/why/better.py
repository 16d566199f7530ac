"""Whether one group of runs is better than another, by the bootstrap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from labtop.store.answers.why.sides import Sides
from labtop.store.model import Better, Floats, Goal, Judgement, Sample

_CONFIDENCE: Final = 0.95
_FEWEST: Final = 2
_TRUSTED: Final = 5  # runs on a side
_RESAMPLES: Final = 9999
_LEAST_RESAMPLES: Final = 999
_MOST_DRAWS: Final = 5_000_000  # for one answer: groups of 500 runs are drawn as often as those of 5
_AT_ONCE: Final = 2**20  # numbers of resamples in memory, 8 MB


def better(sides: Sides) -> Better:
    """Which side is better. The same data give the same answer."""
    runs, against = sides.runs.sample, sides.against.sample
    difference = None if runs.mean is None or against.mean is None else runs.mean - against.mean
    has_enough = min(runs.runs, against.runs) >= _FEWEST
    interval = _interval(sides.runs.values, sides.against.values) if has_enough else None
    return Better(
        metric=sides.metric,
        goal=sides.goal,
        runs=runs,
        against=against,
        difference=difference,
        interval=interval,
        verdict=_verdict(interval, sides.goal),
        remark="; ".join(_remarks(runs, against)),
    )


def _difference(runs: Floats, against: Floats, axis: int = -1) -> Floats:
    of_means: Floats = runs.mean(axis=axis) - against.mean(axis=axis)
    return of_means


def _interval(runs: Floats, against: Floats) -> tuple[float, float]:
    """The percentile bootstrap's 95 % confidence interval of the difference of means, of two values a side at least.

    Each side is drawn from anew, with replacement, 9,999 times: B. Efron and R. J. Tibshirani, An Introduction to the
    Bootstrap, 1993, chapters 8 and 13. Not BCa, scipy's default: its correction for skewness is worked out from the
    values left out one by one, of which a few seeds have too few to tell a skew, and where all values are equal it is
    0 / 0; of a difference of means there is no bias to correct.

    Of thousands of runs it is drawn less often, 999 times at least: their means hardly vary.

    Values are scaled so that no sum overflows, and measured from one of them, so that equal ones differ by exactly 0.
    """
    from scipy.stats import bootstrap  # takes a second to load

    largest = max(np.abs(runs).max(), np.abs(against).max())
    scale = np.ldexp(1.0, np.frexp(largest)[1] - 1) if largest else 1.0
    origin = against[0] / scale
    found = bootstrap(
        (runs / scale - origin, against / scale - origin),
        _difference,
        n_resamples=min(_RESAMPLES, max(_LEAST_RESAMPLES, _MOST_DRAWS // (len(runs) + len(against)))),
        batch=max(1, _AT_ONCE // (len(runs) + len(against))),
        vectorized=True,
        confidence_level=_CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    low, high = found.confidence_interval
    return _times(low, scale), _times(high, scale)


def _times(value: float, scale: float) -> float:
    """The product, infinite where no float holds it."""
    return float(value) * float(scale)


def _verdict(interval: tuple[float, float] | None, goal: Goal | None) -> Judgement:
    if interval is None:
        return "too few"
    low, high = interval
    if low <= 0 <= high:
        return "no evidence"
    if goal is None:
        return "higher" if low > 0 else "lower"
    return "better" if (low > 0) == (goal == "max") else "worse"


def _remarks(runs: Sample, against: Sample) -> Iterator[str]:
    """How far the interval can be trusted. Of n runs it is too narrow by the root of (n - 1) / n, and by more of few.

    T. C. Hesterberg, What Teachers Should Know About the Bootstrap, The American Statistician 69, 2015.
    """
    fewest = min(runs.runs, against.runs)
    if fewest < _FEWEST:
        yield f"too few runs with a finite value on a side: it takes {_FEWEST}, better {_TRUSTED}"
    elif fewest < _TRUSTED:
        yield f"only {fewest} runs on a side: the interval is too narrow, it takes {_TRUSTED} to trust it"
    if runs.lost or against.lost:
        yield "runs whose value is NaN or infinite do not count"
    if count := runs.unfinished + against.unfinished:
        some = "1 run counts that goes on" if count == 1 else f"{count} runs count that go on"
        yield f"{some} still or failed: `status = finished` leaves them out"
