"""Tried: which runs had these params already."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

import duckdb

from labtop.store.answers.across.meaning import meaning_of, printable, shortened
from labtop.store.answers.known import Known
from labtop.store.index.rows import as_json
from labtop.store.model import NotThere, StoreError

# Numbers are equal as numbers; only of two whole ones that no float holds apart the digits decide.
_TRIED: Final = f"""
with typed as (select unnest(?::integer[]) as place, unnest(?::varchar[]) as key, unnest(?::varchar[]) as value),
asked as materialized (select place, key, {meaning_of("value")} from typed),
said as (select run, key, {meaning_of("value")} from run_params where key in (select unnest(?::varchar[]))),
matching as (
    select run from said join asked on said.key = asked.key and case
        when said.number is null or asked.number is null
            then said.number is null and asked.number is null and said.text = asked.text
        else said.number = asked.number and (said.text = asked.text
            or not (regexp_full_match(said.text, '-?[0-9]+') and regexp_full_match(asked.text, '-?[0-9]+')))
    end
    group by run having count(*) = ?
)
select run from {{source}} semi join matching using (run) order by started desc nulls last, run desc
"""


def tried(cursor: duckdb.DuckDBPyConnection, wanted: Mapping[str, str], known: Known) -> tuple[int, ...]:
    """The runs that have all these params, whatever others they have, the newest first.

    Values are as typed: 0.010 and "1e-2" are the same number, `null`, `true`, `[1, 2]` are JSON, all else is text. A
    key may be the end of a nested one, `width` of model.width, where that is the only one.
    Raises `NotThere`, naming the nearest, for a key that no run has; `StoreError` where nothing is wanted.
    """
    if not wanted:
        raise StoreError("name the params that are looked for")
    keys = _resolved(cursor, list(wanted))
    values = [_json_of(text) for text in wanted.values()]
    sql = _TRIED.format(source=known.source)
    found = cursor.execute(sql, [list(range(len(keys))), keys, values, keys, len(keys)]).fetchall()
    return tuple(run for (run,) in found)


def _json_of(typed: str) -> str:
    """The JSON that the log would hold for what a person typed."""
    try:
        value = json.loads(typed)
    except (ValueError, RecursionError):
        return as_json(typed)
    is_nested_or_text = isinstance(value, (dict, list, str))
    return as_json(value) if is_nested_or_text else typed.strip()


_THERE: Final = "select distinct key from run_params where key in (select unnest(?::varchar[]))"
_ALL: Final = "select distinct key from run_params order by key"


def _resolved(cursor: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> list[str]:
    """The whole keys of these. All keys there are, which takes longer, are asked for only where one is not whole."""
    there = {key for (key,) in cursor.execute(_THERE, [list(keys)]).fetchall()}
    if there.issuperset(keys):
        return list(keys)
    names = [key for (key,) in cursor.execute(_ALL).fetchall()]
    return [key if key in there else _whole(key, names) for key in keys]


def _whole(key: str, names: Sequence[str]) -> str:
    """The only one of the names that ends in the key. Raises `NotThere`."""
    end = key.removeprefix("params.")
    fitting = [name for name in names if name == end] or [
        name for name in names if name.endswith((f".{end}", f"/{end}"))
    ]
    if len(fitting) == 1:
        return fitting[0]
    shown = repr(shortened(printable(key)))
    if fitting:
        raise NotThere(f"{len(fitting)} params end in {shown}: {_listed(fitting)}; say more of the key")
    by_case = {form.casefold(): name for name in names for form in (re.split("[./]", name)[-1], name)}
    near = difflib.get_close_matches(end[:100].casefold(), by_case, n=3, cutoff=0.5)
    if near:
        raise NotThere(
            f"no run has a param {shown}; near: {_listed(list(dict.fromkeys(by_case[each] for each in near)))}"
        )
    raise NotThere(f"no run has a param {shown}; " + (f"there are {_listed(names)}" if names else "there are none yet"))


def _listed(names: Sequence[str], most: int = 8) -> str:
    few = [shortened(printable(name)) for name in names[:most]]
    return ", ".join(few) + (f" and {len(names) - most} others" if len(names) > most else "")
