"""A chart as a vector drawing: one SVG file that needs nothing else, for a browser or a paper."""

from __future__ import annotations

from collections.abc import Sequence

from labtop.tui.charts.spec import ChartSpec, HistogramSpec, ScatterSpec, Spec
from labtop.tui.export import bars, dots, lines
from labtop.tui.export.elements import PAPERS, Background, Paper, element, words
from labtop.tui.export.frame import TEXT, Drawing
from labtop.tui.export.legend import Entry, legend

WIDTH, HEIGHT = 720, 400
"""Pixels of a drawing, its legend not counted."""

_FONTS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_BELOW = 8.0  # each drawing


def svg(
    specs: Spec | Sequence[Spec],
    *,
    width: int = WIDTH,
    height: int = HEIGHT,
    background: Background = "white",
    name: str = "",
    key: str = "plot",
) -> str:
    """The charts one under the other, each with its legend below, which adds to its height.

    `name` is what those hear who cannot see it; names inside begin with `key`, which no other drawing of a page has.
    """
    paper = PAPERS[background]
    parts: list[str] = []
    down = 0.0
    for place, spec in enumerate([specs] if isinstance(specs, Spec) else specs):
        for drawing in _drawings(spec, (float(width), float(height)), paper, f"{key}{place}"):
            parts.append(element("g", drawing.content, transform=f"translate(0,{down:.2f})"))
            down += drawing.height
        down += _BELOW
    ground = element("rect", width="100%", height="100%", fill=paper.background)
    total = max(round(down), 1)
    title = [element("title", words(name))] if name else []
    content = "\n".join(["", *title, ground, *parts, ""])
    root = element(
        "svg",
        content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {total}",
        width=width,
        height=total,
        font_family=_FONTS,
        font_size=TEXT,
        **({"role": "img"} if name else {}),
    )
    return f"{root}\n"


def _drawings(spec: Spec, size: tuple[float, float], paper: Paper, key: str) -> list[Drawing]:
    drawing, entries = _drawn(spec, size, paper, key)
    return [drawing, legend(entries, size[0], paper)]


def _drawn(spec: Spec, size: tuple[float, float], paper: Paper, key: str) -> tuple[Drawing, list[Entry]]:
    match spec:
        case ChartSpec():
            return lines.chart(spec, size, paper, key), lines.entries(spec)
        case ScatterSpec():
            return dots.scatter(spec, size, paper, key), dots.entries(spec)
        case HistogramSpec():
            return bars.histogram(spec, size, paper, key), bars.entries(spec)
