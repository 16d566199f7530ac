"""In which order metrics stand; which are in sight before anybody chose is the store's to say."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from labtop.store.answers.pins import first_pins, is_validation

__all__ = ["first_pins", "group_of", "in_groups", "is_validation", "matches"]


def matches(pattern: str, name: str) -> bool:
    """Whether a regular expression, or a text that is none, is found in the name, in any case."""
    try:
        return re.search(pattern, name, re.IGNORECASE) is not None
    except re.error:
        return pattern.casefold() in name.casefold()


def in_groups(names: Iterable[str], telling: Container[str] = ()) -> tuple[str, ...]:
    """Metrics of a prefix (train/, val/) together, the `telling` ones first, before and in each group; system/ last."""
    return tuple(sorted(names, key=lambda name: _group_order(name, name in telling)))


def group_of(metric: str) -> str:
    """The prefix of a metric with its slash, "" without one."""
    prefix, slash, _ = metric.partition("/")
    return prefix + slash if slash else ""


def _group_order(metric: str, telling: bool) -> tuple[int, str, bool, str]:
    group = group_of(metric)
    place = 3 if group == "system/" else 1 if group else 0 if telling else 2
    return place, group, not telling, metric
