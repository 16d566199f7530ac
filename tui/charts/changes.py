"""Which cells of a drawing differ from those on the screen: what is the same is not sent again over a slow line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip


def changed(old: Sequence[Strip], new: Sequence[Strip]) -> Iterator[Region]:
    """Of each line that differs the part from the first to the last cell that does. Both have the same size."""
    for y, (before, after) in enumerate(zip(old, new, strict=True)):
        if before != after:
            left = _common(list(before), list(after))
            right = _common_end(list(before), list(after))
            width = after.cell_length
            if left < width - right:
                yield Region(left, y, width - right - left, 1)


def _common(old: Sequence[Segment], new: Sequence[Segment]) -> int:
    """How many cells at the beginning are the same."""
    cells = 0
    for before, after in zip(old, new, strict=False):
        if before != after:
            if before.style == after.style:
                same = takewhile(lambda pair: pair[0] == pair[1], zip(before.text, after.text, strict=False))
                cells += sum(cell_len(character) for character, _ in same)
            break
        cells += after.cell_length
    return cells


def _common_end(old: Sequence[Segment], new: Sequence[Segment]) -> int:
    """How many cells at the end are the same, in whole segments."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(reversed(old), reversed(new), strict=False))
    return sum(after.cell_length for _, after in same)
