"""How a training ended, out of its log."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` is 'running' while there is no `end`; `best` is the highest validation accuracy, and its step."""

    status: str = "running"
    step: int = 0
    best: float = math.nan
    best_step: int = 0
    error: str = ""


def outcome(log: Path) -> Outcome:
    """What the last attempt in this log came to. An attempt begins with the `run` event that names its process.

    Raises:
        OSError: there is no such log.
    """
    values: dict[str, object] = {}
    step, best, best_step = 0, math.nan, 0
    for line in log.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        match event.get("event", "metrics"):
            case "run" if "pid" in event:
                values, step, best, best_step = {}, 0, math.nan, 0
            case "metrics":
                step = event["step"]
                accuracy = float(event.get("val/acc", math.nan))
                if accuracy > best or math.isnan(best):
                    best, best_step = accuracy, step
            case "end":
                values = event
    status, error = str(values.get("status", "running")), str(values.get("error", ""))
    return Outcome(status, step, best, best_step, error)
