"""What a person is told of a filter that cannot be used, and where."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from labtop.store.filter.caret import caret
from labtop.store.filter.names import FilterNames, MetricName
from labtop.store.filter.where import where
from labtop.store.model import FilterError
from tests.store.filter.conftest import NOW, Filtered

NAMES = FilterNames(
    params=("lr", "opt", "learning_rate", "model.width"),
    metrics={
        "loss": MetricName(0, "min"),
        "val/loss": MetricName(1, "min"),
        "tokens": MetricName(2, None),
        "\x1b[31mbad": MetricName(3, None),
    },
    attributes=("owner",),
    tags=("baseline",),
)


def error_of(text: str) -> FilterError:
    with pytest.raises(FilterError) as caught:
        where(text, NAMES, NOW)
    return caught.value


@pytest.mark.parametrize(
    ("text", "reason", "marked"),
    [
        ("lr <", "expected a value after <", ""),
        ("lr < and opt = adam", "expected a value after <, not and", "and"),
        ("lr < < 3", "expected a value after <", "< 3"),
        ("lr not  in", "expected ( after not in", ""),
        ("opt in adam", "expected ( after in", "adam"),
        ("opt in ()", "expected a value in the list, after (", ")"),
        ("opt in (adam", "expected , or ) after adam", ""),
        ("opt in (adam, )", "expected a value in the list, after ,", ")"),
        ("opt in (adam sgd)", "expected , or ) after adam", "sgd)"),
        ("name like", "expected a value after like", ""),
        ("name ~ (a|b)", "expected a value after ~; text with parentheses is put in quotes", "(a|b)"),
        ("name = `a`", "expected a value after =; values are put in ' or \"", "`a`"),
        ("lr is 3", "expected null or not null after is", "3"),
        ("lr is not", "expected null after is not", ""),
        ("lr = null", "lr is null, or lr is not null, asks whether there is a value", "null"),
        ("= 3", "expected a name before =", "= 3"),
        ("and lr < 1", "expected a condition before and", "and lr < 1"),
        ("lr < 1 and", "expected a condition after and", ""),
        ("lr < 1 and or lr > 2", "expected a condition before or", "or lr > 2"),
        ("lr < 1,", "expected a condition after ,", ""),
        ("a not", "expected a condition after not", ""),
        ("a -", "expected and, or, or another condition, not -", "-"),
        ("lr < 3 < 4", "expected and, or, or another condition, not <", "< 4"),
        ("()", "expected a condition between ( and )", ")"),
        ("(", "expected a condition after (", ""),
        ("(lr < 1", "this ( is not closed", "(lr < 1"),
        ("((a) or (b)", "this ( is not closed", "((a) or (b)"),
        ("lr < 1)", "this ) closes nothing", ")"),
        ("name = 'abc", "this ' is not closed", "'abc"),
        ('a "b', 'this " is not closed', '"b'),
        ("metrics.`f1", "this ` is not closed", "`f1"),
        ("'; drop table runs; --", "this ' is not closed", "'; drop table runs; --"),
        ("metrics.`loss`", "expected an operator after the name: = != < <= > >= ~ like in is", ""),
        ("min() < 1", "expected the name of a metric after (", ") < 1"),
        ("min(loss < 1", "expected ) after loss", "< 1"),
        ("tag:", "expected a value after tag:", ""),
        ("los < 1", "no run has a param, metric or attribute 'los'; near: loss", "los < 1"),
        ("lr < 1 or Loss > 2", "no run has a param, metric or attribute 'Loss'; near: loss, val/loss", "Loss > 2"),
        (
            "params.learning-rate < 1",
            "no run has a param 'learning-rate'; near: learning_rate",
            "params.learning-rate < 1",
        ),
        ("metrics.lr < 1", "no run has a metric 'lr'; near: params.lr", "metrics.lr < 1"),
        ("has:ownr", "no run has a param, metric or attribute 'ownr'; near: owner", "ownr"),
        ("xyzzy_plugh is null", "no run has a param, metric or attribute 'xyzzy_plugh'", "xyzzy_plugh is null"),
        ("[31mbad2 < 1", "no run has a param, metric or attribute '[31mbad2'; near: [31mbad", "[31mbad2 < 1"),
        (
            "avg(loss) < 1",
            "there is no avg(), but last, min, max, best, mean, first, count; is it a name? `avg(loss)`",
            "avg(",
        ),
        ("min(lr) < 1", "min() is of a metric, and 'lr' is none", "lr) < 1"),
        ("min(los) < 1", "no run has a metric 'los'; near: loss", "los) < 1"),
        (
            "is:foo",
            "expected hidden, or a status (running, finished, failed, killed, crashed, stale, ended), after is:",
            "foo",
        ),
        (
            "status = done",
            "there is no status 'done', but running, finished, failed, killed, crashed, stale, ended",
            "done",
        ),
        ("status > failed", "status has no order; use = != or in", "> failed"),
        ("loss ~ 3", "~ is for texts, and loss is none", "~ 3"),
        ("loss < low", "expected a number after <, not 'low'", "low"),
        ("duration > long", "expected a length of time (90s, 1h30m, 2d) after >, not 'long'", "long"),
        ("started > 2d", "expected a time; 2d ago is -2d", "2d"),
        ("started > soon", "expected a time (-2d, 2026-11-01, '2026-11-01 12:30'), not 'soon'", "soon"),
        ("started > 0000-00-00", "expected a time (-2d, 2026-11-01, '2026-11-01 12:30'), not '0000-00-00'", "0000"),
        ("hidden = maybe", "expected true or false after =, not 'maybe'", "maybe"),
        ("name ~ '(a'", "not a regular expression: missing ): (a", "'(a'"),
        ("name ~ '(?=a)'", "not a regular expression: invalid perl operator: (?=", "'(?=a)'"),
        ("a\x1b[31m", "there is a control character, '\\x1b'", "\x1b[31m"),
        ("a\x00", "there is a control character, '\\x00'", "\x00"),
        ("\ud800", "there is a control character, '\\ud800'", "\ud800"),
        ("🙂 (", "expected a condition after (", ""),
    ],
)
def test_an_error_says_what_was_expected_and_where(text: str, reason: str, marked: str) -> None:
    error = error_of(text)
    assert str(error) == reason
    rest = error.text[error.place :]
    assert rest == marked if not marked else rest.startswith(marked)


def test_a_metric_without_a_goal_has_no_best_and_the_error_says_how_to_give_it_one() -> None:
    error = error_of("best(tokens) > 3")
    assert '{"event": "metric", "name": "tokens", "goal": "min"}' in str(error)
    assert error.text[error.place :].startswith("tokens)")


def test_an_error_crosses_processes_whole() -> None:
    error = error_of("los < 1")
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.text, copy.place) == (str(error), error.text, error.place)


@pytest.fixture(scope="module")
def few() -> Iterator[Filtered]:
    shelf = Filtered()
    for number in range(5):
        shelf.param(shelf.run(f"r{number}"), "lr", number)
    shelf.lay()
    yield shelf
    shelf.connection.close()


@pytest.mark.parametrize("word", ["and", "or"])
def test_ten_kilobytes_are_refused_at_once_and_a_hundred_conditions_answered(few: Filtered, word: str) -> None:
    began = time.monotonic()
    with pytest.raises(FilterError, match="a filter can have 50 conditions"):
        few.ids(f" {word} ".join(["lr < 1234567"] * 600))
    with pytest.raises(FilterError, match=r"a filter can have 20,000 characters, this one has 30,000"):
        few.ids("x" * 30_000)
    assert len(few.ids(f" {word} ".join(["lr < 1234567"] * 50))) == 5
    assert len(few.ids(f"lr in ({', '.join(['1234567'] * 1500)}, 3)")) == 1
    assert time.monotonic() - began < 5  # a tenth of it, on an idle machine


@pytest.mark.parametrize("opening", ["(", "not (", "-(", "not not ("])
def test_five_thousand_parentheses_are_too_deep(few: Filtered, opening: str) -> None:
    with pytest.raises(FilterError, match=r"more than 50 parentheses|20,000 characters"):
        few.ids(opening * 5000 + "lr" + ")" * 5000)
    assert len(few.ids(opening * 50 + "lr" + ")" * 50)) == 5
    assert few.ids("(" * 50 + "'" + "(" * 500 + "'" + ")" * 50) == []


def test_the_parser_is_loaded_with_the_first_filter_only() -> None:
    code = """
