from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from labtop.demo.data import spirals, train_and_val
from labtop.demo.recipe import FOUR, Recipe
from labtop.demo.training import Training, learning_rate

GOOD, SMALL, HOT, DYING = FOUR


def test_the_same_recipe_gives_the_same_numbers_and_another_seed_others(short: Recipe) -> None:
    first, again, other = (Training(recipe) for recipe in (short, short, replace(short, seed=8)))
    numbers = [[training.step() for _ in range(40)] for training in (first, again, other)]
    assert numbers[0] == numbers[1]
    assert numbers[0] != numbers[2]
    assert first.validate() == again.validate()


def test_the_data_is_the_same_for_every_run_and_what_is_held_out_is_never_learnt() -> None:
    train, val = train_and_val(0.18)
    assert train.digest() == train_and_val(0.18)[0].digest()
    assert train.digest() != train_and_val(0.12)[0].digest()
    assert not set(map(tuple, train.x)) & set(map(tuple, val.x))


def test_without_noise_the_arms_never_meet() -> None:
    data = spirals(900, noise=0.0, seed=0)
    for arm in range(3):
        mine, others = data.x[data.y == arm], data.x[data.y != arm]
        assert np.hypot(*(mine[:, None] - others[None]).transpose(2, 0, 1)).min() > 0.05


def test_the_good_run_learns_what_it_never_saw() -> None:
    training = Training(GOOD)
    before = training.validate()["val/acc"]
    for _ in range(2_500):
        training.step()
    assert before < 0.5
    assert training.validate()["val/acc"] > 0.95


def test_the_hot_run_learns_and_then_diverges_to_nan() -> None:
    training = Training(HOT)
    losses = [training.step()["train/loss"] for _ in range(2_900)]
    assert min(losses) < 0.9
    first = next(step for step, loss in enumerate(losses) if not math.isfinite(loss))
    assert first > 1_000
    assert math.isnan(losses[-1])
    assert math.isnan(training.validate()["val/loss"])


def test_the_dying_run_dies_when_its_curriculum_leaves_the_data() -> None:
    training = Training(replace(DYING, width=4, curriculum=100))
    for _ in range(200):
        training.step()
    with pytest.raises(IndexError, match="out of bounds for axis 0 with size 1800"):
        list(training.batches)


def test_the_learning_rate_rises_then_falls_to_a_hundredth() -> None:
    recipe = Recipe("r", lr=0.4, warmup=100, steps=1_000)
    assert learning_rate(recipe, 50) == pytest.approx(0.2)
    assert learning_rate(recipe, 100) == pytest.approx(0.4)
    assert learning_rate(recipe, 550) == pytest.approx(0.4 * 0.505)
    assert learning_rate(recipe, 1_000) == pytest.approx(0.004)


def test_the_four_differ_in_what_a_table_would_sort_by() -> None:
    for key in ("optimizer", "lr", "width", "seed"):
        assert len({recipe.params()[key] for recipe in FOUR}) == 4, key
