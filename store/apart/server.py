"""Server: a store that is asked by the process at the other end of a socket."""

from __future__ import annotations

import contextlib
import gc
import pickle
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from labtop.store.apart.channel import ACTIVITY, Channel, told
from labtop.store.model import Activity
from labtop.store.store import Store

_AT_ONCE: Final = 4


def serve(end: socket.socket, root: Path, index: Path | None, poll: bool) -> None:
    """Open the store and answer, until the other process closes its end or is gone."""
    channel = Channel(end)
    with contextlib.suppress(OSError):  # nobody is left to be told
        try:
            store = Store.open(root, index=index, poll=poll)
        except Exception as error:
            channel.send((ACTIVITY, told(error)))
            return
        with store:
            channel.send((ACTIVITY, store.activity))
            gc.freeze()
            gc.enable()
            _Server(store, channel).run()


class _Server:
    """Answers a few questions at once. Of activities that could not be sent yet only the newest is."""

    def __init__(self, store: Store, channel: Channel) -> None:
        self._store = store
        self._channel = channel
        self._telling = ThreadPoolExecutor(1, "labtop-tell")
        self._lock = threading.Lock()
        self._untold: Activity | None = None

    def run(self) -> None:
        """Until nothing more is asked."""
        with self._telling, ThreadPoolExecutor(_AT_ONCE, "labtop-answer") as answering:
            while True:
                try:
                    number, question, arguments, named = self._channel.receive()
                except EOFError:
                    return
                if question == "start":
                    answering.submit(self._start)  # its modules are still to be loaded
                elif question == "shown":
                    self._store.shown()
                    answering.submit(self._store.pack)
                else:
                    answering.submit(self._answer, number, question, arguments, named)

    def _start(self) -> None:
        try:
            self._store.start(self._changed)
        except Exception as error:
            activity = self._store.activity
            self._changed(replace(activity, notices=(*activity.notices, f"nothing is read: {error}")))

    def _answer(self, number: int, question: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        try:
            found = getattr(self._store, question)(*arguments, **named)
        except Exception as error:
            found = told(error)
        with contextlib.suppress(OSError):
            try:
                self._channel.send((number, found))
            except (MemoryError, pickle.PicklingError) as error:
                self._channel.send((number, told(error)))

    def _changed(self, activity: Activity) -> None:
        """In the ingest thread, which must not wait for a screen that was suspended."""
        with self._lock:
            is_waiting, self._untold = self._untold is not None, activity
        if not is_waiting:
            self._telling.submit(self._tell)

    def _tell(self) -> None:
        with self._lock:
            activity, self._untold = self._untold, None
        with contextlib.suppress(OSError):
            self._channel.send((ACTIVITY, activity))
