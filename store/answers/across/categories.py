"""Values as categories: what they mean, in order."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.across.meaning import Meaning
from labtop.store.model import Floats


def categories(
    number: Floats, is_number: NDArray[np.bool_], text: NDArray[np.object_]
) -> tuple[tuple[str, ...], Floats]:
    """The labels of the categories that these values are, in order, and for each value its place among them.

    The arrays are those of `Numbers`, where there is a value; NaN is a category like any other.
    """
    values = zip(number.tolist(), is_number.tolist(), text.tolist(), strict=True)
    # One object for NaN, which equals none but itself.
    said = [(None if not is_one else math.nan if math.isnan(each) else each, text) for each, is_one, text in values]
    kinds = sorted((Meaning(*value) for value in dict.fromkeys(said)), key=lambda meaning: meaning.order)
    place = {(meaning.number, meaning.text): float(place) for place, meaning in enumerate(kinds)}
    return tuple(meaning.label for meaning in kinds), np.array([place[value] for value in said], np.float64)
