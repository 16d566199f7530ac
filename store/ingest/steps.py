"""Steps: reading on in one file, whatever may be wrong with it."""

from __future__ import annotations

import duckdb

from labtop.store.index.slice import Read
from labtop.store.ingest.aside import kind_of
from labtop.store.ingest.configs import Configs
from labtop.store.ingest.damaged import Unfinished, hold
from labtop.store.ingest.documents import read_document
from labtop.store.ingest.progress import Progress
from labtop.store.ingest.storing import Step
from labtop.store.ingest.tail import Tail
from labtop.store.ingest.tracked import Tracked
from labtop.store.read.batch import Batch, Rejected
from labtop.store.read.dialects.registry import BESIDE_LOGS
from labtop.store.read.shapes import MOST_METRICS


class Steps:
    """No file stops the others: one that cannot be read is named in a notice and left alone until it changes."""

    def __init__(self, tail: Tail, configs: Configs, progress: Progress, root_name: str) -> None:
        self._tail = tail
        self._configs = configs
        self._progress = progress
        self._root_name = root_name

    def step(self, file: Tracked) -> Step | None:
        """Read on in the file; None when that gave nothing to store. Raises duckdb.Error when the index fails, and
        the file stands as before."""
        before = file.copy()
        try:
            if file.failed is not None and file.has_failed(file.path.stat()):
                return None
            read = self._read(file, before)
        except Unfinished:
            held = hold(file, before)
            return None if held is None else Step(file, before, held)
        except OSError as error:
            file.restore(before)
            return _unreadable(file, before, error)
        except (duckdb.Error, KeyboardInterrupt):
            file.restore(before)
            raise
        except Exception as error:
            self.give_up(file, before, error, at=(file.row.size, file.row.mtime))
            return None
        self.tell_left_out(file)
        if read is None:
            self.withdraw(file)
            return None
        return Step(file, before, read)

    def _read(self, file: Tracked, before: Tracked) -> Read | None:
        if file.row.kind == "unreadable" and (named := kind_of(file.row.path)) in BESIDE_LOGS:
            file.row.kind = named
        if file.row.kind == "config":
            file.looked(file.path.stat())
            file.row.state = file.memory.to_json()
            return self._configs.read(file)
        if file.row.kind in BESIDE_LOGS:
            document = read_document(file, self._root_name)
            self._tell_settings(file, document)
            return document
        read = self._tail.advance(file, before)
        file.held_since = None
        return read

    def _tell_settings(self, file: Tracked, read: Read) -> None:
        """Say what is wrong with settings, as long as it is."""
        about = f"{file.row.path} "
        self._progress.withdraw(about)
        if file.row.kind == "settings" and read.batch.rejected:
            self._progress.notice(about + read.batch.rejected[0].reason, about=about)

    def give_up(self, file: Tracked, before: Tracked, error: Exception, *, at: tuple[int, float]) -> None:
        """The file is left as it was, until its size or mtime is another one than `at`."""
        file.failed = at
        file.restore(before)
        reason = (str(error) or type(error).__name__).splitlines()[0]
        self._progress.notice(f"{file.row.path} could not be read: {reason}", about=f"{file.row.path} could")

    def withdraw(self, file: Tracked) -> None:
        """The file was read again, is gone or goes on under another name: it is not given up any more."""
        file.failed = None
        if self._progress.activity.notices:
            self._progress.withdraw(f"{file.row.path} could")

    def tell_left_out(self, file: Tracked) -> None:
        """Say that the file has too many metrics, as long as it has."""
        about, count = f"{file.row.path} has more than {MOST_METRICS:,} metrics", file.memory.left_out
        if count:
            values = "1 value is" if count == 1 else f"{count:,} values are"
            self._progress.notice(f"{about}: {values} left out", about=about)
        elif self._progress.activity.notices:
            self._progress.withdraw(about)


def _unreadable(file: Tracked, before: Tracked, error: OSError) -> Step | None:
    """A file that was never read and cannot be; what was read of a file before is kept."""
    if file.row.state or isinstance(error, FileNotFoundError):
        return None
    file.row.kind = "unreadable"
    file.row.state = file.memory.to_json()
    reason = f"cannot be read: {error.strerror or type(error).__name__}"
    return Step(file, before, Read(file.row, Batch(rejected=[Rejected(0, 0, reason)])))
