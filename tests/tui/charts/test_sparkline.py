"""Sparklines as text."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.tui.charts.sparkline import sparkline
from labtop.tui.run_style import Charset


def test_bars_rise_with_the_values() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], "braille") == "▁▂▃▄▅▆▇█"
    assert sparkline([7, 0, 7], "braille") == "█▁█"
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], "ascii") == " .:-=+*#"


@pytest.mark.parametrize(("charset", "flat"), [("braille", "▄▄▄"), ("ascii", "---")])
def test_a_flat_line_is_in_the_middle(charset: Charset, flat: str) -> None:
    assert sparkline([5, 5, 5], charset) == flat
    assert sparkline([0, 0, 0], charset) == flat


def test_nothing_and_what_is_lost() -> None:
    assert sparkline((), "braille") == ""
    assert sparkline([math.nan, 1, math.inf, 2], "braille") == " ▁ █"
    assert sparkline([math.nan], "ascii") == " "


def test_extremes_survive() -> None:
    assert sparkline([-1.7e308, 0, 1.7e308], "braille") == "▁▅█"
    assert sparkline([1e-308, 2e-308], "braille") == "▁█"
    assert sparkline([0, 5e-324], "braille") == "▁█"


@settings(max_examples=50)
@given(st.lists(st.floats(), max_size=20))
def test_a_cell_a_value_and_larger_ones_never_lower(values: list[float]) -> None:
    drawn = sparkline(values, "braille")
    assert len(drawn) == len(values)
    finite = sorted((value, bar) for value, bar in zip(values, drawn, strict=True) if math.isfinite(value))
    assert [bar for _, bar in finite] == sorted(bar for _, bar in finite)
