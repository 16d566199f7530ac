"""Configurations: runs whose params are equal but for what merely seeds them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import duckdb

from labtop.store.answers.across.among import AMONG, among
from labtop.store.answers.across.meaning import Meaning, meaning_of, printable, shortened, without
from labtop.store.answers.known import Known
from labtop.store.model import Group

_MOST_NAMED: Final = 12  # keys in a label, which is cut long before that

# What a name says beside a logged param of the same initial, such as `s` beside `seed`, only repeats it; and a lone `s`
# in names (lr0.1-s2) is a seed.
_KEYS: Final = f"""
with said as materialized (
    select run, key, source = 'name' as from_name, {meaning_of("value")}
    from run_params where value <> 'null' and {AMONG}
),
keys as materialized (
    select key, lower(regexp_extract(key, '[^./]*$')) as leaf, count(*) as runs, count(*) filter (from_name) as named
    from said group by key
),
matches as (
    select coded.key, logged.key as other, count(*) as runs
    from said as coded join said as logged on coded.run = logged.run
        and coded.text = logged.text and coded.number is not distinct from logged.number
    where coded.from_name and not logged.from_name
    group by coded.key, other
),
repeats as (
    select matches.key
    from matches join keys as coded on coded.key = matches.key join keys as logged on logged.key = other
    where matches.runs = coded.named and coded.leaf[1] = logged.leaf[1]
)
select key from keys anti join repeats using (key)
where not regexp_full_match(leaf, '(.*_)?seed|random_state|rank') and not (leaf = 's' and named = runs)
"""
_SAID: Final = f"""
with said as materialized (
    select run, key, {meaning_of("value")} from run_params
    where key in (select unnest(?::varchar[])) and value <> 'null' and {AMONG}
)
"""
_CONFIGS: Final = f"""
{_SAID}, configs as (select run, sum(hash(key, number, text)) as config from said group by run)
select list(run) from configs group by config
"""


def configs(cursor: duckdb.DuckDBPyConnection, runs: Sequence[int], known: Known) -> tuple[Group, ...]:
    """These runs, all of them there, by their configuration; those without any param are the last group.

    Labels name what differs, the most telling param first, in whose order of value the groups stand.
    """
    place = {run: place for place, run in enumerate(runs)}
    keys = [key for (key,) in cursor.execute(_KEYS, among(runs)).fetchall()]
    found = cursor.execute(_CONFIGS, [keys, *among(runs)]).fetchall()
    alike = [tuple(sorted(of, key=place.__getitem__)) for (of,) in found]
    labelled = _labelled(cursor, keys, alike, known)
    valued = {run for of in alike for run in of}
    rest = tuple(run for run in runs if run not in valued)
    return (*labelled, Group(without("params"), rest)) if rest else labelled


_DIFFERING: Final = f"""
{_SAID}
select key from said group by key having count(distinct (number, text)) > 1 or count(*) < ?
order by list_position(?::varchar[], key), key limit ?
"""
_VALUES: Final = f"{_SAID} select run, key, number, text from said"


def _labelled(
    cursor: duckdb.DuckDBPyConnection, keys: Sequence[str], alike: Sequence[tuple[int, ...]], known: Known
) -> tuple[Group, ...]:
    """The groups, named and ordered by what the first run of each says."""
    if len(alike) < 2:
        return tuple(Group("all alike", of) for of in alike)
    first = [of[0] for of in alike]
    telling = list(known.outline(cursor).varying_params)
    differing = cursor.execute(_DIFFERING, [list(keys), *among(first), len(first), telling, _MOST_NAMED]).fetchall()
    named = [key for (key,) in differing]
    values: dict[int, dict[str, Meaning]] = {run: {} for run in first}
    for run, key, number, text in cursor.execute(_VALUES, [named, *among(first)]).fetchall():
        values[run][key] = Meaning(number, text)
    ordered = sorted(alike, key=lambda of: [_order(values[of[0]].get(key)) for key in named])
    names = _short(named)
    return tuple(Group(_label(names, values[of[0]]), of) for of in ordered)


def _order(meaning: Meaning | None) -> tuple[int, float, str, str]:
    return (3, 0.0, "", "") if meaning is None else meaning.order


def _short(keys: Sequence[str]) -> dict[str, str]:
    """What each key goes by: its last part, where no other key ends so."""
    leaves = Counter(map(_leaf, keys))
    return {key: _leaf(key) if leaves[_leaf(key)] == 1 and _leaf(key) else key for key in keys}


def _label(names: Mapping[str, str], values: Mapping[str, Meaning]) -> str:
    said = [f"{printable(name)}={values[key].label}" for key, name in names.items() if key in values]
    return shortened(" ".join(said)) if said else without(next(iter(names)))


def _leaf(key: str) -> str:
    """The last part of a nested key."""
    return re.split("[./]", key)[-1]