import sys
import labtop.store, labtop.store.filter.where as module
from labtop.store.filter.names import FilterNames
module.where("  ", FilterNames(), 0)
assert "lark" not in sys.modules
module.where("word", FilterNames(), 0)
assert "lark" in sys.modules
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_five_thousand_nots_are_no_depth(few: Filtered) -> None:
    assert few.ids("not " * 4001 + "lr < 2") == ["r2", "r3", "r4"]
    assert few.ids("-" * 4000 + "lr") == ["r0", "r1", "r2", "r3", "r4"]


def test_near_names_are_found_among_very_many_at_once() -> None:
    names = FilterNames(params=tuple(f"model.layer{number}.width" for number in range(20_000)))
    began = time.monotonic()
    with pytest.raises(FilterError, match="near: model"):
        where("model.layer7.widt < 3", names, NOW)
    assert time.monotonic() - began < 0.5


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("los < 1", 80, "los < 1\n^"),
        ("lr <", 80, "lr <\n    ^"),
        ("lr < 1 or\x09los\n < 1", 80, "lr < 1 or los  < 1\n          ^"),
        ("a\x1b[31m", 80, "a [31m\n ^"),
        ("日本 los < 1", 80, "日本 los < 1\n     ^"),
        ("🙂 (", 80, "🙂 (\n    ^"),
        ("lr < 1 " * 20 + "or los < 1" + " lr < 1" * 20, 30, "1 lr < 1 or los < 1 lr < 1 l\n"),
    ],
)
def test_the_caret_stands_under_the_place(text: str, width: int, lines: str) -> None:
    shown = caret(error_of(text), width)
    if width == 80:
        assert shown == lines
    line, mark = shown.split("\n")
    assert len(line) <= width
    assert len(mark) <= width
    assert set(mark[:-1]) <= {" "}
    if width < 80:
        assert line[len(mark) - 1 :].startswith("los")


def test_the_caret_of_any_place_is_in_the_line() -> None:
    for place in (-5, 0, 500, 999, 1000, 5000):
        for width in (1, 2, 10, 80):
            line, mark = caret(FilterError("", "ab 日🙂" * 200, place), width).split("\n")
            assert len(mark) <= max(width, 1)
            assert len(line) <= width
