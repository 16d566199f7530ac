"""How a run came out, of an exception, an exit status or a signal."""

from __future__ import annotations

import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_LONGEST_TRACE: Final = 64_000


class Outcome:
    """The fields of an `end` event (docs/event-format.md, section 2)."""

    def __init__(
        self,
        status: str = "finished",
        exit_code: int | None = None,
        error: str | None = None,
        traceback: str | None = None,
    ) -> None:
        self.status = status
        self.exit_code = exit_code
        self.error = error
        self.traceback = traceback

    def fields(self) -> dict[str, Any]:
        """Those that say something."""
        return {name: value for name, value in vars(self).items() if value is not None}


def outcome_of(error: BaseException) -> Outcome:
    """How a run comes out that this exception ends."""
    if isinstance(error, SystemExit):
        return outcome_of_exit(error.code)
    if isinstance(error, GeneratorExit):
        return Outcome()
    trace = trace_of(error)
    if isinstance(error, KeyboardInterrupt):
        return Outcome("killed", 128 + signal.SIGINT, "KeyboardInterrupt", trace)
    return Outcome("failed", 1, said_of(error), trace)


def outcome_of_exit(code: object) -> Outcome:
    """How a run comes out that ends with `sys.exit(code)`."""
    if code is None or code == 0:
        return Outcome(exit_code=0)
    if isinstance(code, int):
        return Outcome("failed", code & 0xFF, f"exit status {code & 0xFF}")
    return Outcome("failed", 1, str(code))


def outcome_of_signal(number: int) -> Outcome:
    """How a run comes out that a signal ends."""
    return Outcome("killed", 128 + number, signal.Signals(number).name)


def said_of(error: BaseException) -> str:
    """The last line of its traceback."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # an exception whose text raises
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def trace_of(error: BaseException) -> str:
    """Its traceback as Python prints it; of a long one the end, where the cause is."""
    import traceback  # a training that ends well does not need it

    return "".join(traceback.format_exception(error))[-_LONGEST_TRACE:]
