"""What a name in a filter means: a field of runs, a param, a metric, an attribute, a tag."""

from __future__ import annotations

from typing import Final

from labtop.store.filter import fields
from labtop.store.filter.names import FilterNames
from labtop.store.filter.nearest import printable, unknown
from labtop.store.filter.operands import AGGREGATES, Operand, keyed, metric, of_tags
from labtop.store.filter.terms import Name, Wrong

PREFIXES: Final = {
    "metric": "a metric",
    "metrics": "a metric",
    "param": "a param",
    "params": "a param",
    "parameter": "a param",
    "parameters": "a param",
    "attribute": "an attribute",
    "attributes": "an attribute",
    "attr": "an attribute",
    "run": "an attribute",
    "tag": "a tag",
    "tags": "a tag",
}
"""The words before the dot, and what must follow."""


def resolve(name: Name, names: FilterNames) -> Operand:
    """What the name means. Raises `Wrong` where no run has it, with the nearest names."""
    if name.aggregate:
        return _aggregate(name, names)
    found = meaning(name, names)
    if found is None:
        what, key = _asked_for(name)
        raise Wrong(unknown(what, key, names), name.place)
    return found


def meaning(name: Name, names: FilterNames) -> Operand | None:
    """What a name without an aggregate means, None where no run has it."""
    head, dot, key = name.text.partition(".")
    prefix = PREFIXES.get(head.lower()) if dot and not name.whole else None
    found = _of_kind(prefix, key, names) if prefix else None
    return found or _bare(name.text, names)


def _bare(key: str, names: FilterNames) -> Operand | None:
    if (field := fields.field(key)) is not None:
        return field
    for kind in ("a param", "a metric"):
        if (found := _of_kind(kind, key, names)) is not None:
            return found
    return keyed("attributes", key) if key in names.attributes else fields.late(key)


def _of_kind(kind: str, key: str, names: FilterNames) -> Operand | None:
    if kind == "a param":
        return keyed("params", key) if key in names.params else None
    if kind == "a metric":
        found = names.metrics.get(key)
        return metric(found.number, "last") if found else None
    if kind == "a tag":
        return _tag(key, names)
    known = keyed("attributes", key) if key in names.attributes else None
    return fields.mlflow_attribute(key) or known or fields.field(key)


def _tag(key: str, names: FilterNames) -> Operand | None:
    lower = key.lower()
    begins = (f"{lower}=", f"{lower}:")
    is_attribute = key in names.attributes
    if is_attribute or any(tag.lower() == lower or tag.lower().startswith(begins) for tag in names.tags):
        return of_tags(key, is_attribute=is_attribute)
    found = fields.mlflow_tag(key)
    return of_tags(key, is_attribute=False) if found is None and not names.tags else found


def _aggregate(name: Name, names: FilterNames) -> Operand:
    """An aggregate of a metric, which may have the prefix `metrics.`."""
    if name.aggregate not in AGGREGATES:
        shown = printable(f"{name.aggregate}({name.text})")
        reason = f"there is no {printable(name.aggregate)}(), but {', '.join(AGGREGATES)}; is it a name? `{shown}`"
        raise Wrong(reason, name.place - len(name.aggregate) - 1)
    key = name.text
    if key not in names.metrics and not name.whole and key.partition(".")[0].lower() in ("metric", "metrics"):
        key = key.partition(".")[2]
    found = names.metrics.get(key)
    if found is None:
        if meaning(name, names) is not None:
            raise Wrong(f"{name.aggregate}() is of a metric, and {printable(key)!r} is none", name.place)
        raise Wrong(unknown("a metric", key, names), name.place)
    if name.aggregate != "best":
        return metric(found.number, name.aggregate)
    if found.goal is None:
        event = f'{{"event": "metric", "name": "{printable(key)}", "goal": "min"}}'
        raise Wrong(
            f"{printable(key)!r} has no goal, so no best; min() or max(), or a line in a log: {event}", name.place
        )
    return metric(found.number, found.goal)


def _asked_for(name: Name) -> tuple[str, str]:
    """What kind of name it should be, and the name without its prefix."""
    head, dot, key = name.text.partition(".")
    prefix = PREFIXES.get(head.lower()) if dot and key and not name.whole else None
    return (prefix, key) if prefix else ("a param, metric or attribute", name.text)
