"""The data: points along interleaved spirals, made on the spot."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

ARMS = 3
TURNS = 2.0
TRAIN, VAL = 1_800, 900


@dataclass(frozen=True, slots=True)
class Data:
    """Examples `x`, of shape (n, 2), and the arm that each lies on, `y` of shape (n,)."""

    x: Floats
    y: Labels

    def __len__(self) -> int:
        return len(self.y)

    def digest(self) -> str:
        """SHA-256 of the examples and their labels."""
        return f"sha256:{hashlib.sha256(self.x.tobytes() + self.y.tobytes()).hexdigest()}"


def spirals(points: int, noise: float, seed: int) -> Data:
    """Points on ARMS Archimedean spirals, r = t for t in 0.1 to 1, angle = TURNS * 2 pi * t + 2 pi * arm / ARMS.

    Normal noise of standard deviation `noise` times the distance between two arms along a ray is added to both axes.
    """
    rng = np.random.default_rng(seed)
    y = np.arange(points) % ARMS
    t = rng.uniform(0.1, 1.0, points)
    angle = 2 * np.pi * (TURNS * t + y / ARMS)
    x = np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1)
    return Data(x + rng.normal(0.0, noise / (TURNS * ARMS), x.shape), y)


def train_and_val(noise: float) -> tuple[Data, Data]:
    """The examples to learn from and those held out; the same for every run with this noise."""
    return spirals(TRAIN, noise, seed=0), spirals(VAL, noise, seed=1)
