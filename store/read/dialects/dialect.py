"""What a dialect is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from labtop.store.read.lines import Parsed

HEAD_BYTES = 4 << 20
"""How much of a file is looked at: a first line may hold a parameter of a megabyte or more."""

Judgement = Literal["log", "none", "undecided"]
"""undecided: more bytes may change the answer; the others are final."""

Parse = Callable[[bytes], Parsed]
"""Makes the objects of one whole line, given without its newline. Never raises."""


class Broken(ValueError):
    """A document is empty or ends too soon."""


class Dialect(Protocol):
    """A form of logs.

    `kind` is its name in the index. `rank`: of the files of a run, those of a higher rank add only the metrics that
    no file of a lower one has. `is_rewritten`: tools write such files whole again and again, so that they are empty
    for a moment.
    """

    kind: str
    rank: int
    is_rewritten: bool

    def judge(self, head: bytes, *, whole: bool) -> Judgement:
        """Whether a file that begins so, with up to HEAD_BYTES, is written in this form; `whole`: there is no more."""
        ...


class LineDialect(Dialect, Protocol):
    """A form in which every line is read for itself.

    `line_is_run`: each line is a run of its own. `has_headers`: its first lines may be parameters.
    """

    line_is_run: bool
    has_headers: bool

    def parser(self, head: bytes) -> Parse:
        """How to read the lines of the file that begins so."""
        ...


class DocumentDialect(Dialect, Protocol):
    """A form in which the file is one document, written whole each time."""

    def objects(self, data: bytes) -> list[dict[str, object]]:
        """What the lines of a log would hold. Raises ValueError, in a few words, where it is none of this form; Broken
        where it is no whole document at all."""
        ...
