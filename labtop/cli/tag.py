"""`labtop tag`: tags added to a run, and taken off."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, Final

from labtop.cli import noting
from labtop.cli.errors import CommandError
from labtop.cli.show import RUN_HELP

_VALUED: Final = ("-d", "--dir", "--index", "--format")
_JOINED: Final = ("-d/", "-d.", "-d~")  # the directory may stand at its option
_FLAGS: Final = ("--poll", "--json", "-h", "--help")


class _Words(argparse.Action):
    """RUN and its tags, sorted by hand: argparse takes `-b` for an option."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Set `words`, and what the options among them say."""
        if not values:
            return
        options, words = _apart([*values])
        parser.parse_args(options, namespace)
        namespace.words = words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop tag`."""
    parser.usage = "labtop tag [options] RUN [+]TAG.. -TAG.."
    what = f"RUN: {RUN_HELP}; then +TAG or TAG to add, -TAG to take off. A tag d is taken off by -- -d"
    parser.add_argument("words", metavar="RUN TAG..", nargs=argparse.REMAINDER, action=_Words, default=[], help=what)
    noting.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Append the change and say what it was."""
    if len(args.words) < 2:
        raise CommandError(f"{'which tags' if args.words else 'which run'}? labtop tag RUN +add -remove")
    args.run, *changes = args.words
    fields = _fields(changes)
    said = ", ".join(f"{sign}{tag}" for sign, key in (("+", "add"), ("-", "remove")) for tag in fields[key])
    return noting.note(args, "tag", {key: [*tags] for key, tags in fields.items()}, "tagged", said)


def _fields(changes: Sequence[str]) -> dict[str, list[str]]:
    """What is added and removed; a word without a sign is added."""
    fields: dict[str, list[str]] = {"add": [], "remove": []}
    for word in changes:
        sign, tag = (word[:1], word[1:]) if word[:1] in ("+", "-") else ("+", word)
        if not tag.strip():
            raise CommandError(f"{word!r} names no tag: +TAG adds one, -TAG takes it off")
        fields["remove" if sign == "-" else "add"].append(tag)
    return fields


def _apart(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The options of the command, and the other words. After a `--` there are no options."""
    options: list[str] = []
    others: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--":
            others += left
        elif word in _VALUED:
            options += [word, *(value for value in [next(left, None)] if value is not None)]
        elif word in _FLAGS or word.startswith(("--", *_JOINED)):
            options.append(word)
        else:
            others.append(word)
    return options, others
