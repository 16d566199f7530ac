"""Filesystem: where file events cannot be relied on, because the files lie on another machine."""

from __future__ import annotations

import os
import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(rb"\\([0-7]{3})")
_REMOTE = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "coda", "ncpfs", "virtiofs", "vboxsf", "prl_fs"),
        *(
            "lustre",
            "beegfs",
            "beegfs_nodev",
            "gpfs",
            "glusterfs",
            "orangefs",
            "pvfs2",
            "panfs",
            "wekafs",
            "gfs2",
            "ocfs2",
        ),
    )
)
_FUSE = "fuse."
_LOCAL_FUSE = frozenset(("fuse.fuse-overlayfs", "fuse.portal", "fuse.lxcfs", "fuse.encfs", "fuse.gocryptfs"))


class Mounts:
    """Knows which file systems are mounted, where the system says so (Linux)."""

    def __init__(self, table: Path = _MOUNTS) -> None:
        self._table = table
        self._read = b""
        self._mounts: list[tuple[str, str]] = []

    def remote(self, root: Path) -> str | None:
        """The kind of the network file system that holds `root`, or is mounted below it; None where there is none."""
        self._refresh()
        real = os.path.realpath(root)
        kind = None
        for place, each in self._mounts:
            if _holds(place, real):
                kind = each  # the table is in order: what is mounted later, or deeper, hides what was there
            elif _is_remote(each) and _holds(real, place):
                return each
        return kind if kind is not None and _is_remote(kind) else None

    def _refresh(self) -> None:
        try:
            read = self._table.read_bytes()
        except OSError:
            read = b""
        if read != self._read:
            self._read = read
            self._mounts = [mount for line in read.splitlines() if (mount := _mount(line)) is not None]


def _mount(line: bytes) -> tuple[str, str] | None:
    """Where, and which kind of file system; see proc_pid_mountinfo(5)."""
    before, dash, after = line.partition(b" - ")
    fields, kind = before.split(b" "), after.partition(b" ")[0]
    if not dash or len(fields) < 5:
        return None
    place = _ESCAPED.sub(lambda match: bytes([int(match[1], 8) & 0xFF]), fields[4])
    return os.fsdecode(place), kind.decode("ascii", "replace")


def _holds(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _is_remote(kind: str) -> bool:
    return kind in _REMOTE or (kind.startswith(_FUSE) and kind not in _LOCAL_FUSE)
