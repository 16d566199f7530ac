"""Runs side by side, as columns and rows of a grid. Pure functions of the store's comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isnan, nan

from rich.text import Text

from labtop.store.model import MISSING, Aggregate, CompareRow, Comparison, Metric, Missing, Run
from labtop.tui import format as fmt
from labtop.tui.pins import is_validation
from labtop.tui.run_names import cut_middle, fitted
from labtop.tui.run_style import Charset, run_marker
from labtop.tui.table_cells import BEST
from labtop.tui.widgets.grid import GridColumn, GridRow

KEY_WIDTH, NARROWEST, WIDEST = 28, 22, 44
_DIRECTION: dict[Charset, tuple[str, str]] = {"braille": ("▲", "▼"), "ascii": ("^", "v")}
SECTIONS = ("run", "params", "code", "data", "env", "metrics")
TITLES = {
    "run": "Run",
    "params": "Parameters",
    "code": "Code",
    "data": "Data",
    "env": "Environment",
    "metrics": "Metrics",
}


@dataclass(frozen=True, slots=True)
class CompareLook:
    """How a comparison is dressed. `baseline` is the number of the run that deltas refer to."""

    baseline: int | None = None
    show_all: bool = False
    relative: bool = False
    aggregate: Aggregate = "last"
    charset: Charset = "braille"


def compare_columns(comparison: Comparison, look: CompareLook, width: int) -> list[GridColumn]:
    """The key, then a column for each run, so narrow that as many as possible fit into `width` cells."""
    columns = [GridColumn("key", "", max_width=KEY_WIDTH)]
    room = min(max((width - KEY_WIDTH) // max(1, len(comparison.runs)) - 2, NARROWEST), WIDEST)
    names = fitted([fmt.clean(run.name) for run in comparison.runs], room - 2)
    for run, name in zip(comparison.runs, names, strict=True):
        base = " [base]" if run.number == look.baseline else ""
        label = f"{run_marker(run.number, look.charset)} {cut_middle(name, room - 2 - len(base))}{base}"
        columns.append(GridColumn(str(run.number), label, max_width=room))
    return columns


def compare_rows(comparison: Comparison, look: CompareLook, part: str = "") -> list[GridRow]:
    """A heading a section that says how much is the same, and a row for each key that differs, or for all.

    Of keys that hold `part` only; sections where none does are left out.
    """
    rows: list[GridRow] = []
    numbers = [run.number for run in comparison.runs]
    place = numbers.index(look.baseline) if look.baseline in numbers else None
    for section in SECTIONS:
        keys = tuple(row for row in _section(comparison, section) if part.casefold() in row.key.casefold())
        if part and not keys:
            continue
        rows.append(GridRow(f"{section}:", (_heading(section, keys),), section=True))
        for row in sorted(keys, key=_place) if section == "metrics" else keys:
            if look.show_all or row.differs:
                cells = _metrics(row, place, look) if section == "metrics" else _values(row)
                rows.append(GridRow(f"{section}:{row.key}", (_key(row), *cells)))
    return rows


def find_row(comparison: Comparison, key: str) -> CompareRow | None:
    """The row of a grid's key."""
    section, _, name = key.partition(":")
    return next((row for row in _section(comparison, section) if row.key == name), None)


def _section(comparison: Comparison, section: str) -> tuple[CompareRow, ...]:
    """The rows of a section; that of the runs themselves says how far each got."""
    if section != "run":
        rows: tuple[CompareRow, ...] = getattr(comparison, section)
        return rows
    told: dict[str, tuple[object, ...]] = {
        "status": tuple(str(run.status) for run in comparison.runs),
        "step": tuple(fmt.step(run.step) or MISSING for run in comparison.runs),
        "took": tuple(_took(run) or MISSING for run in comparison.runs),
    }
    return tuple(CompareRow(key, values, differs=len(set(values)) > 1) for key, values in told.items())


def full_value(value: object) -> str:
    """All of a value, as one line."""
    if not isinstance(value, Metric):
        return fmt.value(value)
    parts = [f"last {fmt.number(value.last)} at step {fmt.step(value.step)}"]
    parts += [f"min {fmt.number(value.min)} at {fmt.step(value.min_step)}"] if value.min is not None else []
    parts += [f"max {fmt.number(value.max)} at {fmt.step(value.max_step)}"] if value.max is not None else []
    parts.append(f"{value.count} values" + (f", {value.nan} not finite" if value.nan else ""))
    return ", ".join(parts)


def _place(row: CompareRow) -> tuple[bool, bool]:
    """Metrics with a goal first, of these the validation ones."""
    without_goal = not any(isinstance(value, Metric) and value.goal for value in row.values)
    return without_goal, not is_validation(row.key)


def _took(run: Run) -> str:
    took = fmt.duration(run.duration_s)
    return f"~{took}" if took and run.estimated else took


def _heading(section: str, rows: Sequence[CompareRow]) -> str:
    differ = sum(row.differs for row in rows)
    if not rows:
        return f"{TITLES[section]}: nothing recorded"
    if differ:
        return f"{TITLES[section]}: {differ} differ, {len(rows) - differ} the same"
    return f"{TITLES[section]}: {len(rows)} key{'s' * (len(rows) > 1)}, the same in all runs"


def _key(row: CompareRow) -> Text:
    text = Text(fmt.clean(row.key), no_wrap=True)
    if row.from_name:
        text.append(" (from the name)", "dim")
    if row.types_differ:
        text.append(" (types differ)", "yellow")
    return text


def _values(row: CompareRow) -> list[Text | str]:
    return [
        Text(fmt.value(value), "dim") if isinstance(value, Missing) else fmt.value(value, quoted=row.types_differ)
        for value in row.values
    ]


def _metrics(row: CompareRow, place: int | None, look: CompareLook) -> list[Text | str]:
    metrics = [value if isinstance(value, Metric) else None for value in row.values]
    values = [None if metric is None else value_of(metric, look.aggregate) for metric in metrics]
    goal = next((metric.goal for metric in metrics if metric is not None and metric.goal), None)
    known = [value for value in values if value is not None and isfinite(value)]
    best = None if goal is None or len(set(known)) < 2 else min(known) if goal == "min" else max(known)
    base = None if place is None else values[place]
    cells: list[Text | str] = []
    for index, value in enumerate(values):
        if value is None:
            cells.append(Text("–", "dim"))
            continue
        cell = Text(fmt.number(value).rjust(9), "" if isfinite(value) else "bold red", no_wrap=True)
        cell.append(BEST[look.charset] if value == best else " ", "bold")
        if index != place and base is not None:
            cell.append(_delta(value, base, goal, look))
        cells.append(cell)
    return cells


def _delta(value: float, base: float, goal: str | None, look: CompareLook) -> Text:
    text = fmt.delta(value, base, relative=look.relative)
    better_mark, worse_mark = _DIRECTION[look.charset]
    if goal and isnan(value) and not isnan(base):
        return Text(f" {worse_mark}", "red")
    if goal is None or text in ("", "="):
        return Text(f" {text}", "dim")
    better = (value < base) == (goal == "min")
    return Text(f" {text} {better_mark if better else worse_mark}", "green" if better else "red")


def value_of(metric: Metric, aggregate: Aggregate) -> float | None:
    """One number of a metric; its last value where it has no best, NaN where none was ever finite."""
    if aggregate == "best" and metric.goal is None:
        return metric.last
    value = getattr(metric, aggregate)
    return (nan if metric.nan else None) if value is None else float(value)
