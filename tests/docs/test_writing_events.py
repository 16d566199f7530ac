"""The programs of docs/writing-events.md, each run as it stands there, and what labtop makes of their lines."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from labtop.store.model import SeriesQuery
from labtop.store.store import Store

PAGE = (Path(__file__).parents[2] / "docs" / "writing-events.md").read_text(encoding="utf-8")
NOTES = 'a "quick" \\ try, %s %d\n\tgrößer → 😀 \u2028 \x01\x1b[31m\x7f $HOME `id` {"event": "end"}'
Lay = Callable[[Path], Path]


@dataclass(frozen=True)
class Program:
    """A block of the page: its language, how it is run, from a file of this name, and the run that it writes."""

    language: str
    file: str
    command: str
    run: str
    needs: tuple[str, ...]
    takes_notes: bool = True

    @property
    def text(self) -> str:
        blocks = re.findall(rf"```{self.language}\n(.*?)```", PAGE, re.DOTALL)
        (found,) = (block for block in blocks if f"runs/{self.run}/" in block)
        return str(found)


PROGRAMS = [
    Program("bash", "train.sh", 'bash train.sh "$1"', "from-bash", ("bash", "jq")),
    Program("bash", "train.sh", "bash train.sh", "from-bash-alone", ("bash",), takes_notes=False),
    Program("r", "train.R", 'Rscript --vanilla train.R "$1"', "from-r", ("Rscript",)),
    Program("julia", "train.jl", 'julia --startup-file=no train.jl "$1"', "from-julia", ("julia",)),
    Program("go", "train.go", 'go run train.go "$1"', "from-go", ("go",)),
    Program("c", "train.c", 'cc -Wall -Wextra -Werror -o train train.c && ./train "$1"', "from-c", ("cc",)),
    Program("javascript", "train.js", 'node train.js "$1"', "from-node", ("node",)),
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.run)
def test_a_program_of_the_page_writes_a_run_that_is_read_whole(
    program: Program, tmp_path: Path, lay_index: Lay
) -> None:
    for needed in program.needs:
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")
    (tmp_path / program.file).write_text(program.text, encoding="utf-8")
    for _ in range(2):  # appended, not overwritten, by the second
        done = subprocess.run(
            ["bash", "-c", program.command, "bash", NOTES],
            cwd=tmp_path,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    log = tmp_path / "runs" / program.run / "events.jsonl"
    lines = [json.loads(line, parse_constant=_refused) for line in log.read_bytes().splitlines()]
    assert [line.get("event") for line in lines] == 2 * ["run", None, None, None, "end"]
    _assert_read(log.parents[1], lay_index(tmp_path / "index.duckdb"), program)


def _assert_read(root: Path, index: Path, program: Program) -> None:
    with Store.open(root, index=index, poll=True) as store:
        store.catch_up()
        (detail,) = store.details()
        (curve,) = store.series(SeriesQuery((detail.run.number,), "loss"))
        assert store.activity.rejected == 0
    run = detail.run
    assert (run.id, run.status, run.step, run.attempts) == (program.run, "finished", 2, 2)
    assert not run.estimated
    assert {key: param.value for key, param in detail.params.items()} == {"lr": 0.0003, "batch_size": 64}
    assert set(detail.metrics) == {"loss"}
    assert detail.metrics["loss"].nan == 2
    assert list(curve.x) == 2 * [0, 1, 2]
    assert [None if math.isnan(value) else value for value in curve.value] == 2 * [0.7, 0.25, None]
    if program.takes_notes:
        assert run.notes == NOTES


def _refused(constant: str) -> float:
    raise AssertionError(f"{constant} is no JSON")


def test_every_program_of_the_page_is_run() -> None:
    assert len(PROGRAMS) == len(re.findall(r"^```[a-z]+$", PAGE, re.MULTILINE))
