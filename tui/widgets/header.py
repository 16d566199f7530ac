"""The top line: what is watched, how ingest stands, and every setting that changes what is seen."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from labtop.store.model import Activity, RunTable
from labtop.store.read.user_folders import from_home
from labtop.tui import format as fmt
from labtop.tui.chart_specs import column_words, x_words
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.refreshed import in_this_frame
from labtop.tui.run_names import cut_front
from labtop.tui.run_style import terminal_charset
from labtop.tui.shown import Shown
from labtop.tui.table_columns import label, out_of_sight
from labtop.tui.table_question import Order
from labtop.tui.widgets.reading import Reading, lines_per_s, reading_text

_GAP = 2
_TO_ASCII = str.maketrans("▶▲▼…⏎", ">^v~ ")
_SHORTEST_ROOT = 8
_LEAST_RATE = 0.05  # lines per second
_RATES_REST_S = 1.0
"""Figures of speed change with every line; more often than so they cannot be read."""
_QUIET_GAPS = 2.0
_MOST_QUIET_S = 5.0
"""Figures of speed go when no line came for so many mean gaps between lines, at the latest after so many seconds."""

Segment = tuple[int, str, str]
"""Importance (the least is left out first where there is no room), text, style."""


class Header(Widget):
    """One line, redrawn only when its text changes."""

    LEAST_QUIET_S = 1.0
    """Figures of speed stay for so long after a line."""

    activity: reactive[Activity] = reactive(Activity(), repaint=False)
    table: reactive[RunTable | None] = reactive[RunTable | None](None, repaint=False)
    shown: reactive[Shown] = reactive(Shown(), repaint=False)
    applied: reactive[str] = reactive("", repaint=False)
    ordered_by: reactive[Order | None] = reactive[Order | None](None, repaint=False)
    seen_keys: reactive[frozenset[str] | None] = reactive[frozenset[str] | None](None, repaint=False)
    metric_filter: reactive[str] = reactive("", repaint=False)
    settings: reactive[ChartSettings] = reactive(ChartSettings(), repaint=False)
    segments: reactive[tuple[Segment, ...]] = reactive[tuple[Segment, ...]](())
    reading: reactive[Reading | None] = reactive[Reading | None](None)

    def __init__(self, root: Path, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._root = short_path(root)
        self._charset = terminal_charset()
        self._most_to_read = 0
        self._rates: tuple[float, float | None] = 0.0, None
        self._rates_at = 0.0
        self._lines = 0
        self._came_at = 0.0
        self._quiet: Timer | None = None

    def render(self) -> Text:
        """The directory and as many segments as there is room for; while a backlog is read, at the right how far."""
        width = self.size.width
        right = reading_text(self.reading, width, self._charset) if self.reading else ""
        room = width - len(right) - 3 if right else width
        line = fit(self._root, self.segments, room)
        if self._charset == "ascii":
            line.plain = line.plain.translate(_TO_ASCII)
        if right:
            line.pad_right(room - line.cell_len)
            line.append(f"  {right}", "yellow")
        return line

    def watch_activity(self, activity: Activity) -> None:
        """Figures of speed rest for a while, what was read does not."""
        now = monotonic()
        if activity.lines > self._lines:
            self._came_at = now
            if self._quiet is None:
                self._await_quiet()
        self._lines = activity.lines
        stood_still = min(activity.lines_per_s, self._rates[0]) < _LEAST_RATE
        if stood_still or now - self._rates_at >= _RATES_REST_S:
            self._rates, self._rates_at = (activity.lines_per_s, activity.lag_s), now
        self._most_to_read = 0 if activity.complete else max(self._most_to_read, activity.backlog)
        done = 1 - activity.backlog / self._most_to_read if self._most_to_read else None
        self.reading = None if activity.complete else Reading(done, activity.backlog, self._rates[0])
        self._renew()

    def _renew(self) -> None:
        self.segments = (
            *_found(self.table, self.applied),
            *_order(self.table, self.ordered_by, self.seen_keys),
            *_settings(self.shown, self.settings, self.metric_filter),
            *_ingest(self.activity, *(self._rates if self._quiet else (0.0, None))),
        )

    def watch_segments(self) -> None:
        """The table changes in the same frame."""
        in_this_frame(self)

    def _await_quiet(self) -> None:
        """Figures of speed go as soon as no line has come for a while."""
        gaps = _QUIET_GAPS / max(self.activity.lines_per_s, _LEAST_RATE)
        left = self._came_at + min(max(gaps, self.LEAST_QUIET_S), _MOST_QUIET_S) - monotonic()
        self._quiet = self.set_timer(left, self._await_quiet) if left > 0 else None
        if self._quiet is None:
            self._renew()

    watch_table = watch_shown = watch_applied = watch_metric_filter = watch_settings = watch_ordered_by = _renew
    watch_seen_keys = _renew


def short_path(path: Path) -> str:
    """The path with ~ for the home folder, safe to show."""
    return fmt.clean(from_home(path))


def fit(root: str, segments: tuple[Segment, ...], width: int) -> Text:
    """One line of at most `width` cells: the segments that matter most in their order, and the path's end."""
    kept = list(segments)
    while kept and _SHORTEST_ROOT + sum(cell_len(text) + _GAP for _, text, _ in kept) + 1 > width:
        kept.remove(min(kept, key=lambda segment: segment[0]))
    room = width - sum(cell_len(text) + _GAP for _, text, _ in kept) - 1
    line = Text(" " + cut_front(root, room), "bold", no_wrap=True)
    for _, text, style in kept:
        line.append(" " * _GAP, "none")
        line.append(text, style or "not bold")
    line.truncate(width)
    return line


