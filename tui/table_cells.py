"""Cells of the runs table as text. Pure functions."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from math import isfinite
from typing import Final

from rich.text import Text

from labtop.store.model import Change, Json, Run, RunTable, Standing, short_commit
from labtop.tui import format as fmt
from labtop.tui.run_names import cut_middle
from labtop.tui.run_style import Charset
from labtop.tui.table_look import VERSUS

Cell = Text | str
BEST: dict[Charset, str] = {"braille": "★", "ascii": "*"}
"""Stands behind the best value of its column."""
HAS: dict[Charset, str] = {"braille": "✓", "ascii": "x"}
"""Stands in the column of a tag for runs that have it."""
CHANGE_MARKS: dict[Charset, dict[Change, str]] = {
    "braille": {"better": "▲", "worse": "▼", "same": "="},
    "ascii": {"better": "^", "worse": "v", "same": "="},
}
_CHANGE_STYLES: dict[Change, str] = {"better": "green", "worse": "red", "same": "dim"}
_REPEATS: dict[Charset, tuple[str, str]] = {"braille": ("≡", "≈"), "ascii": ("=", "~")}
"""Before the name of an earlier run with the same params: with the same seed too, or with another one."""
_MOST_NAMED = 16  # cells of an earlier run's name
_MOST_KEPT = 4096


def cell_of(run: Run, table: RunTable, place: int, charset: Charset) -> Cell:
    """What the run shows in the column of the table at this place."""
    column, value = table.columns[place], run.cells[place]
    if column.kind == "metric":
        return metric(value, table.best[place], charset)
    if column.kind == "tag" and value is True:
        return HAS[charset]
    if column.kind == "run":
        return shown_of_field(column.key, value)
    return _kept(value) if isinstance(value, str | int | None) else fmt.value(value)


def shown_of_field(key: str, value: Json) -> str:
    """What a field of a run shows."""
    return _FIELDS.get(key, fmt.value)(value) if value is not None else ""


def metric(value: Json, best: float | None, charset: Charset) -> Cell:
    """A metric's value, with room for the star that the best one has."""
    if not isinstance(value, int | float):
        return ""
    if best is not None and value == best:
        return Text(fmt.number(value) + BEST[charset], "bold")
    if not isfinite(value):
        return Text(fmt.number(value) + " ", "bold red")
    return fmt.number(value) + " "


def shown_of_standing(standing: Standing | None, key: str, charset: Charset) -> Text:
    """Signs: beside the run before, beside the best of all before, whether a run is repeated. Or which one."""
    text = Text(no_wrap=True)
    if standing is None:
        return text
    repeats = "" if standing.repeats is None else _REPEATS[charset][not standing.same_seed]
    if key == VERSUS:
        for change in (standing.last, standing.best):
            text.append(CHANGE_MARKS[charset][change] if change else " ", _CHANGE_STYLES[change] if change else "")
        text.append(repeats, "yellow")
    elif repeats:
        text.append(f"{repeats} {cut_middle(fmt.clean(standing.repeats_name), _MOST_NAMED)}", "yellow")
    return text


@lru_cache(_MOST_KEPT, typed=True)
def _kept(value: str | int | None) -> str:
    return "" if value is None else fmt.value(value)


def _tags(value: Json) -> str:
    return fmt.clean(", ".join(map(str, value))) if isinstance(value, list | tuple) else fmt.value(value)


def _moment(value: Json) -> str:
    """A time of day as people here read it; what no calendar has stays a number."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(float(str(value))))
    except (OverflowError, ValueError, OSError):
        return fmt.value(value)


def _lines(value: Json) -> str:
    """The newest of several notes, and how many there are."""
    lines = str(value).splitlines()
    return fmt.clean(lines[-1]) + (f" (+{len(lines) - 1})" if len(lines) > 1 else "") if lines else ""


def _seconds(value: Json) -> str:
    return fmt.duration(value) if isinstance(value, int | float) else fmt.value(value)


def _number(value: Json) -> str:
    return fmt.number(value) if isinstance(value, int | float) else fmt.value(value)


def _hidden(value: Json) -> str:
    return "hidden" if value else ""


def _commit(value: Json) -> str:
    return fmt.clean(short_commit(str(value)))


_FIELDS: Final[dict[str, Callable[[Json], str]]] = {
    "tags": _tags,
    "notes": _lines,
    "started": _moment,
    "updated": _moment,
    "duration": _seconds,
    "eta": _seconds,
    "steps_per_s": _number,
    "step": _number,
    "total_steps": _number,
    "hidden": _hidden,
    "git.commit": _commit,
}
