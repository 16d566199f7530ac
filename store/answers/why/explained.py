"""How much of a metric's ranks a param explains. Pure functions of numpy; docs/statistics.md says it at length."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.across.ranks import correlation, ranks
from labtop.store.model import Floats

FEWEST: Final = 5
"""Of fewer runs any order is likely by chance: one time in twelve four random points only rise, or only fall."""
RUNS_A_VALUE: Final = 2
"""So many runs a value has on average, at least, else a category is as good as a name of each run."""
_FEW_VALUES: Final = (3, 12)  # groups of two values and a line through them are one thing
_OF_FEW: Final = 3  # runs a value of a number that is judged as a category
_CLEARLY: Final = 0.1
_MISFIT: Final = 4.0  # of F: noise alone reaches it less than one time in ten


def adjusted(share: float, runs: int, terms: int) -> float:
    """R squared without what so many terms explain of mere noise, never below 0; terms + 1 < runs.

    1 - (1 - R2) (n - 1) / (n - p - 1): M. Ezekiel, Methods of Correlation Analysis, 1930. For the ranks of groups it is
    what M. and E. Tomczak, The need to report effect size estimates revisited, 2014, call eta squared: with H of
    Kruskal and Wallis and k groups (H - k + 1) / (n - k).
    """
    return max(0.0, 1 - (1 - share) * (runs - 1) / (runs - terms - 1))


def monotone(x: Floats, up: Floats) -> float | None:
    """Spearman's rank correlation of finite numbers with a metric that has the ranks `up`; None where one is constant.

    Its square is the share of the variance of one's ranks that a straight line through the other's explains.
    """
    return correlation(ranks(x), up)


def between(group: NDArray[np.intp], up: Floats) -> float | None:
    """The share of the variance of the ranks `up` that lies between the groups, 0 to 1; None where all are equal.

    The sum of squares between groups in parts of the whole. It is H / (n - 1) of the rank test, corrected for ties: W.
    H. Kruskal and W. A. Wallis, Use of ranks in one-criterion variance analysis, 1952; as a measure of effect epsilon
    squared, as in Tomczak and Tomczak 2014.
    """
    from_mean = up - (len(up) + 1) / 2
    whole = float(from_mean @ from_mean)
    sums, counts = np.bincount(group, from_mean), np.bincount(group)
    return float((sums**2 / counts).sum()) / whole if whole else None


def peak(line: float, groups: float, runs: int, values: int) -> float | None:
    """What a number of few values explains group by group, where that is clearly more than the `line` does.

    `line` and `groups` are shares of `monotone` and `between`. The line is one way in which groups may differ, so that
    an F test tells whether it fits: N. R. Draper and H. Smith, Applied Regression Analysis, 3rd edition 1998, chapter 2
    ("lack of fit"). F has to be 4, and the adjusted share larger by a tenth.
    """
    low, high = _FEW_VALUES
    if not low <= values <= high or runs < _OF_FEW * values:
        return None
    left = 1 - groups
    misfit, noise = (groups - line) / (values - 2), left / (runs - values)
    explained = adjusted(groups, runs, values - 1)
    is_clear = misfit >= _MISFIT * noise and explained >= adjusted(line, runs, 1) + _CLEARLY
    return explained if is_clear else None
