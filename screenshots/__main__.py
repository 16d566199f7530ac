"""`make screenshots`: draw every view from the real app, the same to the byte wherever and whenever."""

from __future__ import annotations

import argparse
import asyncio
import locale
import os
import sys
import tempfile
import time
from contextlib import chdir
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Draw into this folder, or into another; pictures of views that are no more go."""
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    parser.add_argument("--into", type=Path, default=HERE, metavar="FOLDER")
    into = parser.parse_args().into.resolve()
    into.mkdir(parents=True, exist_ok=True)
    _same_everywhere()
    from screenshots.draw import draw_all  # Textual reads its variables when it is loaded
    from screenshots.views import FILES

    with tempfile.TemporaryDirectory(prefix="labtop-screenshots-") as scene, chdir(scene):
        asyncio.run(draw_all(into))
    for old in set(into.glob("*.svg")) - {into / name for name in FILES}:
        old.unlink()
    return 0


def _same_everywhere() -> None:
    """The environment of this process: the time zone, the characters and the colours of the pictures."""
    for name in [name for name in os.environ if name.startswith("TEXTUAL") or name == "NO_COLOR"]:
        del os.environ[name]
    os.environ.update(TZ="UTC", LC_ALL="C.UTF-8", TERM="xterm-256color")
    time.tzset()
    locale.setlocale(locale.LC_ALL, "C.UTF-8")


if __name__ == "__main__":
    sys.exit(main())
