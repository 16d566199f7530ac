"""Where a run comes from: code, data, environment, machine, owner, seed, as far as the log says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from labtop.store.answers.rows import from_json
from labtop.store.filter.recorded import COMMITS, SEEDS
from labtop.store.model import RECORD, Json, Param


@dataclass(frozen=True, slots=True)
class Facts:
    """What `run` events said, later ones winning, and the little that params and attributes add."""

    code: Mapping[str, Json] | None
    data: tuple[Mapping[str, Json], ...] | None
    env: Mapping[str, Json] | None
    hardware: Mapping[str, Json] | None
    launcher: Mapping[str, Json] | None
    slurm: Mapping[str, Json] | None
    command: tuple[str, ...] | None
    user: str | None
    host: str | None
    seed: Json

    @classmethod
    def of(cls, said: Sequence[str] | None, params: Mapping[str, Param], attributes: Mapping[str, Json]) -> Self:
        """From the JSON objects that each file of the run gave, in order; what has an odd shape is passed over."""
        facts: dict[str, Json] = {}
        for text in said or ():
            value = from_json(text)
            if isinstance(value, dict):
                facts.update(value)
        seed = facts.get("seed")
        return cls(
            code=_mapping(facts.get("git")) or _commit(attributes),
            data=_datasets(facts.get("data")),
            env=_mapping(facts.get("env")),
            hardware=_mapping(facts.get("hardware")),
            launcher=_mapping(facts.get("launcher")),
            slurm=_mapping(facts.get("slurm")),
            command=_words(facts.get("command")),
            user=_text(facts.get("user")),
            host=_text(facts.get("host")),
            seed=_seed(params) if seed is None else seed,
        )


def completeness(params: Mapping[str, Param], facts: Facts) -> tuple[str, ...]:
    """What of RECORD the log of the run does not say. `store/filter/recorded.py` counts the same for all runs."""
    there = (
        bool(params),
        bool(facts.code),
        bool(facts.data),
        bool(facts.env),
        facts.seed is not None,
        bool(facts.user),
    )
    return tuple(part for part, is_there in zip(RECORD, there, strict=True) if not is_there)


def _mapping(value: Json) -> dict[str, Json] | None:
    return value if isinstance(value, dict) and value else None


def _text(value: Json) -> str | None:
    return None if value is None else str(value)


def _words(value: Json) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return (value,)
    return tuple(str(word) for word in value) if isinstance(value, list) and value else None


def _datasets(value: Json) -> tuple[dict[str, Json], ...] | None:
    """A list of data sets; one alone and bare names are taken too."""
    items = value if isinstance(value, list) else [value]
    sets: list[dict[str, Json]] = [
        item if isinstance(item, dict) else {"name": item} for item in items if item is not None
    ]
    return tuple(sets) or None


def _commit(attributes: Mapping[str, Json]) -> dict[str, Json] | None:
    commit = next((attributes[name] for name in COMMITS if attributes.get(name)), None)
    return None if commit is None else {"commit": commit}


def _seed(params: Mapping[str, Param]) -> Json:
    """The parameter that is called a seed, the least nested first."""
    seeds = sorted((key.count("."), key) for key in params if key.lower().rsplit(".", 1)[-1] in SEEDS)
    return params[seeds[0][1]].value if seeds else None
