"""How settings go below what a person has chosen on the screen, and what of the screen is a choice at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from labtop.store.answers.column_names import LATE_FIELDS, read_column, read_order
from labtop.store.model import Aggregate, Column, Outline, SortKey
from labtop.tui.session.session import Session
from labtop.tui.settings.settings import Settings
from labtop.tui.table_columns import DEFAULT_SORT, first_direction

DEFAULTED = ("pins", "columns", "sort", "aggregate", "groups", "theme")
"""Fields of a session that settings fill where nobody has chosen."""
_NOTHING = Session()


def with_defaults(
    session: Session, settings: Settings, outline: Outline, held: Iterable[Column] | None = None
) -> Session:
    """The session with what the settings say where nobody has chosen.

    Of metrics and bare names those that the directory has are taken: so ask again whenever there is another outline, or
    more is `held`. While it holds no run, names that only it can explain are left out.
    """
    if settings == Settings():
        return session
    names = _Names(outline, _own_aggregate(session) or settings.aggregate or "last", held)
    order = names.order(settings.sort or ())
    found: dict[str, Any] = {
        "pins": _pins(settings, outline),
        "columns": names.columns(settings.columns) or None if settings.columns else settings.columns,
        "sort": () if order == DEFAULT_SORT else order,  # a session names no order that holds anyway
        "aggregate": settings.aggregate,
        "groups": tuple(map(_grouping, settings.group_by or ())),
        "theme": settings.theme,
    }
    wanted = {name: value for name, value in found.items() if value is not None and not _is_chosen(session, name)}
    return replace(session, **wanted)


def moved(now: Session, before: Session, after: Session) -> Session:
    """`now`, with those of DEFAULTED that stand as in `before` as they are in `after`.

    So the screen follows when the outline gives other defaults, while what a person has set meanwhile stays.
    """
    same = [name for name in DEFAULTED if getattr(now, name) == getattr(before, name)]
    return replace(now, **{name: getattr(after, name) for name in same})


def chosen(now: Session, shown: Session, own: Session) -> Session:
    """What a person has chosen of `now`, to be saved; `own` is what was saved, `shown` what defaults made of it."""
    changed = {name for name in DEFAULTED if getattr(now, name) != getattr(shown, name)}
    return replace(moved(now, shown, own), chosen=own.chosen | changed)


def saved_filters(own: tuple[tuple[str, str], ...], settings: Settings) -> tuple[tuple[str, str], ...]:
    """All saved filters by name: the person's own, then those of the settings that have other names."""
    return tuple({**dict(own), **dict(settings.filters), **dict(own)}.items())


def resolved(
    text: str, outline: Outline, aggregate: Aggregate = "last", held: Iterable[Column] | None = None
) -> Column | None:
    """The column that a text names; None for a metric that no run has, and for a bare name while there are no runs.

    A bare name is that of a field, else of a param that varies, else of a metric, else of a param, if that is among all
    columns that are `held`, or if they are not known yet (None); LATE_FIELDS are fields where it is none of these, nor
    an attribute. `aggregate` is what the text means where it names a metric and does not say.
    """
    return _Names(outline, aggregate, held).column(text)


def waits(settings: Settings, outline: Outline, held: Iterable[Column] | None) -> bool:
    """Whether the settings have a bare name, for a column or the order, that names nothing yet."""
    texts = (*(settings.columns or ()), *(read_order(text)[0] for text in settings.sort or ()))
    bare = [text for text in texts if read_column(text).kind is None]
    return bool(bare) and not all(map(_Names(outline, "last", held).column, bare))


class _Names:
    """What there is in a directory."""

    def __init__(self, outline: Outline, aggregate: Aggregate, held: Iterable[Column] | None) -> None:
        self._any = outline.runs > 0
        self._metrics = frozenset(info.name for info in outline.metrics)
        self._params = frozenset(outline.varying_params)
        self._held = None if held is None else frozenset(held)
        self._aggregate = aggregate
        self._goals = {info.name: info.goal for info in outline.metrics}

    def column(self, text: str) -> Column | None:
        name = read_column(text)
        if name.kind == "metric" or (name.kind is None and name.key not in self._params and name.key in self._metrics):
            return Column("metric", name.key, name.aggregate or self._aggregate) if name.key in self._metrics else None
        if name.kind is not None:
            return Column(name.kind, name.key)
        if name.key in LATE_FIELDS:
            return self._late(name.key)
        return Column("param", name.key) if self._may_be_param(name.key) else None

    def _may_be_param(self, key: str) -> bool:
        """Params that are the same in all runs are not in the outline."""
        if self._held is None:
            return self._any
        return key in self._params or Column("param", key) in self._held

    def _late(self, key: str) -> Column:
        """A field where no param or attribute has that name; while these are not known it is taken that none has."""
        held = self._held or ()
        if key in self._params or Column("param", key) in held:
            return Column("param", key)
        return Column("attribute" if Column("attribute", key) in held else "run", key)

    def columns(self, texts: Sequence[str]) -> tuple[Column, ...]:
        return tuple(dict.fromkeys(column for column in map(self.column, texts) if column))

    def order(self, texts: Sequence[str]) -> tuple[SortKey, ...]:
        found: dict[Column, SortKey] = {}
        for given in texts:
            text, descending = read_order(given)
            said = text != given
            if column := self.column(text):
                goal = self._goals.get(column.key) if column.kind == "metric" else None
                found.setdefault(column, SortKey(column, descending) if said else first_direction(column, goal))
        return tuple(found.values())


def _pins(settings: Settings, outline: Outline) -> tuple[str, ...] | None:
    """Those that are there; None, which leaves the choice open, where others were wished and none of them is."""
    if not settings.pins:
        return settings.pins
    there = {info.name for info in outline.metrics}
    return tuple(name for name in settings.pins if name in there) or None


def _grouping(text: str) -> Column:
    """What runs are put together by: `group` and `config` are fields, any other bare name is a param's."""
    name = read_column(text)
    if text in ("group", "config"):
        return Column("run", text)
    return Column("attribute" if name.kind == "tag" else name.kind or "param", name.key)


def _is_chosen(session: Session, name: str) -> bool:
    return name in session.chosen or getattr(session, name) != getattr(_NOTHING, name)


def _own_aggregate(session: Session) -> Aggregate | None:
    return session.aggregate if _is_chosen(session, "aggregate") else None
