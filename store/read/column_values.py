"""What many lines with the same keys say, column by column: the same as reading them one by one, much sooner.

Where a column holds what only a look at each line can tell, nothing is taken and the lines are read one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats
from labtop.store.read.axis import Ends
from labtop.store.read.batch import Rows
from labtop.store.read.line_values import is_attribute, note_attribute, note_progress
from labtop.store.read.scalars import LARGEST, MILLISECONDS, SECONDS, clock, elapsed, number, step_number
from labtop.store.read.shape import Shape
from labtop.store.read.share import Share
from labtop.store.read.uniform import Columns, Stretch

_Bools = NDArray[np.bool_]


class _Uncertain(Exception):
    """Lines of a column differ in what they are."""


class _Stamps(NamedTuple):
    """When and where: columns, None where the lines have none."""

    step_key: str
    steps: Floats
    clock_key: str | None
    moments: Floats | None
    elapsed: Floats | None


def take_columns(
    rows: Rows,
    share: Share,
    shape: Shape,
    columns: Columns,
    stretch: Stretch,
) -> bool:
    """Place the lines and take their values; False, and nothing is changed, where they must be read one by one."""
    try:
        stamps = _stamps(shape, columns)
        metrics, attributes = _values(shape, columns, stamps)
        steps = _ends(stamps.steps)
        epochs = None if shape.epoch is None else _ends(columns.numbers[shape.epoch])
        if shape.total in columns.numbers:
            _all_or_none(_is_positive(columns.numbers[shape.total]))
    except (_Uncertain, KeyError):
        return False
    since = None if stamps.elapsed is None else float(stamps.elapsed[-1])
    offset = share.axis.place_all(columns.lines, steps, stamps.step_key, shape.group, epochs, since)
    if offset is None:
        return False
    here = stamps.steps + offset
    share.heard_of()
    if stamps.moments is not None:
        share.seen_all(stamps.moments)
    for key, text in attributes:
        note_attribute(share, key, text, is_id=False, times=columns.lines)
    for key in shape.ids:
        for each in stretch.objects:
            note_attribute(share, key, each[key], is_id=True)
    if shape.progress:
        note_progress(share, shape, stretch.objects[-1], stamps.step_key)
    numbered = _numbered(shape, share, metrics)
    if numbered:
        rows.add_table(tuple(metric for metric, _ in numbered), np.array([column for _, column in numbered]))
    time, elapsed = (b"" if column is None else column.tobytes() for column in (stamps.moments, stamps.elapsed))
    rows.add_lines(stretch.line_numbers, here.tobytes(), time, elapsed, share.axis)
    share.stands_at(float(here[-1]))
    return True


def _ends(column: Floats) -> Ends:
    """The ends of a column that never falls and may hold steps."""
    ends = Ends(float(column[0]), float(column[-1]))
    rising = np.count_nonzero(column[1:] >= column[:-1]) == len(column) - 1
    if not (rising and ends.first >= -LARGEST and ends.last <= LARGEST):
        raise _Uncertain
    return ends


def _stamps(shape: Shape, columns: Columns) -> _Stamps:
    step_key, steps = _first(shape.steps, columns, _is_step, step_number)
    if step_key is None or steps is None:
        raise _Uncertain
    clock_key, moments = _first(shape.clocks, columns, _is_clock, clock)
    if moments is not None and np.count_nonzero(late := moments > SECONDS[1]):
        moments = np.where(late, moments / 1000, moments)
    _, since = _first(shape.elapsed, columns, _is_elapsed, elapsed)
    return _Stamps(step_key, steps, clock_key, moments, since)


def _first(
    keys: Sequence[str],
    columns: Columns,
    fits: Callable[[Floats], _Bools],
    meaning: Callable[[object], float | None],
) -> tuple[str | None, Floats | None]:
    """The first of the keys whose values mean something in all lines; the others must mean it in none."""
    for key in keys:
        text = columns.texts.get(key)
        if text is not None:
            if meaning(text) is not None:
                raise _Uncertain
        elif _all_or_none(fits(columns.numbers[key])):
            return key, columns.numbers[key]
    return None, None


def _all_or_none(fits: _Bools) -> bool:
    count = int(np.count_nonzero(fits))
    if 0 < count < len(fits):
        raise _Uncertain
    return count > 0


def _is_step(column: Floats) -> _Bools:
    return np.abs(column) <= LARGEST


def _is_clock(column: Floats) -> _Bools:
    seconds: _Bools = (column >= SECONDS[0]) & (column <= SECONDS[1])
    if np.count_nonzero(seconds) == len(column):
        return seconds
    milliseconds = (column >= MILLISECONDS[0]) & (column <= MILLISECONDS[1])
    return seconds | milliseconds


def _is_positive(column: Floats) -> _Bools:
    return (column > 0) & (column < np.inf)


def _is_elapsed(column: Floats) -> _Bools:
    return (column >= 0) & (column <= LARGEST)


def _values(shape: Shape, columns: Columns, stamps: _Stamps) -> tuple[list[tuple[str, Floats]], list[tuple[str, str]]]:
    """The columns of metrics, by key, and the attributes."""
    metrics: list[tuple[str, Floats]] = []
    attributes: list[tuple[str, str]] = []
    wanted = [key for key in shape.values if key != stamps.step_key]
    wanted += [key for key in shape.times if key != stamps.clock_key and not _says_when(key, columns)]
    for key in wanted:
        column = columns.numbers.get(key)
        if column is not None:
            metrics.append((key, column))
            continue
        text = columns.texts[key]
        found = number(text)
        if found is not None:
            metrics.append((key, np.full(columns.lines, found)))
        elif is_attribute(shape, key, text):
            attributes.append((key, text))
    return metrics, attributes


def _numbered(shape: Shape, share: Share, columns: Sequence[tuple[str, Floats]]) -> list[tuple[int, Floats]]:
    """The columns by the number of their metric, without those that are left out."""
    numbered: list[tuple[int, Floats]] = []
    for key, column in columns:
        metric = shape.metric_of(key)
        if metric is None:
            share.left_out += len(column)
        else:
            numbered.append((metric, column))
    return numbered


def _says_when(key: str, columns: Columns) -> bool:
    text = columns.texts.get(key)
    return clock(text) is not None if text is not None else _all_or_none(_is_clock(columns.numbers[key]))
