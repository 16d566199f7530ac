"""The table that `make bench` prints: aims, ratios, medians."""

from __future__ import annotations

import math

import pytest

from benchmarks.harness import Figure, in_turns, machine, median, percentile, show


@pytest.mark.parametrize(("percent", "expected"), [(1, 1), (50, 3), (80, 4), (95, 5), (99, 5), (100, 5)])
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(percent: float, expected: float) -> None:
    assert percentile([5, 1, 4, 2, 3], percent) == expected


def test_the_median_of_one_is_that_one() -> None:
    assert median([7.5]) == 7.5


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (Figure("no aim", 1, "s"), ""),
        (Figure("at the aim", 2, "s", 2), "met"),
        (Figure("above it", 2.1, "s", 2), "missed"),
        (Figure("no ratio asked", 9, "s", None, 1, "peer"), ""),
        (Figure("twice the peer", 4, "s", None, 2, "peer", 2), "met"),
        (Figure("more than twice", 4.1, "s", None, 2, "peer", 2), "missed"),
        (Figure("the aim met, the ratio not", 3, "s", 5, 1, "peer", 2), "missed"),
        (Figure("a ratio to nothing", 3, "s", None, None, "", 2), "missed"),
        (Figure("not a number", math.nan, "s", 2), "missed"),
    ],
)
def test_an_aim_is_met_at_most_and_all_aims_count(figure: Figure, verdict: str) -> None:
    assert figure.verdict == verdict


def test_the_table_names_amounts_aims_and_references() -> None:
    table = show(
        [
            Figure("set A", 3.2, "s", None, 1.6, "a peer", 2),
            Figure("lost", 0, "", 0),
            Figure("memory", 312.4, "MB", 300),
        ]
    )
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    assert rows[0] == ["figure", "measured", "at most", "", "reference", "ratio"]
    assert rows[2] == ["set A", "3.2 s", "2 x the reference", "met", "1.6 s (a peer)", "2.00"]
    assert rows[3] == ["lost", "0", "0", "met", "", ""]
    assert rows[4] == ["memory", "312 MB", "300 MB", "missed", "", ""]
    assert len({len(line) for line in table.splitlines()}) == 1


def test_measures_take_turns_and_give_a_median_each() -> None:
    called: list[str] = []
    values = {"ours": [3.0, 1.0, 2.0], "theirs": [30.0, 10.0, 20.0]}

    def measure(name: str) -> float:
        called.append(name)
        return values[name].pop()

    assert in_turns(3, lambda: measure("ours"), lambda: measure("theirs")) == [2.0, 20.0]
    assert called == ["ours", "theirs"] * 3


def test_the_machine_is_named_with_its_load() -> None:
    assert "cores" in machine()
    assert "load" in machine()
