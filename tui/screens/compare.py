"""Compare: the shown runs side by side, a row a key, a column a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from labtop.store.answers.comparing.ignoring import Ignored, pattern
from labtop.store.model import Aggregate, Comparison
from labtop.store.questions import Questions
from labtop.tui.comparing.heading import heading
from labtop.tui.comparing.look import CompareLook, Order, find_row, row_id
from labtop.tui.comparing.rows import MOST, CompareTable, in_order
from labtop.tui.comparing.tree import Folder, Leaf, Line
from labtop.tui.comparing.whole import whole_text
from labtop.tui.inquiry import Inquiry, Said
from labtop.tui.keys import bindings
from labtop.tui.place_changed import PlaceChanged
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.comparing_files import ComparingFiles
from labtop.tui.screens.reader import Reader
from labtop.tui.screens.view import RunAsked
from labtop.tui.session.session import Place
from labtop.tui.shown import Shown
from labtop.tui.widgets.grid import Grid

RunNumbers = tuple[int, ...]
_LONGEST = 64 * 1024
"""Characters of a text that are compared on the screen."""
_FROZEN_FROM = 80
"""Cells of a screen on which the baseline's column stays in sight."""


class IgnoreAsked(Message):
    """Keys of this pattern are to be left out of comparisons, or not any more."""

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self.pattern = pattern


