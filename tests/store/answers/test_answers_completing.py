"""What the index offers where a filter is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labtop.store.answers.completing import completions
from labtop.store.answers.known import known_of
from labtop.store.answers.sheet import tags

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf

NOW = 1000.0


def offered(shelf: Shelf, text: str) -> list[str]:
    cursor = shelf.cursor()
    known = known_of(cursor, NOW)
    known.lay(cursor)
    return [each.text for each in completions(cursor, text, len(text), known)]


@pytest.fixture
def three(shelf: Shelf) -> Shelf:
    for place, (batch, opt) in enumerate(((64, "adam"), (64.0, "adam"), ("128", "it's; drop table files"))):
        run = shelf.run(f"sweep/run-{place}", host=f"gpu{place // 2}", heard=NOW, tags=["it's me"] if place else ["b"])
        shelf.param(run, "batch", batch)
        shelf.param(run, "opt", opt)
        shelf.metric(run, "val/loss", [1.0, 0.5])
    return shelf


def test_values_as_they_were_logged_the_most_frequent_first(three: Shelf) -> None:
    assert offered(three, "batch = ") == ["64", "128"]
    assert offered(three, "opt = ") == ["adam", "'it''s; drop table files'"]
    assert offered(three, "host = ") == ["gpu0", "gpu1"]
    assert offered(three, "status = fin") == ["finished"]


def test_keys_and_tags(three: Shelf) -> None:
    assert offered(three, "bat")[0] == "batch"
    assert offered(three, "los")[0].strip("`") == "val/loss"
    assert len(offered(three, "tag:")) == 2
    assert three.connection.execute("select count(*) from files").fetchone() == (3,)


def test_tags_of_all_runs_the_most_frequent_first(three: Shelf) -> None:
    cursor = three.cursor()
    known_of(cursor, NOW).lay(cursor)
    assert tags(cursor) == ("it's me", "b")
