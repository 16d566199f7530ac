"""What a key is: where it works, how it is written, what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
