"""Where the code of the demo is under version control."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from labtop.quiet_git import GitFails, ask

_PATIENCE_S = 1.0
_MOST = 1 << 12


def checkout() -> Path | None:
    """The folder that holds the package labtop, where git has the package; None where it is merely installed.

    An environment often lies in a work tree of other code, whose commit says nothing of this one: what counts is that
    this file is tracked.
    """
    here = Path(__file__)
    with suppress(GitFails):
        if ask(here.parent, "ls-files", "--error-unmatch", here.name, patience_s=_PATIENCE_S, most=_MOST).status == 0:
            return here.parents[2]
    return None
