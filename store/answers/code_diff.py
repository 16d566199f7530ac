"""How the code of two runs differs: git on their commits, and the patches that were saved with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from labtop.store.answers.facts import Facts
from labtop.store.answers.rows import from_json
from labtop.store.answers.work_tree import only_untracked
from labtop.store.model import CodeDiff, CodePart, Json, NotThere
from labtop.store.read.repository import NoDiff, commits_apart

_RUNS: Final = "select run, name, facts from runs_at(0) where run in (?, ?)"
_ATTRIBUTES: Final = "select run, key, value from run_attributes where run in (?, ?)"
_SHORT: Final = 12


class Code(NamedTuple):
    """What is known of the code of a run."""

    name: str
    commit: str
    patch: str
    dirty: bool


def codes(cursor: duckdb.DuckDBPyConnection, one: int, other: int) -> tuple[Code, Code]:
    """What is known of the code of two runs. Raises `NotThere` where one of them is gone."""
    found = {run: (name, facts) for run, name, facts in cursor.execute(_RUNS, [one, other]).fetchall()}
    said: dict[int, dict[str, Json]] = {one: {}, other: {}}
    for run, key, value in cursor.execute(_ATTRIBUTES, [one, other]).fetchall():
        said[run][key] = from_json(value)
    if len(found) < len({one, other}):
        raise NotThere("one of the runs is gone")
    first, second = (_code(found[run][0], Facts.of(found[run][1], {}, said[run])) for run in (one, other))
    return first, second


def code_diff(first: Code, second: Code, places: Sequence[Path]) -> CodeDiff:
    """From one to the other. The repository is looked for around these `places`, in their order."""
    return CodeDiff((_commits(first, second, places), *_patches(first, second)))


def _code(name: str, facts: Facts) -> Code:
    code = facts.code or {}
    commit, patch = code.get("commit"), code.get("diff")
    return Code(
        name,
        commit.strip() if isinstance(commit, str) else "",
        patch if isinstance(patch, str) else "",
        code.get("dirty") is True and not only_untracked(code),
    )


def _commits(first: Code, second: Code, places: Sequence[Path]) -> CodePart:
    unknown = [code.name for code in (first, second) if not code.commit]
    if unknown:
        return CodePart("commits", remark=f"{' and '.join(unknown)} did not record a commit")
    title = f"commit {first.commit[:_SHORT]} to {second.commit[:_SHORT]}"
    if first.commit == second.commit:
        return CodePart(title, remark="the same commit")
    try:
        diff = commits_apart(places, first.commit, second.commit)
    except NoDiff as why:
        return CodePart(title, remark=str(why))
    return CodePart(title, diff, "" if diff else "other commits, the same files")


def _patches(first: Code, second: Code) -> list[CodePart]:
    """What was changed and not committed."""
    if first.patch and first.patch == second.patch:
        return [CodePart("patch of both", first.patch)]
    return [
        CodePart(f"patch of {code.name}", code.patch, "" if code.patch else "changes were not saved: it ran dirty")
        for code in (first, second)
        if code.patch or code.dirty
    ]
