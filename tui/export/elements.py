"""Pieces of SVG: elements, numbers and text made safe for XML, the colours of the paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Literal

import numpy as np
from rich.cells import cell_len

from labtop.store.model import Floats
from labtop.tui.format import clean, cut

Background = Literal["white", "dark"]

_NOT_XML = re.compile(r"[\ufffe\uffff]")  # of what cleaning leaves (https://www.w3.org/TR/xml/#charsets)
_CELL = 0.6  # of the font size: the width of a letter, rather too much than too little
_FAR = 1e5  # pixels: what is further outside than that is drawn there
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Paper:
    """Colours that are no run's: what is drawn on, text, quiet text and frames, grid lines, what is wrong."""

    background: str
    ink: str
    quiet: str
    grid: str
    alarm: str


PAPERS: Mapping[Background, Paper] = MappingProxyType(
    {
        "white": Paper("#FFFFFF", "#1C1C1C", "#5C5C5C", "#E6E6E6", "#C0002A"),
        "dark": Paper("#15171C", "#ECECEC", "#A6A6A6", "#32353D", "#FF5A6E"),
    }
)


def element(name: str, content: str | None = None, /, **attributes: object) -> str:
    """An element; `_` in the names of attributes stands for `-`. `content` is SVG already, None makes it empty."""
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{said}/>" if content is None else f"<{name}{said}>{content}</{name}>"


def words(text: str, limit: int = _LONGEST) -> str:
    """Any text as one line of at most `limit` cells that stands in XML as it is."""
    return escape(_NOT_XML.sub("", clean(text, limit)))


def short(text: str, size: float, room: float) -> str:
    """The text, not yet escaped, cut to the width that it may have at this size of letters."""
    return cut(clean(text, _LONGEST), int(room / (_CELL * size)))


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in the unit of the size of its letters."""
    return _CELL * size * cell_len(text)


def pixels(places: Floats) -> list[str]:
    """Coordinates with two decimals at most, none of them too far away to be drawn."""
    return [f"{place:.2f}".rstrip("0").rstrip(".") for place in np.clip(places, -_FAR, _FAR).tolist()]


def _value(value: object) -> str:
    if isinstance(value, float):
        return pixels(np.array([value]))[0]
    return escape(str(value))
