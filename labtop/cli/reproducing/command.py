"""The command: environment variables, working folder, seed, words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from labtop.cli.reproducing.quoting import is_fit, word
from labtop.cli.reproducing.step import Step, Tree
from labtop.store.model import Json, RunDetail

_PYTHON: Final = re.compile(r"(?:python|pypy)[0-9.]*(?:\.exe)?")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What decides how the script itself, and programs at all, are found and started.
_NOT_SET: Final = re.compile(
    r"(?:LD|DYLD|BASH|GIT|LABTOP|PIP)_.*|PATH|IFS|ENV|HOME|SHELL|PYTHON|PYTHON(?:HOME|STARTUP)"
)
_PROCESSES: Final = ("WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS")
_NOTEBOOK: Final = re.compile(r"ipykernel|colab_kernel")


def command_step(detail: RunDetail, tree: Tree) -> Step:
    """The last one: the shell becomes the command."""
    lacks, remarks = list[str](), list[str]()
    words = detail.command or ()
    if not words:
        lacks.append("no command")
    elif not all(map(is_fit, words)) or words[0].startswith("-"):
        lacks.append("a command with control characters" if words[0][:1] != "-" else "a command that begins with -")
    elif any(map(_NOTEBOOK.search, words)):
        lacks.append("no command but that of a notebook")
    variables, refused = _variables(detail)
    remarks += [f"variable {name} is not set: it is none that a script should set" for name in refused]
    if size := _processes(detail):
        remarks.append(f"the run was one of {size} processes: the command below starts one, its launcher starts them")
    lines = [f"export {name}={_value(value, tree)}" for name, value in variables.items()]
    lines += ["unset LABTOP_RUN_ID", 'export LABTOP_DIR="${LABTOP_DIR:-$here/runs}"']
    new = () if lacks else tuple(_placed(words, tree))
    lines += ['mkdir -p "$work"', 'cd "$work"', f"exec {' '.join(new)}"]
    facts: dict[str, Json] = {
        "variables": dict[str, Json](variables),
        "seed": detail.seed,
        "folder": tree.prefix or ".",
        "command": [*words],
    }
    return Step(
        "run", "run", () if lacks else tuple(lines), tuple(lacks), tuple(remarks), tuple(_comments(detail)), facts
    )


def _placed(words: Sequence[str], tree: Tree) -> Iterator[str]:
    """The words as they are called in the new tree, with the new environment's Python."""
    first, *rest = words
    path = PurePosixPath(first)
    if _PYTHON.fullmatch(path.name):
        yield '"$python"'
    elif path.is_absolute() and path.parent.name == "bin" and tree.within(first) is None:
        yield word(path.name)  # as the environment has it
    else:
        here = tree.from_here(first)
        yield word(here if "/" in here or here == first else f"./{here}")
    for each in rest:
        option, sign, value = each.partition("=")
        yield word(f"{option}={tree.from_here(value)}" if sign and option.startswith("-") else tree.from_here(each))


def _variables(detail: RunDetail) -> tuple[dict[str, str], list[str]]:
    """Those to set, and names of others."""
    known = (detail.env or {}).get("variables")
    found = {name: value for name, value in known.items() if isinstance(value, str)} if isinstance(known, dict) else {}
    good = {
        name: value
        for name, value in sorted(found.items())
        if _VARIABLE.fullmatch(name) and not _NOT_SET.fullmatch(name) and is_fit(value)
    }
    return good, sorted(found.keys() - good.keys())


def _value(value: str, tree: Tree) -> str:
    """The value, or list of paths, as words of the script; what lay below the old tree is below the new one."""
    paths = value.split(":")
    below = [tree.within(path) for path in paths]
    if all(path is None for path in below):
        return word(value)
    return ":".join(word(old) if new is None else word(new, "tree") for old, new in zip(paths, below, strict=True))


def _processes(detail: RunDetail) -> int:
    """How many there were beside each other; 0 for one alone."""
    said = {**(detail.slurm or {}), **(detail.launcher or {})}
    sizes = [int(text) for name in _PROCESSES if (text := str(said.get(name) or "")).isdecimal() and len(text) < 8]
    return max((size for size in sizes if size > 1), default=0)


def _comments(detail: RunDetail) -> Iterator[str]:
    if detail.seed is None:
        return
    seed = str(detail.seed)
    carried = any(each == seed or each.endswith(f"={seed}") for each in detail.command or ())
    yield f"seed {seed}: " + (
        "the command carries it" if carried else "not in the command: the code must set it itself"
    )
