"""Reader: a text over the whole screen, to be read and scrolled. Help and tracebacks are shown in it."""

from __future__ import annotations

from typing import ClassVar

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from labtop.tui import format as fmt
from labtop.tui.keys import ALWAYS
from labtop.tui.screens.keyed import Modal


class Reader(Modal[None]):
    """A title and a text; Esc or q leaves, and so do ? and E, which open it."""

    CSS_PATH = "reader.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        Binding("escape,q,question_mark,E", "dismiss", "leave", show=False),
        Binding("j,down", "scroll('down')", show=False),
        Binding("k,up", "scroll('up')", show=False),
        Binding("ctrl+d,pagedown,space", "scroll('page_down')", show=False),
        Binding("ctrl+u,pageup", "scroll('page_up')", show=False),
        Binding("g,home", "scroll('home')", show=False),
        Binding("G,end", "scroll('end')", show=False),
    ]

    def __init__(self, title: str, text: RenderableType, *, from_end: bool = False) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._from_end = from_end

    def compose(self) -> ComposeResult:
        """The text in a frame."""
        with VerticalScroll() as scroll:
            scroll.border_title = Content(f"{fmt.clean(self._title)} ")
            scroll.border_subtitle = "Esc leaves, j k scroll"
            yield Static(self._text, markup=False)

    def on_mount(self) -> None:
        """What matters in a traceback stands at its end."""
        scroll = self.query_one(VerticalScroll)
        self.set_focus(scroll)
        if self._from_end:
            scroll.scroll_end(animate=False)

    def action_scroll(self, where: str) -> None:
        """Scroll a line, a page, or to an end."""
        getattr(self.query_one(VerticalScroll), f"scroll_{where}")(animate=False)
