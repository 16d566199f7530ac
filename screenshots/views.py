"""What is pictured: for each view the keys that lead to it from the view before."""

from __future__ import annotations

from dataclasses import dataclass

WIDE, NORMAL, TINY, HUGE = (140, 45), (80, 24), (40, 12), (200, 60)


@dataclass(frozen=True, slots=True)
class View:
    """One picture. `keys` are pressed one after the other, by Textual's names."""

    name: str
    keys: tuple[str, ...] = ()


TOUR = (
    View("runs"),
    View("filter", ("slash", *"w48")),
    View("help", ("escape", "escape", "question_mark")),
    View("palette", ("escape", "colon")),
    View("run", ("escape", "g", "enter")),
    View("traceback", ("escape", "j", "E")),
    View("plots", ("escape", "g", "space", "j", "space", "j", "space", "j", "space", "2")),
    View("chart", ("l", "z", "L")),
    View("zoom", ("L", "escape", "plus", *["right_curly_bracket"] * 5, "left", "shift+left", "shift+left")),
    View("compare", ("escape", "3")),
    View("models", ("5",)),
    View("why", ("1", "a", "a", "w")),
    View("parallel", ("i",)),
    View("better", ("escape", "B", "b", *"width", "enter")),
)
"""All views over the runs, as a person would walk through them."""
RUNS = TOUR[:1]
EMPTY = (View("empty", ("1",)),)
DEMO, NOTHING = "demo", "runs"

SITTINGS: tuple[tuple[str, tuple[int, int], tuple[View, ...]], ...] = (
    (DEMO, WIDE, TOUR),
    (DEMO, NORMAL, TOUR),
    (DEMO, TINY, RUNS),
    (DEMO, HUGE, RUNS),
    (NOTHING, WIDE, EMPTY),
    (NOTHING, NORMAL, EMPTY),
)
"""The app is started so often: on which folder, how large, and what is seen there."""


def file_name(view: View, size: tuple[int, int]) -> str:
    """Where the picture is kept."""
    return f"{view.name}-{size[0]}x{size[1]}.svg"


FILES = tuple(file_name(view, size) for _, size, views in SITTINGS for view in views)
"""All pictures."""
