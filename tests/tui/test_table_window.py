"""A runs table of which only a window of lines is at hand: none is missing, and the cursor stays on its run."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0
RUNS = 900


def loss(run: int) -> int:
    """Another for each run, in no order."""
    return run * 7919 % RUNS


@pytest.fixture
def many(runs: Path) -> None:
    """Runs in one file, the newest first: run-0899 to run-0000."""
    with (runs / "all.jsonl").open("w") as file:
        for run in range(RUNS):
            name, time = f"run-{run:04}", NOW - 9000 + run
            file.write(json.dumps({"run": name, "event": "run", "params": {"lr": run % 7}, "time": time}) + "\n")
            file.write(json.dumps({"run": name, "step": 1, "loss": loss(run), "time": time}) + "\n")


@pytest.mark.usefixtures("many")
async def test_every_run_is_seen_once_on_the_way_down_and_all_can_be_marked(open_app: Open) -> None:
    async with open_app((60, 120)) as ui:
        await ui.press("z")
        assert "900 runs" in ui.text().split("\n")[0]
        await ui.press("G")
        assert ui.cursor() == "run-0000"
        assert str(loss(100)) in ui.row("run-0100")
        await ui.press("g")
        assert ui.cursor() == "run-0899"
        assert str(loss(899)) in ui.row("run-0899")
        seen = dict.fromkeys(ui.names())
        while "run-0000" not in seen:
            await ui.press("ctrl+d")
            rows = ui.rows()
            assert all(str(loss(int(name[4:]))) in row for name, row in rows.items())
            seen |= dict.fromkeys(rows)
        assert list(seen) == [f"run-{run:04}" for run in range(RUNS - 1, -1, -1)]
        text = await ui.press("a")
        assert "900 marked" in text.split("\n")[0]
        assert all(row[1] == "┃" for row in ui.table()[1:])
        await ui.press("g")
        assert all(row[1] == "┃" for row in ui.table()[1:])
        assert "marked" not in (await ui.press("a")).split("\n")[0]


@pytest.mark.usefixtures("many")
async def test_the_cursor_stays_on_its_run_when_others_are_logged_to_or_rows_move(open_app: Open, log: Write) -> None:
    async with open_app((60, 40)) as ui:
        await ui.type("zGkk")
        chosen = ui.cursor()
        assert chosen == "run-0002"
        log("live", {"run": "run-0010", "step": 2, "loss": -11, "time": NOW})
        await ui.until("-11")
        assert ui.cursor() == chosen
        assert "-11" in ui.row("run-0010")
        log("live", {"run": "run-9999", "step": 1, "loss": -12, "time": NOW})
        await ui.until("901 runs")
        assert ui.cursor() == chosen
        await ui.type(["s", *"loss", "enter"])
        assert ui.names()[:3] == ["run-9999", "run-0010", "run-0000"]
        assert ui.cursor() == "run-9999"
        await ui.type("jjjjj")
        chosen = ui.cursor()
        log("live", {"run": "run-0678", "step": 2, "loss": -13, "time": NOW})
        await ui.until("run-0678")
        assert ui.names()[0] == "run-0678"
        assert ui.cursor() == chosen
        await ui.type(["slash"])
        await ui.paste(f"lr = {int(chosen[4:]) % 7}")
        await ui.type(["enter"])
        assert ui.cursor() == chosen
        assert 128 <= int(ui.text().split("\n")[0].split(" of ")[0].split()[-1]) <= 130
        await ui.type(["escape", "escape"])
        assert ui.cursor() == chosen
