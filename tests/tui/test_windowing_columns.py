"""Of the runs table's columns those in sight come first, the others when nobody waits or somebody looks at them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from labtop.store import Store
from labtop.store.model import Column, RunTable, TableQuery
from labtop.tui.screens import windowing

Open = Callable[..., AbstractAsyncContextManager[Any]]
NOW = 1_800_000_000.0
KEYS = [f"key{number:02}" for number in range(12)]


@pytest.fixture
def wide(runs: Path) -> None:
    """run-0 to run-8 with more params than a screen has room for; what is in each tells run and param."""
    with (runs / "all.jsonl").open("w") as file:
        for run in range(9):
            params = {key: f"value-{key[3:]}-{run}" for key in KEYS}
            line = {"run": f"run-{run}", "event": "run", "params": params, "time": NOW - 900 + run}
            file.write(json.dumps(line) + "\n" + json.dumps({"run": f"run-{run}", "step": 1, "loss": run}) + "\n")


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Column, ...] | None]:
    """The columns whose cells the store gave, answer by answer."""
    asked, answer = list[tuple[Column, ...] | None](), Store.table

    def table(store: Store, query: TableQuery) -> RunTable:
        found = answer(store, query)
        asked.append(query.filled)
        return found

    monkeypatch.setattr(Store, "table", table)
    return asked


def cells_in_sight(ui: Any) -> set[str]:
    """The keys of the params in the header, of each of which every row has its value, the last perhaps cut."""
    keys = [key for key in KEYS if key in ui.table()[0]]
    for run, row in ui.rows().items():
        assert all(f"value-{key[3:]}-{run[4:]}" in row for key in keys[:-1]), row
        assert row.count("val") >= len(keys), row
    return set(keys)


@pytest.mark.usefixtures("wide")
async def test_a_letter_asks_for_the_columns_in_sight_and_the_others_come_when_somebody_looks(
    open_app: Open, filled: list[tuple[Column, ...] | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app((120, 24)) as ui:
        await ui.press("z", "slash")
        monkeypatch.setattr(windowing, "_READS_S", 1000.0)
        filled.clear()
        await ui.press(*"run")
        seen = cells_in_sight(ui)
        assert seen
        for columns in filled:
            assert columns is not None
            assert seen <= {column.key for column in columns if column.kind == "param"} < set(KEYS)
        await ui.press("enter")
        filled.clear()
        found = set(seen)
        while found < set(KEYS):
            await ui.press("right")
            found |= cells_in_sight(ui)
        assert filled == [None], "all at once, so that whoever moves on need not wait again"


@pytest.mark.usefixtures("wide")
async def test_the_columns_out_of_sight_come_when_nobody_types_on(
    open_app: Open, filled: list[tuple[Column, ...] | None]
) -> None:
    async with open_app((120, 24)) as ui:
        await ui.press("z", "slash")
        filled.clear()
        await ui.press("r")
        while filled[-1] is not None:
            await ui.pilot.pause()
        await ui.settle()
        filled.clear()
        await ui.press("enter")
        for _ in KEYS:
            await ui.press("right")
            cells_in_sight(ui)
        assert filled == []


@pytest.mark.usefixtures("wide")
async def test_while_a_filter_cannot_be_used_the_columns_out_of_sight_come_too(
    open_app: Open, filled: list[tuple[Column, ...] | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app((120, 24)) as ui:
        await ui.press("z", "slash")
        with monkeypatch.context() as patch:
            patch.setattr(windowing, "_READS_S", 1000.0)
            await ui.press(*"run and key00")
        filled.clear()
        await ui.press(*" >")
        while not filled or filled[-1] is not None:
            await ui.pilot.pause()
        await ui.settle()
        assert cells_in_sight(ui)
