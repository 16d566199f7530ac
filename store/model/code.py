"""How the code of two runs differs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodePart:
    """One comparison: its title, lines of a unified diff, and what is to be said of it, as that there is none."""

    title: str
    diff: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class CodeDiff:
    """What git says of the commits of two runs, and the patches that were saved with them."""

    parts: tuple[CodePart, ...]
