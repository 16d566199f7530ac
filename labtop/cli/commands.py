"""The one table of commands. A module is imported only when its command is asked for: others cost nothing."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Final, NamedTuple, Protocol, cast


class Module(Protocol):
    """What a command's module offers."""

    @staticmethod
    def add_arguments(parser: argparse.ArgumentParser) -> None:
        """Add the command's own arguments."""

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        """Do it and return the exit status."""


class Command(NamedTuple):
    """A command: its word, the line of `labtop --help`, and the module that does it."""

    name: str
    summary: str
    module: str

    def load(self) -> Module:
        """Import the module."""
        return cast(Module, import_module(self.module))


UI: Final = Command("", "the terminal UI", "labtop.cli.ui")
COMMANDS: Final[dict[str, Command]] = {
    command.name: command
    for command in (
        Command("demo", "train four small real models and watch them", "labtop.cli.demo"),
        Command("run", "a command, recorded as a run", "labtop.cli.run"),
        Command("ls", "the runs as a table", "labtop.cli.ls"),
        Command("show", "everything known of one run", "labtop.cli.show"),
        Command("diff", "what differs between runs", "labtop.cli.diff"),
        Command("reproduce", "a script that brings a run back into an empty folder", "labtop.cli.reproduce"),
        Command("tail", "new values as plain lines, like tail -f", "labtop.cli.tail"),
        Command("plot", "curves of metrics, as text or in a file", "labtop.cli.plot"),
        Command("report", "what came of the runs, as one file to mail", "labtop.cli.report.command"),
        Command("tried", "whether parameters were tried already", "labtop.cli.tried"),
        Command("why", "how much of a metric each parameter explains", "labtop.cli.why"),
        Command("better", "whether some runs are better than others", "labtop.cli.better"),
        Command("note", "a note on a run", "labtop.cli.note"),
        Command("tag", "tags added to a run, and taken off", "labtop.cli.tag"),
        Command("decide", "what is to become of a run, and why", "labtop.cli.decide"),
        Command("models", "which model is in production, and how it came there", "labtop.cli.models"),
        Command("promote", "a run's model to staging, production, the archive", "labtop.cli.promote"),
        Command("rollback", "production back to the version before", "labtop.cli.rollback"),
        Command("hide", "a run that nobody wants to see", "labtop.cli.hide"),
        Command("doctor", "what became of each file, and of the lines that could not be read", "labtop.cli.doctor"),
        Command("generate", "a synthetic run directory, for benchmarks and tests", "labtop.cli.generate"),
    )
}

_TAKE_A_VALUE: Final = ("-d", "--dir", "--index")


def split(words: Sequence[str]) -> tuple[Command, list[str]]:
    """The command that the first word names, else the UI, and the words that are left.

    Options may stand before the command: `labtop -d runs ls` is `labtop ls -d runs`.
    """
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "--":
        at += 2 if words[at] in _TAKE_A_VALUE else 1
    if at < len(words) and words[at] in COMMANDS:
        return COMMANDS[words[at]], [*words[:at], *words[at + 1 :]]
    return UI, list(words)
