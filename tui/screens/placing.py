"""Placing: where a person was in each view when the screen was last open, and is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from textual.timer import Timer

from labtop.tui.screens.promoting import Promoting
from labtop.tui.screens.view import View
from labtop.tui.session.session import Place, ViewName

_RESTS_S = 0.5
"""A key that is held changes places many times a second: they are looked at when it has been still for so long."""
_RUN, _GROUP = "run:", "group:"


class Placing(Promoting):
    """Keeps `places` up to date with the views. Rows of runs are named by id, for numbers change with the index.

    A view is brought to where it was whenever something comes that it needs for that, until a person does something
    there.
    """

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self._views: dict[str, View] = {}
        self._looking: Timer | None = None
        self._named_row: tuple[str, str] | None = None
        """Key and name of the row last seen under the cursor of runs: it may have gone out of what is known."""
        self._row_to_come: str | None = None
        """The row of last time, while nothing has brought the cursor to that or another one."""
        self._stayed = set[str]()
        self._is_unnamed = False

    def _begin(self) -> None:
        self._views = {str(view.id): view for view in self.query(View)}
        for view in self._views.values():
            self.watch(view, "here", self._place_changed, init=False)
        self._return()
        super()._begin()

    def _return(self) -> None:
        """As far as runs need not be known for it."""
        places = dict[str, Place](self.places)
        for name, view in self._views.items():
            place = places.get(name, Place())
            if name == "runs":
                self._row_to_come = row = place.row
                key = row.removeprefix(_GROUP) if row and row.startswith(_GROUP) else None
                place = replace(place, row=key)
            view.return_to(place)

    def return_to_run(self, numbers: Mapping[str, int]) -> None:
        """Put the cursor of runs on its run, where that is among those of which the number is known by now."""
        number = numbers.get(run_of(self._row_to_come) or "")
        if number is not None:
            self._views["runs"].return_to_row(str(number))

    def touched(self) -> None:
        """A person has done something: the view in sight stays as it is."""
        if self.view not in self._stayed and self.view in self._views:
            self._stayed.add(self.view)
            self._views[self.view].stay()

    def _has_table(self) -> None:
        """A row that could not be named may be known by now."""
        if self._is_unnamed:
            self._place_changed()

    def _place_changed(self) -> None:
        if self._looking is None:
            self._looking = self.set_timer(_RESTS_S, self.look_at_places)

    def look_at_places(self) -> None:
        """See where the person is in each view, of those that are not as they were at first."""
        self._looking = None
        names: tuple[ViewName, ...] = get_args(ViewName)
        found = ((name, self._named(name, self._views[name].here)) for name in names if name in self._views)
        self.places = tuple(pair for pair in found if pair[1] != Place())

    def _named(self, view: ViewName, place: Place) -> Place:
        """The place with the name of its row, which the views know by number."""
        return replace(place, row=self._name_of(place.row)) if view == "runs" else place

    def _name_of(self, key: str | None) -> str | None:
        """None for the first row, whichever that is; of a row that is not at hand the one before."""
        self._is_unnamed = False
        if key is None:
            return self._row_to_come
        self._row_to_come = None
        if not key.isdecimal():
            return _GROUP + key if key else None
        if (run := self.known.get(int(key))) is not None:
            self._named_row = key, _RUN + run.id
        elif self._named_row is None or self._named_row[0] != key:
            self._is_unnamed = True
        return self._named_row[1] if self._named_row else None


def run_of(row: str | None) -> str | None:
    """The id of a run by the name of its row; None of a group."""
    return row.removeprefix(_RUN) if row is not None and row.startswith(_RUN) else None
