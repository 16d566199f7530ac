"""What people call columns of the runs table: in commands and in files of settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, cast

from labtop.store.model import Aggregate

RUN_FIELDS: Final = (
    *("name", "id", "status", "step", "total_steps", "progress", "eta", "steps_per_s"),
    *("started", "updated", "duration", "attempts", "group", "tags", "notes", "error"),
    *("hypothesis", "verdict", "host", "hidden", "exit_code", "user", "number"),
)
"""Keys of columns of kind "run" that a bare name means before anything else."""
LATE_FIELDS: Final = ("git.commit", "git.branch", "record")
"""Those that it means where no run has a param, metric or attribute of that name, as in a filter."""
KEY_HELP: Final = (
    f"a field of the run ({', '.join(RUN_FIELDS)}), params.X, metrics.X, attributes.X or tags.X, "
    "last(M), min(M), max(M), mean(M), first(M), best(M), count(M) of a metric, or a bare name: "
    f"a field, else a parameter, else a metric, and {', '.join(LATE_FIELDS)} where nothing else has that name"
)
_CALL: Final = re.compile(r"(last|min|max|mean|first|best|count)\((.+)\)", re.DOTALL)
_PREFIXES: Final[dict[str, Literal["metric", "param", "attribute", "tag"]]] = {
    "params": "param",
    "metrics": "metric",
    "attributes": "attribute",
    "tags": "tag",
}


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A column as it was written. `kind` None: a bare name, that of a param or a metric; `aggregate` None: not said."""

    kind: Literal["run", "metric", "param", "attribute", "tag"] | None
    key: str
    aggregate: Aggregate | None = None


def read_column(text: str) -> ColumnName:
    """What the text says, whatever there is in the directory."""
    if call := _CALL.fullmatch(text):
        return ColumnName("metric", call[2], cast(Aggregate, call[1]))
    prefix, _, rest = text.partition(".")
    if rest and prefix in _PREFIXES:
        return ColumnName(_PREFIXES[prefix], rest)
    return ColumnName("run" if text in RUN_FIELDS else None, text)


def read_order(text: str) -> tuple[str, bool]:
    """The name of the column in `KEY`, `KEY:asc` or `KEY:desc`, and whether the order is descending."""
    for ending in (":desc", ":asc"):
        if text.lower().endswith(ending):
            return text[: -len(ending)], ending == ":desc"
    return text, False
