"""A chart as a picture: the vector drawing, rendered by resvg where it is installed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from labtop.tui.charts.spec import Spec
from labtop.tui.export.elements import Background
from labtop.tui.export.error import ExportError
from labtop.tui.export.svg import HEIGHT, WIDTH, svg
from labtop.tui.format import clean

_ZOOM = 2.0  # pixels for each of the drawing: sharp on paper and on dense screens
_MOST_PIXELS = 4e7  # 160 MB while it is rendered


def png(
    specs: Spec | Sequence[Spec], *, width: int = WIDTH, height: int = HEIGHT, background: Background = "white"
) -> bytes:
    """The same drawing as `svg`, twice as large in pixels where that is not too many.

    Raises `ExportError` where the package that renders it is not installed, or cannot.
    """
    drawing = svg(specs, width=width, height=height, background=background)
    try:
        import resvg_py
    except ImportError as error:
        raise ExportError("PNG needs a renderer: pip install 'labtop[png]', or write .svg") from error
    count = 1 if isinstance(specs, Spec) else len(specs)
    zoom = min(_ZOOM, math.sqrt(_MOST_PIXELS / (width * height * max(count, 1))))
    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=drawing, zoom=zoom))
    except ValueError as error:
        raise ExportError(f"PNG cannot be rendered ({clean(error)}): write .svg") from error
