"""Filters of all shapes let through what a slow and obvious reading of them lets through."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import ge, gt, le, lt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.filter.conftest import NOW, Filtered

PARAM_VALUES: list[object] = [
    None,
    0,
    1,
    2.5,
    "2.5",
    "1",
    -3,
    1e-3,
    "0.001",
    "adam",
    "Adam W",
    "a'b",
    "",
    True,
    False,
    "True",
    "nan",
    "日本",
]
SERIES: list[list[float]] = [
    [],
    [1.0],
    [3.0, 2.0],
    [2.0, math.nan],
    [math.nan],
    [math.inf, 1.0],
    [-math.inf],
    [0.5, 0.25, 1.0],
]
TAGS = ["base", "Base line", "team=red", "team:1", "q'uote", "🙂"]
ENDS = ["finished", "failed", "killed"]


@dataclass(frozen=True)
class Run:
    id: str
    params: dict[str, object]
    series: dict[str, list[float]]
    tags: list[str]
    end: str
    notes: str | None
    started: float
    lasted: float


Filter = tuple[str, Callable[[Run], bool]]


def _runs() -> list[Run]:
    chance = random.Random(7)
    return [
        Run(
            id=f"run-{number}",
            params={key: value for key in ("p", "q") if (value := chance.choice(PARAM_VALUES)) is not None},
            series={name: values for name in ("loss", "val/acc") if (values := chance.choice(SERIES))},
            tags=chance.sample(TAGS, chance.randint(0, 3)),
            end=chance.choice(ENDS),
            notes=chance.choice([None, "good", "Adam is GOOD"]),
            started=NOW - chance.choice([60.0, 5000.0, 90_000.0]),
            lasted=chance.choice([0.0, 59.0, 60.0, 4000.0]),
        )
        for number in range(25)
    ]


RUNS = _runs()


@pytest.fixture(scope="module")
def shelf() -> Iterator[Filtered]:
    filtered = Filtered()
    for run in RUNS:
        share = {"end_status": run.end, "notes": run.notes, "tags": run.tags}
        number = filtered.run(run.id, started=run.started, updated=run.started + run.lasted, **share)
        for key, value in run.params.items():
            filtered.param(number, key, value)
        for name, values in run.series.items():
            filtered.metric(number, name, values, goal="min" if name == "loss" else "max")
    filtered.lay()
    yield filtered
    filtered.connection.close()


def as_number(value: object) -> float | None:
    """The number that a logged value is, also where it was logged as text."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except ValueError:
        return None


def as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def ordered(operator: str, left: float | str, right: float | str) -> bool:
    """Python's own comparison."""
    compare = {"<": lt, "<=": le, ">": gt, ">=": ge}[operator]
    return bool(compare(left, right))


def as_like(pattern: str, flags: int) -> Callable[[str], bool]:
    regex = "".join(".*" if each == "%" else "." if each == "_" else re.escape(each) for each in pattern)
    return lambda text: re.fullmatch(regex, text, flags | re.DOTALL) is not None


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


OPERATORS = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
NUMBERS = st.sampled_from(["0", "1", "2.5", "-3", "1e-3", "0.25", ".5", "3", "nan", "inf", "-inf", "1_000"])


def same(value: object, literal: str) -> bool:
    """Whether a logged value equals what was written."""
    if literal.lower() in ("true", "false"):
        return as_text(value).lower() == literal.lower() or as_number(value) == float(literal.lower() == "true")
    number, other = as_number(literal), as_number(value)
    if number is None or other is None:
        return number is None and other is None and as_text(value) == literal
    return number == other or (math.isnan(number) and math.isnan(other))


@st.composite
def of_params(draw: st.DrawFn) -> Filter:
    key, operator = draw(st.sampled_from(["p", "params.q", "param.`p`"])), draw(OPERATORS)
    literal = draw(NUMBERS | st.sampled_from(["adam", "Adam W", "a'b", "true", "FALSE", "日本", "b"]))
    written = (
        draw(st.just(quoted(literal)) | st.just(literal)) if re.fullmatch(r"[\w.+-]+", literal) else quoted(literal)
    )

    def holds(run: Run) -> bool:
        value = run.params.get(key.rpartition(".")[2].strip("`"))
        if value is None or operator in ("=", "!="):
            return value is not None and same(value, literal) is (operator == "=")
        number, other = as_number(literal), as_number(value)
        if number is None:
            text = as_text(value) if other is None else None
            return text is not None and ordered(operator, text, literal)
        return other is not None and ordered(operator, other, number)

    return f"{key} {operator} {written}", holds


@st.composite
def of_metrics(draw: st.DrawFn) -> Filter:
    name, operator, literal = draw(st.sampled_from(["loss", "val/acc"])), draw(OPERATORS), draw(NUMBERS)
    aggregate = draw(st.sampled_from(["", "last", "min", "max", "mean", "first", "count", "best"]))

    def holds(run: Run) -> bool:
        if name not in run.series:
            return False
        values = run.series[name]
        finite = [value for value in values if math.isfinite(value)]
        best = min if name == "loss" else max
        worked_out = {
            "first": lambda: values[0],
            "count": lambda: float(len(values)),
            "min": lambda: min(finite, default=math.nan),
            "max": lambda: max(finite, default=math.nan),
            "mean": lambda: sum(finite) / len(finite) if finite else math.nan,
            "best": lambda: best(finite, default=math.nan),
        }
        value = worked_out.get(aggregate, lambda: values[-1])()
        if operator in ("=", "!="):
            return same(value, literal) is (operator == "=")
        return ordered(operator, value, float(literal))

    return f"{aggregate}({name}) {operator} {literal}" if aggregate else f"{name}{operator}{literal}", holds


