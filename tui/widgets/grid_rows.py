"""The rows of a grid in their order: where a key is, and where a cursor may go. Pure, no screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from labtop.store.model import Lines
from labtop.tui.widgets.grid_layout import GridRow


class GridRows(Protocol):
    """What a grid asks of its rows. Keys are unique; the cursor may stand on any row that is no section."""

    def __len__(self) -> int: ...

    def key(self, at: int) -> str:
        """The key of the row at this place."""
        ...

    def row(self, at: int) -> GridRow | None:
        """The row at this place, None while it is not at hand."""
        ...

    def place(self, key: str) -> int | None:
        """Where the row of this key is, None when there is none."""
        ...

    def lands(self, at: int) -> bool:
        """Whether the cursor may stand on this place, which there is."""
        ...

    def landing(self, at: int, direction: int = 1) -> int | None:
        """The first place for a cursor from `at` on in this direction, else in the other. None without any."""
        ...

    def heading(self, at: int) -> int:
        """The place of the first of the sections directly above `at`; `at` itself without any."""
        ...

    def survivor(self, old: GridRows, at: int) -> int | None:
        """The place here of the row that was nearest to `at` in `old` and is still a row; below before above."""
        ...


class Rows:
    """Rows that are all at hand, by place and by key."""

    def __init__(self, rows: Sequence[GridRow] = ()) -> None:
        self._all = tuple(rows)
        self._places = {row.key: at for at, row in enumerate(self._all)}

    def __len__(self) -> int:
        return len(self._all)

    def key(self, at: int) -> str:
        """The key of the row at this place."""
        return self._all[at].key

    def row(self, at: int) -> GridRow:
        """The row at this place."""
        return self._all[at]

    def place(self, key: str) -> int | None:
        """Where the row of this key is, None when there is none."""
        return self._places.get(key)

    def lands(self, at: int) -> bool:
        """Whether it is no section."""
        return not self._all[at].section

    def landing(self, at: int, direction: int = 1) -> int | None:
        """The first row that is no section from `at` on in this direction, else in the other. None without any."""
        last = len(self._all) - 1
        down, up = range(max(at, 0), last + 1), range(min(at, last), -1, -1)
        for places in (down, up) if direction > 0 else (up, down):
            for place in places:
                if self.lands(place):
                    return place
        return None

    def heading(self, at: int) -> int:
        """The place of the first of the sections directly above `at`; `at` itself without any."""
        while at > 0 and self._all[at - 1].section:
            at -= 1
        return at

    def survivor(self, old: GridRows, at: int) -> int | None:
        """The place here of the row that was nearest to `at` in `old` and is still a row; below before above."""
        return _survivor(self, old, at)


class WindowRows:
    """The rows of a window of `lines`, from line `first` on; of the others some as they were `before`, by their keys.
    No row is a section.

    Nothing here costs time for each line but `survivor`, and `place` some microseconds.
    """

    def __init__(self, lines: Lines, first: int, rows: Sequence[GridRow], before: Mapping[str, GridRow]) -> None:
        """The keys of `rows` are those of their lines, and none of them is a section (else ValueError)."""
        if first < 0 or first + len(rows) > len(lines):
            raise ValueError(f"lines {first} to {first + len(rows)} of {len(lines)}")
        for at, row in enumerate(rows, first):
            if row.section or row.key != lines.key(at):
                raise ValueError(f"row {row.key!r} in line {at}, which is {lines.key(at)!r}")
        self._lines, self._first, self._rows, self._before = lines, first, tuple(rows), before

    def __len__(self) -> int:
        return len(self._lines)

    def key(self, at: int) -> str:
        """The key of the line at this place."""
        return self._lines.key(at)

    def row(self, at: int) -> GridRow | None:
        """The row at this place, None while it is not at hand."""
        within = at - self._first
        return self._rows[within] if 0 <= within < len(self._rows) else self._before.get(self._lines.key(at))

    def place(self, key: str) -> int | None:
        """Where the line of this key is, None when there is none."""
        return self._lines.place(key)

    def lands(self, at: int) -> bool:
        """Always: a line need not be at hand for the cursor to stand on it."""
        return True

    def landing(self, at: int, direction: int = 1) -> int | None:
        """The nearest line to `at`, None without any."""
        return min(max(at, 0), len(self) - 1) if len(self) else None

    def heading(self, at: int) -> int:
        """Itself."""
        return at

    def survivor(self, old: GridRows, at: int) -> int | None:
        """The place here of the line that was nearest to `at` in `old` and still is; below before above."""
        if isinstance(old, WindowRows):
            return self._lines.survivor(old._lines, at)
        return _survivor(self, old, at)


def _survivor(rows: GridRows, old: GridRows, at: int) -> int | None:
    """The obvious way: one after the other, from near to far."""
    for distance in range(len(old)):
        for near in (at + distance, at - distance):
            if 0 <= near < len(old) and old.lands(near):
                place = rows.place(old.key(near))
                if place is not None and rows.lands(place):
                    return place
    return None
