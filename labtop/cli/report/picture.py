"""A chart of a report as SVG."""

from __future__ import annotations

from typing import Final

from labtop.cli.report.document import Chart
from labtop.tui.export.svg import svg

WIDTH: Final = 560
"""Pixels: two beside each other on a wide screen, one fits a small one."""

_HEIGHT: Final = 300


def drawn(chart: Chart, key: str) -> str:
    """The chart; names inside begin with `key`."""
    return svg(chart.spec, width=WIDTH, height=_HEIGHT, name=chart.name, key=key)
