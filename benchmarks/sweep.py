"""A sweep to open: 53 runs in as many files, the shape of a published learning-rate and batch-size sweep."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

_RATES = ("1e-2", "1e-3", "1e-4", "1e-5", "3e-2", "3e-3", "3e-4", "3e-5")
_BATCHES = (1, 64, 128, 256, 512, 1024)


def write_sweep(folder: Path, runs: int = 53, lines: int = 20) -> Path:
    """Write `runs` logs below `folder`, the same from the same numbers; returns the folder."""
    dice = random.Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(runs):
        rate, batch = _RATES[number % len(_RATES)], _BATCHES[number // len(_RATES) % len(_BATCHES)]
        name = f"sweep-b{batch}-lr{rate}-{number}m"
        with (folder / f"{name}.jsonl").open("w") as log:
            for step in range(lines):
                loss = 1.3 + 8 * math.exp(-step / 4) + dice.gauss(0, 0.05) + number / 100
                row = {
                    "run_name": name,
                    "experiment": "lr_batch",
                    "step": step * 200,
                    "tokens_seen": step * 200 * batch * 256,
                    "wall_time_sec": step * 61.5,
                    "train_loss": loss,
                    "val_loss": loss + dice.gauss(0, 0.03),
                    "lr": float(rate) * (1 - step / lines),
                    "batch_size": batch,
                }
                log.write(json.dumps(row) + "\n")
    return folder
