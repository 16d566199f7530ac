"""Choices: what the views ask for and a person picks from a list, each a change of a fact."""

from __future__ import annotations

from textual import on

from labtop.tui.screens.facts import Facts
from labtop.tui.screens.picker import Choice, Picker
from labtop.tui.screens.view import SortAsked


class Choices(Facts):
    """The pickers, and what the views' messages change."""

    @on(SortAsked)
    def _sort_asked(self, event: SortAsked) -> None:
        self.sort_by(event.column)

    def action_pin(self) -> None:
        """Pin the metric of the focused chart, or take the pin off; without one the person chooses."""
        metric = self.focused_metric()
        if metric is None:
            self.pick_pin()
        else:
            self.toggle_pin(metric)
            self.say(f"{'pinned' if metric in (self.pins or ()) else 'no longer pinned'}: {metric}")

    def focused_metric(self) -> str | None:
        """That of the chart with the focus."""
        raise NotImplementedError

    def pick_pin(self) -> None:
        """Which metric to pin, or to take the pin off."""
        rest = [info.name for info in self.outline.metrics if info.name not in self.pinned]
        choices = [Choice(name, name, "pinned: Enter takes the pin off") for name in self.pinned]
        choices += [Choice(name, name) for name in rest]
        self.app.push_screen(Picker("Pin a metric", choices), self._pin_picked)

    def _pin_picked(self, metric: str | None) -> None:
        if metric is not None:
            self.toggle_pin(metric)
