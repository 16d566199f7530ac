"""What the training takes of the machine: `system` metrics. Linux tells most of it, other systems the time alone."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Final

_GB: Final = 1e9
_QUERY: Final = {
    "utilization.gpu": ("percent", 1.0),
    "memory.used": ("memory_gb", 2**20 / _GB),
    "temperature.gpu": ("celsius", 1.0),
    "power.draw": ("watts", 1.0),
}
_PATIENCE_S: Final = 5.0


class System:
    """Measures this process, its machine and the NVIDIA cards in it; what cannot be told is left out."""

    def __init__(self) -> None:
        self._last = monotonic(), _cpu_s()
        self._query = shutil.which("nvidia-smi")

    def measure(self) -> dict[str, float]:
        """`cpu_percent` of one core since the last time (so 200 for two), `memory_gb` of the process,
        `machine_memory_percent` in use, `load` (waiting processes, mean of a minute), and of each card `gpu0_percent`,
        `gpu0_memory_gb`, `gpu0_celsius`, `gpu0_watts`. GB are 10^9 bytes.
        """
        now, cpu_s = monotonic(), _cpu_s()
        before, cpu_before_s = self._last
        self._last = now, cpu_s
        found = {"cpu_percent": 100 * (cpu_s - cpu_before_s) / max(now - before, 1e-3)}
        with suppress(OSError, ValueError, IndexError):
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            found["memory_gb"] = pages * os.sysconf("SC_PAGE_SIZE") / _GB
        with suppress(OSError, ValueError, KeyError, ZeroDivisionError):
            lines = (line.split() for line in Path("/proc/meminfo").read_text().splitlines()[:8])
            known = {words[0]: int(words[1]) for words in lines}
            found["machine_memory_percent"] = 100 * (1 - known["MemAvailable:"] / known["MemTotal:"])
        with suppress(OSError):
            found["load"] = os.getloadavg()[0]
        return {name: round(value, 3) for name, value in (found | self._cards()).items()}

    def _cards(self) -> dict[str, float]:
        """Asked by the driver's own program: its library would be one more thing in the training's process."""
        if self._query is None:
            return {}
        words = [self._query, f"--query-gpu=index,{','.join(_QUERY)}", "--format=csv,noheader,nounits"]
        try:
            asked = subprocess.run(words, capture_output=True, text=True, timeout=_PATIENCE_S, check=True)
        except (OSError, subprocess.SubprocessError):
            self._query = None
            return {}
        found: dict[str, float] = {}
        for line in asked.stdout.splitlines():
            index, *values = (part.strip() for part in line.split(","))
            for (name, factor), value in zip(_QUERY.values(), values, strict=False):
                with suppress(ValueError):  # [N/A]
                    found[f"gpu{index}_{name}"] = float(value) * factor
        return found


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
