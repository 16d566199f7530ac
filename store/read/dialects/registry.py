"""The one list of dialects, in the order in which they are asked."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from labtop.store.read.dialects.csv_table import CsvTable
from labtop.store.read.dialects.csv_table import is_begun as is_begun_table
from labtop.store.read.dialects.dialect import Dialect, DocumentDialect, LineDialect
from labtop.store.read.dialects.json_lines import JsonLines
from labtop.store.read.dialects.prefixed import Prefixed
from labtop.store.read.dialects.sweep import Sweep
from labtop.store.read.dialects.trainer_state import TrainerState
from labtop.store.read.identity import repeats_another

_OF_LINES: Final[tuple[LineDialect, ...]] = (Sweep(), JsonLines(), Prefixed(), CsvTable())
_DOCUMENTS: Final[tuple[DocumentDialect, ...]] = (TrainerState(),)

DIALECTS: Final[tuple[Dialect, ...]] = (*_DOCUMENTS, *_OF_LINES)
"""The first one that claims a file has it."""

BESIDE_LOGS: Final = ("config", "annotations", "settings")
"""Kinds of files that speak of runs and are told by their names."""

NO_LOG: Final = (*BESIDE_LOGS, "none", "undecided", "unreadable")
"""Kinds of files that are no logs."""

_LINES_BY_KIND: Final = {dialect.kind: dialect for dialect in _OF_LINES}
_DOCUMENTS_BY_KIND: Final = {dialect.kind: dialect for dialect in _DOCUMENTS}
_RANKS: Final = {dialect.kind: dialect.rank for dialect in DIALECTS}
_REPEATS_RANK: Final = 3


def lines_of(kind: str) -> LineDialect:
    """The dialect of a log that is read line by line."""
    return _LINES_BY_KIND[kind]


def document_of(kind: str) -> DocumentDialect | None:
    """The dialect of a log that is one document; None for all others."""
    return _DOCUMENTS_BY_KIND.get(kind)


def judge(head: bytes, *, whole: bool) -> str:
    """The kind of a file that begins so: that of the first dialect that claims it, else none, or undecided as yet."""
    answer = "none"
    for dialect in DIALECTS:
        judgement = dialect.judge(head, whole=whole)
        if judgement == "log":
            return dialect.kind
        if judgement == "undecided":
            answer = "undecided"
    return answer


def is_rewritten(kind: str) -> bool:
    """Whether files of this kind are empty for a moment now and then."""
    return any(dialect.is_rewritten for dialect in DIALECTS if dialect.kind == kind)


def is_begun(kind: str, data: bytes) -> bool:
    """Whether a table that holds only this, of this kind before, has no rows yet."""
    return kind == CsvTable.kind and is_begun_table(data)


def rank_of(kind: str, path: PurePosixPath) -> int:
    """The rank of a file among those of its run; one that by its name repeats another comes after all."""
    if kind in NO_LOG:
        return 0
    return _REPEATS_RANK if repeats_another(path) else _RANKS[kind]
