"""Artifacts and data of a run: files whose digests are worked out beside the training."""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from labtop.recording.complaints import Complaints
from labtop.recording.digests import Digest, digest_of
from labtop.recording.place import absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_AT_ONCE: Final = 4 << 20  # bytes whose digest takes a training no time
_DIGEST: Final = re.compile(r"(?:(?:sha256|sha1|sha512|md5|blake3|git)[:-])?[0-9a-f]{7,128}", re.IGNORECASE)

Tell = Callable[[Digest], None]


class Files:
    """Tells a run's log of files: of small ones at once, of large ones from a thread when they are read."""

    def __init__(self, event: Callable[..., None], describe: Callable[..., None], complaints: Complaints) -> None:
        self._event = event
        self._describe = describe
        self._complaints = complaints
        self._data: dict[str, dict[str, Any]] = {}
        self._pending: dict[threading.Thread, tuple[int | None, Tell]] = {}
        self._lock = threading.RLock()  # a signal's handler may come between

    def artifact(self, path: str | os.PathLike[str], name: str | None, kind: str | None) -> None:
        """A file that the run produced."""
        try:
            file = absolute(path)
        except (TypeError, ValueError, OSError) as error:
            self._complaints.tell("artifact", f"an artifact is a path: {error}")
            return

        def tell(digest: Digest) -> None:
            said = _known(kind=kind, size=digest.size, sha256=digest.sha256)
            self._event("artifact", name=name or file.name, path=str(file), **said)

        self._read(file, tell)

    def data(self, name: str, path_or_digest: str | os.PathLike[str], version: str | None) -> None:
        """Data that the run reads."""
        given = str(path_or_digest)
        entry = {"name": str(name)} | _known(version=None if version is None else str(version))
        path = _there(given)
        if path is None:
            is_digest = _DIGEST.fullmatch(given) is not None
            self._tell_data(entry | {"digest" if is_digest else "uri": given})
            if not is_digest and "://" not in given:
                self._complaints.tell("data", f"no data at {given}: recorded as it is, without a digest")
            return

        def tell(digest: Digest) -> None:
            known = _known(size=digest.size, digest=digest.sha256 and f"sha256:{digest.sha256}")
            self._tell_data(entry | {"uri": str(path)} | known)

        self._read(path, tell)

    def finish(self, patience_s: float | None) -> None:
        """Wait for what is being read, so long at the most, then tell of it without a digest; None: to its end."""
        until = None if patience_s is None else monotonic() + patience_s
        for thread, (size, tell) in list(self._pending.items()):
            thread.join(None if until is None else max(0.0, until - monotonic()))
            if self._pending.pop(thread, None):
                tell(Digest(size))

    def _tell_data(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._data[entry["name"]] = entry
            self._describe(data=list(self._data.values()))

    def _read(self, path: Path, tell: Tell) -> None:
        """Tell of the file when its digest is known, or when it is known that there will be none."""
        try:
            known = path.stat()
        except OSError as error:
            self._unread(path, error)
            tell(Digest())
            return
        if not stat.S_ISREG(known.st_mode) and not stat.S_ISDIR(known.st_mode):
            tell(Digest())  # a pipe's bytes are the training's
            return
        size = known.st_size if stat.S_ISREG(known.st_mode) else None
        if size is not None and size <= _AT_ONCE:
            tell(self._digest(path, size))
            return

        def read() -> None:
            digest = self._digest(path, size)
            if self._pending.pop(thread, None):
                tell(digest)

        thread = threading.Thread(target=read, name="labtop-digest", daemon=True)
        self._pending[thread] = size, tell
        try:
            thread.start()
        except RuntimeError:  # no more threads, or the process is ending
            del self._pending[thread]
            tell(Digest(size))

    def _digest(self, path: Path, size: int | None) -> Digest:
        try:
            return digest_of(path)
        except OSError as error:
            self._unread(path, error)
            return Digest(size)

    def _unread(self, path: Path, error: OSError) -> None:
        self._complaints.tell("unread", f"cannot read {path}: {error.strerror or error}; its digest is not recorded")


def _there(given: str) -> Path | None:
    """The absolute path, where something is there."""
    try:
        path = absolute(given)
        return path if path.exists() else None
    except (ValueError, OSError):
        return None


def _known(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