@st.composite
def of_texts(draw: st.DrawFn) -> Filter:
    key = draw(st.sampled_from(["name", "notes", "q"]))
    operator = draw(st.sampled_from(["like", "ilike", "~", "not like", "NOT ILIKE", "!~"]))
    pattern = draw(st.sampled_from(["%adam%", "Adam%", "run-_", "good", "%5", "2._", "[aA]d.m$", "^run-1.", "n-5%"]))
    plain = operator.lower().removeprefix("not ").removeprefix("!")
    if plain == "~":
        matches: Callable[[str], bool] = lambda text: re.search(pattern, text, re.IGNORECASE) is not None  # noqa: E731
    else:
        matches = as_like(pattern, re.IGNORECASE if plain == "ilike" else 0)

    def holds(run: Run) -> bool:
        value = {"name": run.id, "notes": run.notes, "q": run.params.get("q")}[key]
        return value is not None and matches(as_text(value)) is (plain == operator)

    return f"{key} {operator} {quoted(pattern)}", holds


@st.composite
def of_lists(draw: st.DrawFn) -> Filter:
    negated = draw(st.booleans())
    literals = draw(st.lists(st.sampled_from(["1", "2.5", "adam", "true", "a'b", "nan"]), min_size=1, max_size=3))

    def holds(run: Run) -> bool:
        value = run.params.get("p")
        return value is not None and any(same(value, literal) for literal in literals) is not negated

    return f"p {'not ' * negated}in ({', '.join(map(quoted, literals))})", holds


@st.composite
def of_tags(draw: st.DrawFn) -> Filter:
    tag = draw(st.sampled_from([*TAGS, "BASE", "none"]))
    folded = [["team=red", "red"], ["team:1", "1"]]
    forms: list[Filter] = [
        (f"tag:{quoted(tag)}", lambda run: tag.lower() in [each.lower() for each in run.tags]),
        (f"tag = {quoted(tag)}", lambda run: tag in run.tags),
        (f"tags != {quoted(tag)}", lambda run: bool(run.tags) and tag not in run.tags),
        ("tags.team = red", lambda run: "team=red" in run.tags),
        ("tags.team < 5", lambda run: "team:1" in run.tags),
        ("tags.team != red", lambda run: "team:1" in run.tags and "team=red" not in run.tags),
        ("tags.team is not null", lambda run: any(each in run.tags for each, _ in folded)),
    ]
    return draw(st.sampled_from(forms))


@st.composite
def of_fields(draw: st.DrawFn) -> Filter:
    end, key = draw(st.sampled_from(ENDS)), draw(st.sampled_from(["p", "q"]))
    forms: list[Filter] = [
        (f"status = {end.upper()}", lambda run: run.end == end),
        (f"status != {end}", lambda run: run.end != end),
        (f"is:{end}", lambda run: run.end == end),
        (f"{key} is null", lambda run: key not in run.params),
        (f"has:{key}", lambda run: key in run.params),
        ("notes is null", lambda run: run.notes is None),
        ("loss is not null", lambda run: "loss" in run.series),
        ("started > -2h", lambda run: run.started > NOW - 7200),
        ("age >= 1d", lambda run: NOW - run.started - run.lasted >= 86400),
        ("duration < 1m", lambda run: run.lasted < 60),
        ("duration = 60", lambda run: run.lasted == 60),
    ]
    return draw(st.sampled_from(forms))


@st.composite
def of_words(draw: st.DrawFn) -> Filter:
    word = draw(
        st.sampled_from(
            ["adam", "run-1", "GOOD", "base", "0.001", "p", "line", "日", "'", "🙂", "true", "p=2", "q=adam"]
        )
    )

    def holds(run: Run) -> bool:
        texts = [run.id, *run.tags, run.notes or "", *(f"{key}={as_text(value)}" for key, value in run.params.items())]
        return any(word.lower() in text.lower() for text in texts)

    return quoted(word) if re.search(r"['=]", word) else word, holds


CONDITIONS = of_params() | of_metrics() | of_texts() | of_lists() | of_tags() | of_fields() | of_words()


def _joined(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    """Filters of filters."""

    def joined(pair: tuple[str, list[Filter]]) -> Filter:
        word, parts = pair
        text = word.join(f"({text})" for text, _ in parts)
        quantifier = any if "or" in word.lower() else all
        return text, lambda run: quantifier(holds(run) for _, holds in parts)

    def negated(pair: tuple[str, Filter]) -> Filter:
        return f"{pair[0]}({pair[1][0]})", lambda run: not pair[1][1](run)

    joins = st.tuples(st.sampled_from([" and ", " OR ", ", ", " ", " or "]), st.lists(inner, min_size=2, max_size=3))
    return joins.map(joined) | st.tuples(st.sampled_from(["not ", "-", "NOT"]), inner).map(negated)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=CONDITIONS | st.recursive(CONDITIONS, _joined, max_leaves=6))
def test_the_sql_lets_through_what_the_filter_says(shelf: Filtered, chosen: Filter) -> None:
    text, holds = chosen
    assert shelf.ids(text) == [run.id for run in RUNS if holds(run)]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(CONDITIONS, min_size=2, max_size=5),
    st.lists(st.sampled_from([" and ", " or ", ", ", " "]), min_size=4, max_size=4),
)
def test_and_binds_more_than_or(shelf: Filtered, parts: list[Filter], words: list[str]) -> None:
    text, groups = parts[0][0], [[parts[0][1]]]
    for (condition, holds), word in zip(parts[1:], words, strict=False):
        text += word + condition
        groups = [*groups, [holds]] if word == " or " else [*groups[:-1], [*groups[-1], holds]]
    assert shelf.ids(text) == [run.id for run in RUNS if any(all(holds(run) for holds in group) for group in groups)]
