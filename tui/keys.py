"""Keys as Textual's bindings, and by their ids."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from labtop.tui.key import AREAS, Area, Key
from labtop.tui.key_table import KEYS

__all__ = ["ALWAYS", "AREAS", "BY_ID", "KEYS", "Area", "Key", "bindings"]

ALWAYS: list[BindingType] = [
    Binding("ctrl+c", "app.quit", show=False, priority=True),
    Binding("ctrl+z", "app.suspend_process", show=False, priority=True),
]
"""What works under a picker or a text too, where the keys of the app do not."""

BY_ID: dict[str, Key] = {key.id: key for key in KEYS if key.action}


def bindings(*areas: Area) -> list[BindingType]:
    """Textual's bindings for the keys of these areas."""
    return [
        Binding(key.keys, key.action, key.label, show=bool(key.footer), tooltip=key.help, id=key.id)
        for key in KEYS
        if key.area in areas and key.action
    ]
