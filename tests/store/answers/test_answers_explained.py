"""How much of a metric's ranks a param explains, against scipy, and against what anybody would say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kruskal, spearmanr

from labtop.store.answers.across.ranks import ranks
from labtop.store.answers.why.explained import adjusted, between, monotone, peak

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 3)), min_size=5, max_size=40)


@settings(max_examples=60)
@given(PAIRS)
def test_shares_are_those_of_spearman_and_of_kruskal_and_wallis(pairs: list[tuple[int, int]]) -> None:
    x, y = (np.array(values, np.float64) for values in zip(*pairs, strict=True))
    up, group = ranks(y), np.unique(x, return_inverse=True)[1]
    if np.ptp(y) == 0:
        assert (monotone(x, up), between(group, up)) == (None, None)
    elif np.ptp(x) == 0:
        assert monotone(x, up) is None
        assert between(group, up) == pytest.approx(0)
    else:
        assert monotone(x, up) == pytest.approx(spearmanr(x, y).statistic)
        found = kruskal(*(y[group == each] for each in range(group.max() + 1))).statistic
        share = between(group, up) or 0.0
        assert share == pytest.approx(found / (len(y) - 1))
        values = group.max() + 1
        if values < len(y):
            eta = (found - values + 1) / (len(y) - values)
            assert adjusted(share, len(y), values - 1) == pytest.approx(max(0, eta))


def test_noise_explains_nothing_on_the_whole() -> None:
    dice = np.random.default_rng(1)
    groups = np.repeat(np.arange(20), 5)
    shares = [between(groups, ranks(dice.random(100))) or 0.0 for _ in range(200)]
    assert np.mean(shares) > 0.15, "as it is"
    assert np.mean([adjusted(share, 100, 19) for share in shares]) < 0.05


def test_a_peak_is_seen_where_a_line_does_not_fit() -> None:
    rate = np.repeat([1.0, 2, 3, 4, 5], 4)
    noise = np.random.default_rng(2).random(20)
    for y, is_peak in ((-((rate - 3) ** 2) + noise, True), (rate + noise, False), (noise, False)):
        group, up = np.unique(rate, return_inverse=True)[1], ranks(y)
        line, share = (monotone(rate, up) or 0.0) ** 2, between(group, up) or 0.0
        found = peak(line, share, 20, 5)
        assert (found is not None and found > 0.7) == is_peak
        assert peak(line, share, 14, 5) is None, "too few runs a value"
        assert peak(line, share, 60, 2) is None
        assert peak(line, share, 60, 13) is None


def test_noise_seldom_has_a_peak() -> None:
    dice, rate = np.random.default_rng(5), np.repeat(np.arange(5.0), 3)
    found = 0
    for _ in range(300):
        up = ranks(dice.random(15))
        line, share = (monotone(rate, up) or 0.0) ** 2, between(rate.astype(np.intp), up) or 0.0
        found += peak(line, share, 15, 5) is not None
    assert found < 30
