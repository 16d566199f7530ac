"""Saver: writes a session soon after it has changed, in a thread, so that a slow disk never holds the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from labtop.store.read.user_folders import refused
from labtop.tui.session.files import load, write
from labtop.tui.session.session import Session

DELAY_S = 1.0
"""From the first change to the writing, half of what is promised."""
AGAIN_S = 0.2
"""While the disk is still busy with the session before."""
PATIENCE_S = 1.0
"""So long `close` waits for the disk."""


class Saver:
    """Keeps the file at `path` as the newest session is; `saved` is what it holds now. All is called in one thread.

    `later` calls a function in that thread after so many seconds. `tell` gets one line, in the thread that writes, when
    the file cannot be written, once until that works again; it is tried again after the next change. After `close`
    nobody is there to be told.
    """

    def __init__(
        self,
        path: Path,
        tell: Callable[[str], object],
        later: Callable[[float, Callable[[], None]], object],
        saved: Session,
    ) -> None:
        self._path = path
        self._tell = tell
        self._later = later
        self._saved = self._newest = saved
        self._writer: threading.Thread | None = None
        self._waiting = self._told = self._closed = False

    def changed(self, session: Session) -> None:
        """The session is this one now; nothing happens if it was before."""
        if session == self._newest or self._closed:
            return
        self._newest = session
        self._wait(DELAY_S)

    def close(self) -> None:
        """Write what is not saved yet, unless the disk takes too long. Nothing is saved afterwards."""
        if self._closed:
            return
        self._closed = True
        if self._is_writing or self._newest != self._saved:
            self._begin(self._writer)
        if self._writer is not None:
            self._writer.join(PATIENCE_S)

    @property
    def _is_writing(self) -> bool:
        return self._writer is not None and self._writer.is_alive()

    def _wait(self, seconds: float) -> None:
        if not self._waiting:
            self._waiting = True
            self._later(seconds, self._due)

    def _due(self) -> None:
        self._waiting = False
        if self._closed:
            return
        if self._is_writing:
            self._wait(AGAIN_S)
        elif self._newest != self._saved:
            self._begin(None)

    def _begin(self, before: threading.Thread | None) -> None:
        work = threading.Thread(target=self._work, args=(self._newest, before), name="labtop-session", daemon=True)
        work.start()
        self._writer = work

    def _work(self, session: Session, before: threading.Thread | None) -> None:
        """In the thread: write, after the one `before` has ended."""
        if before is not None:
            before.join()
        if session == self._saved:
            return
        try:
            write(self._path, self._with_others(session))
        except OSError as error:
            if not (self._told or self._closed):
                self._told = True
                self._tell(f"what is set here cannot be saved: {refused(self._path.parent, error.strerror)}")
        else:
            self._saved = session
            self._told = False

    def _with_others(self, session: Session) -> Session:
        """The session; where a person has only gone elsewhere in it, with what another screen has set meanwhile."""
        if replace(session, places=self._saved.places) != self._saved:
            return session
        held = load(self._path, self._tell)
        return session if held == Session() else replace(held, places=session.places)
