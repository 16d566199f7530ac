"""Which lines of the runs table are fetched, and when: a person waits for those in sight, and sees no others come."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from labtop.store import Store
from labtop.store.model import RunTable, TableQuery
from labtop.tui.screens import windowing
from labtop.tui.table_question import window_ahead

Open = Callable[..., AbstractAsyncContextManager[Any]]
NOW = 1_800_000_000.0
SIZE = WIDTH, HEIGHT = 100, 24
RUNS = 300


class Asked:
    """What the store was asked for its table. It answers as ever, but no earlier than it is let."""

    def __init__(self) -> None:
        self.queries: list[TableQuery] = []
        self.free = threading.Event()
        self.free.set()

    @property
    def lines(self) -> list[tuple[int, int | None]]:
        """The first line of each query, and how many are wanted."""
        return [(query.first, query.limit) for query in self.queries]

    @property
    def is_wide(self) -> bool:
        """Whether more lines than a screen has were asked for last."""
        return bool(self.queries) and (self.queries[-1].limit or 0) > HEIGHT


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The store's table is asked through this."""
    asked, answer = Asked(), Store.table

    def table(store: Store, query: TableQuery) -> RunTable:
        asked.queries.append(query)
        asked.free.wait(30)  # a test that fails ends too
        return answer(store, query)

    monkeypatch.setattr(Store, "table", table)
    return asked


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this machine is, letters follow each other quickly."""
    monkeypatch.setattr(windowing, "_RESTS_S", 0.001)
    monkeypatch.setattr(windowing, "_READS_S", 1000.0)


@pytest.fixture
def rest(monkeypatch: pytest.MonkeyPatch, asked: Asked) -> Callable[[Any], Any]:
    """Nobody types for a moment."""

    async def rests(ui: Any) -> str:
        with monkeypatch.context() as patch:
            patch.setattr(windowing, "_READS_S", 0.001)
            ui.app.screen.narrow(same_columns=True)
        while not asked.is_wide:
            await ui.pilot.pause()
        await ui.settle()
        return str(ui.text())

    return rests


@pytest.fixture
def write(runs: Path) -> Callable[..., None]:
    """Runs in one file, the newest first; of each what it is called, its params and its only line."""

    def write(run_of: Callable[[int], tuple[str, dict[str, object], dict[str, object]]]) -> None:
        with (runs / "all.jsonl").open("w") as file:
            for number in range(RUNS):
                name, params, line = run_of(number)
                head = {"run": name, "time": NOW - 9000 + number}
                file.write(json.dumps({**head, "event": "run", "params": params}) + "\n")
                file.write(json.dumps({**head, **line}) + "\n")

    return write


@pytest.fixture
def many(write: Callable[..., None]) -> None:
    """run-299 to run-000, of a hundred optimizers."""
    write(lambda run: (f"run-{run:03}", {"lr": run % 7, "opt": f"opt-{run % 100:02}"}, {"step": 1, "loss": run}))


@pytest.mark.usefixtures("many")
async def test_a_letter_asks_for_the_lines_in_sight_and_when_nobody_types_on_for_those_around(
    open_app: Open, asked: Asked
) -> None:
    async with open_app(SIZE) as ui:
        await ui.press("z", "slash")
        for at, letter in enumerate("run"):
            asked.queries.clear()
            await ui.press(letter)
            assert asked.lines[0] == (0, HEIGHT)
            while not asked.is_wide:
                await ui.pilot.pause()
            assert {query.where for query in asked.queries} == {"run"[: at + 1]}


@pytest.mark.usefixtures("many", "typing")
async def test_lines_out_of_sight_do_not_come_between_letters(open_app: Open, asked: Asked) -> None:
    async with open_app(SIZE) as ui:
        await ui.press("z", "slash")
        asked.queries.clear()
        for letter in "run-2":
            await ui.press(letter)
        wheres = [query.where for query in asked.queries]
        assert list(dict.fromkeys(wheres)) == ["r", "ru", "run", "run-", "run-2"]
        assert len(wheres) <= 6  # one letter may bring another column into sight
        assert {limit for _, limit in asked.lines} == {HEIGHT}
        assert "run-2" in ui.names()[0]


@pytest.mark.usefixtures("many")
async def test_another_order_is_asked_for_from_its_first_line(open_app: Open, asked: Asked) -> None:
    async with open_app(SIZE) as ui:
        await ui.press("z", "G")
        assert ui.cursor() == "run-000"
        while not asked.queries[-1].first or asked.lines[-1][1] == HEIGHT:  # those around the last ones come
            await ui.pilot.pause()
        asked.queries.clear()
        await ui.press("S")
        assert asked.lines[0] == (0, HEIGHT)
        assert ui.names()[0] == "run-000"
        while not asked.is_wide:
            await ui.pilot.pause()
        assert {first for first, _ in asked.lines} == {0}


def long_names(run: int) -> tuple[str, dict[str, object], dict[str, object]]:
    """Two families of names; the newer are told apart by their ends, the older in the middle."""
    name = f"sweep-resnet-adam-warmup-lr{run:04}" if run >= 240 else f"sweep-vit-sgd-linear-{run:04}-model-of-long-name"
    return name, {"lr": run % 7}, {"step": 1, "loss": run}


def long_numbers(run: int) -> tuple[str, dict[str, object], dict[str, object]]:
    """Below the first page, from either end, numbers and texts are longer."""
    is_near = run < 40 or run >= 260
    params: dict[str, object] = {"lr": run % 7 if is_near else 0.001234567, "opt": "adam" if is_near else "adam" * 4}
    return f"run-{run:03}", params, {"step": 1 if is_near else 1_000_000, "loss": run if is_near else run * 1e-7}


def below(text: str) -> list[str]:
    """The screen without its first line, in which figures of speed come and go."""
    return text.split("\n")[1:]


@pytest.mark.parametrize("run_of", [long_names, long_numbers])
@pytest.mark.parametrize("keys", [["S"], ["slash", *"lr>2"], ["S", "slash", "l"]])
@pytest.mark.usefixtures("typing")
async def test_what_is_in_sight_stays_as_it_is_when_lines_out_of_sight_come(
    open_app: Open, write: Callable[..., None], asked: Asked, rest: Any, run_of: Any, keys: list[str]
) -> None:
    write(run_of)
    async with open_app(SIZE) as ui:
        await ui.press("z")
        before = await ui.press(*keys)
        assert not asked.is_wide
        assert below(await rest(ui)) == below(before)


@pytest.mark.usefixtures("many")
async def test_a_filter_that_cannot_be_read_leaves_the_order_that_was_asked_for_before_it(
    open_app: Open, asked: Asked
) -> None:
    async with open_app(SIZE) as ui:
        await ui.press("z")
        assert ui.names()[:2] == ["run-299", "run-298"]
        asked.queries.clear()
        asked.free.clear()
        await ui._send("S")
        while not asked.queries:
            await ui.pilot.pause()
        for key in ("slash", "("):
            await ui._send(key)
        while ui.app.screen.filter_text != "(":
            await ui.pilot.pause()
        asked.free.set()
        await ui.settle()
        assert ui.text().split("\n")[-2].rstrip() == " runs /  ("
        assert ui.names()[:2] == ["run-000", "run-001"]


@pytest.mark.usefixtures("many")
async def test_enter_on_a_group_that_has_not_come_yet_says_so(open_app: Open, asked: Asked) -> None:
    async with open_app(SIZE) as ui:
        await ui.type(["z", "b", *"opt", "enter", "escape"])
        asked.free.clear()
        for key in ("G", "enter"):
            await ui._send(key)
        await ui.until("that row is on its way: once more")
        asked.free.set()
        await ui.settle()
        group = ui.cursor()
        await ui.press("enter")
        assert "▾" in ui.row(group)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this machine is, keys come as fast as from one that is held, which is slower than a person rests."""
    monkeypatch.setattr(windowing, "_HELD_S", 1000.0)
    monkeypatch.setattr(windowing, "_RESTS_S", 0.001)


