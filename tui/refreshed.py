"""When a widget's own screen is refreshed, whatever stands on top of it."""

from __future__ import annotations

from collections.abc import Callable

from textual.messages import Update
from textual.widget import Widget


def once_refreshed(widget: Widget, act: Callable[[], None]) -> None:
    """Act when what waits for the widget is done and its screen has been refreshed.

    Textual's `call_after_refresh` waits for the screen on top: where that is a picker that closes first, it never acts.
    """
    widget.call_later(_hand_over, widget, act)


def in_this_frame(widget: Widget) -> None:
    """Have the screen draw the widget with what else changes now, not when the widget has nothing else to do."""
    if widget.is_attached:
        widget.screen.post_message(Update(widget))


def _hand_over(widget: Widget, act: Callable[[], None]) -> None:
    if widget.is_attached:
        screen = widget.screen
        # Behind what the widget has told the screen: in between the screen may take itself to be idle, and act.
        screen.call_later(screen._invoke_later, act, widget)
