"""Which run a text names, and what is said when it names none or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labtop.store.answers.find import find
from labtop.store.model import NotThere

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf


@pytest.fixture
def runs(shelf: Shelf) -> Shelf:
    shelf.run("sweep/lr1e-2", started=30.0)
    shelf.run("sweep/lr1e-20", started=10.0)
    shelf.run("other/base", name="The Base", started=20.0)
    shelf.run("more/base")
    shelf.metric(0, "loss", [3, 2], goal="min")
    shelf.metric(1, "loss", [1.5, 4], goal="min")
    shelf.metric(2, "acc", [0.5], goal="max")
    shelf.metric(3, "acc", [float("nan")], goal="max")
    shelf.metric(3, "speed", [1.0])
    return shelf


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("sweep/lr1e-2", 0),
        ("sweep/lr1e-2/", 0),
        ("lr1e-2", 0),
        ("lr1e-20", 1),
        ("e-20", 1),
        ("the base", 2),
        ("The", 2),
        ("other", 2),
        ("more/base", 3),
        ("MORE", 3),
        ("@1", 0),
        ("@2", 2),
        ("@4", 3),
        ("@best:loss", 1),
        ("@best:acc", 2),
    ],
)
def test_a_run_is_found(runs: Shelf, text: str, number: int) -> None:
    assert find(runs.cursor(), text) == number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lr1e", "2 runs fit 'lr1e': lr1e-2, lr1e-20; say more of the name"),
        ("ase", "2 runs fit 'ase': The Base, more/base; say more of the name"),
        ("lr2e-2", "no run 'lr2e-2'; near: lr1e-2"),
        ("zzz", "no run 'zzz'; there are lr1e-2,"),
        ("@9", "no run '@9'; there are 4 runs, @1 is the newest"),
        ("@0", "no run '@0'"),
        ("@best:los", "no metric 'los'; near: loss"),
        ("@best:speed", "metric 'speed' has no goal"),
        ("\x1b[31m", r"no run '\x1b[31m'"),
    ],
)
def test_what_is_said_when_none_or_several_fit(runs: Shelf, text: str, said: str) -> None:
    with pytest.raises(NotThere) as raised:
        find(runs.cursor(), text)
    assert str(raised.value).startswith(said)
    assert len(str(raised.value).splitlines()) == 1


def test_at_most_five_are_listed(shelf: Shelf) -> None:
    for place in range(9):
        shelf.run(f"run{place}")
    with pytest.raises(NotThere, match=r"9 runs fit 'run': run0, run1, run2, run3, run4, \.\.\.; say more"):
        find(shelf.cursor(), "run")


def test_runs_of_one_name_are_told_apart_by_their_ids(shelf: Shelf) -> None:
    shelf.run("a/x", name="ppo")
    shelf.run("b/x", name="ppo")
    with pytest.raises(NotThere, match=r"2 runs fit 'ppo': ppo \(a/x\), ppo \(b/x\); say more"):
        find(shelf.cursor(), "ppo")
    assert find(shelf.cursor(), "ppo (b/x)") == 1


def test_an_empty_index_says_so(shelf: Shelf) -> None:
    with pytest.raises(NotThere, match="no run 'x'; there are none yet"):
        find(shelf.cursor(), "x")


@pytest.mark.parametrize("text", ["@" + "9" * 5000, "@" + "0" * 5000, "x" * 5000, "@best:" + "x" * 5000])
def test_endless_words_are_answered_in_one_short_line(runs: Shelf, text: str) -> None:
    with pytest.raises(NotThere) as raised:
        find(runs.cursor(), text)
    assert len(str(raised.value)) < 300


def test_a_place_may_begin_with_zeros(runs: Shelf) -> None:
    assert find(runs.cursor(), "@" + "0" * 30 + "1") == find(runs.cursor(), "@1")


def test_a_metric_that_no_run_has_any_more_is_not_offered(shelf: Shelf) -> None:
    shelf.insert("known_metrics", metric=0, name="gone", goal="min")
    shelf.metric(shelf.run("a"), "loss", [1.0], goal="min")
    with pytest.raises(NotThere, match="no metric 'gone'; there are loss"):
        find(shelf.cursor(), "@best:gone")
