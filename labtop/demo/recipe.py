"""What a training is made of, and the four that `labtop demo` runs."""

from __future__ import annotations

import argparse
from dataclasses import MISSING, asdict, dataclass, fields

STEPS_PER_S = 40.0
"""The pace that is nice to watch: with a line every four steps, ten lines a second."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One training. `name` is its folder below the output folder and may hold slashes.

    `curriculum` is the number of examples that each epoch adds to the easy ones of the first, 0 for all from the start.
    `noise` is the standard deviation of the data around the arms of the spirals, `tags` are separated by commas.
    `log_every` and `validate_every` count steps. The learning rate rises for `warmup` steps to `lr`, then falls.
    """

    name: str
    optimizer: str = "adam"
    lr: float = 3e-3
    width: int = 64
    depth: int = 2
    batch_size: int = 64
    weight_decay: float = 0.0
    warmup: int = 300
    curriculum: int = 0
    seed: int = 0
    steps: int = 10_000
    noise: float = 0.18
    group: str = ""
    tags: str = ""
    log_every: int = 4
    validate_every: int = 80

    def arguments(self) -> list[str]:
        """The options that make this recipe again; defaults are left out."""
        values = [(field, getattr(self, field.name)) for field in fields(self)]
        return [word for field, value in values if value != field.default for word in (_option(field.name), str(value))]

    def params(self) -> dict[str, str | float | int]:
        """What the log calls the run's parameters: all that changes what is learnt, but for the data."""
        bookkeeping = {"name", "steps", "noise", "group", "tags", "log_every", "validate_every"}
        return {name: value for name, value in asdict(self).items() if name not in bookkeeping}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One option for each field of a Recipe."""
    for field in fields(Recipe):
        required = field.default is MISSING
        kind = str if required else type(field.default)
        default = None if required else field.default
        parser.add_argument(_option(field.name), type=kind, required=required, default=default)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def from_arguments(args: argparse.Namespace) -> Recipe:
    """The Recipe that was asked for."""
    return Recipe(**{field.name: getattr(args, field.name) for field in fields(Recipe)})


FOUR = (
    Recipe("adam-w64", optimizer="adam", lr=3e-3, width=64, seed=1, steps=11_000, tags="baseline"),
    Recipe("sgd-w12", optimizer="sgd", lr=0.2, width=12, seed=2, steps=9_600, tags="small"),
    Recipe("momentum-w96", optimizer="momentum", lr=2.0, width=96, warmup=3_000, seed=3, steps=9_000, tags="hot"),
    Recipe(
        "adamw-w48", optimizer="adamw", lr=6e-3, width=48, weight_decay=0.01, curriculum=4, seed=4, tags="curriculum"
    ),
)
"""One that learns well, one too small, one whose learning rate rises until it diverges, one that dies of a mistake."""
