"""The committed pictures of the views are what the app draws now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from screenshots.views import FILES

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "screenshots"
OUT = ROOT / "tests" / "out"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pictures, drawn by the command in a process of its own, whose environment it may change."""
    folder = tmp_path_factory.mktemp("drawn")
    command = [sys.executable, "-W", "error", "-m", "screenshots", "--into", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("name", FILES)
def test_a_view_looks_as_it_did(name: str, drawn: Path) -> None:
    new, old = drawn / name, COMMITTED / name
    if old.is_file() and new.read_bytes() == old.read_bytes():
        (OUT / name).unlink(missing_ok=True)
        return
    OUT.mkdir(exist_ok=True)
    (OUT / name).write_bytes(new.read_bytes())
    change = "looks different from" if old.is_file() else "is not among"
    where = OUT.relative_to(ROOT) / name
    pytest.fail(
        f"the view {name.removesuffix('.svg')} {change} screenshots/: see {where}; if that is meant: make screenshots"
    )


def test_no_picture_of_a_view_that_is_no_more_is_kept() -> None:
    assert {path.name for path in COMMITTED.glob("*.svg")} == set(FILES)
