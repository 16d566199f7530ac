"""What settings name and nothing has yet: it counts once it is there, below what a person has chosen meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from labtop.store.model import Outline
from labtop.tui.screens.remembering import Memory
from labtop.tui.session.files import load
from labtop.tui.session.session import Session
from labtop.tui.settings.defaults import with_defaults
from labtop.tui.settings.files import load as load_settings

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0
SCORES = {"a": 2, "b": 3, "c": 1}
TEAM = """
sort = ["score", "started:desc"]
columns = ["params.opt", "layers", "score", "loss", "tags"]
pins = ["score", "loss"]
group_by = []
[goals]
score = "max"
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "runs.json"


@pytest.fixture
def opened_on(open_app: Open, runs: Path, state: Path) -> Callable[[str], AbstractAsyncContextManager[Any]]:
    """Opens the app in a directory with this labtop.toml, of whose runs the index knows nothing when it begins."""

    def opened(team: str, width: int = 140) -> AbstractAsyncContextManager[Any]:
        (runs / "labtop.toml").write_text(team)
        settings, wrong = load_settings(runs, None)
        session = load(state, pytest.fail)
        shown = with_defaults(session, settings, Outline(0, (), ()))
        return open_app((width, 24), memory=Memory(session, state, wrong, settings, shown))

    return opened


@pytest.fixture
def begin(log: Write) -> Callable[[], None]:
    """Three runs that have begun and logged nothing, the last letter the newest."""

    def write() -> None:
        for place, name in enumerate(SCORES):
            params = {"opt": "adam", "layers": 3}
            log(f"run-{name}", {"event": "run", "params": params, "time": NOW - 900 + place})

    return write


def order(ui: Any) -> str:
    """The last letters of the names, from the top."""
    return "".join(name[-1] for name in ui.names())


def heads(ui: Any, *among: str) -> list[str]:
    """Those of these words that stand above columns, in their order."""
    return [head for head in ui.table()[0].partition("│")[2].split() if head.strip("▲▼123") in among]


async def log_each(ui: Any, log: Write, metric: str, shown: str) -> None:
    """A value of the metric for each run, until the screen shows something."""
    for name, score in SCORES.items():
        log(f"run-{name}", {"step": 1, metric: score, "time": NOW - 800})
    await ui.until(shown)
    await ui.settle()


async def test_all_that_settings_name_counts_once_it_is_known(
    opened_on: Any, log: Write, begin: Callable[[], None], state: Path
) -> None:
    words = "opt", "layers", "score", "loss", "tags"
    async with opened_on(TEAM) as ui:
        begin()
        await ui.until("3 runs")
        await ui.press("z")
        assert order(ui) == "cba"
        await ui.until("layers")
        await log_each(ui, log, "score", "score▼1")
        assert order(ui) == "bac"
        assert heads(ui, *words) == ["opt", "layers", "score▼1", "tags"]
        await log_each(ui, log, "loss", "loss")
        assert heads(ui, *words) == ["opt", "layers", "score▼1", "loss", "tags"]
        text = await ui.press("z")
        assert "─ score ─" in text
        assert "─ loss ─" in text
    assert load(state, pytest.fail) == Session(), "nobody has chosen anything"


async def test_who_has_sorted_meanwhile_keeps_that_order(
    opened_on: Any, log: Write, begin: Callable[[], None], state: Path
) -> None:
    async with opened_on(TEAM) as ui:
        begin()
        await ui.until("3 runs")
        await ui.press("z", "s")
        await ui.type([*"name", "enter"])
        assert order(ui) == "abc"
        await log_each(ui, log, "score", "score")
        assert order(ui) == "abc"
        assert "score▼" not in ui.table()[0]
    assert [key.column.key for key in load(state, pytest.fail).sort] == ["name"]


async def test_a_team_that_names_the_usual_order_chooses_for_nobody(
    opened_on: Any, begin: Callable[[], None], state: Path
) -> None:
    begin()
    async with opened_on('sort = ["started"]\n') as ui:
        await ui.press("right_curly_bracket")
        assert order(ui) == "cba"
    assert "sort" not in load(state, pytest.fail).chosen


async def test_a_bare_name_that_nothing_has_is_no_column(opened_on: Any, log: Write, begin: Callable[[], None]) -> None:
    begin()
    names = "params.gone", "layers", "nosuch", "metrics.gone", "later"
    async with opened_on(f"columns = {list(names)}\n".replace("'", '"')) as ui:
        await ui.press("z")
        await ui.settle()
        assert heads(ui, "gone", "layers", "nosuch", "later") == ["gone", "layers"]
        for name in SCORES:  # the same in all runs, which the outline does not tell
            log(f"run-{name}", {"event": "run", "params": {"later": 1}})
        await ui.until("later")
        assert heads(ui, "gone", "layers", "nosuch", "later") == ["gone", "layers", "later"]


WRONG = "pins = 3\ntolerance = 2\nhues = 1\n"


async def test_several_errors_are_the_first_whole_and_how_many_more(opened_on: Any) -> None:
    async with opened_on(WRONG, 100) as ui:
        said = ui.text().split("\n")[-1]
        assert said.strip() == "labtop.toml: pins: a list of texts is expected, not 3 (+2 more: labtop doctor)"


async def test_several_errors_that_fit_are_all_told(opened_on: Any) -> None:
    async with opened_on("pins = 3\ncolumns = 4\n", 140) as ui:
        said = ui.text().split("\n")[-1]
        assert "pins: a list of texts is expected, not 3; labtop.toml: columns: a list" in said
        assert said.endswith("not 4")


async def test_where_the_first_error_does_not_fit_the_others_are_counted_still(opened_on: Any) -> None:
    async with opened_on(WRONG, 60) as ui:
        said = ui.text().split("\n")[-1]
        assert said.startswith(" labtop.toml: pins: a list of")
        assert said.endswith("… (+2 more: labtop doctor)")
