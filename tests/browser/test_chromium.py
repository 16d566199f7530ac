"""Which Chromium is taken, and what is said where none works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.browser.chromium import working


def _found(**environment: str) -> tuple[int, str, str]:
    """Status, standard output and errors of the search in a process of its own."""
    kept = {key: value for key, value in os.environ.items() if key not in ("CHROME", "PATH")}
    words = [sys.executable, "-m", "tests.browser.chromium"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, env={**kept, **environment})
    return done.returncode, done.stdout, done.stderr


def _stub(path: Path) -> str:
    shell = shutil.which("sh")
    path.write_text(f"#!{shell}\nexit 1\n")
    path.chmod(0o755)
    return str(path)


def test_a_name_on_the_path_that_does_not_work_is_passed_over(tmp_path: Path) -> None:
    real = working()
    stub = _stub(tmp_path / "chromium")
    status, out, err = _found(PATH=str(tmp_path))
    assert (status, out) == (1, "")
    assert err.startswith(f"no Chromium that works: {stub} does not work: ")
    (tmp_path / "google-chrome").symlink_to(real)
    assert _found(PATH=f"{tmp_path}:{os.defpath}")[:2] == (0, f"{tmp_path / 'google-chrome'}\n")


def test_none_at_all_and_one_that_is_named_are_said_in_one_line(tmp_path: Path) -> None:
    none = "no Chromium that works: no chromium, chromium-browser, google-chrome on the path\n"
    assert _found(PATH=str(tmp_path)) == (1, "", none)
    status, _, err = _found(PATH=os.defpath, CHROME="no/such")
    assert (status, err) == (1, "no Chromium that works: no no/such\n")
    stub = _stub(tmp_path / "mine")
    status, _, err = _found(PATH=os.environ["PATH"], CHROME=stub)
    assert (status, err.count("\n")) == (1, 1)
    assert stub in err
