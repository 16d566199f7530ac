"""One harness for all figures: what was measured, what it should be, what it is beside a reference of the same run."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `aim` is the most it may be; `reference` is measured too, in the same unit."""

    name: str
    value: float
    unit: str
    aim: float | None = None
    reference: float | None = None
    reference_name: str = ""

    @property
    def verdict(self) -> str:
        """Whether the aim was met."""
        return "" if self.aim is None else "met" if self.value <= self.aim else "missed"

    def cells(self) -> tuple[str, ...]:
        """The line as texts."""
        ratio = "" if not self.reference else f"{self.value / self.reference:.2f}"
        reference = "" if self.reference is None else f"{_short(self.reference)} {self.unit} ({self.reference_name})"
        aim = "" if self.aim is None else f"{_short(self.aim)} {self.unit}"
        return self.name, f"{_short(self.value)} {self.unit}", aim, self.verdict, reference, ratio


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that at least `percent` % of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__int__() - 1)]


def median(values: Iterable[float]) -> float:
    """The middle value."""
    return percentile(values, 50)


def show(figures: Sequence[Figure]) -> str:
    """All figures as a Markdown table, the machine named above it."""
    head = ("figure", "measured", "at most", "", "reference", "ratio")
    rows = [head, *(figure.cells() for figure in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join([f"{machine()}\n", *lines])


def machine() -> str:
    """This machine, in one line."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        name = found[0] if found else name
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
