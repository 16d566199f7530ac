"""Columns: which ones the runs table has, in which order and how wide, and by which its rows are grouped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import on

from labtop.store.model import AGGREGATES, Column, Run
from labtop.store.questions import Questions
from labtop.tui.chart_specs import column_words
from labtop.tui.inquiry import Inquiry
from labtop.tui.screens.choices import Choices
from labtop.tui.screens.columns_picker import ColumnsPicker, Reset
from labtop.tui.screens.picker import Choice, Picker
from labtop.tui.table_columns import NAME, SHOWABLE, column_key, column_keys, label, moved, sort_choices, with_aggregate
from labtop.tui.widgets.runs_table import ColumnAsked

LEAST_WIDTH, MOST_WIDTH = 3, 120
_FEW_METRICS = 200  # of so many every value is offered
_WHAT: dict[str, str] = {
    "run": "field",
    "param": "param",
    "attribute": "attribute",
    "tag": "tag",
    "metric": "metric",
}
_GROUPS = (Column("run", "config"), Column("run", "group"))

_GROUP_TITLE = "Group by: Enter takes or leaves, Esc done"
_GROUP_HINT = "letters of a name; ctrl+r no groups"


class Columns(Choices):
    """What the keys of the table's columns do."""

    _store: Questions

    def __init__(self) -> None:
        super().__init__()
        self._offered: tuple[Column, ...] = ()
        self._offers = Inquiry[int, tuple[Column, ...]](self, "offers", self._fetch_offers, self._take_offers)

    def ask_offers(self) -> None:
        """What can be a column is known before a key asks for it: keys that follow are the picker's."""
        self._offers.ask(0, self.outline)

    def ask_for_tags(self, runs: Sequence[Run]) -> None:
        """The same, where one of these runs has a tag that was not known then: persons give them at any time."""
        known = {column.key for column in self._offered if column.kind in ("tag", "attribute")}
        if self._offered and any(tag not in known for run in runs for tag in run.tags):
            self._offers.ask(0, (self.outline, self.revision))

    def _fetch_offers(self, _: int) -> Iterator[tuple[Column, ...]]:
        yield self._store.columns()

    def _take_offers(self, _: int, found: tuple[Column, ...]) -> None:
        self._offered = found

    @on(ColumnAsked)
    def _column_asked(self, event: ColumnAsked) -> None:
        if event.act in ("narrower", "wider"):
            self._widen(event.key, event.width + (1 if event.act == "wider" else -1))
            return
        columns = self.table.columns if self.table else ()
        column = dict(zip(column_keys(columns), columns, strict=True)).get(event.key)
        if event.act == "pin":
            self._pin_column(event.key, column)
        elif event.key in self.frozen:
            keys = list(self.frozen)
            here = keys.index(event.key)
            there = min(max(here + (-1 if event.act == "left" else 1), 0), len(keys) - 1)
            keys.insert(there, keys.pop(here))
            self.frozen = tuple(keys)
        elif column is None:
            self.say("this column has its place: params, metrics and fields that v chose can be moved")
        else:
            self.columns = moved(columns, column, -1 if event.act == "left" else 1)

    def _widen(self, key: str, width: int) -> None:
        kept = tuple(pair for pair in self.widths if pair[0] != key)
        self.widths = (*kept, (key, min(max(width, LEAST_WIDTH), MOST_WIDTH)))

    def _pin_column(self, key: str, column: Column | None) -> None:
        """A metric is pinned: it has a chart. Any other column stays in sight when the table is moved sideways."""
        if column is not None and column.kind == "metric":
            self.toggle_pin(column.key)
            self.say(f"{'pinned' if column.key in (self.pins or ()) else 'no longer pinned'}: {column.key}")
        elif column is not None:
            self.frozen = tuple(k for k in self.frozen if k != key) if key in self.frozen else (*self.frozen, key)
            self.say(f"{label(column)} {'stays in sight' if key in self.frozen else 'moves with the others'}")
        elif key == column_key(NAME):
            self.pick_pin()
        else:
            self.say("this column has its place: P pins metrics, and keeps params and fields in sight")

    # Pickers.

    def action_pick_sort(self) -> None:
        """Which column to sort by: those of the table, and all others too."""
        metrics = with_aggregate((column for column in self._offered if column.kind == "metric"), self.aggregate)
        others = [column for column in self._offered if column.kind != "metric"]
        shown = sort_choices(self.table.columns if self.table else ())
        offers = tuple(dict.fromkeys((*shown, *metrics, *others, *(Column("run", field) for field in SHOWABLE))))
        choices = [Choice(column, label(column), _WHAT[column.kind]) for column in offers]
        self.app.push_screen(Picker("Sort by", choices), self._sort_picked)

    def _sort_picked(self, column: Column | None) -> None:
        if column is not None:
            self.sort_by(column)

    def action_pick_columns(self) -> None:
        """Which columns the table has."""
        chosen = self.table.columns if self.table else ()
        fields = [Column("run", field) for field in SHOWABLE]
        metrics = with_aggregate((column for column in self._offered if column.kind == "metric"), self.aggregate)
        values = AGGREGATES if len(metrics) <= _FEW_METRICS else ()
        more = [column for value in values for column in with_aggregate(metrics, value)]
        others = [column for column in self._offered if column.kind != "metric"]
        offers = tuple(dict.fromkeys((*chosen, *metrics, *others, *fields, *more)))
        choices = [Choice(column, label(column), _WHAT[column.kind]) for column in offers]
        self.app.push_screen(ColumnsPicker(choices, chosen), self._columns_picked)

    def action_pick_table_groups(self) -> None:
        """By what the rows of the table are put together."""
        keys = [column for column in self._offered if column.kind in ("param", "attribute")]
        telling = [Column("param", key) for key in self.outline.varying_params]
        offers = tuple(dict.fromkeys((*self.table_groups, *_GROUPS, *telling, *keys)))
        choices = [Choice(column, column_words(column), _WHAT[column.kind]) for column in offers]
        picker = ColumnsPicker(choices, self.table_groups, _GROUP_TITLE, _GROUP_HINT)
        self.app.push_screen(picker, self._groups_picked)

    def _columns_picked(self, columns: tuple[Column, ...] | Reset | None) -> None:
        if isinstance(columns, Reset):
            self.columns, self.widths, self.frozen = None, (), ()
        elif columns is not None and self.table is not None and columns != self.table.columns:
            self.columns = columns

    def _groups_picked(self, columns: tuple[Column, ...] | Reset | None) -> None:
        if columns is not None:
            self.table_groups = () if isinstance(columns, Reset) else columns
