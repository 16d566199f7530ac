"""Explaining: what makes runs better, and whether some are, over the view in sight."""

from __future__ import annotations

from labtop.store.model import Column, MetricInfo
from labtop.tui.screens.filtering import Filtering


class Explaining(Filtering):
    """Asks about the marked runs, or all that pass the filter, by the metric that the table is about."""

    def action_why(self) -> None:
        """Which params explain the metric."""
        from labtop.tui.screens.why import WhyScreen  # what the first frame does not need

        info = self._main_metric()
        if info is not None:
            self.app.push_screen(WhyScreen(self._store, self.shown, _value_of(info), self.outline.metrics))

    def action_better(self) -> None:
        """Which group of runs is better than that of the baseline."""
        from labtop.tui.screens.better import BetterScreen

        info = self._main_metric()
        if info is not None:
            runs, params = self.shown.listed, self.outline.varying_params
            screen = BetterScreen(self._store, runs, _value_of(info), self.outline.metrics, params, self.baseline)
            self.app.push_screen(screen)

    def _main_metric(self) -> MetricInfo | None:
        """What the table is sorted by, else the first pinned metric that has a goal, else any."""
        infos = {info.name: info for info in self.outline.metrics}
        sorted_by = [key.column.key for key in self.sort if key.column.kind == "metric"]
        pinned = [name for name in self.pinned if name in infos and infos[name].goal]
        with_goal = [name for name, info in infos.items() if info.goal and info.varies]
        name = next((name for name in (*sorted_by, *pinned, *with_goal, *self.pinned, *infos) if name in infos), None)
        if name is None:
            self.say("no run has a metric by which one could be better")
            return None
        return infos[name]


def _value_of(info: MetricInfo) -> Column:
    return Column("metric", info.name, "best" if info.goal else "last")
