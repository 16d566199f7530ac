"""The examples of docs/filter.md let through what the page says."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from labtop.store.filter.where import where
from labtop.store.model import FilterError
from tests.store.filter.conftest import NOW, Filtered

PAGE = (Path(__file__).parents[3] / "docs" / "filter.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (`` .+? ``|`[^`]+`) \| ?([^|]*?) ?\|$", re.MULTILINE)
_ERROR = re.compile(r"```\n([^\n]+)\n( *)\^ ([^\n]+)\n```")
EXAMPLES = [(text.strip("`").strip() if text[1] != "`" else text[3:-3], found) for text, found in _ROW.findall(PAGE)]


@pytest.fixture(scope="module")
def page() -> Iterator[Filtered]:
    """The runs of the page."""
    shelf = Filtered()
    then, day = NOW - 2 * 86400, 86400
    shares: dict[str, dict[str, object]] = {
        "sweep-1": {"started": NOW - 10_800, "updated": NOW - 1, "heard": NOW, "tags": ["baseline"]},
        "sweep-2": {"started": then, "updated": then + 5400, "end_status": "finished", "tags": ["team=red"]},
        "sweep-3": {"started": then, "updated": then + 600, "end_status": "failed", "notes": "out of memory"},
        "big-1": {
            "started": then - day,
            "updated": then - day + 60,
            "end_status": "finished",
            "tags": ["baseline", "two words"],
        },
        "big-2": {"started": then - day, "updated": then - day + 60, "end_status": "killed", "notes": "a transformer"},
        "debug": {
            "started": datetime(2020, 1, 1, 12).timestamp(),
            "updated": datetime(2020, 1, 1, 12, 1).timestamp(),
            "grown": False,
            "notes": "transformer, forgotten",
        },
    }
    params: dict[str, dict[str, object]] = {
        "sweep-1": {"lr": 0.1, "opt": "adam", "seed": 1},
        "sweep-2": {"lr": 0.01, "opt": "sgd", "seed": 2},
        "sweep-3": {"lr": "0.01", "opt": "Adam"},
        "big-1": {"lr": "auto", "opt": "sgd", "model.width": 512},
        "big-2": {"model.width": 1024},
    }
    losses = {"sweep-1": [0.4, 0.5], "sweep-2": [0.2], "sweep-3": [3.0, math.nan], "big-1": [1.25, 1.5]}
    scores = {"big-1": [0.8], "big-2": [0.9]}
    for name, share in shares.items():
        run = shelf.run(name, **share)
        for key, value in params.get(name, {}).items():
            shelf.param(run, key, value)
        for metric, goal, series in (("loss", "min", losses), ("f1 score", "max", scores)):
            if name in series:
                shelf.metric(run, metric, series[name], goal=goal)
    shelf.lay()
    yield shelf
    shelf.connection.close()


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) > 40
    assert len(_ERROR.findall(PAGE)) == 2


@pytest.mark.parametrize(("text", "found"), EXAMPLES)
def test_an_example_lets_through_what_the_page_says(page: Filtered, text: str, found: str) -> None:
    assert page.shown(text) == found


@pytest.mark.parametrize(("text", "blanks", "reason"), _ERROR.findall(PAGE))
def test_an_error_is_the_one_of_the_page(page: Filtered, text: str, blanks: str, reason: str) -> None:
    with pytest.raises(FilterError) as caught:
        where(text, page.names, NOW)
    assert (str(caught.value), caught.value.place) == (reason, len(blanks))
