"""This process: its command line, its user, its interpreter."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_MOST_WORDS: Final = 2000
_LONGEST_WORD: Final = 4000


def identity() -> dict[str, Any]:
    """`host` and `pid`, and `pid_started` (seconds since the epoch) where the system says it."""
    from labtop.process_times import state_and_start

    # The name of the host is that of `socket.gethostname`; loading `socket` takes longer than all of this.
    found = {"host": os.uname().nodename, "pid": os.getpid(), "pid_started": state_and_start(os.getpid())[1]}
    return {name: value for name, value in found.items() if value is not None}


def command() -> list[str]:
    """The words of the command line, the interpreter's among them."""
    words = sys.orig_argv or sys.argv
    return [word[:_LONGEST_WORD] for word in words[:_MOST_WORDS]]


def user() -> str:
    """The user's name; the number as text where the system knows no name."""
    import pwd

    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def interpreter() -> dict[str, str]:
    """`python` (version) and `implementation`."""
    return {"python": sys.version.split()[0], "implementation": sys.implementation.name}
