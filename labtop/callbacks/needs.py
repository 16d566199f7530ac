"""What is said where a framework is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs(*modules: str, install: str) -> Iterator[None]:
    """Import these modules within; where one is not there, the ImportError names what to install, and nothing else."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in modules:  # it is installed, and something else is wrong with it
            raise
        raise ImportError(f"this callback needs {install}: pip install {install}", name=error.name) from None
