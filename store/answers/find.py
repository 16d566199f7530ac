"""Which run is meant: by id, name, a part of either, age, or its result."""

from __future__ import annotations

import difflib

import duckdb

from labtop.store.model import NotThere

_SHOWN = 5  # how many runs an error lists
_DIGITS = 18  # of a number: what is longer is beyond all runs
_LONGEST = 100  # characters of what was asked for that an error repeats

# Everything a run goes by: its id and its name.
_NAMES = "select run, id, name from runs_at(0) order by run"


def find(cursor: duckdb.DuckDBPyConnection, text: str) -> int:
    """The number of the run that `text` names: `@1` the newest, `@best:METRIC`, an id, a name, a unique part of either.

    Raises `NotThere` with the nearest names when none fits, with those that fit when there are several.
    """
    if text.startswith("@best:"):
        return _best(cursor, text.removeprefix("@best:"))
    if text.startswith("@") and text[1:].isdecimal():
        return _newest(cursor, text[1:].lstrip("0"))
    rows = cursor.execute(_NAMES).fetchall()
    wanted = text.rstrip("/") or text
    part = wanted.casefold()
    rungs = (
        [row for row in rows if row[1] == wanted],
        [row for row in rows if row[2] == wanted],
        [row for row in rows if part in (row[1].casefold(), row[2].casefold())],
        [row for row in rows if row[1].casefold().startswith(part) or row[2].casefold().startswith(part)],
        [row for row in rows if part in row[1].casefold() or part in row[2].casefold()],
    )
    for rung in rungs:
        if len(rung) == 1:
            return int(rung[0][0])
    several = next((rung for rung in rungs if rung), None)
    if several:
        names = _listed([_label(row, several) for row in several])
        raise NotThere(f"{len(several)} runs fit {_cut(text)!r}: {names}; say more of the name")
    raise NotThere(_none_fits("run", text, [name for _, id_, name in rows for name in dict.fromkeys((name, id_))]))


def _label(row: tuple[int, str, str], several: list[tuple[int, str, str]]) -> str:
    """The name, or the id where runs share the name."""
    return row[1] if sum(other[2] == row[2] for other in several) > 1 else row[2]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")


def _none_fits(what: str, text: str, names: list[str]) -> str:
    """One line: there is no such thing, and what comes near."""
    text = _cut(text)
    by_case = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(text.casefold(), by_case, n=3, cutoff=0.5)
    if near:
        return f"no {what} {text!r}; near: {', '.join(by_case[name] for name in near)}"
    return f"no {what} {text!r}; there are {_listed(names)}" if names else f"no {what} {text!r}; there are none yet"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


_NEWEST = "select run from runs_at(0) where not hidden order by started desc nulls last, run desc"


def _newest(cursor: duckdb.DuckDBPyConnection, digits: str) -> int:
    """The run that began so many places from the end, from 1; Python refuses to read numbers of thousands of digits."""
    rows = cursor.execute(_NEWEST).fetchall()
    place = int(digits or "0") if len(digits) <= _DIGITS else 0
    if not 1 <= place <= len(rows):
        raise NotThere(f"no run '@{_cut(digits or '0')}'; there are {len(rows)} runs, @1 is the newest")
    return int(rows[place - 1][0])


_METRICS = "select name, goal from metric_names semi join summaries using (metric) order by name"
_BEST = """
select run from metrics where metric = ? and isfinite(best)
    and run not in (select run from annotated where hidden)
order by case goal when 'min' then best else -best end, run limit 1
"""


def _best(cursor: duckdb.DuckDBPyConnection, metric: str) -> int:
    """The run with the best value of the metric, the earlier of equals."""
    goals = dict(cursor.execute(_METRICS).fetchall())
    if metric not in goals:
        raise NotThere(_none_fits("metric", metric, list(goals)))
    rows = cursor.execute(_BEST, [metric]).fetchall()
    if not rows:
        metric = _cut(metric)
        why = "has no finite value" if goals[metric] else "has no goal; declare it with a `metric` event"
        raise NotThere(f"metric {metric!r} {why}")
    return int(rows[0][0])
