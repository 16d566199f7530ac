"""Every key of the app, once. Bindings, footer, palette and help are all made from this table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding, BindingType

from labtop.tui.run_style import Charset

Area = Literal["everywhere", "views", "move", "runs", "table", "columns", "charts", "plots", "compare", "run", "models"]

AREAS: dict[Area, str] = {
    "views": "Views",
    "move": "Move",
    "runs": "Runs",
    "table": "The table",
    "columns": "Its columns",
    "charts": "Charts",
    "plots": "Plots",
    "compare": "Compare",
    "run": "One run",
    "models": "Models",
    "everywhere": "Everywhere",
}


_ARROWS = str.maketrans({"↑": "Up", "↓": "Down", "←": "Left", "→": "Right"})


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a key does. `keys` are Textual's names, comma separated; `shown` is how people write them.

    `action` is empty where a widget binds the keys itself. `footer` ranks the keys of the bottom line, 1 stays longest
    where there is little room; 0 is not in it.
    """

    area: Area
    keys: str
    shown: str
    action: str
    label: str
    help: str
    footer: int = 0

    def written(self, charset: Charset) -> str:
        """`shown`, with words for arrows where the terminal has none."""
        return self.shown.translate(_ARROWS) if charset == "ascii" else self.shown

    @property
    def id(self) -> str:
        """Finds this entry again from a Textual binding."""
        return f"{self.area}.{self.keys}"