class CompareView(ComparingFiles):
    """Only what differs, at first; deltas of metrics against the baseline, else against the first run."""

    BINDINGS = bindings("compare")
    FILTERED = "keys"

    shown: reactive[Shown] = reactive(Shown(), repaint=False)
    baseline: reactive[int | None] = reactive[int | None](None, repaint=False)
    key_filter: reactive[str] = reactive("", repaint=False)
    aggregate: reactive[Aggregate] = reactive[Aggregate]("last", repaint=False)
    revision: reactive[int] = reactive(0, repaint=False)
    ignored: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)
    show_all: reactive[bool] = reactive(False, repaint=False)
    relative: reactive[bool] = reactive(False, repaint=False)
    folded: reactive[frozenset[str]] = reactive[frozenset[str]](frozenset(), repaint=False)
    order: reactive[Order | None] = reactive[Order | None](None, repaint=False)

    def __init__(self, store: Questions, *, id: str, ignored: Sequence[str] = ()) -> None:
        """`ignored` are patterns that settings say, beside those of the person."""
        super().__init__(store, id=id)
        self._also_ignored = tuple(ignored)
        self._comparison: Comparison | None = None
        self._table: CompareTable | None = None
        self._charset = terminal_charset()
        self._inquiry = Inquiry[RunNumbers, Comparison](self, "compare", self._fetch, self._take)

    def compose(self) -> ComposeResult:
        """What is compared, and the grid."""
        yield Static(id="compared", markup=False)
        yield Grid(ascii_only=self._charset == "ascii", with_columns=True)

    # Where the person is.

    def _place(self) -> Place:
        by = self.order
        return Place(
            row=self.query_one(Grid).row_gone_to or None,
            all_keys=self.show_all,
            relative=self.relative,
            folded=tuple(sorted(self.folded)),
            ordered_by=str(by.by) if by else None,
            descending=by is not None and by.descending,
        )

    def return_to(self, place: Place) -> None:
        """The same row, as many keys, in the same order, and deltas in the same way."""
        self.show_all, self.relative, self.folded = place.all_keys, place.relative, frozenset(place.folded)
        by = row_id(place.ordered_by) if place.ordered_by else None
        self.order = Order(by, place.descending) if by else None
        self.query_one(Grid).return_to(place.row, None)

    def stay(self) -> None:
        """The cursor stays."""
        self.query_one(Grid).stay()

    def enter(self) -> None:
        """The focus to the grid; the question before the view is laid out, which takes longer than the answer."""
        self._in_sight = True
        self._ask()
        self.screen.set_focus(self.query_one(Grid), scroll_visible=False)

    def run_under_cursor(self) -> int | None:
        """The run of the current column; None on that of the keys."""
        key = self.query_one(Grid).column_key
        return int(key) if key is not None and key.isdecimal() else None

    def _line(self) -> Line | None:
        """What is under the cursor."""
        key = self.query_one(Grid).cursor_key
        return self._table.lines.get(key) if self._table and key else None

    # What keys do.

    def action_toggle_all(self) -> None:
        """Everything, or only what differs."""
        self.show_all = not self.show_all

    def action_toggle_relative(self) -> None:
        """Deltas in per cent, or as they are."""
        self.relative = not self.relative

    def action_next_baseline(self) -> None:
        """The run of the current column becomes the baseline; on that of the keys the next one."""
        numbers, under = self._numbers, self.run_under_cursor()
        if not numbers:
            return
        if under is None or under == self.baseline:
            base = self._base()
            under = numbers[(numbers.index(base) + 1 if base in numbers else 0) % len(numbers)]
        if under != self.baseline:
            self.post_message(RunAsked("baseline", under))

    def action_mark(self) -> None:
        """Mark the run of the current column, or take its mark off: it leaves the comparison."""
        run = self.run_under_cursor()
        if run is None:
            self.post_message(Said("h l go to the column of a run, Space takes it out"))
        else:
            self.post_message(RunAsked("mark", run))

    def action_order(self) -> None:
        """The runs by the row under the cursor, the best or smallest first; again: reversed; then as before."""
        line = self._line()
        if not isinstance(line, Leaf):
            self.post_message(Said("the cursor is on no key by which runs could be sorted"))
            return
        goal = next((goal for value in line.row.values if (goal := getattr(value, "goal", None))), "min")
        first = Order(line.row_id, goal == "max")
        if self.order is None or self.order.by != first.by:
            self.order = first
        else:
            self.order = Order(first.by, not first.descending) if self.order == first else None

    def action_ignore(self) -> None:
        """Leave the key, or the folder, out of this and other comparisons; where it is shown all the same, no more."""
        line = self._line()
        if isinstance(line, Folder):
            self.post_message(IgnoreAsked(pattern(line.section, line.prefix, and_below=True)))
        elif isinstance(line, Leaf):
            section, key = line.row_id.section, line.row_id.key
            own = self._ignored.pattern_of(section, key)
            if own is None and self._ignored(section, key):
                self.post_message(Said("that is ignored by `ignore` of labtop.toml or your config.toml"))
            else:
                self.post_message(IgnoreAsked(own or pattern(section, key)))

    @on(Grid.Chosen)
    def _chosen(self, event: Grid.Chosen) -> None:
        event.stop()
        line = self._line()
        if isinstance(line, Folder):
            self.folded ^= {line.id}
        elif isinstance(line, Leaf) and self._comparison:
            row = find_row(self._comparison, line.row_id)
            if row is not None:
                numbers = [run.number for run in self._comparison.runs]
                base = self._base()
                place = numbers.index(base) if base in numbers else None
                self.app.push_screen(Reader(row.key, whole_text(self._comparison.runs, row, place)))

    # What is shown.

    @property
    def _numbers(self) -> RunNumbers:
        """With the baseline, wherever it stands among many."""
        numbers = self.shown.numbers
        if len(numbers) > MOST and self.baseline in numbers:
            numbers = (self.baseline, *(number for number in numbers if number != self.baseline))
        return numbers[:MOST]

    @property
    def _ignored(self) -> Ignored:
        return Ignored(self.ignored, self._also_ignored)

    def _base(self) -> int | None:
        numbers = self._numbers
        return self.baseline if self.baseline in numbers else numbers[0] if numbers else None

    def _look(self) -> CompareLook:
        return CompareLook(
            self._base(),
            self.show_all,
            self.relative,
            self.aggregate,
            self._charset,
            self.key_filter,
            self._ignored,
            self.folded,
            self.order,
            self.size.width,
        )

    def _ask(self) -> None:
        if self._in_sight and self._numbers:
            self._inquiry.ask(self._numbers, self.revision)
        elif not self._numbers:
            self._inquiry.forget()
            self._comparison = self._table = None
            self._fill()

    def _fetch(self, runs: RunNumbers) -> Iterator[Comparison]:
        yield self._store.compare(runs, _LONGEST)

    def _take(self, _: RunNumbers, comparison: Comparison) -> None:
        if comparison != self._comparison:
            self._comparison = comparison
            self._fill()

    def _fill(self) -> None:
        grid, text = self.query_one(Grid), " reading" if self._numbers else " no run passes the filter of Runs"
        if self._comparison is None:
            grid.set_content((), ())
        else:
            look = self._look()
            self._table = table = CompareTable(in_order(self._comparison, look), look)
            frozen = 2 if look.width >= _FROZEN_FROM and len(table.runs) > 1 else 1
            grid.set_content(table.columns, table.rows, frozen)
            text = heading(self.shown, table, look)
        compared = self.query_one("#compared", Static)
        if compared.content != text:
            compared.update(text)

    def _refill(self) -> None:
        if self._comparison is not None:
            self._fill()

    def on_resize(self) -> None:
        """The columns' widths follow the room."""
        self._refill()

    watch_shown = watch_revision = _ask

    def _show_otherwise(self) -> None:
        self.post_message(PlaceChanged())
        self._refill()

    watch_show_all = watch_relative = watch_folded = watch_order = _show_otherwise
    watch_baseline = watch_key_filter = watch_aggregate = watch_ignored = _refill
