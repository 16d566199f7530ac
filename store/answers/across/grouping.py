"""Runs grouped by what they have in common: a value, or their whole configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb

from labtop.store.answers.across.among import AMONG, among
from labtop.store.answers.across.configs import configs
from labtop.store.answers.across.meaning import Meaning, without
from labtop.store.answers.known import Known
from labtop.store.model import Column, Group, StoreError

_THERE = "select distinct run from shares where run in (select unnest(?::bigint[]))"


def groups(cursor: duckdb.DuckDBPyConnection, key: Column, runs: Sequence[int], known: Known) -> tuple[Group, ...]:
    """These runs by their value of a param, an attribute, or of Column("run", "group"), in order of value.

    Numbers stand before texts. 0.01 and "0.01" are one value, null is none. Runs without a value are the last group,
    labelled `(no lr)`. By Column("run", "config") runs are together that differ in seeds only. Numbers of runs that are
    not there are left out; in a group runs keep their order. Raises `StoreError` for another column.
    """
    there = {run for (run,) in cursor.execute(_THERE, [list(runs)]).fetchall()}
    asked = [run for run in dict.fromkeys(runs) if run in there]
    if not asked:
        return ()
    if (key.kind, key.key) == ("run", "config"):
        return configs(cursor, asked, known)
    found = _by_value(cursor, key, asked, known)
    place = {run: place for place, run in enumerate(asked)}
    grouped = [Group(meaning.label, tuple(sorted(of, key=place.__getitem__))) for meaning, of in found]
    valued = {run for group in grouped for run in group.runs}
    rest = tuple(run for run in asked if run not in valued)
    return (*grouped, Group(without(key.key), rest)) if rest else tuple(grouped)


_SAID = f"with said as (select run, number, text from sheet.{{kind}}s where key = ? and {AMONG})\n"
_GROUPED = f"""
with said as (
    select run, null::double as number, group_name as text from sheet.runs
    where group_name is not null and {AMONG}
)
"""
_TOGETHER: Final = "select number, text, list(run) from said group by number, text"


def _by_value(
    cursor: duckdb.DuckDBPyConnection, key: Column, runs: Sequence[int], known: Known
) -> list[tuple[Meaning, list[int]]]:
    """The values that these runs have, in order, and which of them have each, in any order."""
    asked: list[object] = among(runs)
    known.lay(cursor)
    if key.kind in ("param", "attribute"):
        sql = _SAID.format(kind=key.kind)
        asked.insert(0, key.key)
    elif (key.kind, key.key) == ("run", "group"):
        sql = _GROUPED
    else:
        raise StoreError(f"runs are not grouped by {key.key!r}: name a param, an attribute, group or config")
    found = [(Meaning(number, text), of) for number, text, of in cursor.execute(sql + _TOGETHER, asked).fetchall()]
    return sorted(found, key=lambda each: each[0].order)