KEYS: tuple[Key, ...] = (
    Key("views", "1", "1", "screen.view('runs')", "runs", "The runs table and the pinned charts"),
    Key("views", "2", "2", "screen.view('plots')", "plots", "All metrics of the marked runs", 12),
    Key("views", "3", "3", "screen.view('compare')", "compare", "The marked runs side by side", 13),
    Key("views", "5", "5", "screen.view('models')", "models", "Which model is in production, and why", 23),
    Key(
        "views",
        "slash",
        "/",
        "screen.filter",
        "filter",
        "Only runs with lr < 1e-2 and tag:good, or that hold some words; in Plots metrics, in Compare keys",
        8,
    ),
    Key("views", "tab", "Tab", "screen.next_pane(1)", "next pane", "Next pane or chart"),
    Key("views", "shift+tab", "shift+Tab", "screen.next_pane(-1)", "pane before", "Pane or chart before"),
    Key(
        "views",
        "escape",
        "Esc",
        "screen.out",
        "back",
        "One layer out: the input, a maximised pane, the view, the filter",
        3,
    ),
    Key("views", "y", "y", "screen.copy_name", "copy name", "Copy the run's name to the clipboard (OSC 52)"),
    Key("move", "up,down,k,j", "↑ ↓ k j", "", "move", "Up and down, in tables and between charts"),
    Key("move", "h,l,left,right", "h l ← →", "", "left, right", "Left and right in tables; between charts h and l"),
    Key("move", "g,home", "g Home", "", "first", "First row or chart"),
    Key("move", "G,end", "G End", "", "last", "Last row or chart"),
    Key("move", "ctrl+d,ctrl+u", "ctrl+d ctrl+u", "", "half a page", "Half a page down, up; between charts a page"),
    Key("runs", "space", "Space", "mark", "mark", "Mark the run: charts and Compare show the marked ones", 3),
    Key("runs", "enter", "Enter", "", "open", "Open the run: all that is known of it; of a group, its runs", 4),
    Key("runs", "a", "a", "screen.mark_all", "mark all", "Mark all runs that pass the filter; again: none"),
    Key(
        "runs", "p", "p", "baseline", "baseline", "Make the run the baseline that others are compared with; again: none"
    ),
    Key("runs", "c", "c", "screen.view('compare')", "compare", "Compare the marked runs", 6),
    Key("runs", "w", "w", "screen.why", "why", "Which params explain a metric, among the marked or all filtered runs"),
    Key("runs", "B", "B", "screen.better", "better?", "Is a group of runs better than another: seeds, or any param"),
    Key("runs", "E", "E", "traceback", "traceback", "Read the run's error and traceback"),
    Key(
        "runs",
        "n",
        "n",
        "screen.say_of('note')",
        "note",
        "Take a note of the run, which everybody sees",
    ),
    Key("runs", "number_sign", "#", "screen.say_of('tags')", "tags", "Change the run's tags"),
    Key(
        "runs",
        "D",
        "D",
        "screen.say_of('decide')",
        "decide",
        "Keep, discard, continue, stop, repeat the run: and why",
    ),
    Key(
        "runs",
        "H",
        "H",
        "screen.say_of('hide')",
        "hide",
        "Hide the run; the filter `is:hidden` shows it again",
    ),
    Key("runs", "W", "W", "screen.promote", "promote", "Promote the run's model: to staging, production, the archive"),
    Key(
        "table",
        "s",
        "s",
        "screen.pick_sort",
        "sort",
        "Choose the column to sort by (or click its header); the one before decides where it is equal",
        7,
    ),
    Key("table", "S", "S", "screen.reverse", "reverse", "Reverse the order"),
    Key(
        "table",
        "A",
        "A",
        "screen.aggregate",
        "last/best",
        "Metric columns show the last, best, smallest, largest or mean value",
    ),
    Key("columns", "v", "v", "screen.pick_columns", "columns", "Choose columns: any param, metric, tag or field", 9),
    Key("columns", "b", "b", "screen.pick_table_groups", "group", "A row a group: by params, or all but the seed", 10),
    Key("columns", "comma", ",", "column('narrower')", "narrower", "The column under the cursor narrower"),
    Key("columns", "full_stop", ".", "column('wider')", "wider", "The column under the cursor wider"),
    Key("columns", "less_than_sign", "<", "column('left')", "move left", "The column under the cursor to the left"),
    Key("columns", "greater_than_sign", ">", "column('right')", "move right", "The column to the right"),
    Key("columns", "P", "P", "column('pin')", "pin", "Pin the metric (it has a chart), or keep the column in sight"),
    Key("charts", "plus,equals_sign", "+", "screen.zoom(1)", "zoom in", "Half as much of x, around the crosshair", 18),
    Key("charts", "minus", "-", "screen.zoom(-1)", "zoom out", "Twice as much of x"),
    Key("charts", "left_square_bracket", "[", "screen.pan(-1)", "pan left", "Earlier x, where zoomed in"),
    Key("charts", "right_square_bracket", "]", "screen.pan(1)", "pan right", "Later x, where zoomed in"),
    Key("charts", "0", "0", "screen.fit", "fit", "All of x"),
    Key("charts", "f", "f", "screen.follow", "follow", "Zoomed in to the newest points, and moved along with them", 24),
    Key(
        "charts",
        "left,right",
        "← →",
        "",
        "crosshair",
        "The crosshair, in all charts, to the next point; with shift ten dots on",
    ),
    Key(
        "charts",
        "L",
        "L",
        "screen.log_y",
        "log y",
        "Logarithmic y axis of the focused chart; from the table of all",
        16,
    ),
    Key("charts", "K", "K", "screen.log_x", "log x", "Logarithmic x axis"),
    Key(
        "charts",
        "left_curly_bracket",
        "{",
        "screen.smooth(-1)",
        "less smoothing",
        "Smoothing, 0 to 0.999: less of it",
    ),
    Key("charts", "right_curly_bracket", "}", "screen.smooth(1)", "smooth", "More smoothing", 19),
    Key("charts", "r", "r", "screen.raw", "raw line", "The values under smoothed lines, or the lines alone"),
    Key(
        "charts",
        "o",
        "o",
        "screen.outliers",
        "outliers",
        "Leave outliers outside, and say how many they are; again: all",
        22,
    ),
    Key(
        "charts",
        "b",
        "b",
        "screen.pick_group",
        "group",
        "Runs that agree in a param, or in all but the seed, as one line with a band",
        20,
    ),
    Key(
        "charts",
        "i",
        "i",
        "screen.kind",
        "kind",
        "Lines, a dot for each run against a param (X chooses), or how values are distributed over runs",
        21,
    ),
    Key(
        "charts",
        "P",
        "P",
        "screen.pin",
        "pin",
        "Pin the focused chart's metric, from the table any: it has a column and a chart; again: not",
        14,
    ),
    Key(
        "charts", "X", "X", "screen.pick_x", "x axis", "x axis: step, time since the start, time of day, any metric", 17
    ),
    Key(
        "charts",
        "e",
        "e",
        "screen.export",
        "export",
        "Write the focused chart into a file, from the table all on the page: SVG, PNG, CSV, text",
        20,
    ),
    Key("charts", "z", "z", "maximise", "maximise", "The focused pane or chart alone; again: all", 15),
    Key("charts", "pagedown", "PgDn", "next_page", "next page", "Next page of charts"),
    Key("charts", "pageup", "PgUp", "previous_page", "page back", "Previous page of charts"),
    Key("plots", "left_parenthesis", "(", "screen.grid(-1)", "fewer", "Fewer and larger charts, down to one", 4),
    Key("plots", "right_parenthesis", ")", "screen.grid(1)", "more", "More and smaller charts, up to 5 by 5", 5),
    Key("plots", "m", "m", "screen.filter", "metrics", "Only metrics whose name matches a regex, as / does", 6),
    Key("compare", "x", "x", "toggle_all", "all/differing", "Show everything, or only what differs", 3),
    Key(
        "compare",
        "percent_sign",
        "%",
        "toggle_relative",
        "relative",
        "Differences of metrics as numbers, or in per cent",
        5,
    ),
    Key(
        "compare",
        "p",
        "p",
        "next_baseline",
        "baseline",
        "Make the run of the column the baseline; from the column of keys the next one",
        4,
    ),
    Key(
        "compare",
        "enter",
        "Enter",
        "",
        "whole, fold",
        "The whole value of each run, long ones word by word; of a folder: fold and unfold it",
        6,
    ),
    Key("compare", "s", "s", "order", "sort", "Sort the runs by the row under the cursor; reverse; as before", 7),
    Key(
        "compare",
        "I",
        "I",
        "ignore",
        "ignore",
        "Ignore the key or folder in all comparisons; where x shows it again: no longer",
        9,
    ),
    Key("compare", "w", "w", "screen.why", "why", "Which params explain a metric; scatter, parallel coordinates", 8),
    Key("compare", "B", "B", "screen.better", "better?", "Is a group of runs better than the baseline's: by seeds", 9),
    Key("compare", "d", "d", "code", "code", "What git and saved patches say of the code of two runs", 10),
    Key("compare", "C", "C", "copy_markdown", "copy", "Copy the comparison as Markdown (OSC 52)", 11),
    Key("compare", "e", "e", "export", "export", "Write the comparison into a file: Markdown, CSV, JSON", 14),
    Key("compare", "space", "Space", "mark", "mark", "Take the run of the column out of the comparison", 15),
    Key("compare", "n", "n", "screen.say_of('note')", "note", "Take a note of the run of the column"),
    Key("compare", "number_sign", "#", "screen.say_of('tags')", "tags", "Change the tags of the run of the column"),
    Key("compare", "D", "D", "screen.say_of('decide')", "decide", "Decide what becomes of the run of the column"),
    Key("run", "space", "Space", "mark", "mark", "Mark the run, or take the mark off", 4),
    Key("run", "p", "p", "baseline", "baseline", "Make the run the baseline; its curves stand beside others'", 5),
    Key("run", "n", "n", "screen.say_of('note')", "note", "Take a note of the run"),
    Key("run", "number_sign", "#", "screen.say_of('tags')", "tags", "Change the run's tags"),
    Key("run", "D", "D", "screen.say_of('decide')", "decide", "Decide what becomes of the run, and why"),
    Key("run", "W", "W", "screen.promote", "promote", "Promote the run's model", 6),
    Key("run", "E", "E", "traceback", "traceback", "Read the run's error and traceback", 3),
    Key("models", "greater_than_sign", ">", "screen.promote", "promote", "The version to another stage, and why", 4),
    Key(
        "models",
        "less_than_sign",
        "<",
        "screen.roll_back",
        "roll back",
        "Production of the model back to the version that was there before",
        5,
    ),
    Key("models", "enter", "Enter", "", "run", "Open the run that made the version", 6),
    Key("everywhere", "colon,ctrl+p", ": ctrl+p", "app.palette", "palette", "Find a command by name"),
    Key("everywhere", "t", "t", "app.next_theme", "theme", "Next colour theme"),
    Key(
        "everywhere",
        "M",
        "M",
        "app.toggle_mouse",
        "mouse",
        "Leave the mouse to the terminal, so that it selects text, or take it back",
    ),
    Key("everywhere", "ctrl+z", "ctrl+z", "app.suspend_process", "suspend", "To the shell; `fg` comes back"),
    Key("everywhere", "question_mark", "?", "app.help", "help", "All keys, and what the marks mean", 1),
    Key("everywhere", "q,ctrl+c", "q ctrl+c", "app.quit", "quit", "Quit; trainings go on", 2),
)

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
