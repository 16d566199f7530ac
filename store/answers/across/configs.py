"""Configurations: runs whose params are equal but for what merely seeds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import duckdb

from labtop.store.answers.across.among import AMONG, among
from labtop.store.answers.across.meaning import Meaning, printable, shortened, without
from labtop.store.answers.across.telling import CONFIG, leaf, telling_keys
from labtop.store.answers.known import Known
from labtop.store.model import Group

_MOST_NAMED: Final = 12  # keys in a label, which is cut long before that
_MANY: Final = 1000  # labels take long to make of more runs
_MOST_NAMED_OF_MANY: Final = 6

_SAID: Final = f"""
with said as (
    select run, key, number, text from sheet.params where key in (select unnest(?::varchar[])) and {AMONG}
)
"""
_CONFIGS: Final = f"""
{_SAID}, configs as (select run, {CONFIG} as config from said group by run)
select list(run) from configs group by config
"""


def configs(cursor: duckdb.DuckDBPyConnection, runs: Sequence[int], known: Known) -> tuple[Group, ...]:
    """These runs, all of them there, by their configuration; those without any param are the last group.

    Labels name what differs, the most telling param first, in whose order of value the groups stand.
    """
    known.lay_configs(cursor)
    place = {run: place for place, run in enumerate(runs)}
    keys = telling_keys(cursor)
    found = cursor.execute(_CONFIGS, [keys, *among(runs)]).fetchall()
    alike = [tuple(sorted(of, key=place.__getitem__)) for (of,) in found]
    told = _told(cursor, keys, [of[0] for of in alike], known)
    labels = told.labels()
    ordered = sorted(alike, key=lambda of: told.order(of[0]))
    valued = {run for of in alike for run in of}
    rest = tuple(run for run in runs if run not in valued)
    return (*(Group(labels[of[0]], of) for of in ordered), *([Group(without("params"), rest)] if rest else []))


def labels_of_configs(cursor: duckdb.DuckDBPyConnection, runs: Sequence[int], known: Known) -> dict[int, str]:
    """What the configurations of these runs, no two of which have the same, are called beside each other.

    Needs what `lay_configs` lays out.
    """
    return _told(cursor, telling_keys(cursor), runs, known).labels()


class _Told(NamedTuple):
    """What tells configurations apart: of each run the values of the keys that differ, the most telling first."""

    keys: Sequence[str]
    values: Mapping[int, Mapping[str, Meaning]]

    def order(self, run: int) -> list[tuple[int, float, str, str]]:
        """Sorts by these values."""
        return [_order(self.values[run].get(key)) for key in self.keys]

    def labels(self) -> dict[int, str]:
        """Names these values."""
        if len(self.values) < 2:
            return dict.fromkeys(self.values, "all alike")
        names = {key: printable(name) for key, name in _short(self.keys).items()}
        nothing = without(next(iter(names.values())))
        texts: dict[tuple[str, int], str] = {}
        labels = {}
        for run, values in self.values.items():
            said = []
            for key, name in names.items():
                meaning = values.get(key)
                if meaning is not None:
                    at = key, id(meaning)
                    said.append(texts.get(at) or texts.setdefault(at, f"{name}={meaning.label}"))
            labels[run] = shortened(" ".join(said)) if said else nothing
        return labels


_DIFFERING: Final = f"""
{_SAID}
select key from said group by key having count(distinct (number, text)) > 1 or count(*) < ?
order by list_position(?::varchar[], key), key limit ?
"""
_VALUES: Final = f"{_SAID} select run, key, number, text from said"


def _told(cursor: duckdb.DuckDBPyConnection, keys: Sequence[str], runs: Sequence[int], known: Known) -> _Told:
    """What of these keys tells these runs apart."""
    values: dict[int, dict[str, Meaning]] = {run: {} for run in runs}
    if len(runs) < 2:
        return _Told((), values)
    telling = list(known.outline(cursor).varying_params)
    most = _MOST_NAMED if len(runs) <= _MANY else _MOST_NAMED_OF_MANY
    differing = [list(keys), *among(runs), len(runs), telling, most]
    named = [key for (key,) in cursor.execute(_DIFFERING, differing).fetchall()]
    meanings: dict[tuple[float | None, str], Meaning] = {}  # each once: to make tens of thousands takes long
    for run, key, number, text in cursor.execute(_VALUES, [named, *among(runs)]).fetchall():
        at = number, text
        values[run][key] = meanings.get(at) or meanings.setdefault(at, Meaning(number, text))
    return _Told(named, values)


def _order(meaning: Meaning | None) -> tuple[int, float, str, str]:
    return (3, 0.0, "", "") if meaning is None else meaning.order


def _short(keys: Sequence[str]) -> dict[str, str]:
    """What each key goes by: its last part, where no other key ends so."""
    leaves = Counter(map(leaf, keys))
    return {key: leaf(key) if leaves[leaf(key)] == 1 and leaf(key) else key for key in keys}