def _found(table: RunTable | None, filter_text: str) -> list[Segment]:
    segments: list[Segment] = []
    if table is not None:
        filtered = f"{table.matched} of " if filter_text else ""
        segments.append((9, f"{filtered}{table.total} run{'' if table.total == 1 else 's'}", "not bold"))
        if table.hidden:
            segments.append((6, f"{table.hidden} hidden", "dim"))
        if running := table.matched_running if filter_text else table.running:
            segments.append((8, f"▶{running}", "bold green"))
    if filter_text:
        segments.append((10, f"/{fmt.clean(filter_text, 30)}", "reverse"))
    return segments


def _order(table: RunTable | None, order: Order | None, seen: frozenset[str] | None) -> list[Segment]:
    """What the table is sorted by, where no column in sight says so."""
    if table is None or order is None:
        return []
    keys = out_of_sight(order[0], table.columns, seen)
    words = ", ".join(f"{fmt.clean(label(key.column), 20)}{'▼' if key.descending else '▲'}" for key in keys)
    return [(6, f"by {words}", "")] if words else []


def _settings(shown: Shown, charts: ChartSettings, metric_filter: str) -> list[Segment]:
    segments: list[Segment] = []
    if metric_filter:
        segments.append((9, f"metrics/{fmt.clean(metric_filter, 20)}", "reverse"))
    if shown.marked:
        segments.append((6, str(shown), ""))
    segments.append((5 if charts.x == "step" else 7, f"x {fmt.clean(x_words(charts.x), 20)}", ""))
    if flags := _flags(charts):
        segments.append((5, ", ".join(flags), ""))
    return segments


def _flags(charts: ChartSettings) -> list[str]:
    """Every setting of charts that is not as it was at first."""
    flags = ["log x"] * charts.log_x
    if charts.log_y:
        which = fmt.clean(min(charts.log_y), 20) if len(charts.log_y) == 1 else f"{len(charts.log_y)} charts"
        flags.append(f"log y {which}")
    if charts.window:
        flags.append("following" if charts.follow else "zoomed")
    if charts.smoothing:
        flags.append(f"smooth {charts.smoothing:g}")
    if charts.clip:
        flags.append("no outliers")
    if charts.group:
        flags.append(f"by {fmt.clean(column_words(charts.group), 20)}")
    return flags


def _ingest(activity: Activity, rate: float, lag_s: float | None) -> list[Segment]:
    segments: list[Segment] = []
    if rate >= _LEAST_RATE and activity.complete:
        segments.append((4, lines_per_s(rate), ""))
        if lag_s is not None:
            segments.append((3, f"lag {_milliseconds(lag_s)}", ""))
    if activity.rejected:
        segments.append((7, f"{activity.rejected} bad line{'' if activity.rejected == 1 else 's'}", "yellow"))
    if activity.complete:
        segments.append((2, "watching" if activity.watch == "events" else "polling", "dim"))
    return segments


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 100) * 10} ms" if seconds < 1 else fmt.duration(seconds)
