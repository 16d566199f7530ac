"""The terminal UI, from the command line: is there a terminal, is there a directory, and what a crash leaves behind."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from pathlib import Path

from labtop.cli import output, place
from labtop.cli.errors import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The argument of the UI."""
    parser.add_argument("place", nargs="?", metavar="DIR | FILE", help="the run directory, or one log file")


def run(args: argparse.Namespace) -> int:
    """Show the runs until the user quits."""
    return open_ui(place.resolve(args), index=Path(args.index) if args.index else None, poll=args.poll)


def open_ui(root: Path, *, index: Path | None = None, poll: bool = False) -> int:
    """Show the runs of `root` until the user quits; returns the exit status. No terminal: `CommandError`."""
    _need_terminal()
    # Nothing that start-up makes is garbage: looking for it costs a tenth of the time to the first frame.
    gc.disable()
    from rich.console import Console

    from labtop.cli.reading import refusals
    from labtop.store import Store
    from labtop.tui.app import LabtopApp

    last_words = io.StringIO()
    with refusals(), Store.open(root, index=index, poll=poll) as store:
        app = LabtopApp(store)
        app.error_console = Console(file=last_words, width=160, no_color=True)
        gc.enable()
        app.run()
    return _ended(app.return_code or 0, last_words.getvalue())


def _ended(status: int, last_words: str) -> int:
    """What Textual would print at the end, a traceback many screens long after a crash, is a file and one line."""
    if status and last_words:
        from labtop.cli import crash

        output.say(crash.told(f"the screen stopped, {last_words.splitlines()[-1]}", last_words))
    elif last_words:
        sys.stderr.write(last_words)
    return status


def _need_terminal() -> None:
    """Textual draws on standard error and reads keys from standard input: all three streams must be a terminal."""
    missing = [name for name in ("stdin", "stdout", "stderr") if not getattr(sys, name).isatty()]
    instead = "labtop ls prints the runs as text"
    if missing:
        raise CommandError(f"the screen needs a terminal, which {', '.join(missing)} is not; {instead}")
    if os.environ.get("TERM", "dumb") in ("", "dumb", "unknown"):
        raise CommandError(f"this terminal cannot be drawn on (TERM={os.environ.get('TERM', '')}); {instead}")
