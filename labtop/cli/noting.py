"""What `note`, `tag`, `decide` and `hide` share: find the run, have it written down, say so in one line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final

from labtop.cli import formats, output
from labtop.cli.reading import opened
from labtop.cli.tables import Table, cell
from labtop.cli.text import clean, cut
from labtop.store.model import Annotation, Json, Noted, NotThere

_LONGEST: Final = 100  # cells of what was said that the line repeats
_HEADINGS: Final = ("run", "event", "path")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what all of these commands have: `--format`, and the word on where they write."""
    formats.add_arguments(parser)
    parser.epilog = (
        "Appended to .labtop/annotations.jsonl in the directory, or, where that cannot be, in a file of yours."
    )


def note(args: argparse.Namespace, event: str, fields: Mapping[str, Json], done: str, said: str) -> int:
    """`note_all` of one event."""
    return note_all(args, {event: fields}, done, said)


def note_all(args: argparse.Namespace, events: Mapping[str, Mapping[str, Json]], done: str, said: str) -> int:
    """Append the events to the run that `args.run` names, and print one line: `done`, the run, what was `said`.

    JSON, CSV and Markdown name the last event. A run that is not there ends the command with status 3.
    """
    with opened(args) as store:
        found = store.details([store.find(args.run)])
        if not found:
            raise NotThere("that run is gone")
        run = found[0].run
        noted = store.annotate([Annotation((run.id,), event, fields) for event, fields in events.items()])
    if args.format == "table":
        text = cut(clean(said).strip(), _LONGEST)
        output.write(f"{done} {clean(run.name)}{': ' if text else ''}{text}{_where(noted)}\n")
    else:
        row = dict(zip(_HEADINGS, (run.id, [*events][-1], noted.path), strict=True))
        formats.write(args.format, [Table(_HEADINGS, (tuple(map(cell, row.values())),))], lambda: row)
    return 0


def _where(noted: Noted) -> str:
    """In which file and why, where it is not that of the directory."""
    if not noted.beside:
        return ""
    return clean(f" (in {noted.path}, for the directory cannot be written: {noted.why})")
