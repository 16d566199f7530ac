"""Charting: what keys and the mouse change about all charts, each a change of the settings or of the crosshair."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from textual import on

from labtop.store.model import Column, Spread, Window, XAxis, XMetric
from labtop.tui.chart_specs import column_words, x_words
from labtop.tui.charts.settings import ChartSettings, Kind
from labtop.tui.screens.columns import Columns
from labtop.tui.screens.picker import Choice, Picker
from labtop.tui.shown import Shown
from labtop.tui.widgets.chart import Chart
from labtop.tui.widgets.chart_grid import ChartGrid
from labtop.tui.windows import followed, newest, panned, zoomed

SMOOTHINGS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
_X_AXES: tuple[XAxis, ...] = ("step", "relative", "wall")
_GROUPS = (Column("run", "group"), Column("run", "config"))
_NO_GROUP = "no"
_NO_CURVES = "no chart in sight has curves to move along"
_KINDS: dict[Kind, str] = {
    "line": "lines",
    "scatter": "a dot for each run: X chooses against what, A which of its values, K a logarithmic x",
    "histogram": "how the values of runs are distributed: A chooses which of them",
}
_SPREADS: dict[Spread, str] = {"std": "the standard deviation", "range": "smallest to largest"}


class Charting(Columns):
    """Acts on the charts of the view in sight."""

    @property
    def grid(self) -> ChartGrid | None:
        """The charts in sight."""
        raise NotImplementedError

    def focused_metric(self) -> str | None:
        """That of the chart with the focus."""
        return self.grid.focused_metric() if self.grid else None

    def change(self, **facts: Any) -> None:
        """Draw all charts with other settings; what was said of those before is no longer true."""
        self.say("")
        self.settings = replace(self.settings, **facts)

    # Windows.

    def action_zoom(self, direction: int) -> None:
        """Half as much of x, or twice as much, around the crosshair."""
        self._zoom(direction, self.grid.crosshair if self.grid else None)

    def _zoom(self, direction: int, at: float | None) -> None:
        grid, before = self.grid, self.settings.window
        if grid is None or (window := grid.window) is None or (extent := grid.extent) is None:
            self.say(_NO_CURVES)
            return
        if self.settings.follow and at is None:
            at = window[1]
        found = zoomed(window, extent, at, direction, log=self.settings.log_x)
        self.change(window=found, follow=self.settings.follow and found is not None)
        if found == before:
            self.say("all of x is in sight" if found is None else "x cannot be seen from nearer")

    def action_pan(self, direction: int) -> None:
        """A quarter of the window to the right, or to the left."""
        if self.grid and self.settings.window and (extent := self.grid.extent):
            window = panned(self.settings.window, extent, direction, log=self.settings.log_x)
            self.change(window=window, follow=False)
        else:
            self.say("all of x is in sight: + zooms in" if self.grid and self.grid.extent else _NO_CURVES)

    def action_fit(self) -> None:
        """All of x."""
        self.change(window=None, follow=False)

    def action_follow(self) -> None:
        """The window moves along with the newest point, or stays."""
        if self.settings.follow:
            self.change(follow=False)
            self.say("not followed")
        elif self.grid and (extent := self.grid.extent):
            window = self.settings.window
            log = self.settings.log_x
            if window:
                moved: Window | None = followed(window, extent, log=log)
            else:  # of a single point there is no last quarter
                moved = newest(extent, log=log) if extent[0] < extent[1] else self.grid.window
            self.change(window=moved, follow=True)
            self.say("the newest points are followed")
        else:
            self.say(_NO_CURVES)

    @on(ChartGrid.Grown)
    def _grown(self, event: ChartGrid.Grown) -> None:
        if self.settings.follow and self.settings.window:
            window = followed(self.settings.window, event.extent, log=self.settings.log_x)
            self.settings = replace(self.settings, window=window)

    @on(Chart.Scrolled)
    def _scrolled(self, event: Chart.Scrolled) -> None:
        self._zoom(event.direction, event.x)

    # Axes.

    def action_pick_x(self) -> None:
        """What x is: of a scatter any param or metric, of curves steps, times or any metric."""
        metric = self.grid.focused_metric() if self.grid else None
        if metric and self.settings.kind(metric) == "scatter":
            self._pick_against(metric)
            return
        names = sorted((info.name for info in self.outline.metrics), key=lambda name: "epoch" not in name.casefold())
        axes = (*_X_AXES, *(XMetric(name) for name in names))
        choices = [Choice(axis, x_words(axis), "x now" * (axis == self.settings.x)) for axis in axes]
        self.app.push_screen(Picker("x axis", choices), self._x_picked)

    def _x_picked(self, axis: XAxis | None) -> None:
        if axis is not None and axis != self.settings.x:
            self.change(x=axis, window=None, follow=False)

    def _pick_against(self, metric: str) -> None:
        params = [Column("param", key) for key in self.outline.varying_params]
        metrics = [Column("metric", info.name, self.aggregate) for info in self.outline.metrics if info.name != metric]
        choices = [Choice(column, column.key, column.kind) for column in (*params, *metrics)]

        def picked(column: Column | None) -> None:
            if column is not None:
                kept = tuple(pair for pair in self.settings.against if pair[0] != metric)
                self.change(against=(*kept, (metric, column)))

        self.app.push_screen(Picker(f"{metric} against", choices), picked)

    def action_log_x(self) -> None:
        """Linear or logarithmic x."""
        self.change(log_x=not self.settings.log_x, window=None, follow=False)

    def action_log_y(self) -> None:
        """Linear or logarithmic y for the focused chart, without one for all."""
        if self.grid:
            chosen = frozenset(self._chosen())
            log_y = self.settings.log_y
            self.change(log_y=log_y - chosen if chosen <= log_y else log_y | chosen)

    def _chosen(self) -> tuple[str, ...]:
        """The metric of the focused chart, without one all."""
        if self.grid is None:
            return ()
        metric = self.grid.focused_metric()
        return self.grid.metrics if metric is None else (metric,)

    # What is drawn.

    def action_smooth(self, more: int) -> None:
        """More smoothing, or less."""
        now = min(SMOOTHINGS, key=lambda value: abs(value - self.settings.smoothing))
        place = min(max(SMOOTHINGS.index(now) + more, 0), len(SMOOTHINGS) - 1)
        self.change(smoothing=SMOOTHINGS[place])
        self.say(f"smoothing {SMOOTHINGS[place]:g}" if place else "no smoothing")

    def action_raw(self) -> None:
        """The values under smoothed lines, or not."""
        self.change(raw=not self.settings.raw)
        self.say(f"values under smoothed lines are {'drawn' if self.settings.raw else 'not drawn'}")

    def action_outliers(self) -> None:
        """Leave outliers out of sight, or show all values."""
        self.change(clip=not self.settings.clip)
        self.say("outliers are left outside" if self.settings.clip else "all values are in sight")

    def action_kind(self) -> None:
        """The next of lines, a dot for each run, and the distribution over runs."""
        kinds: tuple[Kind, ...] = get_args(Kind)
        chosen = self._chosen()
        if chosen:
            kind = kinds[(kinds.index(self.settings.kind(chosen[0])) + 1) % len(kinds)]
            others = tuple(pair for pair in self.settings.kinds if pair[0] not in chosen)
            drawn = () if kind == "line" else tuple((metric, kind) for metric in chosen)
            self.change(kinds=others + drawn)
            self.say(_KINDS[kind])

    def action_pick_group(self) -> None:
        """By what runs are put together to one line with a band, and what the band shows."""
        now = self.settings
        choices: list[Choice[Column | Spread | str]] = [
            Choice(_NO_GROUP, "each run a line", "now" * (now.group is None))
        ]
        columns = (*_GROUPS, *(Column("param", key) for key in self.outline.varying_params))
        choices += [Choice(column, column_words(column), "now" * (column == now.group)) for column in columns]
        choices += [
            Choice(spread, f"band: {words}", "now" * (spread == now.spread)) for spread, words in _SPREADS.items()
        ]
        self.app.push_screen(Picker("Group runs by", choices), self._group_picked)

    def _group_picked(self, choice: Column | Spread | str | None) -> None:
        if isinstance(choice, Column):
            self.change(group=choice)
        elif choice == _NO_GROUP:
            self.change(group=None)
        elif choice in _SPREADS:
            self.change(spread=choice)
            if self.settings.group is None:
                self.say("the band is drawn around groups: b, then by what runs are grouped")

    @on(Chart.RunClicked)
    def _run_clicked(self, event: Chart.RunClicked) -> None:
        self.hidden ^= {event.run}

    def watch_outline(self) -> None:
        """Which metrics have a goal, and what can be a column."""
        self.ask_offers()
        self.goals = {info.name: info.goal for info in self.outline.metrics if info.goal}

    def watch_settings(self, old: ChartSettings, new: ChartSettings) -> None:
        """Runs hidden by a click on a group's legend are others without groups."""
        if old.group != new.group:
            self.hidden = frozenset()

    def watch_shown(self, old: Shown, new: Shown) -> None:
        """Groups are known by their place, where among other runs another group may be."""
        if self.settings.group and set(old.listed) != set(new.listed):
            self.hidden = frozenset()
