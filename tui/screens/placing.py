"""Placing: where a person was in each view when the screen was last open, and is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from textual.timer import Timer

from labtop.tui.screens.noting import Noting
from labtop.tui.screens.view import View
from labtop.tui.session.session import Place, Places, ViewName

_RESTS_S = 0.5
"""A key that is held changes places many times a second: they are looked at when it has been still for so long."""
_RUN, _GROUP = "run:", "group:"


class Placing(Noting):
    """Keeps `places` up to date with the views. Rows of runs are named by id, for numbers change with the index."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self._views: tuple[tuple[ViewName, View], ...] = ()
        self._looking: Timer | None = None
        self._last_row: tuple[str, str] | None = None
        """Key and name of the row last seen under the cursor of runs: it may have gone out of what is known."""
        self._row_to_come: str | None = None
        """The row of last time, while its run is not known and nobody has gone to another."""

    def _place_changed(self) -> None:
        if self._looking is None:
            self._looking = self.set_timer(_RESTS_S, self.look_at_places)

    def look_at_places(self) -> None:
        """See where the person is in each view, of those that are not as they were at first."""
        self._looking = None
        found = ((name, self._named(name, view.here)) for name, view in self._views)
        self.places = tuple(pair for pair in found if pair[1] != Place())

    def return_to(self, places: Places) -> None:
        """Bring each view to where it was, as far as runs need not be known for it. To be called first."""
        views = {view.id: view for view in self.query(View)}
        self._views = tuple((name, views[name]) for name in get_args(ViewName))
        for name, view in self._views:
            self.watch(view, "here", self._place_changed, init=False)
            place = dict(places).get(name, Place())
            row = place.row
            if name == "runs" and row is not None:
                self._row_to_come = row if row.startswith(_RUN) else None
                row = row.removeprefix(_GROUP) if row.startswith(_GROUP) else None
            view.return_to(replace(place, row=row))

    def return_to_run(self, places: Places, numbers: Mapping[str, int]) -> None:
        """Put the cursor of runs on its run, where that is among those of which the number is known by now."""
        number = numbers.get(run_of(places) or "")
        if number is not None:
            self._row_to_come = None
            dict(self._views)["runs"].return_to_row(str(number))

    def _named(self, view: ViewName, place: Place) -> Place:
        """The place with the name of its row, which the views know by number."""
        key = place.row
        if view != "runs":
            return place
        if key is None:
            return replace(place, row=self._row_to_come)
        self._row_to_come = None
        if not key.isdecimal():
            return replace(place, row=_GROUP + key)
        if (run := self.known.get(int(key))) is not None:
            self._last_row = key, _RUN + run.id
        last_key, name = self._last_row or ("", "")
        return replace(place, row=name if last_key == key else None)


def run_of(places: Places) -> str | None:
    """The id of the run under the cursor of runs."""
    row = dict(places).get("runs", Place()).row
    return row.removeprefix(_RUN) if row is not None and row.startswith(_RUN) else None
