"""labtop: the lab notebook and `top` for experiments, in a terminal.

    run = labtop.init("runs", params={"lr": 3e-4})
    run.log({"loss": 0.5}, step=0)
    run.finish()

Importing this package loads the standard library only, so that a training script can afford it.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from labtop.recording.beginning import active_run, finish, init, log
    from labtop.recording.run import Run

__version__ = "0.1.0"
__all__ = ["Run", "active_run", "finish", "init", "log"]

_HOMES = dict.fromkeys(__all__, "labtop.recording.beginning") | {"Run": "labtop.recording.run"}


def __getattr__(name: str) -> Any:
    """The command line imports this package too: the logger is loaded by those who use it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    """With the names that are not loaded yet: a notebook completes them."""
    return sorted({*globals(), *__all__})
