"""Run: what a training says of itself, a line at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import time

from labtop.recording.complaints import Complaints
from labtop.recording.encoding import LONGEST_ATTRIBUTE, line, number, plain, quick
from labtop.recording.files_of_run import Files
from labtop.recording.log_file import LogFile
from labtop.recording.metrics import RESERVED, STEPS, odd_metrics
from labtop.recording.outcome import Outcome, outcome_of
from labtop.recording.params import Params
from labtop.recording.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Final, Literal, Self

    from labtop.capture.secrets import Mask

    Level = Literal["debug", "info", "warning", "error"]

_STATUSES: Final = ("finished", "failed", "killed", "ended")


class Run:
    """A run that is being recorded. `labtop.init` makes it.

    Threads may share it; a process that was forked or spawned writes to a file of its own. No method raises for what it
    is given, nor where the disk fails: each kind of trouble is told once, on standard error.
    """

    def __init__(
        self,
        place: Place,
        file: LogFile,
        complaints: Complaints,
        *,
        owner: bool,
        is_own: bool = True,
        params: Mapping[str, Any] | None = None,
        prefix: str = "",
        step: int = -1,
    ) -> None:
        """`owner`: of the file that says how the run ends; `is_own`: begun or joined here, not by the parent."""
        self.id = place.id
        self.root = place.root
        self.folder = place.folder
        self.complaints = complaints
        self.is_own = is_own
        self.params = Params(params or {}, self._write_params, complaints.tell)
        self._file = file
        self._owner = owner
        self._mask: Mask | None = None
        self._masked_environment = 0
        self._prefix = prefix
        self._step: int | float = step
        self._lock = threading.RLock()
        self._ending = self._finished = False
        self.is_resting = False
        self._pid = os.getpid()
        self.thread = threading.get_ident()
        self._files = Files(self.event, self.describe, complaints)
        self._before_rest: list[Callable[[], None]] = []
        self._before_end: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        return f"<labtop run {self.id} in {self.root}>"

    @property
    def name(self) -> str:
        """The last part of its id."""
        return self.id.rpartition("/")[2]

    @property
    def path(self) -> Path:
        """The file that this process writes."""
        return self._file.path

    @property
    def is_open(self) -> bool:
        """Whether it takes more."""
        return not self._finished

    def log(self, metrics: Mapping[str, Any], step: int | float | None = None) -> None:
        """Append a line of metrics; without a step at one more than the last.

        Numbers of any library, also nested by name; texts become attributes of the run. What is no such thing is left
        out and told of once.
        """
        try:
            at = step if type(step) is int else self._place(metrics, step)
            try:
                body = quick(metrics)
                is_plain = body[0] == "{" and len(body) < LONGEST_ATTRIBUTE and RESERVED.isdisjoint(metrics)
            except (ValueError, TypeError, RecursionError):
                is_plain = False
            if not is_plain or self._prefix:
                body = self._odd(metrics, at)
            if body != "{}":
                self._step = at
                self._append(f'{{"step":{at!r},"time":{time():.6f},{body[1:]}\n'.encode("ascii"))
        except Exception as error:
            self.complaints.tell("log", f"log: {type(error).__name__}: {error}; the line is left out")

    def event(self, event: str, /, **fields: Any) -> None:
        """Append an event of docs/event-format.md, with the time unless `fields` have one."""
        self._write({"event": event, "time": time(), **fields})

    def lines(self, lines: bytes) -> None:
        """Append whole lines that are objects of docs/event-format.md already."""
        self._append(lines)

    def describe(self, **fields: Any) -> None:
        """Append fields of the `run` event: later ones win, `params` and `attributes` key by key."""
        self._write({"event": "run", "time": time(), **fields}, opening=True)

    def tag(self, *add: str, remove: Iterable[str] = ()) -> None:
        """Add tags, and take others off."""
        self.event("tag", add=texts(add), remove=texts(remove))

    def note(self, text: str) -> None:
        """A note that stays with the run."""
        self.event("note", text=str(text))

    def text(self, text: str, level: Level = "info") -> None:
        """A line of the run's log."""
        self.event("log", level=level, text=str(text))

    def system(self, measured: Mapping[str, float]) -> None:
        """Values of the machine, shown as `system/`."""
        self.event("system", **{f"{self._prefix}{name}": value for name, value in measured.items()})

    def alert(self, title: str, text: str = "", level: Level = "warning") -> None:
        """Something that a person should look at."""
        self.event("alert", level=level, title=str(title), text=str(text))

    def metric(
        self, name: str, goal: Literal["min", "max"] | None = None, unit: str | None = None, x: str | None = None
    ) -> None:
        """Say of a metric which direction is better, its unit, and against which metric to plot it."""
        if goal not in (None, "min", "max"):
            self.complaints.tell("goal", f"the goal of {name!r} is 'min' or 'max', not {goal!r}")
            goal = None
        known = {"goal": goal, "unit": unit, "x": x}
        said = {key: value for key, value in known.items() if value is not None}
        self._write({"event": "metric", "time": time(), "name": f"{self._prefix}{name}", **said}, opening=True)

    def artifact(self, path: str | os.PathLike[str], name: str | None = None, kind: str | None = None) -> None:
        """A file that the run produced: its size and SHA-256 are recorded, the file stays where it is."""
        self._files.artifact(path, name, kind)

    def data(self, name: str, path_or_digest: str | os.PathLike[str], version: str | None = None) -> None:
        """Data that the run reads: a file or folder, whose SHA-256 is recorded, or a digest that is known already."""
        self._files.data(name, path_or_digest, version)

    def finish(
        self,
        status: str = "finished",
        exit_code: int | None = None,
        error: str | None = None,
        traceback: str | None = None,
    ) -> None:
        """End the run; nothing is logged after that. Waits for digests and captures that are under way."""
        if status not in _STATUSES:
            self.complaints.tell("status", f"a run ends as one of {', '.join(_STATUSES)}, not as {status!r}")
        self.end(Outcome(status, exit_code, error, traceback), patience_s=None)

    def end(self, outcome: Outcome, *, patience_s: float | None = 10.0) -> None:
        """End it as it came out; of a run that another process began only failure is said.

        Digests under way are waited for so long, None: to their end. With 0 nothing is waited for, not even by an end
        that is under way.
        """
        with self._lock:
            if self._finished or self._pid != os.getpid() or (self._ending and patience_s != 0):
                return
            self._ending = True
        try:
            if patience_s != 0:
                self._act(self._before_rest + self._before_end)
            self._files.finish(patience_s)
        finally:  # whatever comes between, a second ctrl+c too
            self._say_end(outcome)

    def rest(self) -> None:
        """Say that it is finished, as far as anybody knows; a line that is logged later wakes it."""
        if self._pid == os.getpid() and not self._ending and not self.is_resting:
            self._act(self._before_rest)
            if self._owner:
                self._write({"event": "end", "time": time(), "status": "finished"})
            self.is_resting = True

    def before_end(self, act: Callable[[], None]) -> None:
        """Call this when the run ends, before its last line."""
        self._before_end.append(act)

    def before_rest(self, act: Callable[[], None]) -> None:
        """Call this, once, when the run ends or rests, before that is said."""
        self._before_rest.append(act)

    def _act(self, acts: Iterable[Callable[[], None]]) -> None:
        acts, self._before_rest = list(acts), []
        for act in acts:
            try:
                act()
            except Exception as error:
                self.complaints.tell("end", f"before the end of {self.id}: {type(error).__name__}: {error}")

    def _say_end(self, outcome: Outcome) -> None:
        if self._finished:  # a signal came while this waited
            return
        self._finished = True
        is_told = self.is_resting and outcome.status == "finished"
        if self._owner or (self.is_own and outcome.status != "finished"):
            if not is_told:
                self._write({"event": "end", "time": time(), **outcome.fields()}, late=True)
        elif outcome.status != "finished":  # the run is another process's, and goes on
            text = f"process {self._pid}: {outcome.traceback or outcome.error or outcome.status}"
            self._write({"event": "log", "time": time(), "level": "error", "text": text}, late=True)
        try:
            self._file.close()
        except OSError as error:
            self.complaints.tell("end", f"{self.path} cannot be closed: {error}")
        if self._file.lost:
            self.complaints.tell("lost", f"{self._file.lost} lines of {self.id} are lost: they could not be written")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end(Outcome() if error is None else outcome_of(error))

    def _place(self, metrics: object, step: object) -> int | float:
        """The step of a line that has none of its own in `log`, or an odd one."""
        if not isinstance(metrics, Mapping):
            return self._step  # the line will be refused
        if step is None:
            step = next((metrics[key] for key in metrics if key in STEPS), None)
        given = number(step) if step is not None else None
        if step is not None and given is None:
            self.complaints.tell("step", f"a step is a number, not {step!r}: the line goes one step behind the last")
        if given is not None:
            return given
        with self._lock:
            self._step = self._step + 1
            return self._step

    def _odd(self, metrics: object, step: float) -> str:
        """The body of a line that is not as plain as most."""
        found = odd_metrics(metrics, step, self._prefix, self.complaints.tell)
        has_texts = any(type(value) is str for value in found.values())
        return quick(self._masks().mapping(found) if has_texts else found)

    def _write_params(self, params: Mapping[str, Any]) -> None:
        self._write({"event": "params", "time": time(), "params": params}, opening=True)

    def _write(self, fields: Mapping[str, Any], *, opening: bool = False, late: bool = False) -> None:
        try:
            text = line(self._masks().mapping(plain(fields)))
            topic = f"{fields['event']} {sorted(map(str, fields.get('params') or fields))}" if opening else None
            self._append(text, topic, late=late)
        except Exception as error:
            what = fields.get("event")
            self.complaints.tell("event", f"{what}: {type(error).__name__}: {error}; the line is left out")

    def _masks(self) -> Mask:
        """Of the environment as it is: a training may load secrets into it."""
        if self._mask is None or len(os.environ) != self._masked_environment:
            from labtop.capture.secrets import Mask

            self._mask, self._masked_environment = Mask(), len(os.environ)
        return self._mask

    def _append(self, text: bytes, topic: str | None = None, *, late: bool = False) -> None:
        """`topic` names what the run is said to be, which is said again where the file has to be made anew."""
        if self._finished and not late:
            self.complaints.tell("finished", f"{self.id} is finished: what is logged after that is left out")
            return
        self.is_resting = False
        if topic is not None:
            self._file.open_with(text, topic)
        else:
            self._file.write(text)

    def in_child(self, path: Path) -> None:
        """In a process that was forked: go on in a file of its own. What the parent has under way is the parent's."""
        self._file.abandon()
        self.complaints = Complaints()
        self._file, self._owner, self.is_own = LogFile(path, self.complaints), False, False
        self._pid, self._ending, self.is_resting = os.getpid(), False, False
        self._lock = threading.RLock()
        self._files = Files(self.event, self.describe, self.complaints)
        self._before_rest, self._before_end = [], []

    def tend(self) -> None:
        """Try again to write what could not be written."""
        self._file.recover()

    @property
    def last_write(self) -> float:
        """When the last line was written, on the monotonic clock."""
        return self._file.last_write


def texts(value: object) -> list[str]:
    """One text or several, as a list; none for None."""
    if value is None:
        return []
    several = [value] if isinstance(value, str) or not isinstance(value, Iterable) else value
    return [str(each) for each in several]
