"""The markers of runs as shapes: a font may lack them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from labtop.tui.export.elements import Paper, element
from labtop.tui.run_style import run_color, run_dashes, run_marker

_SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "circle": "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z",
        "square": "M-3.5,-3.5h7v7h-7Z",
        "up": "M0,-4.4L4.4,3.4H-4.4Z",
        "down": "M0,4.4L4.4,-3.4H-4.4Z",
        "diamond": "M0,-4.8L4.8,0L0,4.8L-4.8,0Z",
    }
)
_HALVES: Mapping[str, str] = MappingProxyType({"circle": "M0,-4a4,4 0 0,0 0,8Z", "square": "M-3.5,-3.5h3.5v7h-3.5Z"})
_MARKERS: Mapping[str, tuple[str, Literal["full", "open", "dot", "half"]]] = MappingProxyType(
    {
        "●": ("circle", "full"),
        "■": ("square", "full"),
        "▲": ("up", "full"),
        "◆": ("diamond", "full"),
        "○": ("circle", "open"),
        "□": ("square", "open"),
        "△": ("up", "open"),
        "◇": ("diamond", "open"),
        "▼": ("down", "full"),
        "▽": ("down", "open"),
        "◉": ("circle", "dot"),
        "▣": ("square", "dot"),
        "◈": ("diamond", "dot"),
        "◐": ("circle", "half"),
        "◧": ("square", "half"),
    }
)
_DASHES = (None, "7 3", "4 2.5", "1.5 2.5")
_CROSS = "M-3.5,-3.5L3.5,3.5M-3.5,3.5L3.5,-3.5"


def marker(number: int, x: float, y: float, paper: Paper, **attributes: object) -> str:
    """The run's marker at a place."""
    shape, inside = _MARKERS[run_marker(number)]
    color, path, place = run_color(number), _SHAPES[shape], f"translate({x:.2f},{y:.2f})"
    fill = color if inside == "full" else paper.background
    parts = [element("path", d=path, fill=fill, stroke=color, stroke_width=1.3)]
    if inside == "dot":
        parts.append(element("path", d=path, fill=color, transform="scale(0.45)"))
    elif inside == "half":
        parts.append(element("path", d=_HALVES[shape], fill=color))
    return element("g", "".join(parts), transform=place, **attributes)


def cross(x: float, y: float, color: str) -> str:
    """What stands where a value is NaN or infinite."""
    return element("path", d=_CROSS, stroke=color, stroke_width=1.6, transform=f"translate({x:.2f},{y:.2f})")


def dashes(numbers: list[int]) -> list[str | None]:
    """How the lines of these runs are broken, None for solid: what SVG calls stroke-dasharray."""
    return [_DASHES[kind] for kind in run_dashes(numbers)]
