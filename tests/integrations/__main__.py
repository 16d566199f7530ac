"""Tests of the callbacks against the real frameworks, one after the other: `python -m tests.integrations`.

Each framework is a dependency group of pyproject.toml, and is installed into .venv-integrations. Of each a line says
that it was tested, that tests failed, or why it cannot be installed here. The exit status is 1 where tests failed, else
2 where a framework could not be installed, else 0.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_VENV = _ROOT / ".venv-integrations"
_NAMES = tuple(path.stem.removeprefix("test_") for path in sorted(_HERE.glob("test_*.py")))
_LONGEST = 160


def main() -> int:
    """Test those that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.integrations", description="callbacks and real frameworks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(_NAMES)}; default: all")
    parser.add_argument("--here", action="store_true", help="install nothing: test with this Python and what it has")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(_NAMES):
        parser.error(f"no tests of {', '.join(sorted(unknown))}: there are {', '.join(_NAMES)}")
    python = sys.executable if chosen.here else _prepared()
    results = {name: _tested(python, name, install=not chosen.here) for name in chosen.names or _NAMES}
    print()
    for name, result in results.items():
        print(f"{name:12} {result}")
    words = {result.partition(":")[0] for result in results.values()}
    return 1 if "failed" in words else 2 if "not installable" in words else 0


def _prepared() -> str:
    """The Python of the environment, which is made once, with labtop and pytest in it."""
    python = str(_VENV / "bin/python")
    if not Path(python).exists():
        print(f"setting up {_VENV.name} (once) ...", flush=True)
        venv.create(_VENV, with_pip=True)
    if why := _install(python, "--upgrade", "pip>=25.1") or _install(
        python, "--editable", ".", "--group", "integrations"
    ):
        sys.exit(f"{_VENV.name} cannot be set up: {why}")
    return python


def _tested(python: str, name: str, *, install: bool) -> str:
    """What became of one: `tested`, `failed: ...` or `not installable: ...`."""
    print(f"\n{name}", flush=True)
    if install and (why := _install(python, "--group", f"integrations-{name}")):
        return f"not installable: {why}"
    options = ["-q", "-n", "0", "-p", "no:cacheprovider", "-o", "filterwarnings=default", "--disable-warnings", "-rf"]
    paths = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [python, "-m", "pytest", *options, str(_HERE / f"test_{name}.py")],
        cwd=_ROOT,
        env=os.environ | {"PYTHONPATH": paths},
        check=False,
    )
    return "tested" if done.returncode == 0 else f"failed: pytest ended with status {done.returncode}"


def _install(python: str, *what: str) -> str | None:
    """Why pip cannot install it, in a line; None once it is there."""
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    lines = [line for line in done.stderr.splitlines() if line.strip()] or [f"pip ended with status {done.returncode}"]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines)[-1].removeprefix("ERROR: ")[:_LONGEST]


if __name__ == "__main__":
    sys.exit(main())
