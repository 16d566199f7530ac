"""Where a run is written: its directory, its id, and which file each of its processes has."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from time import localtime, strftime
from zlib import crc32

from labtop.recording.complaints import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

DIRECTORY: Final = "LABTOP_DIR"
RUN_ID: Final = "LABTOP_RUN_ID"
DEFAULT: Final = "runs"
OWN: Final = "events.jsonl"
_LONGEST: Final = 120  # characters of a part of an id; file systems hold 255 bytes
_ODD: Final = re.compile(r"[^\w.=+,@~-]+")
# Folders of these names are passed over, or say nothing of the run (docs/event-format.md, section 1).
_NO_NAME: Final = re.compile(
    r"vis_data|files|logs?|outputs?|wandb|checkpoints?|checkpoint-\d+|metrics|node_modules|__pycache__", re.IGNORECASE
)


class Place:
    """A run's directory and id; `made`: its folder was made for it just now; `trouble`: why it is not there."""

    def __init__(self, root: Path, id: str, *, made: bool, trouble: OSError | None = None) -> None:
        self.root = root
        self.id = id
        self.made = made
        self.trouble = trouble

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.root / self.id


def directory(given: str | os.PathLike[str] | None) -> Path:
    """The run directory: as given, else $LABTOP_DIR, else ./runs; absolute, for a training may go elsewhere."""
    named = os.environ.get(DIRECTORY) or DEFAULT
    if isinstance(given, (str, bytes, os.PathLike)) and b"\0" not in os.fsencode(given):
        named = os.fsdecode(given)
    elif given is not None:
        say(f"a run directory is a path, not {given!r}: {named} is taken")
    try:
        return absolute(Path(named).expanduser())
    except (OSError, RuntimeError):  # the current folder is gone, or the user has no home
        return Path(named)


def absolute(path: str | os.PathLike[str]) -> Path:
    """The absolute path as it was named, links as they are. Raises OSError where the current folder is gone."""
    return Path(os.path.normpath(Path(path).absolute()))


def known_place(root: Path, run_id: str) -> Place:
    """The place of the run with this id, which may be there already."""
    return _made(root, id_of(run_id))


def new_place(root: Path, name: str | None, job_key: str | None) -> Place:
    """A place of its own for a new run; the ranks of one job, which have the same key, get the same.

    Its id comes from the name, else from the script and the time; a number is added where the folder is there.
    """
    if job_key is not None:
        return _made(root, f"{id_of(name) if name else _part(script())}-{crc32(job_key.encode()):010d}")
    wanted = id_of(name) if name else f"{_part(script())}-{strftime('%Y%m%d-%H%M%S', localtime())}"
    for number in range(1, 100_000):
        place = _made(root, wanted if number == 1 else f"{wanted}-{number}")
        if place.made or place.trouble:
            return place
    return place


def script() -> str:
    """What is run, in a word."""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    if path:
        stem = Path(path).stem
        return Path(path).parent.name if stem == "__main__" else "notebook" if "ipykernel" in stem else stem
    return "notebook" if "ipykernel" in sys.modules else "run"


def id_of(text: str) -> str:
    """The text as an id: a relative path of plain names, none of them hidden, none that leads out of the directory."""
    parts = [_part(part) for part in text.replace("\\", "/").split("/")[-6:] if part.strip(" .")]
    return "/".join(parts) or "run"


def file_of_process(folder: Path) -> Path:
    """The file of a process that is not the first one of its run."""
    host = _ODD.sub("-", os.uname().nodename) or "host"
    return folder / f"events-{host[:60]}-{os.getpid()}.jsonl"


def _part(text: str) -> str:
    clean = _ODD.sub("-", text).strip("-").lstrip(".")[:_LONGEST] or "run"
    return f"{clean}-run" if _NO_NAME.fullmatch(clean) else clean


def _made(root: Path, run_id: str) -> Place:
    folder = root / run_id
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
    except FileExistsError as error:
        return Place(root, run_id, made=False, trouble=None if folder.is_dir() else error)
    except OSError as error:
        return Place(root, run_id, made=False, trouble=error)
    return Place(root, run_id, made=True)
