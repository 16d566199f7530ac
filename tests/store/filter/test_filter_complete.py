"""What is offered while a filter is typed."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.store.filter.complete import completions
from labtop.store.filter.names import FilterNames, MetricName
from labtop.store.filter.where import where
from labtop.store.model import FilterError

NAMES = FilterNames(
    params=("lr", "opt", "seed", "model.width", "it`s"),
    metrics={
        "loss": MetricName(0, "min"),
        "val/loss": MetricName(1, "min"),
        "f1 score": MetricName(2, None),
        "lr": MetricName(3, None),
        "error": MetricName(4, "min"),
    },
    attributes=("owner",),
    tags=("baseline", "team=red", "two words"),
)
KNOWN = {
    ("param", "opt"): ("adam", "sgd", "two words", "it's", "not"),
    ("attribute", "owner"): ("ana", "bob"),
    ("run", "host"): ("node-1",),
}


def known(kind: str, key: str) -> Sequence[str]:
    return KNOWN.get((kind, key), ())


def offered(text: str) -> list[str]:
    """What is offered at the bar in the text, as the filter would then be."""
    cursor = text.index("|")
    text = text.replace("|", "")
    return [text[: each.begin] + each.text + text[each.end :] for each in completions(text, cursor, NAMES, known)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("lo|", ["loss", "val/loss"]),
        ("LO|", ["loss", "val/loss"]),
        ("lr < 1 and lo|", ["lr < 1 and loss", "lr < 1 and val/loss"]),
        ("(lo| < 1)", ["(loss < 1)", "(val/loss < 1)"]),
        ("lo|xx < 1", ["loss < 1", "val/loss < 1"]),
        ("f1|", ["`f1 score`"]),
        ("`f1|", ["`f1 score`"]),
        ("`f1| score` < 1", ["`f1 score` < 1"]),
        ("metrics.`f1|", ["metrics.`f1 score`"]),
        ("metrics.l|", ["metrics.loss", "metrics.lr", "metrics.val/loss"]),
        ("it|", ['"it`s"']),
        ("err|", ["error", "metrics.error"]),
        ("sta|", ["status", "started"]),
        ("attributes.run|", ["attributes.run_name", "attributes.run_id"]),
        ("tags.|", ["tags.owner", "tags.baseline", "tags.team", "tags.`two words`"]),
        ("bes|", ["best("]),
        ("best(|", ["best(loss", "best(val/loss", "best(`f1 score`", "best(lr", "best(error"]),
        ("best(val|) < 1", ["best(val/loss) < 1"]),
        ("best(loss) |", ["best(loss) <", "best(loss) <="]),
        ("loss |", ["loss <", "loss <="]),
        ("opt |", ["opt =", "opt !="]),
        ("name |", ["name =", "name !=", "name ~"]),
        ("status |", ["status =", "status !=", "status in"]),
        ("lr <|", []),
        ("lr i|", ["lr in", "lr ilike", "lr is null", "lr is not null"]),
        ("lr is |", ["lr is null", "lr is not null"]),
        ("lr is not |", ["lr is not null"]),
        ("opt = |", ["opt = adam", "opt = sgd", "opt = 'two words'", "opt = it's", "opt = 'not'"]),
        ("opt=|", ["opt=adam", "opt=sgd"]),
        ("opt = s|", ["opt = sgd"]),
        ("opt = 'tw|", ["opt = 'two words'"]),
        ("opt = 'tw|' and lr < 1", ["opt = 'two words' and lr < 1"]),
        ("opt |in (adam)", ["opt =in (adam)"]),
        ("opt in |", ["opt in ("]),
        ("opt in (a|", ["opt in (adam"]),
        ("opt in (adam |", ["opt in (adam , ", "opt in (adam )"]),
        ("opt in (adam, s|)", ["opt in (adam, sgd)"]),
        ("status = f|", ["status = finished", "status = failed"]),
        ("verdict = |", ["verdict = keep", "verdict = discard"]),
        ("hidden = |", ["hidden = true", "hidden = false"]),
        ("host = |", ["host = node-1"]),
        ("owner = a|", ["owner = ana"]),
        ("tags.team = |", ["tags.team = red"]),
        ("tag = t|", ["tag = team=red", "tag = 'two words'"]),
        ("started > |", ["started > -1h", "started > -1d"]),
        ("tag:|", ["tag:baseline", "tag:team=red", "tag:'two words'"]),
        ('tag:"tw|', ["tag:'two words'"]),
        ("-tag:b|", ["-tag:baseline"]),
        ("-opt:|", ["-opt:adam", "-opt:sgd"]),
        ("has:se|", ["has:seed"]),
        ("is:f|", ["is:finished", "is:failed"]),
        ("is:h|", ["is:hidden"]),
        ("lr < 1 |", ["lr < 1 and", "lr < 1 or"]),
        ("lr < 1 a|", ["lr < 1 and"]),
        ("nosuch = |", []),
        ("nosuch |", ["nosuch and", "nosuch or"]),
        ("lr < < |", []),
        ("name = 'a' 'b|", []),
    ],
)
def test_what_is_offered_first(text: str, first: list[str]) -> None:
    found = offered(text)
    assert found[: len(first)] == first
    assert found or not first


def test_nothing_typed_offers_some_of_each_kind() -> None:
    found = offered("|")
    assert {"lr", "loss", "`f1 score`", "owner", "name", "status"} <= set(found)
    assert len(found) <= 20


def test_what_is_offered_says_what_it_is() -> None:
    details = {each.text: each.detail for each in completions("", 0, NAMES, known)}
    assert details["lr"] == "param"
    assert details["loss"] == "metric, min is best"
    assert details["name"] == "field"


@pytest.mark.parametrize("text", ["lo|", "f1|", "it|", "err|", "metrics.|", "params.|", "tags.|", "l|", "|"])
def test_a_name_that_is_offered_can_be_compared(text: str) -> None:
    for name in offered(text):
        if name.endswith(("(", ":", "not")) or ":" in name:
            continue
        try:
            where(f"{name} is null", NAMES, 0)
        except FilterError as error:
            pytest.fail(f"{name}: {error}")


def test_a_store_that_fails_is_not_hidden() -> None:
    def failing(kind: str, key: str) -> Sequence[str]:
        raise RuntimeError(kind)

    with pytest.raises(RuntimeError):
        completions("opt = ", 6, NAMES, failing)
    assert completions("lo", 2, NAMES, failing)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "lr",
                "opt",
                " ",
                "<",
                "=",
                "in",
                "(",
                ")",
                "'",
                '"',
                "`",
                "-",
                ":",
                "tag:",
                ",",
                "not ",
                "min(",
                "\x1b",
                "🙂",
                "is ",
            ]
        ),
        max_size=12,
    ).map("".join),
    st.integers(-2, 40),
)
def test_completions_never_raise_and_replace_what_is_there(text: str, cursor: int) -> None:
    for each in completions(text, cursor, NAMES, known):
        assert 0 <= each.begin <= max(0, min(cursor, len(text))) <= each.end <= len(text)


def test_ten_thousand_names_are_looked_through_in_no_time() -> None:
    metrics = {f"layer{number}/loss": MetricName(number, "min") for number in range(10_000)}
    names = FilterNames(params=tuple(f"param{number}" for number in range(5_000)), metrics=metrics)
    began = time.monotonic()
    assert completions("loss", 4, names, known)
    assert time.monotonic() - began < 0.5
