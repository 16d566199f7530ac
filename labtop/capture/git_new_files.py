"""Small files of code that git does not have yet, as the part of a patch that makes them."""

from __future__ import annotations

import os
import stat
import sys
from collections import deque
from contextlib import suppress
from itertools import islice

from labtop.capture.secret_names import is_secret_file
from labtop.code_files import is_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any, Final

    from labtop.capture.secrets import Mask

_MOST: Final = 50
_MOST_NAMES: Final = 400
"""Files that are asked for: their names are the words of one command line."""
_LARGEST: Final = 1 << 18
"""Bytes of a file; of the script that runs only the patch's own limit counts."""
_MOST_ENTRIES: Final = 20_000
"""What is looked at in all folders that git does not have."""
_MOST_IN_FOLDER: Final = 1000  # what holds more holds data
_FOREIGN: Final = frozenset(
    """node_modules site-packages build dist vendor third_party runs run logs log outputs output out results multirun
    lightning_logs tb_logs mlruns wandb checkpoints ckpt artifacts""".split()  # noqa: SIM905
)
"""Folders, unless they are packages, whose code is another's, or whose configs runs write: each run's would differ."""
_MARKS: Final = frozenset(("pyvenv.cfg", "conda-meta", ".git", "events.jsonl", ".labtop"))
"""What is in environments, in other repositories and where runs are logged."""
_NOTHING: Final = "0" * 40
_EMPTY: Final = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"  # the blob of an empty file


class NewFiles:
    """`patch` makes them; `left` are the untracked names that are not in it, `remarks` what is otherwise in it."""

    def __init__(self, patch: str, left: list[str], remarks: list[str]) -> None:
        self.patch = patch
        self.left = left
        self.remarks = remarks


def new_files(
    others: Callable[[Sequence[str]], list[str]],
    root: Path,
    untracked: Sequence[str],
    named: Sequence[str],
    room: int,
    mask: Mask,
) -> NewFiles:
    """At most 50 files of the `untracked` (folders, which end with /, are looked into), in at most `room` bytes.

    `others` says which names are files that git neither has nor ignores, `named` are those that the command names: they
    come first, then what is nearest to the root. Left out is what is secret by its name, large, or not UTF-8.
    """
    folders: dict[str, _Folder] = {}
    seen = 0
    for name in untracked:
        if name.endswith("/"):
            folders[name] = _Folder(root, name, _MOST_ENTRIES - seen)
            seen += folders[name].seen
    inside = {name for folder in folders.values() for name in folder.names if is_code(name)}
    found = sorted({*filter(is_code, untracked), *inside}, key=lambda name: (name.count("/"), name))
    wanted = others(list(dict.fromkeys([*named, *found]))[:_MOST_NAMES])
    parts: dict[str, str] = {}
    remarks = []
    for name in wanted:
        if len(parts) == _MOST:
            break
        text = _text(root / name, room if name in named else min(room, _LARGEST))
        if text is None or is_secret_file(name) or mask.text(name) != name:
            continue
        clean = mask.patch(text)
        part = _part(name, clean, executable=os.access(root / name, os.X_OK))
        if len(part.encode()) <= room:
            parts[name] = part
            room -= len(part.encode())
            if clean != text:
                remarks.append(f"secrets in {name} are masked")
    whole = [name for name, folder in folders.items() if folder.is_all and not parts.keys().isdisjoint(folder.names)]
    unsure = [name for folder in whole for name in folders[folder].names if name not in parts]
    rest = others(unsure) if len(unsure) <= _MOST_NAMES else unsure
    made = {*parts, *(folder for folder in whole if not any(name.startswith(folder) for name in rest))}
    left = [name for name in untracked if name not in made]
    left += [name for name in wanted if name in inside and name not in parts]
    return NewFiles("".join(parts[name] for name in sorted(parts)), left, remarks)


