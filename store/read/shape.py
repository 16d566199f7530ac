"""Shape: what the keys of a line mean, worked out once for every set of keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from labtop.store.read.keys import (
    CLOCK_KEYS,
    ELAPSED_KEYS,
    PREFIX_KEYS,
    PRIVATE_KEYS,
    RUN_KEYS,
    STEP_KEYS,
    is_id_key,
)

_RESERVED = frozenset({"event", "run"})
_TOTALS = ("total_steps", "max_steps", "total_iterations", "max_iters")
_ETAS = ("remaining_time", "eta_seconds")


@dataclass(frozen=True, slots=True)
class Shape:
    """Keys by their part in a line. `values` pairs each key that may hold a metric with the metric's number, `times`
    the same for those that are metrics only where they are no clock.

    Step, clock and elapsed keys are in the order in which they are tried. `group` names the set of keys. `progress`:
    some key tells how far the run is.
    """

    steps: tuple[str, ...]
    clocks: tuple[str, ...]
    elapsed: tuple[str, ...]
    epoch: str | None
    runs: tuple[str, ...]
    total: str | None
    eta: str | None
    progress: bool
    values: tuple[tuple[str, int], ...]
    times: tuple[tuple[str, int], ...]
    ids: tuple[str, ...]
    group: str


def _first(keys: dict[str, str], wanted: Sequence[str]) -> str | None:
    return next((keys[name] for name in wanted if name in keys), None)


def _all(keys: dict[str, str], wanted: Sequence[str]) -> tuple[str, ...]:
    return tuple(keys[name] for name in wanted if name in keys)


def shape_of(keys: tuple[str, ...], prefix: str | None, metric: Callable[[str], int | None]) -> Shape:
    """The shape of a line with these flattened keys; `prefix` is its mode, as in val/loss; `metric` numbers a name,
    None for one that is left out."""
    lower: dict[str, str] = {}
    for key in keys:
        lower.setdefault(key.lower(), key)
    runs = _all(lower, ("run", *RUN_KEYS))
    other = {*_RESERVED, *runs}
    left = [key for key in keys if key not in other and key.lower() not in PREFIX_KEYS and key not in PRIVATE_KEYS]
    ids = tuple(key for key in left if is_id_key(key))
    clocks = _all(lower, CLOCK_KEYS)

    def numbered(candidates: Iterable[str]) -> tuple[tuple[str, int], ...]:
        pairs = ((key, metric(f"{prefix}/{key}" if prefix else key)) for key in candidates)
        return tuple((key, number) for key, number in pairs if number is not None)

    total, eta = _first(lower, _TOTALS), _first(lower, _ETAS)
    return Shape(
        steps=_all(lower, STEP_KEYS),
        clocks=clocks,
        elapsed=_all(lower, ELAPSED_KEYS),
        epoch=lower.get("epoch"),
        runs=runs,
        total=total,
        eta=eta,
        progress=total is not None or eta is not None or "percentage" in keys,
        values=numbered(key for key in left if key not in ids and key not in clocks),
        times=numbered(key for key in left if key in clocks),
        ids=ids,
        group=prefix or "\n".join(sorted(keys)),
    )
