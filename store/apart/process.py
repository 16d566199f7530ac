"""The process of a store, begun before the database and the screen are loaded: so they load side by side."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """The process that holds the store, and this end of the socket to it."""

    pid: int
    end: socket.socket


def begin(root: Path, *, index: Path | None = None, poll: bool = False) -> Process:
    """Begin a process that opens the store of `root`, as `Store.open` does, and ends when its socket is closed here.

    It is a fork: to be called before this process has threads.
    """
    here, there = socket.socketpair()
    pid = os.fork()
    if pid:
        there.close()
        return Process(pid, here)
    status = 1
    try:
        here.close()
        _leave_terminal()
        from labtop.store.apart.server import serve

        serve(there, root, index, poll)
        status = 0
    except BaseException as error:
        from labtop.store.apart.channel import ACTIVITY, Channel, told

        Channel(there).send((ACTIVITY, told(error)))
    finally:
        os._exit(status)


def _leave_terminal() -> None:
    """No signal of the terminal comes here, and nothing that is printed goes to the screen."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)
    os.close(null)
