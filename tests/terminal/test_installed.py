"""The project as a user gets it: installed into an empty environment, run outside the checkout."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path


def _run(command: list[str], cwd: Path, env: dict[str, str]) -> str:
    return subprocess.run(command, cwd=cwd, env=env, check=True, capture_output=True, text=True).stdout


def test_the_installed_command_reads_a_directory_outside_the_checkout(
    installed: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    log = tmp_path / "runs/first/events.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text('{"step": 1, "loss": 0.52}\n')
    listed = json.loads(_run([str(installed / "labtop"), "ls", "--json"], tmp_path, environment))
    assert [run["id"] for run in listed] == ["first"]
    assert listed[0]["metrics"]["loss"]["last"] == 0.52
    assert _run([str(installed / "python"), "-m", "labtop", "--version"], tmp_path, environment).startswith("labtop ")


def test_the_wheel_holds_the_linked_packages_and_their_files_and_no_others(
    installed: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    folder = Path(
        _run([str(installed / "python"), "-c", "import labtop, pathlib; print(pathlib.Path(labtop.__file__).parent)"],
             tmp_path, environment).strip()
    )  # fmt: skip
    assert not (folder / "tui").is_symlink()
    assert list((folder / "tui").rglob("*.tcss"))
    assert (folder / "store/index/schema.sql").is_file()
    assert all((folder / "cli/report" / name).is_file() for name in ("page.css", "sort.js"))
    assert (folder / "py.typed").is_file()
    beside = {path.name for path in folder.parent.iterdir()}
    assert beside.isdisjoint({"store", "tui", "tests", "benchmarks", "screenshots"})
