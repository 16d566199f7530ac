"""Metrics that are not as plain as most: values of other libraries, NaN, names that mean another thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from labtop.recording.encoding import figures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

STEPS: Final = frozenset(
    ("step", "_step", "global_step", "global_step/max_steps", "trainer/global_step", "current_steps")
)
"""Names that the format reads as the step (docs/event-format.md, section 3)."""
RESERVED: Final = STEPS | {"event", "run", "time", "run_id", "trial_id", "run_name"}
"""These, and names that it reads as the run, the time and the kind of a line."""


def odd_metrics(metrics: object, step: float, prefix: str, complain: Callable[[str, str], None]) -> dict[str, Any]:
    """The values that a log can hold, by names with the prefix; those that mean something else get a `_` behind them,
    or are left out where they say the step again."""
    if not isinstance(metrics, Mapping):
        complain("metrics", f"log takes a mapping of names to numbers, not something of type {type(metrics).__name__}")
        return {}
    found: dict[str, Any] = {}
    for name, value in figures(metrics, complain).items():
        if name not in RESERVED:
            found[f"{prefix}{name}"] = value
        elif name not in STEPS or value != step:
            found[f"{prefix}{name}_"] = value
    return found
