"""What the system says of a process: its state, and when it started."""

from __future__ import annotations

import os
from pathlib import Path


def state_and_start(pid: int) -> tuple[str | None, float | None]:
    """The state of a process and when it started, in seconds since the epoch; None where /proc does not say (Linux
    alone has it)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        boot = _boot()
        return fields[0], boot + float(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, StopIteration, IndexError, ValueError):
        return None, None


def _boot() -> float:
    with Path("/proc/stat").open(encoding="ascii", errors="replace") as file:
        return float(next(line for line in file if line.startswith("btime")).split()[1])
