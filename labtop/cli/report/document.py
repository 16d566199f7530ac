"""What a report says, before it is Markdown or HTML: sections of paragraphs, tables, charts and what people said."""

from __future__ import annotations

from dataclasses import dataclass

from labtop.cli.tables import Table
from labtop.tui.charts.spec import ChartSpec


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, and the same in words for those who cannot see it."""

    spec: ChartSpec
    name: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A note, a hypothesis or a decision: `verdict` is that of a decision. Lines of `text` are not cleaned yet."""

    kind: str
    when: str
    who: str
    text: str
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a run, the newest first."""

    run: str
    remarks: tuple[Remark, ...]


Block = str | Table | Chart | Said


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it. A table's own title is a heading of its own."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `facts` are names and values: which directory, when, how many runs, the filter."""

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
