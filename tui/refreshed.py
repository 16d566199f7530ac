"""When a widget's own screen has been refreshed, whatever stands on top of it."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget


def once_refreshed(widget: Widget, act: Callable[[], None]) -> None:
    """Act when what waits for the widget is done and its screen has been refreshed.

    Textual's `call_after_refresh` waits for the screen on top: where that is a picker that closes first, it never acts.
    """
    widget.call_later(_hand_over, widget, act)


def _hand_over(widget: Widget, act: Callable[[], None]) -> None:
    if widget.is_attached:
        widget.screen._invoke_later(act, widget)
