"""The terminal UI, from the command line: is there a terminal, is there a directory, and what a crash leaves behind."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from labtop.cli import output, place
from labtop.cli.errors import CommandError

if TYPE_CHECKING:
    from textual.app import App


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
    usual = gc.get_threshold()
    gc.disable()
    # A key's effect waits for the next frame, of which Textual makes no more than so many a second.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    _load_what_both_need()
    from labtop.store.apart.process import begin

    # The database loads, opens its file and answers for the first time while the screen's modules load here.
    process = begin(root, index=index, poll=poll)
    from labtop.cli.reading import refusals
    from labtop.store.apart.client import StoreApart

    with refusals(), ThreadPoolExecutor(1) as executor, StoreApart(root, process) as store:
        from labtop.store.read.settings_files import user_file
        from labtop.tui.session.files import default_path, load
        from labtop.tui.settings.defaults import with_defaults
        from labtop.tui.settings.files import load as load_settings
        from labtop.tui.table_question import answer, question_of

        told: list[str] = []
        session = load(path := default_path(root), told.append)
        settings, wrong = load_settings(root, user_file())
        # One thread for both, in this order.
        shown = executor.submit(lambda: with_defaults(session, settings, store.opened().outline()))
        first = executor.submit(lambda: answer(store.opened(), question_of(shown.result())))
        from labtop.tui.app import LabtopApp
        from labtop.tui.garbage import RARELY
        from labtop.tui.screens.remembering import Memory

        store.opened()
        memory = Memory(session, path, (*told, *wrong), settings, shown.result())
        gc.freeze()
        gc.set_threshold(*RARELY)
        gc.enable()
        try:
            return run_app(LabtopApp(store, first=first, memory=memory))
        finally:
            gc.unfreeze()
            gc.set_threshold(*usual)


def _load_what_both_need() -> None:
    """Load once what the screen's process and the store's would each load. Without threads for linear algebra, of which
    there is none: a process with threads should not fork."""
    threads = "OPENBLAS_NUM_THREADS"
    said = os.environ.get(threads)
    os.environ[threads] = "1"
    try:
        import labtop.store.model  # noqa: F401
    finally:
        if said is None:
            del os.environ[threads]
        else:
            os.environ[threads] = said


def run_app(app: App[int]) -> int:
    """Run the app and return its exit status.

    What Textual would print at a crash, a traceback of many screens, becomes a file and one line.
    """
    from rich.console import Console

    last_words = io.StringIO()
    app.error_console = Console(file=last_words, width=160, no_color=True)
    app.run()
    said = last_words.getvalue()
    if app.return_code and said:
        from labtop.cli import crash

        output.say(crash.told(f"the screen stopped, {crash.last_error(said)}", said))
    elif said:
        sys.stderr.write(said)
    return app.return_code or 0


def _need_terminal() -> None:
    """Textual draws on standard error and reads keys from standard input: all three streams must be a terminal."""
    missing = [name for name in ("stdin", "stdout", "stderr") if not getattr(sys, name).isatty()]
    instead = "labtop ls prints the runs as text"
    if missing:
        are = "is" if len(missing) == 1 else "are"
        raise CommandError(f"the screen needs a terminal, which {' and '.join(missing)} {are} not; {instead}")
    if os.environ.get("TERM", "dumb") in ("", "dumb", "unknown"):
        raise CommandError(f"this terminal cannot be drawn on (TERM={os.environ.get('TERM', '')}); {instead}")
