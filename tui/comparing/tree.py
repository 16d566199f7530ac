"""The lines of a comparison: headings of sections, folders of keys that begin alike, and the keys themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from labtop.store.model import Aggregate, CompareRow, Comparison, Metric
from labtop.tui.comparing.look import SECTIONS, TITLES, CompareLook, RowId, rows_of
from labtop.tui.pins import is_validation

_PARTS: Final = re.compile(r"[^./]*[./]+|[^./]+")
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class Heading:
    """The name of a section and how much of it differs."""

    section: str
    words: str

    @property
    def id(self) -> str:
        """Unique among all lines."""
        return f"heading {self.section}"


@dataclass(frozen=True, slots=True)
class Folder:
    """Keys that begin with `prefix`; `differ` of them do, `same` do not."""

    section: str
    prefix: str
    label: str
    depth: int
    differ: int
    same: int
    folded: bool

    @property
    def id(self) -> str:
        """Unique among all lines."""
        return f"folder {self.section}:{self.prefix}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One key, or one value of a metric; the label is what its folders do not say."""

    row_id: RowId
    label: str
    depth: int
    row: CompareRow
    ignored: bool

    @property
    def id(self) -> str:
        """Unique among all lines."""
        return str(self.row_id)


Line = Heading | Folder | Leaf


def lines_of(comparison: Comparison, look: CompareLook) -> list[Line]:
    """Section by section what the look wants to see. Of those where a part of keys is looked for and none has it,
    nothing."""
    lines: list[Line] = []
    for section in SECTIONS:
        rows = [row for row in rows_of(comparison, section) if look.part.casefold() in row.key.casefold()]
        if rows or not look.part:
            lines += _section(section, rows, look)
    return lines


def _section(section: str, rows: Sequence[CompareRow], look: CompareLook) -> Iterator[Line]:
    ignored = {row.key for row in rows if look.ignored(section, row.key)}
    counted = [row for row in rows if row.key not in ignored]
    yield Heading(section, _words(section, counted, len(ignored)))
    if section == "metrics":
        rows = sorted(rows, key=_place)
    shown = [row for row in rows if look.show_all or (row.differs and row.key not in ignored)]
    items = [_Item(tuple(_parts(row.key)), row) for row in shown]
    totals = [_Item(tuple(_parts(row.key)), row) for row in counted]
    yield from _Tree(section, look, ignored).lines(items, totals)


def _words(section: str, rows: Sequence[CompareRow], ignored: int) -> str:
    differ = sum(row.differs for row in rows)
    also = f", {ignored} ignored" if ignored else ""
    if not rows and not ignored:
        return f"{TITLES[section]}: nothing recorded"
    if differ or not rows:
        return f"{TITLES[section]}: {differ} differ, {len(rows) - differ} the same{also}"
    return f"{TITLES[section]}: {len(rows)} key{'s' * (len(rows) > 1)}, the same in all runs{also}"


def _place(row: CompareRow) -> tuple[bool, bool]:
    """Metrics with a goal first, of these the validation ones."""
    return not _goal(row), not is_validation(row.key)


def _goal(row: CompareRow) -> bool:
    return any(isinstance(value, Metric) and value.goal for value in row.values)


@dataclass(frozen=True, slots=True)
class _Item:
    """A row, and what is left of its key below the folders that it is in."""

    parts: tuple[str, ...]
    row: CompareRow


def _parts(key: str) -> Iterable[str]:
    """The key cut behind each dot and slash; together they are the key again."""
    found = _PARTS.findall(key)
    return [*found[: _DEEPEST - 1], "".join(found[_DEEPEST - 1 :])] if len(found) > _DEEPEST else found or [key]


class _Tree:
    """The lines below a heading. `totals` are the items of all keys, of which a folder counts those of its own."""

    def __init__(self, section: str, look: CompareLook, ignored: set[str]) -> None:
        self._section, self._look, self._ignored = section, look, ignored

    def lines(self, items: Sequence[_Item], totals: Sequence[_Item], above: str = "", depth: int = 0) -> Iterator[Line]:
        """In the order in which they come first; keys alone in their folder need none."""
        groups = _by_first(items)
        counts = _by_first(totals)
        for first, group in groups.items():
            if len(group) == 1:
                yield from self._leaves("".join(group[0].parts), group[0].row, depth)
                continue
            counted = counts.get(first, [])
            label, group, counted = _joined(first, group, counted)
            prefix = above + label
            differ = sum(item.row.differs for item in counted)
            folder = Folder(self._section, prefix, label, depth, differ, len(counted) - differ, False)
            if folder.id in self._look.folded and not self._look.part:
                yield Folder(self._section, prefix, label, depth, differ, len(counted) - differ, True)
            else:
                yield folder
                yield from self.lines(group, counted, prefix, depth + 1)

    def _leaves(self, label: str, row: CompareRow, depth: int) -> Iterator[Leaf]:
        """One, of a metric that has a goal two: the best value, and what the table shows of metrics."""
        is_ignored = row.key in self._ignored
        for aggregate in self._aggregates(row):
            yield Leaf(RowId(self._section, row.key, aggregate), label, depth, row, is_ignored)

    def _aggregates(self, row: CompareRow) -> tuple[Aggregate | None, ...]:
        if self._section != "metrics":
            return (None,)
        wanted = self._look.aggregate
        if not _goal(row):
            return (None if wanted in ("best", "last") else wanted,)
        return "best", "last" if wanted == "best" else wanted


def _by_first(items: Sequence[_Item]) -> dict[str, list[_Item]]:
    """By the folder; what is in none stands for itself."""
    groups: dict[str, list[_Item]] = {}
    for item in items:
        first = item.parts[0] if len(item.parts) > 1 else f"{item.parts[0]}\n{item.row.key}"
        groups.setdefault(first, []).append(item)
    return groups


def _joined(label: str, group: Sequence[_Item], counted: Sequence[_Item]) -> tuple[str, list[_Item], list[_Item]]:
    """A folder without the folders that are alone in it: they go into its label."""
    group = [_Item(item.parts[1:], item.row) for item in group]
    counted = [_Item(item.parts[1:], item.row) for item in counted]
    while len({item.parts[0] for item in group}) == 1 and all(len(item.parts) > 1 for item in group):
        first = group[0].parts[0]
        label += first
        group = [_Item(item.parts[1:], item.row) for item in group]
        counted = [_Item(item.parts[1:], item.row) for item in counted if item.parts[0] == first and item.parts[1:]]
    return label, group, counted
