"""One harness for all figures: what was measured, what it should be, what it is beside a reference of the same run."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `aim` is the most it may be, `aim_ratio` the most it may be of the reference.

    `reference` has the same unit, and is measured in the same run unless its name says where it is from.
    """

    name: str
    value: float
    unit: str
    aim: float | None = None
    reference: float | None = None
    reference_name: str = ""
    aim_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        """The value in parts of the reference, None without one."""
        return self.value / self.reference if self.reference else None

    @property
    def verdict(self) -> str:
        """Whether all aims were met; nothing where there is none."""
        aims = [(self.value, self.aim), (self.ratio, self.aim_ratio)]
        met = [value is not None and value <= aim for value, aim in aims if aim is not None]
        return "" if not met else "met" if all(met) else "missed"

    def cells(self) -> tuple[str, ...]:
        """The line as texts."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        reference = "" if self.reference is None else f"{self._amount(self.reference)} ({self.reference_name})"
        aims = [] if self.aim is None else [self._amount(self.aim)]
        aims += [] if self.aim_ratio is None else [f"{self.aim_ratio:g} x the reference"]
        return self.name, self._amount(self.value), ", ".join(aims), self.verdict, reference, ratio

    def _amount(self, value: float) -> str:
        return f"{_short(value)} {self.unit}".rstrip()


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that at least `percent` % of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__int__() - 1)]


def median(values: Iterable[float]) -> float:
    """The middle value."""
    return percentile(values, 50)


def in_turns(repeats: int, *measures: Callable[[], float]) -> list[float]:
    """The median of each measure; they take turns, so that what else the machine does meets all of them."""
    taken = [[measure() for measure in measures] for _ in range(repeats)]
    return [median(values) for values in zip(*taken, strict=True)]


def show(figures: Sequence[Figure]) -> str:
    """All figures as a Markdown table."""
    head = ("figure", "measured", "at most", "", "reference", "ratio")
    rows = [head, *(figure.cells() for figure in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def machine() -> str:
    """This machine, in one line, with what else it does just now."""
    name = platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        name = found[0] if found else name
    parts = [name, f"{os.cpu_count()} cores", platform.system(), f"Python {platform.python_version()}"]
    return ", ".join([*parts, f"load {os.getloadavg()[0]:.1f} at the start"])


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
