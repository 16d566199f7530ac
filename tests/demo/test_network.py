from __future__ import annotations

import numpy as np
import pytest

from labtop.demo.data import ARMS, spirals
from labtop.demo.network import Network
from labtop.demo.optimizers import make_optimizer


def test_the_gradient_agrees_with_finite_differences() -> None:
    data = spirals(60, noise=0.1, seed=3)
    network = Network((2, 7, 5, ARMS), np.random.default_rng(5))
    network.learn(data.x, data.y)
    gradient = network.gradient.copy()
    numeric = np.empty_like(gradient)
    nudge = 1e-6
    for index, value in enumerate(network.theta.copy()):
        losses = []
        for sign in (1, -1):
            network.theta[index] = value + sign * nudge
            losses.append(network.evaluate(data.x, data.y)[0])
        network.theta[index] = value
        numeric[index] = (losses[0] - losses[1]) / (2 * nudge)
    assert np.abs(gradient).max() > 0.01
    np.testing.assert_allclose(gradient, numeric, atol=1e-7)


def test_an_untrained_network_guesses_and_all_its_layers_are_views_of_theta() -> None:
    data = spirals(300, noise=0.1, seed=3)
    network = Network((2, 8, ARMS), np.random.default_rng(0))
    network.theta[:] = 0.0
    loss, accuracy = network.evaluate(data.x, data.y)
    assert loss == pytest.approx(np.log(3))
    assert accuracy == pytest.approx(1 / 3)


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam", "adamw"])
def test_each_optimizer_goes_downhill(name: str) -> None:
    theta = np.array([3.0, -2.0])
    optimizer = make_optimizer(name, 2, weight_decay=0.0)
    for _ in range(400):
        optimizer.step(theta, 2 * theta, lr=0.02)
    assert np.abs(theta).max() < 0.02


def test_adam_takes_first_steps_of_the_learning_rate_whatever_the_gradient() -> None:
    theta = np.array([0.0, 0.0])
    make_optimizer("adam", 2, weight_decay=0.0).step(theta, np.array([1e-3, -1e3]), lr=0.1)
    assert theta == pytest.approx([-0.1, 0.1], rel=1e-4)


def test_weight_decay_shrinks_what_has_no_gradient() -> None:
    theta = np.array([1.0])
    make_optimizer("adamw", 1, weight_decay=0.5).step(theta, np.zeros(1), lr=0.1)
    assert theta == pytest.approx([0.95])


def test_an_unknown_optimizer_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'lion'.* sgd, momentum, adam, adamw"):
        make_optimizer("lion", 1, weight_decay=0.0)
