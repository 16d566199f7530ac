"""Telling: which params tell configurations apart, and which merely seed a run; all from the sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import duckdb

from labtop.store.answers.across.among import AMONG, among

CONFIG: Final = "sum(hash(hash(key, number, text)))"
"""SQL: what is equal where all params of a run are, of whatever rows of the sheet.

The inner hash combines its three so plainly that values exchanged between keys may add up to the same.
"""

_CONFIGS: Final = f"""
create or replace table sheet.configs as
with said as (select *, key in (from sheet.config_keys) as telling from sheet.params),
sums as (select run, {CONFIG} filter (telling) as config,
    {CONFIG} filter (telling or not from_name) as whole from said group by run)
select run, case when config is not null then hash(config) end as config, hash(whole) as whole from sums order by run
"""
_CONFIG_KEYS: Final = "create or replace table sheet.config_keys as select unnest(?::varchar[]) as key"


def lay_configs(cursor: duckdb.DuckDBPyConnection) -> None:
    """Lay out what runs are configured like beside a sheet that was just laid out.

    sheet.configs (run, config, whole ubigint): `whole` is equal where all params are, `config` where they are but for
    those that merely seed a run; it is null where a run has no others. Runs without any param are not there.
    sheet.config_keys (key): the params that make `config`.
    """
    cursor.execute(_CONFIG_KEYS, [telling_keys(cursor)])
    cursor.execute(_CONFIGS)


_SEED: Final = re.compile(r"(.*_)?seed|random_state|rank", re.DOTALL)
_KEYS: Final = """
select key, count(*), count(*) filter (from_name) from sheet.params where {among} group by key order by key
"""


def telling_keys(cursor: duckdb.DuckDBPyConnection, runs: Sequence[int] | None = None) -> list[str]:
    """The params that tell these runs apart, one at least, or all runs: those that do not merely seed a run.

    A lone `s` in names (lr0.1-s2) is a seed, and so is what a name says beside a logged seed of the same initial.
    """
    sql = _KEYS.format(among="true" if runs is None else AMONG)
    found = cursor.execute(sql, [] if runs is None else among(runs)).fetchall()
    leaves = {key: leaf(key).lower() for key, _, _ in found}
    coded = [(key, named) for key, _, named in found if named]
    logged = [key for key, said, named in found if named < said]
    lone = {key for key, said, named in found if leaves[key] == "s" and named == said}
    repeated = {
        key
        for key, named in coded
        for other in logged
        if leaves[key][:1] == leaves[other][:1] and _repeats(cursor, key, named, other, runs)
    }
    return [key for key in leaves if not _SEED.fullmatch(leaves[key]) and key not in lone | repeated]


_SAME: Final = """
select count(*) from sheet.params as coded join sheet.params as logged using (run)
where coded.key = ? and logged.key = ? and coded.from_name and not logged.from_name
    and coded.text = logged.text and coded.number is not distinct from logged.number and {among}
"""


def _repeats(cursor: duckdb.DuckDBPyConnection, key: str, named: int, other: str, runs: Sequence[int] | None) -> bool:
    """Whether all that names say of a param only repeats another that was logged."""
    sql = _SAME.format(among="true" if runs is None else AMONG)
    parameters = [key, other, *([] if runs is None else among(runs))]
    return cursor.execute(sql, parameters).fetchall() == [(named,)]


def leaf(key: str) -> str:
    """The last part of a nested key."""
    return re.split("[./]", key)[-1]
