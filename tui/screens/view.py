"""What the views have in common: charts with their keys, and the messages they send upward."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual import on
from textual.containers import Container
from textual.events import Hide, Show
from textual.message import Message
from textual.reactive import reactive

from labtop.store.model import Column, Run, RunGroup
from labtop.tui.keys import bindings
from labtop.tui.place_changed import PlaceChanged
from labtop.tui.session.session import Place
from labtop.tui.widgets.chart_grid import ChartGrid

Filtered = Literal["runs", "metrics", "keys"]
RunAct = Literal["mark", "baseline", "open", "traceback"]
ON_ITS_WAY = "that row is on its way: once more"


class RunAsked(Message):
    """A key was pressed that does something with one run."""

    def __init__(self, act: RunAct, run: int) -> None:
        super().__init__()
        self.act = act
        self.run = run


class GroupAsked(Message):
    """The same of a group of runs; to open one is to fold or unfold it."""

    def __init__(self, act: RunAct, group: RunGroup) -> None:
        super().__init__()
        self.act = act
        self.group = group


class RowsAsked(Message):
    """These lines of the table are in sight, and of what was chosen for it these columns; `keys` are the grid's of all
    columns in sight."""

    def __init__(self, lines: range, columns: tuple[Column, ...], keys: frozenset[str]) -> None:
        super().__init__()
        self.lines = lines
        self.columns = columns
        self.keys = keys

    def can_replace(self, message: Message) -> bool:
        """Where they are now is all that counts."""
        return isinstance(message, RowsAsked)


class RunSeen(Message):
    """A view knows from the store how a run stands now; the table may be older."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run


class SortAsked(Message):
    """The table shall be sorted by this column, or the other way round if it already is."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.column = column


class View(Container):
    """One of the views that the workspace switches between. `FILTERED` is what `/` filters there."""

    FILTERED: ClassVar[Filtered] = "runs"
    _in_sight = False

    here: reactive[Place] = reactive(Place(), repaint=False)
    """Where the person is."""

    def on_show(self, _: Show) -> None:
        """Catch up with what happened while out of sight."""
        self._in_sight = True
        self._ask()

    def on_hide(self, _: Hide) -> None:
        """Ask nothing while out of sight."""
        self._in_sight = False

    def _ask(self) -> None:
        """Ask the store for what the view shows, where it is in sight."""

    def catch_up(self) -> None:
        """Show what has changed now, so that it is in one frame with what else shows it."""

    def enter(self) -> None:
        """Take the focus to where this view begins."""

    def _place(self) -> Place:
        """Where the person is in this view; a row by its key."""
        return Place()

    @on(PlaceChanged)
    def _place_changed(self, event: PlaceChanged) -> None:
        event.stop()
        self.here = self._place()

    def return_to(self, place: Place) -> None:
        """Show what is there, now or as soon as it is known."""

    def return_to_row(self, key: str) -> None:
        """The cursor to the row of this key."""

    def stay(self) -> None:
        """A person has begun to do something: nothing is brought to where it was any more."""

    @property
    def has_inner_layer(self) -> bool:
        """Whether there is something to step out of before the view itself."""
        return False

    def step_out(self) -> bool:
        """Leave one inner layer; False when there is none left."""
        return False

    def next_pane(self, direction: int) -> bool:
        """Bring another pane into sight and focus it; False leaves Tab to what is in sight."""
        return False

    def run_under_cursor(self) -> int | None:
        """The run that keys would act on here."""
        return None


class ChartedView(View):
    """A view with a grid of charts; it may show one chart alone."""

    BINDINGS = bindings("charts")

    @property
    def charts(self) -> ChartGrid:
        """The view's grid of charts."""
        return self.query_one(ChartGrid)

    def _place(self) -> Place:
        return Place(whole=self.charts.alone, chart=self.charts.gone_to)

    def return_to(self, place: Place) -> None:
        """The same chart, alone if it was."""
        self.charts.alone = place.whole
        self.charts.return_to(place.chart)

    def stay(self) -> None:
        """Charts stay as they are."""
        self.charts.stay()

    @property
    def has_inner_layer(self) -> bool:
        """Whether one chart is alone, or has a crosshair."""
        charts = list(self.query(ChartGrid))  # there are none before it is mounted
        return any(each.alone or each.crosshair is not None for each in charts)

    def action_maximise(self) -> None:
        """The focused chart alone; again: all."""
        self._maximise(not self.charts.alone)

    def action_next_page(self) -> None:
        """The next page of charts."""
        self.charts.action_page(1)

    def action_previous_page(self) -> None:
        """The page of charts before."""
        self.charts.action_page(-1)

    def step_out(self) -> bool:
        """No crosshair, when there is one; all charts again, when one is alone."""
        if self._drop_crosshair():
            return True
        if not self.charts.alone:
            return False
        self._maximise(False)
        return True

    def _drop_crosshair(self) -> bool:
        """Take the crosshair off; whether there was one."""
        had, self.charts.crosshair = self.charts.crosshair is not None, None
        return had

    def _maximise(self, on: bool) -> None:
        self.charts.maximise(on)
        self.screen.refresh_bindings()
