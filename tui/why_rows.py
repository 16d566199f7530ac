"""What explains a metric, and which group of runs is better, as columns and rows of a grid. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from labtop.store.model import Better, Influence, Sample, Why
from labtop.tui import format as fmt
from labtop.tui.run_names import fitted
from labtop.tui.run_style import Charset
from labtop.tui.table_cells import CHANGE_MARKS
from labtop.tui.widgets.grid import GridColumn, GridRow

_BAR = 10
_STYLES = {"better": "green", "worse": "red"}
_SPREAD: dict[Charset, str] = {"braille": "±", "ascii": "+-"}

WHY_COLUMNS = (
    GridColumn("param", "param", max_width=32, min_width=8),
    GridColumn("explains", "explains", width=_BAR + 5),
    GridColumn("rank", "rank corr.", "right", width=10),
    GridColumn("runs", "runs", "right", max_width=7),
    GridColumn("values", "values", "right", max_width=7),
    GridColumn("note", "", max_width=80),
)
_BETTER_COLUMNS = (
    GridColumn("n", "n", "right", max_width=6),
    GridColumn("verdict", "", width=13),
    GridColumn("difference", "difference", max_width=12),
    GridColumn("interval", "95 % interval", max_width=24),
    GridColumn("mean", "mean, std", max_width=22),
)
_LEAST_LABEL, _MOST_LABEL, _OTHERS = 16, 60, 56
"""Cells of what groups are called: what the columns beside them leave."""


def better_columns(labels: Sequence[str], width: int) -> tuple[tuple[GridColumn, ...], list[str]]:
    """The columns on a screen of so many cells, and the labels cut so that they stay different."""
    room = min(max(width - _OTHERS, _LEAST_LABEL), _MOST_LABEL)
    shown = fitted([fmt.clean(label) for label in labels], room)
    return (GridColumn("group", "runs with", max_width=room), *_BETTER_COLUMNS), shown


def why_rows(why: Why, charset: Charset) -> list[GridRow]:
    """A row a param, the strongest first."""
    return [GridRow(f"param:{each.key}", _influence(each, charset)) for each in why.influences]


def _influence(influence: Influence, charset: Charset) -> tuple[Text | str, ...]:
    rank = "" if influence.rank is None else f"{influence.rank:+.2f}"
    return (
        fmt.clean(influence.key),
        _share(influence.explained, charset),
        rank,
        str(influence.runs),
        str(influence.values),
        Text(fmt.clean(influence.note), "dim"),
    )


def _share(share: float | None, charset: Charset) -> Text | str:
    if share is None:
        return Text("–", "dim")
    bar = fmt.progress_bar(share, _BAR, ascii_only=charset == "ascii")
    return f"{bar} {fmt.percent(share)}"


def better_rows(labels: Sequence[str], found: Sequence[Better], charset: Charset) -> list[GridRow]:
    """A row a group, by labels as they are shown: first the baseline's, then the others against it."""
    base = found[0].against if found else Sample(0, None, None)
    told = (labels[0], _count(base), Text("baseline", "dim"), "", "", _mean(base, charset))
    others = (_better(label, better, charset) for label, better in zip(labels[1:], found, strict=True))
    return [GridRow(f"group:{place}", cells, marked=not place) for place, cells in enumerate((told, *others))]


def _better(label: str, better: Better, charset: Charset) -> tuple[Text | str, ...]:
    difference = "" if better.difference is None else _signed(better.difference)
    interval = "" if better.interval is None else " to ".join(map(_signed, better.interval))
    return (
        label,
        _count(better.runs),
        _verdict(better, charset),
        difference,
        interval,
        _mean(better.runs, charset),
    )


def _verdict(better: Better, charset: Charset) -> Text:
    mark = f"{CHANGE_MARKS[charset][better.verdict]} " if better.verdict in ("better", "worse") else ""
    doubt = " ?" if better.interval is not None and better.remark else ""
    return Text(f"{mark}{better.verdict}{doubt}", _STYLES.get(better.verdict, ""))


def _count(sample: Sample) -> str:
    return f"{sample.runs}!{sample.lost}" if sample.lost else str(sample.runs)


def _mean(sample: Sample, charset: Charset) -> str:
    if sample.mean is None:
        return ""
    return fmt.number(sample.mean) + (
        "" if sample.std is None else f" {_SPREAD[charset]}{fmt.number_of_digits(sample.std, 2)}"
    )


def _signed(value: float) -> str:
    return "0" if value == 0 else f"{'+' if value > 0 else '-'}{fmt.number_of_digits(abs(value), 3)}"
