"""Clip: the range of y that shows all values but outliers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labtop.store.answers.curves.cut import scale_of
from labtop.store.model import Clip, Floats

FAR_OUT = 3.0
"""Tukey's outer fences (Exploratory Data Analysis, 1977, section 2D): three times the hinges' distance beyond them."""


def clip(values: Sequence[Floats], *, log_y: bool = False) -> Clip | None:
    """The range without what lies beyond the outer fences, and how many values those are; None where none is.

    `log_y` judges logarithms, of positive values.
    """
    value = np.concatenate([*values, np.empty(0)])
    value = value[np.isfinite(value) & ((value > 0) | (not log_y))]
    if not len(value):
        return None
    judged = np.log(value) if log_y else value
    scale = scale_of(judged)
    lower, upper = (np.percentile(judged / scale, (25, 75)) * scale).tolist()
    reach = FAR_OUT * (upper / 2 - lower / 2) * 2
    inside = (judged >= lower - reach) & (judged <= upper + reach)
    if inside.all():
        return None
    return Clip(float(value[inside].min()), float(value[inside].max()), int(np.count_nonzero(~inside)))
