"""All that is known of a run, and runs side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labtop.store.model.files import Rejected
from labtop.store.model.table import Run
from labtop.store.model.values import Goal, Json


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a run. `value` is what the log said, `source` is run, line, header, config, constant or name."""

    value: Json
    source: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of one run. Steps are on the run's own axis; mean, min, max and best are over finite values."""

    count: int
    nan: int
    first: float | None
    last: float | None
    step: float | None
    mean: float | None
    min: float | None
    min_step: float | None
    max: float | None
    max_step: float | None
    goal: Goal | None

    @property
    def best(self) -> float | None:
        """The smallest or largest value as the goal says; None without a goal."""
        return {"min": self.min, "max": self.max, None: None}[self.goal]

    @property
    def best_step(self) -> float | None:
        """The step of the first time `best` was reached."""
        return {"min": self.min_step, "max": self.max_step, None: None}[self.goal]


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that a run produced."""

    name: str
    path: str | None
    kind: str | None
    size: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a run that is no metric: log, note, tag, decision, alert, artifact, end."""

    time: float | None
    event: str
    text: str
    data: Mapping[str, Json]


RECORD = ("params", "code", "data", "environment", "seed", "owner")
"""What the record of a run should tell, for it to be understood and made again."""


@dataclass(frozen=True, slots=True)
class RunDetail:
    """All that is known of one run. Parts that no log gave are empty or None."""

    run: Run
    params: Mapping[str, Param]
    attributes: Mapping[str, Json]
    metrics: Mapping[str, Metric]
    code: Mapping[str, Json] | None
    data: tuple[Mapping[str, Json], ...] | None
    env: Mapping[str, Json] | None
    hardware: Mapping[str, Json] | None
    command: tuple[str, ...] | None
    user: str | None
    host: str | None
    pid: int | None
    seed: Json
    hypothesis: str | None
    exit_code: int | None
    traceback: str | None
    artifacts: tuple[Artifact, ...]
    events: tuple[Event, ...]
    files: tuple[str, ...]
    missing: tuple[str, ...]  # of RECORD
    rejected: int = 0  # lines of its files that could not be read
    first_rejected: tuple[Rejected, ...] = ()
    launcher: Mapping[str, Json] | None = None
    slurm: Mapping[str, Json] | None = None

    @property
    def recorded(self) -> int:
        """How much of RECORD its log tells."""
        return len(RECORD) - len(self.missing)

    @property
    def record(self) -> str:
        """In words: `5/6, without seed`."""
        return f"{self.recorded}/{len(RECORD)}" + (f", without {', '.join(self.missing)}" if self.missing else "")


@dataclass(frozen=True, slots=True)
class CompareRow:
    """A key and its value in each compared run. MISSING marks a run that lacks it."""

    key: str
    values: tuple[object, ...]
    differs: bool
    types_differ: bool = False
    from_name: bool = False


class Missing:
    """The value of a run that lacks a key, unlike null."""

    def __repr__(self) -> str:
        return "missing"

    def __reduce__(self) -> str:
        """There is one of it, in every process."""
        return "MISSING"


MISSING = Missing()


PARTS = ("params", "code", "data", "env", "metrics")
"""The parts of a comparison, in their order."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side, in the order asked for. `metrics` rows hold Metric values or MISSING."""

    runs: tuple[Run, ...]
    params: tuple[CompareRow, ...]
    code: tuple[CompareRow, ...]
    data: tuple[CompareRow, ...]
    env: tuple[CompareRow, ...]
    metrics: tuple[CompareRow, ...]
