"""An error that nobody foresaw: its traceback goes to a file, one line to the user."""

from __future__ import annotations

import os
import time
import traceback

from platformdirs import user_log_path


def describe(error: BaseException) -> str:
    """Keep the traceback and return the line to show."""
    trace = "".join(traceback.format_exception(error))
    return told(f"{type(error).__name__}: {error}", trace)


def told(what: str, trace: str) -> str:
    """The line for an error, after writing `trace` to the log folder of the user; it names the file written."""
    path = user_log_path("labtop") / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(trace, encoding="utf-8", errors="replace")
    except OSError:
        return f"a fault of labtop: {what} (LABTOP_DEBUG=1 shows where)"
    return f"a fault of labtop: {what}; please report it with {path}"
