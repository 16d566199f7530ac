"""Compare: the shown runs side by side, a row a key, a column a run."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.reactive import reactive
from textual.widgets import Static

from labtop.store.model import Aggregate, Comparison
from labtop.store.questions import Questions
from labtop.tui import format as fmt
from labtop.tui.compare_rows import CompareLook, compare_columns, compare_rows, find_row, full_value
from labtop.tui.inquiry import Inquiry
from labtop.tui.keys import bindings
from labtop.tui.place_changed import PlaceChanged
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.reader import Reader
from labtop.tui.screens.view import RunAsked, View
from labtop.tui.session.session import Place
from labtop.tui.shown import Shown
from labtop.tui.widgets.grid import Grid

RunNumbers = tuple[int, ...]


class CompareView(View):
    """Only what differs, at first; deltas of metrics against the baseline, else against the first run."""

    BINDINGS = bindings("compare")
    FILTERED = "keys"

    shown: reactive[Shown] = reactive(Shown(), repaint=False)
    baseline: reactive[int | None] = reactive[int | None](None, repaint=False)
    key_filter: reactive[str] = reactive("", repaint=False)
    aggregate: reactive[Aggregate] = reactive[Aggregate]("last", repaint=False)
    revision: reactive[int] = reactive(0, repaint=False)
    show_all: reactive[bool] = reactive(False, repaint=False)
    relative: reactive[bool] = reactive(False, repaint=False)

    def __init__(self, store: Questions, *, id: str) -> None:
        super().__init__(id=id)
        self._store = store
        self._comparison: Comparison | None = None
        self._charset = terminal_charset()
        self._inquiry = Inquiry[RunNumbers, Comparison](self, "compare", self._fetch, self._take)

    def compose(self) -> ComposeResult:
        """What is compared, and the grid."""
        yield Static(id="compared", markup=False)
        yield Grid(ascii_only=self._charset == "ascii")

    def _place(self) -> Place:
        return Place(all_keys=self.show_all, relative=self.relative)

    def return_to(self, place: Place) -> None:
        """As many keys, and deltas in the same way."""
        self.show_all, self.relative = place.all_keys, place.relative

    def enter(self) -> None:
        """The focus to the grid."""
        self.screen.set_focus(self.query_one(Grid), scroll_visible=False)

    def on_resize(self) -> None:
        """The columns' widths follow the room."""
        self._refill()

    def action_toggle_all(self) -> None:
        """Everything, or only what differs."""
        self.show_all = not self.show_all

    def action_toggle_relative(self) -> None:
        """Deltas in per cent, or as they are."""
        self.relative = not self.relative

    def action_next_baseline(self) -> None:
        """The next of the compared runs becomes the baseline."""
        numbers = self.shown.numbers
        if numbers:
            base = self._base()
            place = numbers.index(base) if base in numbers else -1
            self.post_message(RunAsked("baseline", numbers[(place + 1) % len(numbers)]))

    def _base(self) -> int | None:
        numbers = self.shown.numbers
        return self.baseline if self.baseline in numbers else numbers[0] if numbers else None

    def _ask(self) -> None:
        if self._in_sight and self.shown.numbers:
            self._inquiry.ask(self.shown.numbers, self.revision)
        elif not self.shown.numbers:
            self._comparison = None
            self._fill()

    def _fetch(self, runs: RunNumbers) -> Iterator[Comparison]:
        yield self._store.compare(runs)

    def _take(self, _: RunNumbers, comparison: Comparison) -> None:
        if comparison != self._comparison:
            self._comparison = comparison
            self._fill()

    def _fill(self) -> None:
        comparison = self._comparison
        text = " no run passes the filter of Runs"
        if comparison is None:
            self.query_one(Grid).set_content((), ())
        else:
            look = CompareLook(self._base(), self.show_all, self.relative, self.aggregate, self._charset)
            columns = compare_columns(comparison, look, self.size.width)
            rows = compare_rows(comparison, look, self.key_filter)
            self.query_one(Grid).set_content(columns, rows)
            text = self._heading(len(comparison.runs))
        compared = self.query_one("#compared", Static)
        if compared.content != text:
            compared.update(text)

    def _refill(self) -> None:
        if self._comparison is not None:
            self._fill()

    def _heading(self, count: int) -> str:
        what = str(self.shown) or f"{count} run{'s' * (count != 1)}"
        more = "" if self.shown.marked and count > 1 else "; mark others with Space in Runs"
        differing = "everything" if self.show_all else "what differs"
        keys = f", keys/{fmt.clean(self.key_filter, 30)}" if self.key_filter else ""
        return f" {what}{more}: {differing}{keys}, {self.aggregate} value of metrics"

    @on(Grid.Chosen)
    def _chosen(self, event: Grid.Chosen) -> None:
        event.stop()
        row = self._comparison and find_row(self._comparison, event.key)
        if self._comparison and row:
            text = Text()
            for run, value in zip(self._comparison.runs, row.values, strict=True):
                text.append(f"{fmt.clean(run.name)}\n", "bold").append(f"{full_value(value)}\n\n")
            self.app.push_screen(Reader(row.key, text))

    watch_shown = watch_revision = _ask

    def _show_otherwise(self) -> None:
        self.post_message(PlaceChanged())
        self._refill()

    watch_show_all = watch_relative = _show_otherwise
    watch_baseline = watch_key_filter = watch_aggregate = _refill
