"""Rank correlation: how strictly one number rises or falls with another. Pure functions of numpy."""

from __future__ import annotations

import math

import numpy as np

from labtop.store.model import Floats

_FEWEST = 3  # two points always lie on a line


def ranks(values: Floats) -> Floats:
    """The rank of each value, from 1; equal ones share the mean of their ranks. No value may be NaN."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    mean: Floats = np.cumsum(counts) - (counts - 1) / 2
    return mean[place]


def spearman(x: Floats, y: Floats) -> float | None:
    """Spearman's rank correlation, -1 to 1, of two arrays of one length without NaN.

    It is the product-moment correlation of the ranks, equal values having their mean rank: C. Spearman, The proof and
    measurement of association between two things, 1904; with ties M. Kendall and J. D. Gibbons, Rank Correlation
    Methods, 5th edition 1990, chapter 3. None for fewer than three points, and where all x or all y are equal.
    """
    return correlation(ranks(x), ranks(y))


def correlation(x: Floats, y: Floats) -> float | None:
    """Spearman's correlation from the ranks of both, in the same order; None as there."""
    if len(x) < _FEWEST:
        return None
    across, up = x - (len(x) + 1) / 2, y - (len(y) + 1) / 2
    spread = math.sqrt(float(across @ across) * float(up @ up))
    return float(across @ up) / spread if spread else None
