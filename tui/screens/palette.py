"""The palette: the keys that work here, as a list to choose from."""

from __future__ import annotations

from textual.screen import Screen

from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.picker import Choice, Picker
from labtop.tui.widgets.key_bar import active_keys


def palette(screen: Screen[object]) -> Picker[str]:
    """A picker over what can be done on this screen now; its answer is the key that does it."""
    charset = terminal_charset()
    choices = [
        Choice(key.keys.split(",")[0], f"{key.label}: {key.help}", key.written(charset)) for key in active_keys(screen)
    ]
    return Picker("Command", choices)
