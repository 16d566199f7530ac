"""Whether values count a training, where their name alone does not tell: data sets have dates and rounds too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

ENOUGH = 3
"""The first so many values tell; fewer do not yet."""


def counts_up(values: Sequence[float]) -> bool:
    """Whether there are enough values, of which the first ones never fall and do rise."""
    first = values[:ENOUGH]
    return len(first) == ENOUGH and first[0] < first[-1] and all(one <= next_one for one, next_one in pairwise(first))
