"""Optimizers: each changes a flat vector of parameters in place, given the gradient and the learning rate."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from labtop.demo.data import Floats


class Optimizer(Protocol):
    """One step downhill."""

    def step(self, theta: Floats, gradient: Floats, lr: float) -> None:
        """Change `theta` in place."""


class Momentum:
    """Stochastic gradient descent with heavy-ball momentum (Polyak 1964); plain when `beta` is 0."""

    def __init__(self, size: int, beta: float = 0.9) -> None:
        self.beta = beta
        self.velocity: Floats = np.zeros(size)

    def step(self, theta: Floats, gradient: Floats, lr: float) -> None:
        """v = beta v + g; theta = theta - lr v."""
        self.velocity *= self.beta
        self.velocity += gradient
        theta -= lr * self.velocity


class AdamW:
    """Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019)."""

    def __init__(self, size: int, weight_decay: float = 0.0, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self.weight_decay = weight_decay
        self.betas = betas
        self.mean: Floats = np.zeros(size)
        self.square: Floats = np.zeros(size)
        self.steps = 0

    def step(self, theta: Floats, gradient: Floats, lr: float) -> None:
        """Algorithm 2 of Loshchilov and Hutter, with the schedule in `lr`."""
        first, second = self.betas
        self.steps += 1
        self.mean += (1 - first) * (gradient - self.mean)
        self.square += (1 - second) * (gradient * gradient - self.square)
        mean = self.mean / (1 - first**self.steps)
        square = self.square / (1 - second**self.steps)
        theta -= lr * (mean / (np.sqrt(square) + 1e-8) + self.weight_decay * theta)


def make_optimizer(name: str, size: int, weight_decay: float) -> Optimizer:
    """The optimizer called `name` for `size` parameters.

    Raises:
        ValueError: there is none of that name.
    """
    match name:
        case "sgd":
            return Momentum(size, beta=0.0)
        case "momentum":
            return Momentum(size)
        case "adam":
            return AdamW(size)
        case "adamw":
            return AdamW(size, weight_decay)
    raise ValueError(f"no optimizer is called {name!r}; there are sgd, momentum, adam, adamw")
