"""Runs side by side: a row a key, a column a run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb

from labtop.store.answers.comparing.rows import Flat, flattened, key_rows, metric_rows, without_repeats
from labtop.store.answers.facts import Facts
from labtop.store.answers.known import Known
from labtop.store.answers.rows import from_json, listed
from labtop.store.answers.window import rows_of
from labtop.store.answers.work_tree import OF_THE_PLACE, only_untracked, untracked_code
from labtop.store.model import Comparison, Json, Metric

# In each query `{chosen}` narrows to the runs asked for.
_FACTS: Final = """
select run, list(facts order by coalesce(turn, 0)) from shares left join share_turns using (run, file)
where run in ({chosen}) group by run
"""
_PARAMS: Final = "select run, key, value, source = 'name' as from_name from run_params where run in ({chosen})"
_ATTRIBUTES: Final = "select run, key, value from sheet.attributes where run in ({chosen})"
_METRICS: Final = """
select run, metric, count, nan, first, last, step, mean, min, min_step, max, max_step, goal from metrics
where run in ({chosen})
"""


def compare(
    cursor: duckdb.DuckDBPyConnection, runs: Sequence[int], known: Known, longest: int | None = None
) -> Comparison:
    """The runs in this order, each once. Numbers that no run has are left out.

    Texts of more than `longest` characters end there, in how long they are and a digest, by which they still differ.
    """
    chosen, numbers = listed(list(dict.fromkeys(runs)))

    def rows(sql: str) -> list[tuple[Any, ...]]:
        return cursor.execute(sql.format(chosen=chosen), numbers).fetchall()

    found = rows_of(cursor, (), list(dict.fromkeys(runs)), (), known)[1]
    places = {run.number: place for place, run in enumerate(found)}
    read = _Read(longest)
    params, from_names = read.params(rows(_PARAMS), places)
    attributes = read.sides(rows(_ATTRIBUTES), places)
    said = dict(rows(_FACTS))
    facts = [Facts.of(said.get(run.number), {}, own) for run, own in zip(found, attributes, strict=True)]
    return Comparison(
        runs=found,
        params=without_repeats(key_rows(params, from_names)),
        code=key_rows([read.shared(_code(each)) for each in facts]),
        data=key_rows([read.shared(_data(each)) for each in facts]),
        env=key_rows([read.shared(_env(each)) for each in facts]),
        metrics=metric_rows(_metrics(rows(_METRICS), places)),
    )


class _Read:
    """JSON texts as values: the same object for the same text, so that many runs cost little more than one."""

    def __init__(self, longest: int | None) -> None:
        self._longest = longest
        self._values: dict[str, Json] = {}
        self._texts: dict[str, str] = {}

    def params(
        self, rows: Sequence[tuple[int, str, str, bool]], places: Mapping[int, int]
    ) -> tuple[list[Flat], frozenset[str]]:
        """What each run has, and the keys that one has from its name only."""
        sides = self.sides([row[:3] for row in rows], places)
        return sides, frozenset(key for _, key, _, from_name in rows if from_name)

    def sides(self, rows: Sequence[tuple[Any, ...]], places: Mapping[int, int]) -> list[Flat]:
        """What each run has, by its place; objects as several keys."""
        sides: list[Flat] = [{} for _ in places]
        for run, key, text in rows:
            value = self._value(text)
            if isinstance(value, dict) and value:
                sides[places[run]] |= flattened(value, f"{key}.")
            else:
                sides[places[run]][key] = value
        return sides

    def shared(self, flat: Flat) -> Flat:
        """Texts that are equal as one object."""
        return {key: self._one(value) for key, value in flat.items()}

    def _value(self, text: str) -> Json:
        if text not in self._values:
            self._values[text] = self._one(from_json(text))
        return self._values[text]

    def _one(self, value: Json) -> Json:
        if not isinstance(value, str):
            return value
        if self._longest is not None and len(value) > self._longest:
            digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            value = f"{value[: self._longest]}… ({len(value):,} characters, sha256 {digest})"
        return self._texts.setdefault(value, value)


def _code(facts: Facts) -> Flat:
    """What is known of the code; a patch is named by its size and digest, being too long to stand in a row.

    Where the tree was is no difference of the code, nor are files that git does not have, unless they are code.
    """
    code = facts.code or {}
    flat = flattened({key: value for key, value in code.items() if key not in OF_THE_PLACE})
    if new := untracked_code(code):
        flat["untracked"] = list(new)
    elif only_untracked(code):
        flat["dirty"] = False
    patch = flat.get("diff")
    if isinstance(patch, str) and patch:
        digest = hashlib.sha256(patch.encode("utf-8", "surrogatepass")).hexdigest()
        flat["diff"] = f"{len(patch.splitlines())} lines, sha256 {digest[:8]}"
    return flat


def _data(facts: Facts) -> Flat:
    """Data sets by their names, by their place where they have none; of one name the second is `name (2)`.

    Where a digest tells what they hold, it does not matter where they were.
    """
    sets: dict[str, Json] = {}
    for place, each in enumerate(facts.data or ()):
        name = plain = str(each.get("name") or place)
        number = 1
        while name in sets:
            number += 1
            name = f"{plain} ({number})"
        left_out = ("name", "uri") if each.get("digest") else ("name",)
        sets[name] = {key: value for key, value in each.items() if key not in left_out}
    return flattened(sets)


def _env(facts: Facts) -> Flat:
    """Python and packages, and the machine."""
    hardware = {"hardware": dict(facts.hardware)} if facts.hardware else {}
    return flattened({**(facts.env or {}), **hardware})


def _metrics(rows: Sequence[tuple[Any, ...]], places: Mapping[int, int]) -> list[dict[str, Metric]]:
    sides: list[dict[str, Metric]] = [{} for _ in places]
    for run, name, *rest in rows:
        sides[places[run]][name] = Metric(*rest)
    return sides
