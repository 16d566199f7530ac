"""Choices: what the views ask for and a person picks from a list, each a change of a fact."""

from __future__ import annotations

from textual import on

from labtop.store.model import Column
from labtop.tui.rows import column_name, sort_choices
from labtop.tui.screens.facts import Facts
from labtop.tui.screens.picker import Choice, Picker
from labtop.tui.screens.view import PinAsked, SortAsked


class Choices(Facts):
    """The pickers, and what the views' messages change."""

    @on(SortAsked)
    def _sort_asked(self, event: SortAsked) -> None:
        self.sort_by(event.column)

    @on(PinAsked)
    def _pin_asked(self, event: PinAsked) -> None:
        if event.metric is None:
            self._pick_pin()
        else:
            self.toggle_pin(event.metric)
            self.say(f"{'pinned' if event.metric in (self.pins or ()) else 'no longer pinned'}: {event.metric}")

    def action_pick_sort(self) -> None:
        """Which column to sort by."""
        columns = sort_choices(self.table.columns if self.table else ())
        choices = [Choice(column, column_name(column), column.kind) for column in columns]
        self.app.push_screen(Picker("Sort by", choices), self._sort_picked)

    def _sort_picked(self, column: Column | None) -> None:
        if column is not None:
            self.sort_by(column)

    def _pick_pin(self) -> None:
        rest = [info.name for info in self.outline.metrics if info.name not in self.pinned]
        choices = [Choice(name, name, "pinned: Enter takes the pin off") for name in self.pinned]
        choices += [Choice(name, name) for name in rest]
        self.app.push_screen(Picker("Pin a metric", choices), self._pin_picked)

    def _pin_picked(self, metric: str | None) -> None:
        if metric is not None:
            self.toggle_pin(metric)
