"""What a synthetic run directory holds: how many runs, what they are called, their parameters and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

RATES: Final = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
BATCHES: Final = (16, 32, 64, 128, 256, 512)
_OPTIMIZERS: Final = ("sgd", "adam", "adamw")
_WIDTHS: Final = (64, 128, 256)
_FIRST_METRICS: Final = ("train/loss", "val/loss", "train/acc", "val/acc", "lr", "grad_norm")
_OF_A_LAYER: Final = ("weight_norm", "update_ratio", "activation")


@dataclass(frozen=True, slots=True)
class Plan:
    """A run directory: `runs` runs of `steps` lines with `metrics` values each.

    `files`: None for a folder a run, else the number of files that the runs share. `seed` decides the noise.
    """

    runs: int
    steps: int
    metrics: int
    files: int | None = None
    seed: int = 0

    def metric_names(self) -> tuple[str, ...]:
        """Losses, accuracies, the schedule and the norm of the gradient; then three of each layer."""
        layers = (f"layer{number}/{name}" for number in range(self.metrics // len(_OF_A_LAYER)) for name in _OF_A_LAYER)
        return (*_FIRST_METRICS, *layers)[: self.metrics]

    def params(self, number: int) -> dict[str, object]:
        """The parameters of a run: a grid of rates and batch sizes, with a new seed each time it is through."""
        rate, batch = RATES[number % len(RATES)], BATCHES[number // len(RATES) % len(BATCHES)]
        return {
            "lr": rate,
            "batch_size": batch,
            "optimizer": _OPTIMIZERS[number % len(_OPTIMIZERS)],
            "seed": number // (len(RATES) * len(BATCHES)) + 1,
            "model": {"width": _WIDTHS[number // 2 % len(_WIDTHS)], "depth": 4},
        }

    def name(self, number: int) -> str:
        """The name of a run, such as lr0.003-b64-s1; no two are the same."""
        params = self.params(number)
        return f"lr{params['lr']}-b{params['batch_size']}-s{params['seed']}"

    def shares(self) -> Iterator[tuple[str, range]]:
        """The log files: the path of each below the directory, and the numbers of its runs."""
        if self.files is None:
            yield from (
                (f"{self.name(number)}/metrics.jsonl", range(number, number + 1)) for number in range(self.runs)
            )
            return
        for file in range(self.files):
            first, end = file * self.runs // self.files, (file + 1) * self.runs // self.files
            yield f"runs-{file:0{len(str(self.files - 1))}}.jsonl", range(first, end)
