"""The command: environment variables, working folder, seed, words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import PurePosixPath
from typing import Final

from labtop.capture.secret_forms import MASKED
from labtop.capture.variables import is_recorded
from labtop.cli.reproducing.quoting import is_fit, unmasked, word
from labtop.cli.reproducing.step import Step, Tree
from labtop.store.model import Json, RunDetail

_PYTHON: Final = re.compile(r"(?:python|pypy)[0-9.]*(?:\.exe)?")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REFUSED: Final = ("LD_PRELOAD",)  # code for any program
_OF_THE_OLD: Final = ("VIRTUAL_ENV", "CONDA_DEFAULT_ENV")  # an environment, which another takes the place of
# Where a capture cuts, and does not say so: a text of just this length may be the beginning of a longer one.
_WORDS_AT_MOST: Final = 2000
_WORD_AT_MOST: Final = 4000
_VALUE_AT_MOST: Final = 1000
_PROCESSES: Final = ("WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS")
_SECRET: Final = "SECRET_{}"  # a name whose value the new run masks again
_SAY: Final = "the command has a word that was masked: say it, {}=... sh THIS-FILE"
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
    elif len(words) == _WORDS_AT_MOST or any(len(each) == _WORD_AT_MOST for each in words):
        lacks.append("a command that was cut where it was recorded")
    numbers = count(1)
    new = () if lacks else tuple(_placed(words, tree, map(_SECRET.format, numbers)))
    secrets = [_SECRET.format(number) for number in range(1, next(numbers))]
    if secrets:
        lacks.append("a command with masked words")
    variables, lost, refused = _variables(detail)
    remarks += [f"variable {name} is not set by the script: set it yourself if the run needs it" for name in refused]
    if size := _processes(detail):
        remarks.append(f"the run was one of {size} processes: the command below starts one, its launcher starts them")
    lines = [f"export {name}={_value(value, tree)}" for name, value in variables.items()]
    lines += ["unset LABTOP_RUN_ID", 'export LABTOP_DIR="${LABTOP_DIR:-$here/runs}"']
    lines += ['mkdir -p "$work"', 'cd "$work"', f"exec {' '.join(new)}"]
    facts: dict[str, Json] = {
        "variables": dict[str, Json](variables),
        "seed": detail.seed,
        "folder": tree.prefix or ".",
        "command": [*words],
    }
    return Step(
        "run",
        "run",
        tuple(lines) if new else (),
        (*lacks, *lost),
        tuple(remarks),
        (*_comments(detail), *(f"{name}: what was masked in the command, you say it" for name in secrets)),
        facts,
        tuple(f'[ -z "$run" ] || [ -n "${{{name}+set}}" ] || stop {word(_SAY.format(name))}' for name in secrets),
    )


def _placed(words: Sequence[str], tree: Tree, secrets: Iterator[str]) -> Iterator[str]:
    """The words as they are called in the new tree, with the new environment's Python."""
    first, *rest = words
    path = PurePosixPath(first)
    if _PYTHON.fullmatch(path.name):
        yield '"$python"'
    elif path.is_absolute() and path.parent.name == "bin" and tree.within(first) is None:
        yield unmasked(path.name, secrets)  # as the environment has it
    else:
        here = tree.from_here(first)
        yield unmasked(here if "/" in here or here == first else f"./{here}", secrets)
    for each in rest:
        option, sign, value = each.partition("=")
        is_option = sign and option.startswith("-")
        yield unmasked(f"{option}={tree.from_here(value)}" if is_option else tree.from_here(each), secrets)


def _variables(detail: RunDetail) -> tuple[dict[str, str], list[str], list[str]]:
    """Those to set, what is lacking of them, and names of others.

    Only names that a capture records are set: any other may be one that the shell or a program takes orders from.
    """
    known = (detail.env or {}).get("variables")
    found = {name: value for name, value in known.items() if isinstance(value, str)} if isinstance(known, dict) else {}
    good = {
        name: value
        for name, value in sorted(found.items())
        if is_recorded(name) and _VARIABLE.fullmatch(name) and name not in _REFUSED and is_fit(value)
    }
    refused = sorted(found.keys() - good.keys())
    masked = [name for name, value in good.items() if MASKED in value]
    cut = [name for name, value in good.items() if len(value) == _VALUE_AT_MOST]
    lacks = [f"a {how} value of variable {name}" for how, names in (("masked", masked), ("cut", cut)) for name in names]
    for name in {*masked, *cut, *_OF_THE_OLD} & good.keys():
        del good[name]
    return good, lacks, refused


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
