"""A view of two panes, and which of them is in sight and has the focus."""

from __future__ import annotations

from dataclasses import replace

from rich.text import Text
from textual.events import DescendantFocus
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from labtop.tui.place_changed import PlaceChanged
from labtop.tui.screens.view import ChartedView, RunAct, RunAsked
from labtop.tui.session.session import Place


class PanedView(ChartedView):
    """A view of two panes, one of them charts: side by side, stacked, or one at a time, as the width allows.

    Keys act on the run under the cursor.

    `on_charts` tells the pane that has, or last had, the focus. It is the one that is shown where only one has room,
    and the one that is shown where a person wants it `whole`.
    """

    FIRST_TAB = "Table"

    _returns = False  # the charts had the focus when the screen was last open, and nobody has done anything since

    on_charts: reactive[bool] = reactive(False, repaint=False, init=False)
    whole: reactive[bool] = reactive(False, repaint=False, init=False)

    @property
    def first_pane(self) -> Widget:
        """The pane that is not the charts."""
        raise NotImplementedError

    @property
    def has_inner_layer(self) -> bool:
        """Whether one pane is shown whole, or the focus is beside the first pane."""
        return self.whole or self.on_charts or super().has_inner_layer

    def _place(self) -> Place:
        return replace(super()._place(), whole=self.whole, on_charts=self.on_charts)

    def return_to(self, place: Place) -> None:
        """The same pane, whole if it was."""
        super().return_to(replace(place, whole=place.whole and place.on_charts))
        self.whole, self.on_charts = place.whole, place.on_charts
        self._returns = place.on_charts

    def stay(self) -> None:
        """The focus is where it is."""
        super().stay()
        self._returns = False

    def on_mount(self) -> None:
        """Begin with the first pane."""
        self._show_panes()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The pane with the focus is the one that counts."""
        self.on_charts = self.charts in event.widget.ancestors_with_self

    def step_out(self) -> bool:
        """No crosshair, both panes again, and from the charts back to the first pane."""
        if self._drop_crosshair():
            return True
        if self.whole:
            self._maximise(False)
        elif self.on_charts:
            self._go_to(charts=False)
        else:
            return False
        return True

    def enter(self) -> None:
        """The focus to the first pane, or to the charts where those are shown whole or had it last time."""
        self._go_to(charts=self._returns or (self.on_charts and self.whole))

    def action_mark(self) -> None:
        """Mark the run, or take the mark off."""
        self._act("mark")

    def action_baseline(self) -> None:
        """Make it the baseline."""
        self._act("baseline")

    def action_traceback(self) -> None:
        """Read its traceback."""
        self._act("traceback")

    def _act(self, act: RunAct) -> None:
        run = self.run_under_cursor()
        if run is not None:
            self.post_message(RunAsked(act, run))

    def next_pane(self, direction: int) -> bool:
        """Where there is room for one pane only: to the charts, and back after the last of them."""
        if not self.screen.has_class("-tiny") or (self.on_charts and not self.charts.at_edge(direction)):
            return False
        self.whole = self.charts.alone = False
        self._go_to(charts=not self.on_charts)
        self.screen.refresh_bindings()
        return True

    def _maximise(self, on: bool) -> None:
        self.whole = on
        self.charts.alone = on and self.on_charts
        self._go_to(charts=self.on_charts)
        self.screen.refresh_bindings()

    def action_maximise(self) -> None:
        """The focused pane alone, of charts the focused one; again: both panes."""
        self._maximise(not self.whole)

    def _go_to(self, *, charts: bool) -> None:
        self.on_charts = charts
        if charts:
            self.charts.take_focus()
        else:
            self.charts.leave_focus()
            self.screen.set_focus(self.first_pane, scroll_visible=False)

    def _show_panes(self) -> None:
        self.set_class(self.on_charts, "-on-charts")
        self.set_class(self.whole, "-whole")
        tabs = Text(" ")
        tabs.append(f" {self.FIRST_TAB} ", "" if self.on_charts else "bold reverse").append(" ")
        tabs.append(" Charts ", "bold reverse" if self.on_charts else "").append("  Tab", "dim")
        self.query_one(".tabs", Static).update(tabs)

    def watch_on_charts(self) -> None:
        """Another pane counts."""
        self._show_panes()
        self.post_message(PlaceChanged())

    def watch_whole(self) -> None:
        """One pane is shown whole, or both are."""
        self._show_panes()
        self.post_message(PlaceChanged())
