"""The rows of a grid in their order: where a key is, and where a cursor may go. Pure, no screen."""

from __future__ import annotations

from collections.abc import Sequence

from labtop.tui.widgets.grid_layout import GridRow


class Rows:
    """Rows by place and by key. Keys are unique; the cursor may stand on any row that is no section."""

    def __init__(self, rows: Sequence[GridRow] = ()) -> None:
        self.all = tuple(rows)
        self._places = {row.key: at for at, row in enumerate(self.all)}

    def __len__(self) -> int:
        return len(self.all)

    def place(self, key: str | None) -> int | None:
        """Where the row of this key is, None when there is none."""
        return None if key is None else self._places.get(key)

    def landing(self, at: int, direction: int = 1) -> int | None:
        """The first place for a cursor from `at` on in this direction, else in the other. None without any."""
        last = len(self.all) - 1
        down, up = range(max(at, 0), last + 1), range(min(at, last), -1, -1)
        for places in (down, up) if direction > 0 else (up, down):
            for place in places:
                if not self.all[place].section:
                    return place
        return None

    def heading(self, at: int) -> int:
        """The place of the first of the sections directly above `at`; `at` itself without any."""
        while at > 0 and self.all[at - 1].section:
            at -= 1
        return at

    def survivor(self, old: Rows, at: int) -> int | None:
        """The place here of the row that was nearest to `at` in `old` and is still a row; below before above."""
        for distance in range(len(old)):
            for near in (at + distance, at - distance):
                if 0 <= near < len(old) and not old.all[near].section:
                    place = self.place(old.all[near].key)
                    if place is not None and not self.all[place].section:
                        return place
        return None
