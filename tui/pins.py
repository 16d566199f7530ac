"""Which metrics are in sight before anybody chose, and in which order metrics stand. Pure functions of the outline."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from labtop.store.model import MetricInfo, Outline

MOST_PINS = 4
_SPLIT = re.compile(r"[/_.:\-\s\d()]+")
_VALIDATION = frozenset({"val", "valid", "validation", "eval", "evaluation", "dev", "test"})
_NO_RESULT = frozenset(
    {"lr", "learning", "rate", "time", "times", "sec", "secs", "seconds", "ms", "wall", "clock", "timestamp", "runtime"}
    | {
        "step",
        "steps",
        "iter",
        "iters",
        "iteration",
        "iterations",
        "epoch",
        "epochs",
        "count",
        "counts",
        "tokens",
        "seen",
    }
    | {
        "duration",
        "eta",
        "memory",
        "mem",
        "cpu",
        "gpu",
        "id",
        "pid",
        "seed",
        "size",
        "batch",
        "speed",
        "fps",
        "samples",
    }
)


def first_pins(outline: Outline) -> tuple[str, ...]:
    """Up to four metrics that say how well a run does: with a goal, in most runs, varying, validation before training.

    Where there is none, what comes nearest; never counters, learning rates, times.
    """
    goals = [info for info in outline.metrics if info.goal]
    others = [info for info in outline.metrics if not info.goal and not _is_no_result(info.name)]
    wishes = (
        [info for info in goals if info.varies and 2 * info.runs > outline.runs],
        [info for info in goals if info.varies],
        goals,
        [info for info in others if info.varies],
        others,
    )
    best = next((wish for wish in wishes if wish), [])
    return tuple(info.name for info in sorted(best, key=_place))[:MOST_PINS]


def in_groups(names: Iterable[str], telling: Container[str] = ()) -> tuple[str, ...]:
    """Metrics of a prefix (train/, val/) together, the `telling` ones first, before and in each group; system/ last."""
    return tuple(sorted(names, key=lambda name: _group_order(name, name in telling)))


def group_of(metric: str) -> str:
    """The prefix of a metric with its slash, "" without one."""
    prefix, slash, _ = metric.partition("/")
    return prefix + slash if slash else ""


def is_validation(metric: str) -> bool:
    """Whether the metric is measured on data that the model is not trained on, by its name."""
    return not _VALIDATION.isdisjoint(_tokens(metric))


def _place(info: MetricInfo) -> tuple[bool, int, int]:
    """Validation first, then what most runs have, then the shortest names: `test_loss` sums up `test_loss_bbox_0`."""
    return not is_validation(info.name), -info.runs, len(_SPLIT.split(info.name))


def _group_order(metric: str, telling: bool) -> tuple[int, str, bool, str]:
    group = group_of(metric)
    place = 3 if group == "system/" else 1 if group else 0 if telling else 2
    return place, group, not telling, metric


def _is_no_result(metric: str) -> bool:
    return not _NO_RESULT.isdisjoint(_tokens(metric))


def _tokens(metric: str) -> frozenset[str]:
    return frozenset(_SPLIT.split(metric.casefold()))
