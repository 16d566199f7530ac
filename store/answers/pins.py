"""Which metrics say how well runs do, before anybody chose: those of the first screen and of `labtop ls`."""

from __future__ import annotations

import re

from labtop.store.model import MetricInfo, Outline
from labtop.store.read.keys import words

MOST_PINS = 4
_SPLIT = re.compile(r"[/_.:\-\s\d()]+")
_VALIDATION = words("val valid validation eval evaluation dev test")
_NO_RESULT = words(
    "lr learning rate time times sec secs seconds ms wall clock timestamp runtime duration eta "
    "step steps iter iters iteration iterations epoch epochs count counts tokens seen samples batch "
    "memory mem cpu gpu id pid seed size speed fps"
)


def first_pins(outline: Outline, most: int = MOST_PINS) -> tuple[str, ...]:
    """Up to `most` metrics that say how well a run does: with a goal, in most runs, varying, validation first.

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
    return tuple(info.name for info in sorted(best, key=_place))[:most]


def is_validation(metric: str) -> bool:
    """Whether the metric is measured on data that the model is not trained on, by its name."""
    return not _VALIDATION.isdisjoint(_tokens(metric))


def _place(info: MetricInfo) -> tuple[bool, int, int]:
    """Validation first, then what most runs have, then the shortest names: `test_loss` sums up `test_loss_bbox_0`."""
    return not is_validation(info.name), -info.runs, len(_SPLIT.split(info.name))


def _is_no_result(metric: str) -> bool:
    return not _NO_RESULT.isdisjoint(_tokens(metric))


def _tokens(metric: str) -> frozenset[str]:
    return frozenset(_SPLIT.split(metric.casefold()))
