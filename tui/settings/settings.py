"""What a team and the user have said in their files, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from labtop.store.model import Aggregate, Goal


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a field is None, no file says anything. Names are as they were written: what there is may change.

    `pins` are metrics, `columns` those beside the fixed ones, `sort` columns with `:desc` or without, `group_by`
    params, attributes, "group" or "config", `ignore` patterns of keys that comparisons leave out. `tolerance` is the
    difference that counts as none, as a share of the larger value. `goals` and `filters` are pairs of a name and what
    it stands for, each name once.
    """

    pins: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None
    sort: tuple[str, ...] | None = None
    aggregate: Aggregate | None = None
    group_by: tuple[str, ...] | None = None
    tolerance: float | None = None
    theme: str | None = None
    ignore: tuple[str, ...] | None = None
    goals: tuple[tuple[str, Goal], ...] = ()
    filters: tuple[tuple[str, str], ...] = ()

    def above(self, below: Settings) -> Settings:
        """These where they say something, else those `below`; of goals and filters both, by name."""
        values: dict[str, Any] = {}
        for name in (field.name for field in fields(self)):
            own, other = getattr(self, name), getattr(below, name)
            values[name] = other if own is None else own
            if name in ("goals", "filters"):
                values[name] = tuple({**dict(other), **dict(own)}.items())
        return Settings(**values)
