"""Sparklines: means of equal parts of each run's own steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtop.store.answers.across.sparklines import sparklines

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf


def slow(points: Sequence[tuple[float, float]], cells: int) -> tuple[float, ...]:
    """What a sparkline of (step, value) is by definition."""
    first, last = min(step for step, _ in points), max(step for step, _ in points)
    parts: list[list[float]] = [[] for _ in range(cells)]
    for step, value in points:
        part = min(math.floor((step - first) / (last - first) * cells), cells - 1) if last > first else 0
        parts[part] += [value] if math.isfinite(value) else []
    means = [sum(part) / len(part) if part else None for part in parts]
    known = [mean for mean in means if mean is not None]
    row: list[float] = []
    for mean in means if known else ():
        row.append(mean if mean is not None else row[-1] if row else known[0])
    return tuple(row)


def test_parts_are_those_of_each_runs_own_steps(shelf: Shelf) -> None:
    shelf.metric(shelf.run("short"), "loss", [4, 2, 3, 1], steps=[0.0, 1.0, 2.0, 3.0])
    shelf.metric(shelf.run("long"), "loss", [8, 8, 6, 6], steps=[100.0, 200.0, 900.0, 1100.0])
    shelf.metric(shelf.run("other"), "acc", [1.0])
    shelf.run("empty")
    assert sparklines(shelf.cursor(), (3, 1, 0, 2, 0, 99), "loss", 2) == {0: (3, 2), 1: (8, 6)}
    assert sparklines(shelf.cursor(), (0,), "loss", 8) == {0: (4, 4, 2, 2, 2, 3, 3, 1)}, "carried forward"


def test_nothing_gives_nothing(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [1, 2])
    assert sparklines(shelf.cursor(), (), "loss", 5) == {}
    assert sparklines(shelf.cursor(), (0,), "nobody's", 5) == {}
    assert sparklines(shelf.cursor(), (0,), "'; drop table shares", 5) == {}
    assert sparklines(shelf.cursor(), (0,), "loss", 0) == {}


def test_the_newest_attempt_counts_and_the_later_pass(shelf: Shelf) -> None:
    first = shelf.run("restarted")
    shelf.metric(first, "loss", [9, 9, 9, 1, 2], steps=[0.0, 1.0, 9.0, 0.0, 1.0], attempts=[0, 0, 0, 1, 1])
    second = shelf.run("resumed", resumed=True)
    shelf.metric(second, "loss", [5, 9, 9, 1, 2], steps=[0.0, 1.0, 2.0, 1.0, 2.0], passes=[0, 0, 0, 1, 1])
    assert sparklines(shelf.cursor(), (first, second), "loss", 3) == {first: (1, 1, 2), second: (5, 1, 2)}


def test_points_of_a_file_that_only_repeats_do_not_count(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [1, 2])
    shelf.insert("shadowed", run=0, metric=0, file=0)
    assert sparklines(shelf.cursor(), (0,), "loss", 2) == {}


def test_extremes_survive(shelf: Shelf) -> None:
    shelf.metric(shelf.run("huge"), "loss", [1.7e308, 1.7e308, -1.7e308], steps=[-1.7e308, -1.6e308, 1.7e308])
    shelf.metric(shelf.run("lost"), "loss", [math.nan, math.inf])
    shelf.metric(shelf.run("tiny"), "loss", [1e-308, 1e-308])
    shelf.metric(shelf.run("one"), "loss", [7.0])
    shelf.metric(shelf.run("late"), "loss", [math.nan, 3.0])
    assert sparklines(shelf.cursor(), tuple(range(5)), "loss", 2) == {
        0: (1.7e308, -1.7e308),
        1: (),
        2: (1e-308, 1e-308),
        3: (7, 7),
        4: (3, 3),
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    points=st.lists(
        st.tuples(st.integers(0, 40).map(float), st.sampled_from([0.0, 1.0, -4.0, 8.0, math.nan, math.inf])),
        min_size=1,
        max_size=30,
    ),
    cells=st.integers(1, 12),
)
def test_any_course_is_that_of_the_definition(shelf: Shelf, points: list[tuple[float, float]], cells: int) -> None:
    run = shelf.run(f"run{shelf.runs}")
    shelf.metric(run, "loss", [value for _, value in points], steps=[step for step, _ in points])
    assert sparklines(shelf.cursor(), (run,), "loss", cells)[run] == pytest.approx(slow(points, cells))
