"""How the code of two runs differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labtop.store.model.values import Json


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


def told(code: Mapping[str, Json] | None) -> dict[str, Json]:
    """What is known of a run's code, to be read by people: of its patch how long it is."""
    patch = (code or {}).get("diff")
    lines = patch.count("\n") if isinstance(patch, str) else 0
    return dict(code or {}) | ({"diff": f"{lines} lines" if lines != 1 else "1 line"} if patch else {})
