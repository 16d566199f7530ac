"""All steps that bring a run back, as a script and as JSON."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from labtop.cli import values
from labtop.cli.reproducing.code import code_step
from labtop.cli.reproducing.command import command_step
from labtop.cli.reproducing.data import data_step
from labtop.cli.reproducing.environment import environment_step
from labtop.cli.reproducing.quoting import comment, word
from labtop.cli.reproducing.step import Step, Tree
from labtop.store.answers.lacking import lacking
from labtop.store.answers.to_json import plain
from labtop.store.model import Json, RunDetail

STEPS: Final = {"code": code_step, "env": environment_step, "data": data_step, "run": command_step}
BEGINS: Final = "#!/bin/sh\n# labtop reproduce: "
_FEW: Final = 6
_USAGE: Final = (
    "# In an empty folder: sh THIS-FILE [--no-code] [--no-env] [--no-data] [--no-run], each leaves out a step.",
    "# Without the environment $PYTHON, else python3, runs it; --system-site-packages lends packages to the new one.",
)
_OPTIONS: Final = """\
for option do
    case $option in
    --no-code) code= ;;
    --no-env) env= ;;
    --no-data) data= ;;
    --no-run) run= ;;
    --system-site-packages) site=$option ;;
    *) echo "no option $option: there are --no-code --no-env --no-data --no-run --system-site-packages" >&2; exit 2 ;;
    esac
done
stop() { printf 'stopped: %s\\n' "$1" >&2; exit 1; }
here=$(pwd -P)
tree=$here/code
[ -n "$code" ] || [ -d "$tree" ] || tree=$here
python=${PYTHON:-python3}"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The steps in their order; those `without` are left out of the script, not of what is told."""

    detail: RunDetail
    tree: Tree
    steps: tuple[Step, ...]
    without: Collection[str]

    @property
    def lacks(self) -> tuple[str, ...]:
        """What the record does not have, in words such as "no command"."""
        return tuple(dict.fromkeys((*lacking(self.detail), *(lack for step in self.steps for lack in step.lacks))))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What will be otherwise than it was."""
        return tuple(remark for step in self.steps for remark in step.remarks)


def recipe_of(detail: RunDetail, without: Collection[str] = ()) -> Recipe:
    """What the record of the run gives."""
    tree = Tree.of(detail)
    return Recipe(detail, tree, tuple(make(detail, tree) for make in STEPS.values()), without)


def script(recipe: Recipe) -> str:
    """A POSIX shell script that brings the run back into the folder where it is started."""
    return "".join(f"{line}\n" for line in _lines(recipe))


def recipe_json(recipe: Recipe) -> dict[str, Json]:
    """The steps as data; `script` is what each adds to the whole script."""
    run = recipe.detail.run
    steps: list[Json] = [
        {
            "number": number,
            "step": step.name,
            "title": step.title,
            "left_out": step.name in recipe.without,
            **{key: plain(value) for key, value in step.facts.items()},
            "lacks": plain(step.lacks),
            "remarks": plain(step.remarks),
            "script": plain(step.lines),
        }
        for number, step in enumerate(recipe.steps, 1)
    ]
    return {
        "run": run.id,
        "name": run.name,
        "complete": not recipe.lacks,
        "lacks": plain(recipe.lacks),
        "remarks": plain(recipe.remarks),
        "steps": steps,
    }


def _lines(recipe: Recipe) -> Iterator[str]:
    yield from _head(recipe)
    yield "set -eu"
    at_first = (
        f"{step.name}={'yes' if step.lines and step.name not in recipe.without else ''}" for step in recipe.steps
    )
    yield f"{' '.join(at_first)} site="
    yield from _OPTIONS.splitlines()
    yield f"work={word(recipe.tree.prefix, 'tree')}" if recipe.tree.prefix else "work=$tree"
    for step in recipe.steps:
        yield from () if step.name in recipe.without else step.first
    for number, step in enumerate(recipe.steps, 1):
        yield ""
        yield comment(f"{number}. {step.title}")
        yield from map(comment, (*step.comments, *(f"Incomplete: {lack}." for lack in step.lacks), *step.remarks))
        if step.name in recipe.without or not step.lines:
            yield comment("Left out, as was asked." if step.lines else "Nothing can be done.")
            continue
        yield f'if [ -n "${step.name}" ]; then'
        yield f"echo {word(f'{number}. {step.name}')} >&2"
        yield from step.lines
        yield "fi"


def _head(recipe: Recipe) -> Iterator[str]:
    detail, run = recipe.detail, recipe.detail.run
    first, second = BEGINS.split("\n")
    yield first
    yield second + comment(f"the run {run.name}, id {run.id}").removeprefix("# ")
    if run.started is not None:
        about = "about " if run.estimated else ""
        began = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(run.started))
        who = "".join(f"{how} {each}" for how, each in ((", by", detail.user), (" on", detail.host)) if each)
        yield comment(f"It began {about}{began}{who}.")
    by_name = sorted(detail.metrics.items(), key=lambda item: (item[1].goal is None, item[0]))
    results = [f"{name} {values.number(each.last)}" for name, each in by_name if each.last is not None]
    if results:
        yield comment(f"Its last values: {', '.join(results[:_FEW])}.")
    yield from _USAGE
    yield from (comment(f"Incomplete: {lack}.") for lack in recipe.lacks)
