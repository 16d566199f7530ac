"""An error that nobody foresaw: its traceback goes to a file, one line to the user."""

from __future__ import annotations

import os
import re
import time
import traceback

from labtop.store.read.user_folders import user_folder

_ERROR = re.compile(r"[A-Za-z_][\w.]*(: |$)")


def describe(error: BaseException) -> str:
    """Keep the traceback and return the line to show."""
    trace = "".join(traceback.format_exception(error))
    return told(f"{type(error).__name__}: {error}", trace)


def last_error(printed: str) -> str:
    """The line of a printed traceback that names the error."""
    named = [line for line in printed.splitlines() if _ERROR.match(line) and not line.startswith("NOTE:")]
    return named[-1] if named else "for no reason that it gave"


def told(what: str, trace: str) -> str:
    """The line for an error, after writing `trace` to the log folder of the user; it names the file written."""
    path = user_folder("log") / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(trace, encoding="utf-8", errors="replace")
    except OSError:
        return f"a fault of labtop: {what} (LABTOP_DEBUG=1 shows where)"
    return f"a fault of labtop: {what}; please report it with {path}"
