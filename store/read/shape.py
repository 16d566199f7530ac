"""Shape: what the keys of a line mean, worked out once for every set of keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from labtop.store.read.keys import (
    CLOCK_KEYS,
    DONE_KEYS,
    ELAPSED_KEYS,
    PREFIX_KEYS,
    PRIVATE_KEYS,
    REMAINING_KEYS,
    RUN_KEY,
    RUN_KEYS,
    STEP_KEYS,
    TOTAL_STEP_KEYS,
    is_id_key,
)


@dataclass(slots=True)
class Shape:
    """Keys by their part in a line. `values` are those that may hold a metric, each with the metric's number, None
    until a line has a number there; `times` the same for those that are metrics only where they are no clock.

    Step, clock and elapsed keys are in the order in which they are tried. `run` is the key that names the run, `runs`
    are all that could. `group` names the set of keys. `progress`: some key tells how far the run is.
    """

    steps: tuple[str, ...]
    clocks: tuple[str, ...]
    elapsed: tuple[str, ...]
    epoch: str | None
    run: str | None
    runs: tuple[str, ...]
    total: str | None
    eta: str | None
    progress: bool
    values: dict[str, int | None]
    times: dict[str, int | None]
    ids: tuple[str, ...]
    group: str
    prefix: str | None
    number: Callable[[str], int | None]

    def metric_of(self, key: str) -> int | None:
        """The number of the metric under a key that holds a number; None for one that is left out."""
        keys = self.values if key in self.values else self.times
        metric = keys[key]
        if metric is None:
            metric = keys[key] = self.number(f"{self.prefix}/{key}" if self.prefix else key)
        return metric


@dataclass(frozen=True, slots=True)
class Keys:
    """A set of keys, by lower case, and those among them of which the value decides what they are: a prefix of the
    names, or what names the run."""

    keys: tuple[str, ...]
    lower: Mapping[str, str]
    prefixes: tuple[str, ...]
    runs: tuple[str, ...]

    @classmethod
    def of(cls, keys: tuple[str, ...]) -> Keys:
        """The keys of a flattened line; of those that differ in case only the first one counts."""
        lower: dict[str, str] = {}
        for key in keys:
            lower.setdefault(key.lower(), key)
        return cls(keys, lower, _all(lower, PREFIX_KEYS), _all(lower, (RUN_KEY, *RUN_KEYS)))

    def prefix_in(self, line: Mapping[str, object]) -> str | None:
        """The key whose text goes before the names of the line's metrics."""
        for key in self.prefixes:
            value = line[key]
            if value and isinstance(value, str):
                return key
        return None

    def run_in(self, line: Mapping[str, object]) -> str | None:
        """The key whose text or whole number names the run of the line."""
        for key in self.runs:
            value = line[key]
            if type(value) is int or (value and type(value) is str):
                return key
        return None


def _first(lower: Mapping[str, str], wanted: Sequence[str]) -> str | None:
    return next((lower[name] for name in wanted if name in lower), None)


def _all(lower: Mapping[str, str], wanted: Sequence[str]) -> tuple[str, ...]:
    return tuple(lower[name] for name in wanted if name in lower)


def shape_of(
    known: Keys, line: Mapping[str, object], number: Callable[[str], int | None], numbers: Mapping[str, int]
) -> Shape:
    """The shape of a line with these keys. `number` numbers a metric by its name, None for one that is left out;
    `numbers` are those that have one."""
    keys, lower = known.keys, known.lower
    run, prefix_key = known.run_in(line), known.prefix_in(line)
    prefix = None if prefix_key is None else str(line[prefix_key])
    left = [key for key in keys if key not in (run, prefix_key) and key not in PRIVATE_KEYS]
    ids = tuple(key for key in left if is_id_key(key))
    clocks = _all(lower, CLOCK_KEYS)
    metrics = {key: numbers.get(f"{prefix}/{key}" if prefix else key) for key in left if key not in ids}
    total, eta = _first(lower, TOTAL_STEP_KEYS), _first(lower, REMAINING_KEYS)
    return Shape(
        steps=_all(lower, STEP_KEYS),
        clocks=clocks,
        elapsed=_all(lower, ELAPSED_KEYS),
        epoch=lower.get("epoch"),
        run=run,
        runs=known.runs,
        total=total,
        eta=eta,
        progress=total is not None or eta is not None or "percentage" in keys or DONE_KEYS.issubset(keys),
        values={key: metric for key, metric in metrics.items() if key not in clocks},
        times={key: metric for key, metric in metrics.items() if key in clocks},
        ids=ids,
        group=prefix or "\n".join(sorted(keys)),
        prefix=prefix,
        number=number,
    )
