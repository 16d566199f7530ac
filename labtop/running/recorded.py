"""A command from start to end, recorded in a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from labtop.running.child import ERR, OUT, Child
from labtop.running.ending import NOT_EXECUTABLE, NOT_FOUND, ending
from labtop.running.pump import Pump
from labtop.running.signals import Signals
from labtop.running.transcript import Record, Transcripts


class Run(Record, Protocol):
    """The run that is written to, and ended."""

    def finish(
        self,
        status: str = "finished",
        exit_code: int | None = None,
        error: str | None = None,
        traceback: str | None = None,
    ) -> None:
        """Append how it ended."""


class Trouble(Exception):
    """The command could not be started, or what it writes not be passed on; `status` is the exit status."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


def recorded(run: Run, command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the command, which gets labtop's own streams as if it stood there alone, and return its exit status.

    Its text becomes log lines of the run, its lines of JSON metrics; the run ends as the command does.
    Raises `Trouble`, after ending the run.
    """
    transcripts = Transcripts(run)

    def show() -> bool:
        transcripts.show()
        return transcripts.is_changing

    with Signals() as signals:
        try:
            child = Child(command, environment)
        except OSError as error:
            status = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
            run.finish("failed", status, f"{command[0]}: {error.strerror}")
            raise Trouble(f"{command[0]}: {error.strerror}", status) from error
        pump = Pump(child, signals, {OUT: transcripts.out.feed, ERR: transcripts.err.feed}, show)
        pump.run()
        transcripts.finish()
        assert child.returncode is not None
        end = ending(child.returncode, pump.killed_by, *transcripts.last_words())
        run.finish(end.status, end.exit_code, end.error, end.traceback)
    if pump.trouble:
        raise Trouble(f"the output cannot be written: {pump.trouble}", end.exit_code)
    return end.exit_code
