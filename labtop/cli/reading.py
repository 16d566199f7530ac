"""Open the store for a command that answers once: read all that is new, tell how far it is, close."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labtop.cli import output, place
from labtop.cli.errors import NOT_THERE, USAGE, CommandError
from labtop.store.example import example_command
from labtop.store.model import FilterError, NotThere, StoreError

if TYPE_CHECKING:
    from labtop.store import Store

_PATIENCE_S: Final = 1.0
_TICK_S: Final = 0.2
_BAR: Final = 24
_FEW: Final = 3
_NO_LOGS: Final = ("config", "annotations", "settings")
_READ: Final = "labtop reads lines of JSON with a number in them"


@contextmanager
def opened(args: argparse.Namespace) -> Iterator[Store]:
    """The store of the directory that `args` name, all read. What the store refuses becomes a `CommandError`."""
    from labtop.store import Store

    root = place.resolve(args)
    index = None if args.index is None else Path(args.index)
    with refusals(), Store.open(root, index=index, poll=args.poll) as store:
        with busy(_reading(store)):
            store.catch_up()
        tell_notices(store, always=index is not None and store.index_info().path is None)
        yield store


def tell_notices(store: Store, told: tuple[str, ...] = (), *, always: bool = False) -> tuple[str, ...]:
    """What the user should know, on a terminal only unless `always`, and without what was `told`.

    Returns all that is told by now.
    """
    notices = store.activity.notices
    if always or sys.stderr.isatty():
        for notice in notices:
            if notice not in told:
                output.say(notice)
    return notices


@contextmanager
def refusals() -> Iterator[None]:
    """Turn the store's errors, which are one line already, into the end of the command; of a filter the place too."""
    try:
        yield
    except FilterError as error:
        from labtop.store.filter.caret import caret

        raise CommandError(str(error), USAGE, caret(error).split("\n")) from error
    except NotThere as error:
        raise CommandError(str(error), NOT_THERE) from error
    except StoreError as error:
        raise CommandError(str(error), USAGE) from error


@contextmanager
def busy(line: Callable[[], str]) -> Iterator[None]:
    """What is done meanwhile, on standard error, on a terminal only, when it takes longer than a second."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_draw, args=(line, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _draw(line: Callable[[], str], done: threading.Event) -> None:
    if done.wait(_PATIENCE_S):
        return
    while True:
        sys.stderr.write(f"\r{line()}\x1b[K")
        sys.stderr.flush()
        if done.wait(_TICK_S):
            break
    sys.stderr.write("\r\x1b[K")
    sys.stderr.flush()


def _reading(store: Store) -> Callable[[], str]:
    """How far reading is, each time it is asked."""
    most = 0

    def line() -> str:
        nonlocal most
        activity = store.activity
        most = max(most, activity.backlog)
        return f"reading {_bar(activity.backlog, most)}{activity.lines:,} lines"

    return line


def _bar(left: int, most: int) -> str:
    """How much of `most` bytes is read; nothing where it is not known how much there is."""
    if not left:
        return ""
    filled = _BAR * (most - left) // most
    return f"{'#' * filled}{'.' * (_BAR - filled)} {left / 1e6:.0f} MB left, "


def explain_emptiness(store: Store) -> None:
    """One line on standard error for a place without runs; a file that is no log raises `CommandError`.

    How to make a run is said only where nothing is: what is there was meant to be one.
    """
    root = store.root
    if root.is_file() and root.stat().st_size:
        raise CommandError(f"no run in {root}: {_READ}", NOT_THERE)
    seen = [file for file in store.files(rejected=0) if file.kind not in _NO_LOGS]
    if not seen:
        output.say(f"no runs in {root} yet; this makes one: {example_command(root)}")
        return
    named = ", ".join(f"{file.path} ({file.kind})" for file in seen[:_FEW])
    more = f" and {len(seen) - _FEW} more" if len(seen) > _FEW else ""
    output.say(f"no runs in {root}: none in {named}{more}; {_READ}, and labtop doctor --all tells of each file")
