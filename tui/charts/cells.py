"""Dots of several layers into cells of one character and one or two colours each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labtop.tui.charts.dots import Grain
from labtop.tui.charts.raster import Bools, Ints


@dataclass(frozen=True, slots=True)
class Cells:
    """The plot as cells, arrays of (height, width).

    The glyph's code point, the layer whose colour it takes and the layer of its background, -1 for none, and in how
    many layers' dots it has a part.
    """

    glyph: NDArray[np.uint32]
    layer: Ints
    paper: Ints
    shared: Ints


def cells(dots: Bools, grain: Grain, tiers: Ints, yielding: Bools) -> Cells:
    """Dots of all layers, (layers, columns, rows), put together: every dot of every layer is there, but for those of
    `yielding` layers in cells where there is one of a higher tier that does not yield.

    A cell takes the colour of a layer of the highest tier in it. Of several such layers each has its turn, from column
    to column, so that a run that lies under others all the way is still seen.
    """
    layers, columns, rows = dots.shape
    patterns = np.zeros((layers, columns // grain.across, rows // grain.down), np.uint8)
    ones = dots.view(np.uint8)
    for column, bits in enumerate(grain.bits):
        for row, bit in enumerate(bits):
            patterns |= ones[:, column :: grain.across, row :: grain.down] * np.uint8(bit)
    for under in np.flatnonzero(yielding):
        patterns[under, (patterns[~yielding & (tiers > tiers[under])] != 0).any(axis=0)] = 0
    present = patterns != 0
    pattern = np.bitwise_or.reduce(patterns, axis=0)
    layer: Ints = _turns(present, tiers)
    paper: Ints = np.full(layer.shape, -1)
    if grain.halves:
        upper, lower = (_turns(patterns & bit != 0, tiers) for bit in grain.bits[0])
        layer = np.where((lower < 0) | ((upper >= 0) & (tiers[upper] > tiers[lower])), upper, lower)
        both = (upper >= 0) & (lower >= 0) & (upper != lower) & (tiers[upper] == tiers[lower])
        pattern[both] = grain.bits[0][0]
        layer[both], paper[both] = upper[both], lower[both]
    return Cells(grain.glyphs[pattern.T], layer.T, paper.T, present.sum(axis=0).T)


def _turns(present: Bools, tiers: Ints) -> Ints:
    """Which layer each cell, or part of one, belongs to: -1 for none. `present` is (layers, columns, rows)."""
    layers, columns, _ = present.shape
    if not layers:
        return np.full(present.shape[1:], -1, np.int64)
    for tier in range(1, int(tiers.max()) + 1):
        above = present[tiers >= tier].any(axis=0)
        present = present & ((tiers >= tier)[:, None, None] | ~above)
    rank = np.cumsum(present, axis=0, dtype=np.int16)
    count = rank[-1]
    turn = np.arange(columns, dtype=np.int16)[:, None] % np.maximum(count, 1)
    return np.where(count > 0, np.argmax(rank > turn, axis=0), -1)
