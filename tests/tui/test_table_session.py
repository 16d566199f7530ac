"""What was set in the runs table is there again, above what a team and the user have in their files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from labtop.store.store import Store
from labtop.tui.screens.remembering import Memory
from labtop.tui.session.files import load
from labtop.tui.settings.defaults import with_defaults
from labtop.tui.settings.files import load as load_settings
from labtop.tui.settings.settings import Settings

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0
TEAM = """
pins = ["score"]
columns = ["params.layers", "best(score)", "tags"]
sort = ["score:desc", "started:desc"]
group_by = []
[goals]
score = "max"
[filters]
good = "lr < 0.05"
"""


@pytest.fixture
def six(log: Write) -> None:
    """Six runs of two optimizers and three learning rates; their score rises and falls, their loss falls."""
    for place, name in enumerate("abcdef"):
        start = NOW - 3600 + 100 * place
        params = {"opt": "adam" if place % 2 else "sgd", "lr": (0.1, 0.01, 0.001)[place // 2], "layers": 2 + place % 3}
        log(f"run-{name}", {"event": "run", "params": params, "tags": [f"t-{name}"], "time": start})
        log(
            f"run-{name}",
            *(
                {"step": step, "val/loss": 9 - place - step, "score": place + (step == 1), "time": start + step}
                for step in (0, 1, 2)
            ),
        )
        log(f"run-{name}", {"event": "end", "status": "finished", "time": start + place})


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "runs.json"


@pytest.fixture
def last_time(state: Path, runs: Path, tmp_path: Path) -> Callable[[], Memory]:
    """What the program finds on disk when it starts."""

    def found() -> Memory:
        session = load(state, pytest.fail)
        settings, wrong = load_settings(runs, tmp_path / "config.toml")
        if settings == Settings():
            return Memory(session, state, wrong, settings)
        with Store.open(runs, index=tmp_path / "index.duckdb", poll=True) as store:
            store.catch_up()
            shown = with_defaults(session, settings, store.outline())
        return Memory(session, state, wrong, settings, shown)

    return found


async def choose(ui: Any, key: str, *names: str) -> None:
    """Open a picker with a key, and take what is found under each name."""
    await ui.type([key])
    for name in names:
        await ui.type(["ctrl+u", *name, "enter"] if name != names[0] else [*name, "enter"])
    if ui.app.screen.is_modal:
        await ui.press("escape")


def order(ui: Any) -> str:
    """The last letters of the names, from the top."""
    return "".join(name[-1] for name in ui.names())


def view(ui: Any) -> str:
    """The screen below its top line, which tells how fast lines come."""
    return str(ui.text().partition("\n")[2])


@pytest.mark.usefixtures("six")
async def test_columns_order_and_filters_come_back(open_app: Open, last_time: Callable[[], Memory]) -> None:
    async with open_app((140, 24), memory=last_time()) as ui:
        await ui.press("z")
        await choose(ui, "v", "layers", "tags")
        await choose(ui, "s", "opt")
        await choose(ui, "s", "layers")
        await ui.press("S")
        await ui.type([*["l"] * 20, "full_stop", "full_stop"])
        await ui.press("less_than_sign", "h", "P")
        await ui.press("slash")
        await ui.paste("lr < 0.05")
        await ui.press("ctrl+s")
        await ui.paste("small")
        await ui.press("enter", "enter")
        before = ui.table()
    async with open_app((140, 24), memory=last_time()) as ui:
        assert ui.table() == before
        assert "lr < 0.05" in ui.text().split("\n")[0]
        await ui.press("escape", "escape", "slash", "up")
        assert ui.text().split("\n")[-2].split() == ["runs", "/", "lr", "<", "0.05"]
        await ui.press("ctrl+u")
        assert any("small" in line and "lr < 0.05" in line for line in ui.text().split("\n")[:-2])
        await ui.press("escape", "escape", "v", "ctrl+r")
    async with open_app((140, 24), memory=last_time()) as ui:
        assert "tags" not in ui.table()[0]


@pytest.mark.usefixtures("six")
async def test_groups_and_which_of_them_are_unfolded_come_back(open_app: Open, last_time: Callable[[], Memory]) -> None:
    async with open_app((140, 24), memory=last_time()) as ui:
        await ui.press("z")
        await choose(ui, "b", "opt")
        await ui.press("j", "enter", "g", "A")
        before = ui.table()
        assert len(before) == 6
    async with open_app((140, 24), memory=last_time()) as ui:
        assert [row.rstrip() for row in ui.table()] == before
        await choose(ui, "b", "opt")
        assert len(ui.names()) == 6
    async with open_app((140, 24), memory=last_time()) as ui:
        assert len(ui.names()) == 6


@pytest.mark.usefixtures("six")
async def test_a_teams_file_says_what_is_shown_until_a_person_chooses(
    open_app: Open, last_time: Callable[[], Memory], runs: Path, tmp_path: Path, state: Path
) -> None:
    (runs / "labtop.toml").write_text(TEAM)
    async with open_app((140, 24), memory=last_time()) as ui:
        assert "─ score ─" in ui.text()
        assert "val/loss" not in ui.text()
        await ui.press("z")
        heads = ui.table()[0].partition("│")[2].split()
        assert [head for head in heads if head in ("layers", "best", "tags", "lr", "opt")] == ["layers", "best", "tags"]
        assert order(ui) == "fedcba"
        assert "6★" in ui.row("run-f")
        await ui.press("slash")
        assert any("good" in line and "lr < 0.05" in line for line in ui.text().split("\n"))
        await ui.press("tab", "enter", "enter")
        assert order(ui) == "fedc"
        await ui.press("escape", "escape")
        await choose(ui, "s", "name")
        assert order(ui) == "abcdef"
    saved = load(state, pytest.fail)
    assert saved.pins is None
    assert saved.columns is None
    assert saved.sort
    (tmp_path / "config.toml").write_text('columns = ["opt"]\n')
    async with open_app((140, 24), memory=last_time()) as ui:
        assert order(ui) == "abcdef"
        assert "opt" in ui.table()[0]
        assert "tags" not in ui.table()[0]
        await ui.press("v", "ctrl+r")
        assert "opt" in ui.table()[0].split()


@pytest.mark.usefixtures("six")
async def test_what_is_wrong_in_a_teams_file_is_told_and_the_rest_holds(
    open_app: Open, last_time: Callable[[], Memory], runs: Path
) -> None:
    (runs / "labtop.toml").write_text('sort = ["val/loss"]\nhues = ["opt"]\n')
    async with open_app((140, 24), memory=last_time()) as ui:
        said = ui.text().split("\n")[-1]
        assert "labtop.toml" in said
        assert "hues" in said
        assert order(ui)[0] == "f"
        assert "val/loss▲" in ui.table()[0]


async def leave_run_d(open_app: Open, memory: Memory, runs: Path) -> None:
    """Leave the cursor on a run, which goes away then."""
    async with open_app((140, 24), memory=memory) as ui:
        await ui.press("j", "j")
        assert ui.cursor() == "run-d"
    (runs / "run-d").rename(runs.parent / "away")


@pytest.fixture
def sixty(log: Write) -> None:
    """Runs of the same loss, begun one after the other; each has a param of its own."""
    for number in range(60):
        log(f"run-{number:02}", {"event": "run", "params": {"seed": number}, "time": NOW - 3600 + number})
        log(f"run-{number:02}", {"step": 1, "val/loss": 1.0 + number, "acc": number, "time": NOW - 3600 + number})
        log(f"run-{number:02}", {"event": "end", "status": "finished", "time": NOW - 3599 + number})


@pytest.mark.usefixtures("sixty")
async def test_the_cursor_is_on_its_run_again_though_runs_came_above_it(
    open_app: Open, last_time: Callable[[], Memory], log: Write
) -> None:
    async with open_app((140, 24), memory=last_time()) as ui:
        await ui.type([*["j"] * 40, "l", "l"])
        column = ui.app.screen.current.first_pane.column_key
        assert ui.cursor() == "run-19"
    for number in range(60, 200):
        log(f"run-{number}", {"step": 1, "val/loss": 1.0, "time": NOW - 3600 + number})
    async with open_app((140, 24), memory=last_time()) as ui:
        assert ui.cursor() == "run-19"
        assert ui.app.screen.current.first_pane.column_key == column
        await ui.press("g", "h", "h", "h")
    async with open_app((140, 24), memory=last_time()) as ui:
        assert ui.cursor() == "run-199"


@pytest.mark.usefixtures("six")
async def test_the_table_alone_is_alone_again_and_esc_brings_the_charts(
    open_app: Open, last_time: Callable[[], Memory]
) -> None:
    async with open_app((140, 24), memory=last_time()) as ui:
        await ui.press("z")
        before = view(ui)
    async with open_app((140, 24), memory=last_time()) as ui:
        assert view(ui) == before
        assert "─ score ─" not in ui.text()
        assert "─ score ─" in await ui.press("escape")
    async with open_app((140, 24), memory=last_time()) as ui:
        assert "─ score ─" in ui.text()


@pytest.mark.usefixtures("six")
async def test_a_chart_alone_is_alone_again_and_has_the_keys(open_app: Open, last_time: Callable[[], Memory]) -> None:
    async with open_app((140, 24), memory=last_time()) as ui:
        await ui.press("tab", "j", "z")
        before = view(ui)
        assert "val/loss" in before
        assert "─ score ─" not in before
    async with open_app((140, 24), memory=last_time()) as ui:
        assert view(ui) == before
        await ui.press("z")
        assert ui.app.screen.current.charts.focused_metric() == "val/loss"
    async with open_app((140, 24), memory=last_time()) as ui:
        assert ui.app.screen.current.charts.focused_metric() == "val/loss"
        await ui.press("2", "l", "z")
        before = view(ui)
    for _ in range(2):  # who only looks changes nothing
        async with open_app((140, 24), memory=last_time()) as ui:
            assert view(ui) == before
    async with open_app((140, 24), memory=last_time()) as ui:
        await ui.press("1")
    async with open_app((140, 24), memory=last_time()) as ui:
        await ui.press("2")
        assert view(ui) == before


@pytest.mark.usefixtures("six")
async def test_the_cursor_is_on_its_group_again(open_app: Open, last_time: Callable[[], Memory]) -> None:
    async with open_app((140, 24), memory=last_time()) as ui:
        await choose(ui, "b", "lr")
        await ui.press("j", "j")
        group = ui.cursor()
    async with open_app((140, 24), memory=last_time()) as ui:
        assert ui.cursor() == group


@pytest.mark.usefixtures("six")
async def test_a_row_is_not_forgotten_while_its_run_is_gone(
    open_app: Open, last_time: Callable[[], Memory], runs: Path
) -> None:
    await leave_run_d(open_app, last_time(), runs)
    async with open_app((140, 24), memory=last_time()) as ui:
        assert ui.cursor() == "run-f"
        await ui.press("A")
    (runs.parent / "away").rename(runs / "run-d")
    async with open_app((140, 24), memory=last_time()) as ui:
        assert ui.cursor() == "run-d"


@pytest.mark.usefixtures("six")
async def test_a_new_order_begins_at_its_first_line_the_next_time_too(
    open_app: Open, last_time: Callable[[], Memory]
) -> None:
    async with open_app((140, 24), memory=last_time()) as ui:
        await ui.press("j", "j", "S")
        assert ui.cursor() == "run-a"
    async with open_app((140, 24), memory=last_time()) as ui:
        assert (order(ui), ui.cursor()) == ("abcdef", "run-a")
        await ui.press("j", "S")
    async with open_app((140, 24), memory=last_time()) as ui:
        assert (order(ui), ui.cursor()) == ("fedcba", "run-f")


@pytest.mark.usefixtures("six")
async def test_nobody_who_does_something_is_taken_back_to_where_they_were(
    open_app: Open, last_time: Callable[[], Memory], runs: Path, log: Write
) -> None:
    await leave_run_d(open_app, last_time(), runs)
    async with open_app((140, 24), memory=last_time()) as ui:
        await ui.press("space")
        (runs.parent / "away").rename(runs / "run-d")
        await ui.until("run-d")
        assert ui.cursor() == "run-f"
    (runs / "run-d").rename(runs.parent / "away")
    async with open_app((140, 24), memory=last_time()) as ui:
        assert ui.cursor() == "run-f"
        (runs.parent / "away").rename(runs / "run-d")
        await ui.until("run-d")
        await ui.settle()
        assert ui.cursor() == "run-d"


@pytest.mark.usefixtures("six")
async def test_a_teams_order_that_is_known_late_does_not_take_the_cursor(
    open_app: Open, last_time: Callable[[], Memory], runs: Path, log: Write
) -> None:
    async with open_app((140, 24), memory=last_time()) as ui:
        await ui.press("j", "j")
    (runs / "labtop.toml").write_text('sort = ["cost"]\n')
    async with open_app((140, 24), memory=last_time()) as ui:
        assert (order(ui), ui.cursor()) == ("fedcba", "run-d")
        for place, name in enumerate("fabcde"):
            log(f"run-{name}", {"step": 3, "cost": place, "time": NOW})
        while order(ui) != "fabcde":
            await ui.pilot.pause()
        assert ui.cursor() == "run-d"


@pytest.mark.usefixtures("six")
async def test_a_comparison_shows_as_much_and_in_the_same_way_again(
    open_app: Open, last_time: Callable[[], Memory]
) -> None:
    async with open_app((140, 24), memory=last_time()) as ui:
        await ui.press("a", "c")
        first = view(ui).replace("›", " ").split()
        await ui.press("x", "percent_sign")
        before = view(ui).replace("›", " ").split()
        assert before != first
    async with open_app((140, 24), memory=last_time()) as ui:
        assert view(ui).replace("›", " ").split() == before
        await ui.press("x", "percent_sign")
        assert view(ui).replace("›", " ").split() == first
