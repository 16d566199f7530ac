"""Lines of logs as they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NewsQuery:
    """Whose new lines: of the runs with these ids, with any of these metrics; of all where none are named."""

    runs: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A line of a log. `run` is the id of its run; `time` is in seconds since the epoch, a guess where `estimated`."""

    run: str
    step: float | None
    time: float | None
    metrics: Mapping[str, float]
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a file was read when it was asked about, and the last line that was given: its number, what it said."""

    lines: int
    position: int
    inode: int
    last_line: int = 0
    last_values: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a metric of a run was given, where several files of the run may hold it: from which of them, to which
    step. `beyond`: it took over there from another, so that of it only what lies beyond this step is new."""

    source: str
    step: float
    beyond: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """How far all was read: what was given is not given again. `files` by path, `reached` by run id and metric."""

    files: Mapping[str, Seen] = field(default_factory=dict)
    reached: Mapping[tuple[str, str], Reached] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class News:
    """Lines, the oldest first, and the place after them."""

    lines: tuple[Written, ...]
    place: Place
