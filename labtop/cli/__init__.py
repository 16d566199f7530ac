"""The command line. `main` is the console script `labtop`; importing it loads the standard library only."""

from labtop.cli.program import main

__all__ = ["main"]
