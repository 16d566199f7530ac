"""How a grid disturbs least when its rows change: where its cursor stays, which row stays on top. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from labtop.tui.widgets.grid_rows import GridRows


@dataclass(frozen=True, slots=True)
class Sight:
    """What was in sight: `page` rows from place `top` on, with the cursor at `cursor`, which a person may have
    `steered` there."""

    top: int
    page: int
    cursor: int | None
    steered: bool


def kept_cursor(rows: GridRows, old: GridRows, before: int | None) -> int | None:
    """Where the cursor's row is now, or the nearest one that is left; None in a grid without rows."""
    here = None if before is None else _place(rows, old, before)
    if before is not None and (here is None or not rows.lands(here)):
        here = rows.survivor(old, before)
    return rows.landing(0) if here is None else here


def steady_top(rows: GridRows, old: GridRows, sight: Sight, after: int | None) -> int:
    """The scroll offset at which the new rows disturb least, with the cursor at `after` now.

    The cursor's row keeps its line if it was in sight, else the top row does. A table that shows its beginning
    goes on to do so, unless a person had the cursor in sight and it would be lost.
    """
    top, page, before = sight.top, sight.page, sight.cursor
    if before is None or after is None:
        return top
    followed = top <= before < top + page
    if top == 0 and not (followed and sight.steered and after >= page):
        return 0
    if followed:
        return max(0, top + after - before)
    first = min(top, len(old) - 1)  # a grid one line high scrolls past its last row
    kept = _place(rows, old, first)
    kept = rows.survivor(old, first) if kept is None else kept
    return top if kept is None else kept


def _place(rows: GridRows, old: GridRows, at: int) -> int | None:
    """Where the row is that stood at `at` in `old`: most often there still, which is seen without a search."""
    key = old.key(at)
    return at if at < len(rows) and rows.key(at) == key else rows.place(key)
