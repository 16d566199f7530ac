"""`labtop doctor`: what became of each file, and of the lines that could not be read."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from labtop.cli import formats, values
from labtop.cli.reading import opened
from labtop.cli.tables import Cell, Table, cell
from labtop.store.answers.to_json import doctor_json, held_by
from labtop.store.model import IndexInfo, LookedAt, Remark, WatchMode
from labtop.store.read.settings_files import user_file

HEALTHY: Final = 0
REJECTED: Final = 1
_FEW: Final = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop doctor`."""
    parser.add_argument("--all", action="store_true", help="files that are no logs, too, and every rejected line")
    formats.add_arguments(parser)
    parser.epilog = "Exit status: 0 when every line could be read, 1 when some were rejected."


def run(args: argparse.Namespace) -> int:
    """Print all that is known of the files and the index; the status says whether lines were rejected."""
    with opened(args) as store:
        whole = args.all or args.format in ("json", "csv")
        files = store.files(rejected=None if whole else _FEW)
        remarks = (*store.remarks(), *_of_settings(store.root, files))
        index, watch = store.index_info(), store.watch_mode
        shown = [table for table in tables(files, remarks, index, watch, everything=whole) if table.rows]
        said = [{"path": each.path, "text": each.text} for each in remarks]
        formats.write(args.format, shown, lambda: doctor_json(files, index, watch) | {"remarks": said})
    return REJECTED if any(file.rejected for file in files) else HEALTHY


def _of_settings(root: Path, files: Sequence[LookedAt]) -> Iterator[Remark]:
    """What the screen leaves out of the files of settings. Unreadable files and goals are among the rejected lines."""
    from labtop.tui.settings.files import wrong

    rejected = {line.reason for file in files for line in file.first_rejected}
    for name, text in wrong(root, user_file()):
        if text not in rejected and not text.startswith("goals"):
            yield Remark(name, text)


def tables(
    files: Sequence[LookedAt], remarks: Sequence[Remark], index: IndexInfo, watch: WatchMode, *, everything: bool
) -> Iterator[Table]:
    """The files, their rejected lines, what else is to be said of them, and the index; files that are no logs are only
    counted unless `everything`."""
    others = [file for file in files if file.kind in ("none", "undecided")]
    listed = files if everything else [file for file in files if file not in others]
    heads = ("file", "taken for", "run", "lines", "events", "skipped", "rejected", "watch")
    yield Table(heads, tuple(_row(file, watch) for file in listed), "files")
    yield Table(("line", "byte", "reason"), tuple(_rejected(files)), "rejected", whole=True)
    yield Table(
        ("file", "remark"), tuple((cell(each.path), cell(each.text)) for each in remarks), "remarks", whole=True
    )
    yield Table(("", "value"), tuple(_overview(index, len(others), everything=everything)), "index", whole=True)


def _row(file: LookedAt, watch: WatchMode) -> tuple[Cell, ...]:
    counts = (file.lines, file.events, file.skipped) if file.is_log else (None, None, None)
    figures = (Cell(values.LACKS, None, right=True) if count is None else cell(count) for count in counts)
    nothing = not file.is_log and not file.rejected
    rejected = Cell(str(file.rejected), file.rejected, right=True, colour="red" if file.rejected else None)
    held = held_by(file)
    return (
        cell(file.path),
        cell(file.kind),
        Cell(values.LACKS) if held is None else cell(held),
        *figures,
        Cell(values.LACKS, None, right=True) if nothing else rejected,
        cell(watch),
    )


def _rejected(files: Sequence[LookedAt]) -> Iterator[tuple[Cell, ...]]:
    """The rejected lines of each file, and how many more it has; what is said of a file as a whole has no line."""
    for file in files:
        for line in file.first_rejected:
            place = f"{line.path}:{line.line}" if file.is_log and line.line else line.path
            yield cell(place), cell(line.offset), cell(line.reason)
        more = file.rejected - len(file.first_rejected)
        if more:
            yield cell(file.path), Cell("", None, right=True), Cell(f"and {more} more: --all lists them", more)


def _overview(index: IndexInfo, others: int, *, everything: bool) -> Iterator[tuple[Cell, Cell]]:
    path = Cell("in memory") if index.path is None else cell(index.path)
    unlisted = f"{others} (--all lists them)" if others and not everything else str(others)
    known = (
        ("path", path),
        ("bytes", Cell(f"{index.bytes:,}", index.bytes)),
        ("schema", cell(index.schema)),
        ("files that are no logs", Cell(unlisted, others)),
    )
    return ((Cell(key, key), value) for key, value in known)
