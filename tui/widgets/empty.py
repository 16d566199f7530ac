"""What stands in place of the views while there is no run: where we look, and the one line that makes a run."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from labtop.store.example import example_command
from labtop.store.model import Activity, RunTable
from labtop.tui import format as fmt


class Empty(Widget):
    """A text in the middle; it goes when the first run appears."""

    activity: reactive[Activity] = reactive(Activity(), repaint=False)
    table: reactive[RunTable | None] = reactive[RunTable | None](None, repaint=False)
    text: reactive[Text] = reactive(Text())

    def __init__(self, root: Path, *, id: str) -> None:
        super().__init__(id=id)
        self._root = root

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self._renew()

    def _renew(self) -> None:
        """Reading, or nothing there; nothing to say where there are runs."""
        if self.table is not None and self.table.total:
            self.text = Text()
        elif self.activity.complete:
            self.text = nothing_yet(self._root, self.activity)
        else:
            self.text = Text(f"Looking for logs in {fmt.clean(self._root)}")

    watch_activity = watch_table = _renew

    def render(self) -> Text:
        """The text; where it has too little room, the command alone."""
        lines = self.text.wrap(self.app.console, max(1, self.size.width))
        if len(lines) <= self.size.height or not self.activity.complete:
            return self.text
        return Text.assemble(
            "No run yet. To make one (y copies it):\n\n", (fmt.clean(example_command(self._root)), "bold")
        )


def nothing_yet(root: Path, activity: Activity) -> Text:
    """What to do, with the command in a line of its own."""
    text = Text()
    if not root.is_dir():
        text.append(f"No metrics yet in {fmt.clean(root)}\n\n", "bold")
        text.append("They appear as soon as a line of JSON with a number is appended:\n\n")
    elif looked_at := activity.files + activity.others:
        text.append(f"{looked_at} file{'' if looked_at == 1 else 's'} in {fmt.clean(root)}, but no log\n\n", "bold")
        text.append("A log is a file of JSON objects, one a line, with a number in them. To make one:\n\n")
    else:
        text.append(f"No runs yet in {fmt.clean(root)}\n\n", "bold")
        text.append("Point your training here, or append lines of JSON from anything. To make a run:\n\n")
    text.append(f"{fmt.clean(example_command(root))}\n\n", "bold")
    text.append("It appears here at once; nothing has to be restarted.  y copies the command, q quits.", "dim")
    return text
