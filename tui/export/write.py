"""A chart into a file of its own, by the ending of its name."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from labtop.tui.charts.spec import Spec
from labtop.tui.export.elements import Background
from labtop.tui.export.error import ExportError
from labtop.tui.export.numbers import csv
from labtop.tui.export.png import png
from labtop.tui.export.svg import svg
from labtop.tui.export.text import text

ENDINGS = (".svg", ".png", ".csv", ".txt")
"""What can be written."""

_CELL = (9, 20)  # pixels of a cell of the terminal
_MODE = 0o666


def write(
    specs: Spec | Sequence[Spec],
    path: Path,
    *,
    columns: int = 80,
    rows: int = 20,
    background: Background = "white",
) -> Path:
    """Write the charts, one under the other, each as large as so many cells; returns the file's path.

    A file that is there stays: -2, -3 .. is added to the name. What is written is there whole or not at all.
    Raises `ExportError`: an unknown ending, several charts in a CSV, a renderer or a permission that lacks.
    """
    charts = [specs] if isinstance(specs, Spec) else list(specs)
    content = _content(charts, path, columns, rows, background)
    try:
        return placed(content, path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}") from error


def _content(charts: Sequence[Spec], path: Path, columns: int, rows: int, background: Background) -> bytes:
    width, height = columns * _CELL[0], rows * _CELL[1]
    match path.suffix.lower():
        case ".svg":
            return svg(charts, width=width, height=height, background=background).encode()
        case ".png":
            return png(charts, width=width, height=height, background=background)
        case ".txt":
            return "".join(text(chart, columns, rows) for chart in charts).encode()
        case ".csv" if len(charts) == 1:
            return csv(charts[0]).encode()
        case ".csv":
            raise ExportError(f"{path}: a .csv holds one chart")
    raise ExportError(f"{path}: the ending says what to write: {', '.join(ENDINGS)}")


def placed(content: bytes, path: Path, *, over: bool = False) -> Path:
    """Write beside the place, then move there: the name is taken first, by an empty file. `over`: the file that has it
    gives way, else -2, -3 .. is added. Returns the file's path; raises OSError, and leaves what was there.
    """
    stays = over and path.exists()
    free = path if stays else _taken(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{free.name[:40]}-", dir=free.parent)
        written = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            written.chmod(free.stat().st_mode)  # as any new file here, not as a secret one
            written.replace(free)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
    except BaseException:
        if not stays:
            with contextlib.suppress(OSError):
                free.unlink()
        raise
    return free


def _taken(path: Path) -> Path:
    """The first name that is free, taken."""
    for name in _names(path):
        try:
            os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _MODE))
        except FileExistsError:
            continue
        return name
    raise AssertionError


def _names(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
