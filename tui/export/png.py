"""A chart as a picture: the vector drawing, rendered by resvg where it is installed."""

from __future__ import annotations

from collections.abc import Sequence

from labtop.tui.charts.spec import Spec
from labtop.tui.export.elements import Background
from labtop.tui.export.error import ExportError
from labtop.tui.export.svg import HEIGHT, WIDTH, svg

_ZOOM = 2.0  # pixels for each of the drawing: sharp on paper and on dense screens


def png(
    specs: Spec | Sequence[Spec], *, width: int = WIDTH, height: int = HEIGHT, background: Background = "white"
) -> bytes:
    """The same drawing as `svg`, twice as large in pixels.

    Raises `ExportError` where the package that renders it is not installed.
    """
    drawing = svg(specs, width=width, height=height, background=background)
    try:
        import resvg_py
    except ImportError as error:
        raise ExportError("PNG needs a renderer: pip install 'labtop[png]', or write .svg") from error
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing, zoom=_ZOOM))
