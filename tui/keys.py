"""Every key of the app, once. Bindings, footer, palette and help are all made from this table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding, BindingType

Area = Literal["everywhere", "views", "move", "runs", "table", "charts", "plots", "compare", "run"]

AREAS: dict[Area, str] = {
    "everywhere": "Everywhere",
    "views": "Views",
    "move": "Move",
    "runs": "Runs",
    "table": "The table",
    "charts": "Charts",
    "plots": "The grid of charts (Plots)",
    "compare": "Compare",
    "run": "One run",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a key does. `keys` are Textual's names, comma separated; `shown` is how people write them.

    `action` is empty where a widget binds the keys itself. `label` stands in the footer when `footer`.
    """

    area: Area
    keys: str
    shown: str
    action: str
    label: str
    help: str
    footer: bool = False

    @property
    def id(self) -> str:
        """Finds this entry again from a Textual binding."""
        return f"{self.area}.{self.keys}"


KEYS: tuple[Key, ...] = (
    Key("runs", "space", "Space", "mark", "mark", "Mark the run: charts and Compare show the marked ones", True),
    Key("runs", "enter", "Enter", "", "open", "Open the run: all that is known of it", True),
    Key("runs", "c", "c", "screen.view('compare')", "compare", "Compare the marked runs", True),
    Key("runs", "a", "a", "screen.mark_all", "mark all", "Mark all runs that pass the filter; again: none"),
    Key(
        "runs", "p", "p", "baseline", "baseline", "Make the run the baseline that others are compared with; again: none"
    ),
    Key("runs", "E", "E", "traceback", "traceback", "Read the run's error and traceback"),
    Key("table", "s", "s", "screen.pick_sort", "sort", "Choose the column to sort by (or click its header)", True),
    Key("table", "S", "S", "screen.reverse", "reverse", "Reverse the order"),
    Key(
        "table",
        "A",
        "A",
        "screen.aggregate",
        "last/best",
        "Metric columns show the last, smallest, largest or best value",
    ),
    Key(
        "table",
        "P",
        "P",
        "screen.pick_pin",
        "pin",
        "Pin a metric, or take the pin off: pinned ones have a column and a chart",
        True,
    ),
    Key("compare", "x", "x", "toggle_all", "all/differing", "Show everything, or only what differs", True),
    Key(
        "compare",
        "percent_sign",
        "%",
        "toggle_relative",
        "relative",
        "Differences of metrics as numbers, or in per cent",
        True,
    ),
    Key("compare", "p", "p", "next_baseline", "baseline", "Make the next run the baseline", True),
    Key("run", "E", "E", "traceback", "traceback", "Read the run's error and traceback"),
    Key("charts", "L", "L", "log_y", "log y", "Logarithmic y axis for the chart, or for all pinned ones", True),
    Key("charts", "X", "X", "screen.next_x", "x axis", "x axis: step, time since the start, time of day", True),
    Key("charts", "z", "z", "maximise", "maximise", "The focused pane or chart alone; again: all", True),
    Key("charts", "pagedown", "PgDn", "next_page", "next page", "Next page of charts"),
    Key("charts", "pageup", "PgUp", "previous_page", "page back", "Previous page of charts"),
    Key("plots", "left_parenthesis", "(", "screen.grid(-1)", "fewer", "Fewer and larger charts, down to one", True),
    Key("plots", "right_parenthesis", ")", "screen.grid(1)", "more", "More and smaller charts, up to 4×4", True),
    Key("plots", "m", "m", "screen.filter_metrics", "metrics", "Only metrics whose name holds a text", True),
    Key("views", "1", "1", "screen.view('runs')", "runs", "The runs table and the pinned charts"),
    Key("views", "2", "2", "screen.view('plots')", "plots", "All metrics of the marked runs", True),
    Key("views", "3", "3", "screen.view('compare')", "compare", "The marked runs side by side", True),
    Key(
        "views",
        "slash",
        "/",
        "screen.filter_runs",
        "filter",
        "Only runs whose name, id, tags or status hold a text",
        True,
    ),
    Key("views", "y", "y", "screen.copy_name", "copy name", "Copy the run's name to the clipboard (OSC 52)"),
    Key(
        "views",
        "escape",
        "Esc",
        "screen.out",
        "back",
        "One layer out: the input, the large chart, the view, the filter",
    ),
    Key("views", "tab", "Tab", "screen.next_pane(1)", "next pane", "Next pane or chart"),
    Key("views", "shift+tab", "shift+Tab", "screen.next_pane(-1)", "pane before", "Pane or chart before"),
    Key("move", "up,down,k,j", "↑ ↓ k j", "", "move", "Up and down, in tables and between charts"),
    Key("move", "left,right,h,l", "← → h l", "", "sideways", "Sideways, in tables and between charts"),
    Key("move", "g,home", "g Home", "", "first", "First row or chart"),
    Key("move", "G,end", "G End", "", "last", "Last row or chart"),
    Key("move", "ctrl+d,ctrl+u", "ctrl+d ctrl+u", "", "half a page", "Half a page down, up"),
    Key("everywhere", "colon,ctrl+p", ": ctrl+p", "app.palette", "palette", "Find a command by name"),
    Key("everywhere", "t", "t", "app.next_theme", "theme", "Next colour theme"),
    Key(
        "everywhere",
        "M",
        "M",
        "app.toggle_mouse",
        "mouse",
        "Leave the mouse to the terminal (to select text), or take it back",
    ),
    Key("everywhere", "ctrl+z", "ctrl+z", "app.suspend_process", "suspend", "To the shell; `fg` comes back"),
    Key("everywhere", "question_mark", "?", "app.help", "help", "This page", True),
    Key("everywhere", "q,ctrl+c", "q ctrl+c", "app.quit", "quit", "Quit; trainings go on", True),
)

BY_ID: dict[str, Key] = {key.id: key for key in KEYS}


def bindings(*areas: Area) -> list[BindingType]:
    """Textual's bindings for the keys of these areas."""
    return [
        Binding(key.keys, key.action, key.label, show=key.footer, tooltip=key.help, id=key.id)
        for key in KEYS
        if key.area in areas and key.action
    ]