def scripts(git: Mapping[str, Any], command: Sequence[str]) -> list[str]:
    """Files below the root of the work tree that run or that the command names, relative to it."""
    root = str(git["root"])
    folder = os.path.join(root, str(git.get("prefix", "")))  # noqa: PTH118 - any word of a command is tried
    own = getattr(sys.modules.get("__main__"), "__file__", None)
    found: dict[str, None] = {}
    for word in (own, *command):
        place = os.path.normpath(os.path.join(folder, word)) if word else ""  # noqa: PTH118
        if not place.startswith(f"{root}/") or not os.path.isfile(place):  # noqa: PTH113
            continue
        name = place[len(root) + 1 :]
        if is_code(name) or word == own or _begins(place, b"#!"):
            found[name] = None
    return list(found)


class _Folder:
    """What is in a folder that git does not have: `names` of files from the root, `seen` entries in all.

    `is_all`: there is nothing else but bytecode.
    """

    def __init__(self, root: Path, name: str, most: int) -> None:
        self.names: list[str] = []
        self.is_all = True
        self.seen = 0
        waiting = deque([name])
        while waiting:
            folder = waiting.popleft()
            for entry in self._entries(root, folder, most):
                path = folder + entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                elif entry.is_file(follow_symlinks=False):
                    self.names.append(path)
                else:
                    self.is_all = False

    def _entries(self, root: Path, folder: str, most: int) -> list[os.DirEntry[str]]:
        """Nothing of a folder that is not the project's code, nor where there is too much."""
        if self.seen < most:
            with suppress(OSError), os.scandir(root / folder) as entries:
                found = list(islice(entries, _MOST_IN_FOLDER + 1))
                self.seen += len(found) + 1
                if len(found) <= _MOST_IN_FOLDER and not _is_foreign(folder, {entry.name for entry in found}):
                    return [entry for entry in found if entry.name != "__pycache__"]
        self.is_all = False
        return []


def _is_foreign(folder: str, holds: set[str]) -> bool:
    names = folder.rstrip("/").split("/")
    if not _MARKS.isdisjoint(holds) or names[-1].startswith(".") or is_secret_file(names[-1]):
        return True
    return "__init__.py" not in holds and not _FOREIGN.isdisjoint(name.lower() for name in names)


def _begins(place: str, start: bytes) -> bool:
    with suppress(OSError), open(place, "rb") as file:  # noqa: PTH123
        return file.read(len(start)) == start
    return False


def _text(path: Path, most: int) -> str | None:
    """What is in a file: None where it is not one, too large, or no text."""
    with suppress(OSError, UnicodeDecodeError, ValueError):
        about = path.lstat()
        if stat.S_ISREG(about.st_mode) and about.st_size <= most:
            with path.open("rb") as file:
                text = file.read(most + 1).decode()
            return text if len(text) <= most and "\0" not in text else None
    return None


def _part(name: str, text: str, *, executable: bool) -> str:
    """As `git diff` has a new file."""
    lines = text.split("\n")
    end = "" if lines[-1] == "" else "\n\\ No newline at end of file"
    if lines[-1] == "":
        lines.pop()
    new = _quoted(f"b/{name}")
    head = f"diff --git {_quoted(f'a/{name}')} {new}\nnew file mode {'100755' if executable else '100644'}\n"
    if not lines:
        return f"{head}index {_NOTHING}..{_EMPTY}\n"
    blank = "\t" if " " in name else ""  # git ends a name with spaces so
    count = f"1,{len(lines)}" if len(lines) > 1 else "1"
    body = "\n".join(f"+{line}" for line in lines)
    return f"{head}--- /dev/null\n+++ {new}{blank}\n@@ -0,0 +{count} @@\n{body}{end}\n"


def _quoted(name: str) -> str:
    """As git writes names with odd letters."""
    if name.isascii() and name.isprintable() and '"' not in name and "\\" not in name:
        return name
    odd = b'"\\'
    signs = (chr(byte) if 32 <= byte < 127 and byte not in odd else f"\\{byte:03o}" for byte in os.fsencode(name))
    return f'"{"".join(signs)}"'
