"""Which run a file, or a line of it, belongs to. Paths are relative to the root."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from labtop.store.read.keys import GENERIC_NAMES, RUN_KEY

_EXTENSIONS = frozenset((".jsonl", ".ndjson", ".json", ".log", ".csv", ".txt"))
_ROTATED = re.compile(r"(?<=[a-z])(?:\.\d{1,4})?(?:\.gz)?\Z", re.IGNORECASE)
_ASIDE = re.compile(r"\.gz\Z|[a-z]\.\d{1,4}\Z", re.IGNORECASE)
_TAKEN_OFF = re.compile(r"vis_data|files|logs?|outputs?|wandb|checkpoints?|checkpoint-\d+|metrics", re.IGNORECASE)
_WRITER = r"[-_.](?:(?:local_|global_)?(?:rank|proc|process|worker|gpu|node|host|pid)[-_.]?)?\d{1,7}"
_GENERIC = re.compile(
    rf"(?:{'|'.join(sorted(GENERIC_NAMES, key=len, reverse=True))})(?:{_WRITER}){{0,3}}|events-.+-\d{{1,7}}",
    re.IGNORECASE,
)
_SUMMARIES = frozenset(("wandb-summary",))
_UNSHOWN = re.compile(  # escape sequences go whole, as where paths are shown
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?|[\x00-\x1f\x7f-\x9f]"
)
_LONGEST_VALUE = 1000


def file_identity(path: PurePosixPath, root_name: str) -> str:
    """The id of the run that a file belongs to, as far as its path says.

    A generic name (also with a rank, host or pid behind it) stands for its folder, without trailing `logs`, `files`
    and the like; `root_name` is the id of what lies directly in the root. Other names stand for themselves.
    """
    if not _names_folder(path):
        return _joined((*path.parent.parts, _stem(path.name))) or root_name
    return _joined(_without_trailing(path.parent).parts) or root_name


def is_rotated(path: str) -> bool:
    """Whether a log of this name was put aside: it is packed or has a number behind its name."""
    return _ASIDE.search(path) is not None


def own_line_identity(path: PurePosixPath, line_number: int) -> str:
    """The id of the run that a line is, in a file where every line is one: `results#7`, which codes no parameter."""
    return _joined((*path.parent.parts, f"{_stem(path.name)}#{line_number}"))


def repeats_another(path: PurePosixPath) -> bool:
    """Whether a file, by its name, holds again what others of its run say: a summary, or the log under the name of its
    folder that OpenMMLab writes beside `scalars.json`."""
    stem = _stem(path.name)
    return stem in _SUMMARIES or (_GENERIC.fullmatch(stem) is None and _names_folder(path))


def _names_folder(path: PurePosixPath) -> bool:
    """Whether the name of the file says nothing, or says again what its folder does, so that this names the run."""
    stem = _stem(path.name)
    folder = _without_trailing(path.parent)
    return _GENERIC.fullmatch(stem) is not None or (folder != path.parent and stem == folder.name)


def line_identity(path: PurePosixPath, key: str, value: str, root_name: str) -> str:
    """The id of the run that a line names: with key `run` below the root, with `RUN_KEYS` in the folder of the file.

    No value leads out of there; one that names nothing leaves the run to the file.
    """
    named = _joined(re.split(r"[/\\]", value[:_LONGEST_VALUE]))
    if not named:
        return file_identity(path, root_name)
    return named if key == RUN_KEY else _joined((*path.parent.parts, *named.split("/")))


def run_below(folder: PurePosixPath, name: str) -> str | None:
    """The id of the run that is called so below a folder; None for a name that leads out of there, or names nothing."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or name.startswith("/"):
        return None
    return "/".join((*filter(None, [_joined(folder.parts)]), *parts))


def config_folders(path: PurePosixPath) -> tuple[PurePosixPath, ...]:
    """The folders whose config files speak of this file's run, nearest first: its own and, where its name is generic,
    those above that are left when trailing `logs`, `files` and the like are taken off; each with its `.hydra`.
    """
    folder = path.parent
    folders = [folder]
    if _names_folder(path):
        last = _without_trailing(folder)
        while folder != last:
            folder = folder.parent
            folders.append(folder)
    return tuple(each for folder in folders for each in (folder, folder / ".hydra"))


def _stem(name: str) -> str:
    """A file name without its extensions; those of rotated and packed logs go too."""
    rest = name
    while True:
        stem, dot, extension = _ROTATED.sub("", rest).rpartition(".")
        if not stem or dot + extension.lower() not in _EXTENSIONS:
            return rest
        rest = stem


def _without_trailing(folder: PurePosixPath) -> PurePosixPath:
    while folder.name and _TAKEN_OFF.fullmatch(folder.name):
        folder = folder.parent
    return folder


def _joined(parts: Iterable[str]) -> str:
    """Parts as an id: printable, encodable, and none that leads elsewhere."""
    clean = (_UNSHOWN.sub("", part.encode("utf-8", "replace").decode()).strip() for part in parts)
    return "/".join(part for part in clean if part not in ("", ".", "..", "/"))