@pytest.mark.usefixtures("many", "held")
@pytest.mark.parametrize("key", ["pagedown", "ctrl+d", "j"])
async def test_a_key_that_is_held_asks_for_many_lines_ahead_and_seldom(open_app: Open, asked: Asked, key: str) -> None:
    async with open_app(SIZE) as ui:
        await ui.press("z", "pagedown")
        asked.queries.clear()
        seen = dict.fromkeys(ui.names())
        presses = 0
        while "run-150" not in seen:
            await ui.press(key)
            seen |= dict.fromkeys(ui.names())
            presses += 1
        assert list(seen) == sorted(seen, reverse=True)
        assert len(seen) >= 125
        assert asked.is_wide
        assert len(asked.queries) <= 1 + presses // 4
        await ui.press("ctrl+u")
        assert "" not in ui.names()


@pytest.mark.usefixtures("many")
async def test_pages_with_rests_between_them_ask_for_the_lines_in_sight_alone(
    open_app: Open, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windowing, "_HELD_S", 0.0)
    monkeypatch.setattr(windowing, "_RESTS_S", 1000.0)
    async with open_app(SIZE) as ui:
        await ui.press("z", *["pagedown"] * 4)
        asked.queries.clear()
        await ui.press("pagedown", "pagedown")
        assert {limit for _, limit in asked.lines} == {HEIGHT}


@pytest.mark.usefixtures("many")
async def test_when_a_key_is_let_go_no_more_rows_are_kept_than_before(
    open_app: Open, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(SIZE) as ui:
        with monkeypatch.context() as patch:
            patch.setattr(windowing, "_HELD_S", 1000.0)
            await ui.press("z", *["pagedown"] * 4)
            assert (asked.lines[-1][1] or 0) > 150
        monkeypatch.setattr(windowing, "_HELD_S", 0.0)
        monkeypatch.setattr(windowing, "_RESTS_S", 0.001)
        await ui.press("pagedown")
        while (asked.lines[-1][1] or 0) > 120:
            await ui.pilot.pause()


@pytest.mark.parametrize(
    ("seen", "window", "step", "expected"),
    [
        (range(100, 120), (80, 180), 1, (80, 180)),
        (range(100, 120), (80, 139), 1, (80, 160)),
        (range(100, 120), (80, 199), 20, (80, 300)),
        (range(100, 120), (80, 200), 20, (80, 200)),
        (range(940, 960), (900, 970), 20, (920, 1000)),
        (range(980, 1000), (900, 1000), 20, (900, 1000)),
        (range(100, 120), (81, 400), -1, (60, 140)),
        (range(10, 30), (0, 400), -20, (0, 400)),
        (range(100, 120), (110, 400), 20, (80, 300)),
        (range(100, 120), (0, 110), -20, (0, 140)),
    ],
)
def test_lines_ahead_are_fetched_a_few_steps_before_they_are_seen(
    seen: range, window: tuple[int, int], step: int, expected: tuple[int, int]
) -> None:
    assert window_ahead(seen, window, 1000, step) == expected
