"""A vertical scrollbar that is drawn with every frame of a table that moves, and leaves nothing to clear away."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

_MOST_KEPT = 256  # looks of one cell: eight heights in a few colours


class KeptScrollBar(ScrollBar):
    """Textual's, of cells that are made once: each time new ones take a tenth of a frame, and they lie in cycles."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of it, as the screen shows them."""
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)
        style = self.app.console.get_style(bar.style)
        assert style.color is not None
        assert style.bgcolor is not None
        width, height = self.size
        cells = bar.render_bar(
            height, bar.virtual_size, bar.window_size, bar.position, width, bar.vertical, style.bgcolor, style.color
        )
        strips = [_strip(cell) for cell in cells.segments[crop.y : crop.bottom]]
        filters = self.get_line_filters()
        if filters:
            background = self.background_colors[1]
            for each in filters:
                strips = [strip.apply_filter(each, background) for strip in strips]
        return [strip.crop(*crop.column_span) for strip in strips]


@lru_cache(_MOST_KEPT)
def _strip(cell: Segment) -> Strip:
    return Strip([cell], cell.cell_length)
