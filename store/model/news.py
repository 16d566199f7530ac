"""Lines of logs as they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewsQuery:
    """Whose new lines: of the runs with these ids, with any of these metrics; of all where none are named."""

    runs: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A line of a log. `run` is the id of its run; `time` is in seconds since the epoch, a guess without a clock."""

    run: str
    step: float | None
    time: float | None
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a file was read when it was asked about, and the last line that was given: its number, what it said."""

    lines: int
    position: int
    inode: int
    last_line: int = 0
    last_values: frozenset[tuple[str, str]] = frozenset()


Place = Mapping[str, Seen]
"""How far each file was read, by path: what was given is not given again."""


@dataclass(frozen=True, slots=True)
class News:
    """Lines, the oldest first, and the place after them."""

    lines: tuple[Written, ...]
    place: Place
