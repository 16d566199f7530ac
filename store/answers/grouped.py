"""Groups of the runs table: which runs are together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.across.among import AMONG, among
from labtop.store.answers.across.configs import labels_of_configs
from labtop.store.answers.across.meaning import Meaning, without
from labtop.store.answers.alike import HASHES, Codes, hashes_of
from labtop.store.answers.known import Known
from labtop.store.model import Column, RunGroup, StoreError

_MEANINGS: Final = {
    "param": f"select run, number, text from sheet.params where {AMONG} and key = ?",
    "attribute": f"select run, number, text from sheet.attributes where {AMONG} and key = ?",
    "group": f"select run, null, group_name from sheet.runs where {AMONG}",
}


class _Key(NamedTuple):
    """What runs are put together by: of each run the place of its value in `labels` and `ids`, which are JSON."""

    codes: Codes
    labels: list[str]
    ids: list[str]


def together(
    cursor: duckdb.DuckDBPyConnection, by: tuple[Column, ...], runs: Sequence[int], known: Known
) -> tuple[RunGroup, ...]:
    """These runs, all of them there, put together by what they have in common in each of `by`; folded, without cells.

    0.01 and "0.01" are one value, null is none. Groups stand in the order of their first run, runs in that given.
    Raises `StoreError` for another column.
    """
    numbers = np.array(runs, np.int32)
    if not len(numbers):
        return ()
    known.lay(cursor)
    if any((column.kind, column.key) == ("run", "config") for column in by):
        known.lay_configs(cursor)
    keys = [_key(cursor, column, numbers, known) for column in by]
    codes = np.zeros(len(numbers), np.int64)
    for key in keys:
        _, codes = np.unique(codes * len(key.labels) + key.codes, return_inverse=True)
    groups, first = _in_order_of_first(codes)
    members = numbers[np.argsort(groups, kind="stable")].tolist()
    ends = np.cumsum(np.bincount(groups)).tolist()
    values = np.stack([key.codes[first] for key in keys], axis=1).tolist() if keys else [()]
    return tuple(
        RunGroup(
            id=f"[{', '.join([key.ids[at] for key, at in zip(keys, places, strict=True)])}]",
            labels=tuple([key.labels[at] for key, at in zip(keys, places, strict=True)]),
            runs=tuple(members[begin:end]),
            running=0,
            unfolded=False,
        )
        for places, begin, end in zip(values, [0, *ends[:-1]], ends, strict=True)
    )


def _in_order_of_first(codes: Codes) -> tuple[Codes, Codes]:
    """The codes as whole numbers from 0, in the order in which they first stand there, and where that is."""
    _, first, codes = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[codes], first[order]


def _key(cursor: duckdb.DuckDBPyConnection, column: Column, runs: NDArray[np.int32], known: Known) -> _Key:
    kind = column.key if column.kind == "run" else column.kind
    if kind not in (*_MEANINGS, "config") or (column.kind == "run") != (kind in ("group", "config")):
        raise StoreError(f"runs are not grouped by {column.key!r}: name a param, an attribute, group or config")
    named = [column.key] if column.kind != "run" else []
    hashes, has = hashes_of(cursor, HASHES[kind], named, runs)
    _, first, codes = np.unique(hashes[has], return_index=True, return_inverse=True)
    all_codes = np.full(len(runs), len(first))
    all_codes[has] = codes
    telling = runs[has][first].tolist()
    if kind == "config":
        labels = labels_of_configs(cursor, telling, known)
        ids = list(map(str, hashes[has][first].tolist()))
    else:
        sql = _MEANINGS[kind]
        found = cursor.execute(sql, [*among(telling), *named]).fetchall() if telling else []
        meanings = {run: Meaning(number, text) for run, number, text in found}
        labels = {run: meaning.label for run, meaning in meanings.items()}
        ids = [_id(meanings[run]) for run in telling]
    rest = without("params" if kind == "config" else column.key)
    return _Key(all_codes, [*(labels[run] for run in telling), rest], [*ids, "null"])


def _id(meaning: Meaning) -> str:
    return repr(meaning.number) if meaning.number is not None and not meaning.text else json.dumps(meaning.text)
