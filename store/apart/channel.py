"""Channel: values between two processes of one program, each a pickle behind its length."""

from __future__ import annotations

import contextlib
import pickle
import socket
import struct
import threading
import traceback
from typing import Any, Final

from labtop.store.model import StoreError

ACTIVITY: Final = 0
"""In place of the number of a question: what is sent is how ingest stands, or why there is no store."""
_LENGTH: Final = struct.Struct("=Q")


class Channel:
    """One end of a pair of sockets. Any thread may send, one receives."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._file = end.makefile("rb")
        self._sending = threading.Lock()

    def send(self, value: object) -> None:
        """Send one value. Raises OSError where the other process is gone."""
        body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        with self._sending:
            self._socket.sendall(_LENGTH.pack(len(body)) + body)

    def receive(self) -> Any:
        """Wait for the next value. Raises EOFError where the other process sends nothing more."""
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size))
        return pickle.loads(self._read(length))

    def end(self) -> None:
        """Send nothing more, which the other process hears of; it may still be received from."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Let go of the socket."""
        self._file.close()
        self._socket.close()

    def _read(self, size: int) -> bytes:
        try:
            data = self._file.read(size)
        except OSError as error:
            raise EOFError from error
        if len(data) < size:
            raise EOFError
        return data


def told(error: BaseException) -> Exception:
    """An error as it can be sent: what nobody foresaw says where it came from."""
    if isinstance(error, StoreError):
        return error
    unforeseen = RuntimeError(f"{type(error).__name__}: {error}")
    unforeseen.add_note("".join(traceback.format_exception(error)))
    return unforeseen
