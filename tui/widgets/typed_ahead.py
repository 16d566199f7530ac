"""Keys that come in one piece: each goes to the part of a form that has the focus when its turn comes."""

from __future__ import annotations

from textual.events import Key
from textual.widget import Widget


async def belongs_elsewhere(part: Widget, event: Key) -> bool:
    """Whether the key is not for this part of a form: typed behind one that has moved the focus on, or a key of its
    screen's, which is acted on here, in its order among the letters.

    Textual hands keys to the part that has the focus when they come, and acts on those of the screen after them.
    """
    focused = part.screen.focused
    if focused not in (None, part):
        event.stop()
        event.prevent_default()
        assert focused is not None
        focused._forward_event(Key(event.key, event.character))
        return True
    if event.is_printable or not await part.app._check_bindings(event.key):
        return False
    event.stop()
    event.prevent_default()
    return True
