"""How a comparison is dressed, and what it has to show at all."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import NamedTuple

from labtop.store.answers.comparing.ignoring import NOTHING_IGNORED, Ignored
from labtop.store.model import AGGREGATES, MISSING, Aggregate, CompareRow, Comparison, Metric, Run
from labtop.tui import format as fmt
from labtop.tui.run_style import Charset

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
class RowId:
    """A row of values: its section and whole key; of a metric also which of its values, None for others."""

    section: str
    key: str
    aggregate: Aggregate | None = None

    def __str__(self) -> str:
        """Unique among the rows, and never that of a folder: no section has a colon in its name."""
        return f"{self.section}:{self.aggregate or ''}:{self.key}"

    @property
    def words(self) -> str:
        """As a person calls it."""
        return fmt.clean(f"{self.aggregate} {self.key}" if self.aggregate else self.key, 40)


def row_id(text: str) -> RowId | None:
    """The row that `str` of it names; None where it names none."""
    section, _, rest = text.partition(":")
    aggregate, _, key = rest.partition(":")
    if section not in SECTIONS or aggregate not in ("", *AGGREGATES):
        return None
    return RowId(section, key, next((each for each in AGGREGATES if each == aggregate), None))


@dataclass(frozen=True, slots=True)
class Order:
    """The row by which the runs stand in order."""

    by: RowId
    descending: bool = False


@dataclass(frozen=True, slots=True)
class CompareLook:
    """How a comparison is dressed.

    `baseline` is the number of the run that deltas refer to. Only keys that hold `part` are shown, and unless
    `show_all` only those that differ and are not `ignored`. `folded` are ids of folders. `width` are cells of the
    screen.
    """

    baseline: int | None = None
    show_all: bool = False
    relative: bool = False
    aggregate: Aggregate = "last"
    charset: Charset = "braille"
    part: str = ""
    ignored: Ignored = NOTHING_IGNORED
    folded: frozenset[str] = frozenset()
    order: Order | None = None
    width: int = 80

    def shows(self, section: str, key: str) -> bool:
        """Whether the key is one of those that are looked at."""
        return self.part.casefold() in key.casefold() and (self.show_all or not self.ignored(section, key))


class Told(NamedTuple):
    """A number that is shown in words of its own."""

    text: str
    number: float


def rows_of(comparison: Comparison, section: str) -> tuple[CompareRow, ...]:
    """The rows of a section; that of the runs themselves says how far each got."""
    if section != "run":
        rows: tuple[CompareRow, ...] = getattr(comparison, section)
        return rows
    told: dict[str, tuple[object, ...]] = {
        "status": tuple(str(run.status) for run in comparison.runs),
        "step": tuple(_told(fmt.step(run.step), run.step) for run in comparison.runs),
        "took": tuple(_told(_took(run), run.duration_s) for run in comparison.runs),
    }
    return tuple(CompareRow(key, values, differs=len(set(values)) > 1) for key, values in told.items())


def find_row(comparison: Comparison, wanted: RowId) -> CompareRow | None:
    """The row of this id, if the comparison has it."""
    return next((row for row in rows_of(comparison, wanted.section) if row.key == wanted.key), None)


def value_of(value: object, aggregate: Aggregate | None) -> object:
    """What a cell shows: of a metric one number, its last where it has no best, NaN where none was ever finite."""
    if isinstance(value, Told):
        return value.number
    if not isinstance(value, Metric):
        return value
    if aggregate is None or (aggregate == "best" and value.goal is None):
        aggregate = "last"
    found = getattr(value, aggregate)
    return (nan if value.nan else MISSING) if found is None else float(found)


def _told(text: str, number: float | None) -> object:
    return Told(text, number) if text and number is not None else MISSING


def _took(run: Run) -> str:
    took = fmt.duration(run.duration_s)
    return f"~{took}" if took and run.estimated else took
