"""What the README tells a newcomer to type works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_lines_for_a_notebook_show_the_run_that_the_line_for_the_shell_makes(home: Path) -> None:
    (shell,) = re.findall(r"^    (mkdir .*)$", PAGE, re.MULTILINE)
    (notebook,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    subprocess.run(["bash", "-c", shell], cwd=home, check=True, timeout=60)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", notebook],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "first running [1.] [0.52]\n"
