"""Why, and is it better: on the screen, over real files."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0
END = {"event": "end", "status": "finished"}


@pytest.fixture
def sweep(log: Write) -> None:
    """Accuracy peaks at lr 0.01 and is higher with adam; three seeds of each, which say nothing."""
    names = iter("abcdefghijklmnopqr")
    for lr in (0.0001, 0.01, 1.0):
        for opt in ("adam", "sgd"):
            for seed in range(3):
                accuracy = 0.9 - 0.1 * abs(math.log10(lr) + 2) + 0.02 * (opt == "adam") + 0.001 * seed
                params = {"lr": lr, "opt": opt, "seed": seed, "same": 1}
                values = ({"step": step, "val/acc": accuracy - 0.1 / (1 + step), "other": step} for step in range(3))
                log(next(names), {"event": "run", "params": params, "time": NOW - 99}, *values, END)


def line_with(text: str, part: str) -> str:
    """The line of the screen that holds a text."""
    return next(line for line in text.split("\n") if part in line)


@pytest.mark.usefixtures("sweep")
async def test_params_are_ranked_by_how_much_they_explain(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("w")
        assert "why best val/acc (max): 18 runs; 1 params are the same in all" in text
        ranked = [line[1:].split("│")[0].strip() for line in text.split("\n")[2:5]]
        assert ranked == ["lr", "opt", "seed"]
        assert "best at 0.01" in line_with(text, "lr ")
        assert "░ 1%" in line_with(text, "seed ")
        assert "n=18, log x" in text
        assert "adam" in (await ui.press("j")).split("─ val/acc")[1]
        text = await ui.press("i")
        assert "the best tenth: " in text
        assert all(name in text.split("\n")[-2] for name in ("lr", "opt", "seed", "val/acc"))
        assert "is it better" not in await ui.press("escape")
        assert "why best" not in ui.text()


@pytest.mark.usefixtures("sweep")
async def test_the_marked_runs_and_another_metric(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("space", "j", "space", "j", "space", "c")
        text = await ui.press("w")
        assert "3 marked runs" in text
        assert "too few" in text
        await ui.press("m")
        await ui.type("other")
        assert "why last other (no goal)" in await ui.press("enter")
        assert "why last other (no goal)" in await ui.press("A")


@pytest.mark.usefixtures("sweep")
async def test_groups_of_seeds_are_compared_with_the_baseline_s(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("B")
        assert "is it better? best val/acc (max is better), 18 runs by config without seed" in text
        assert "baseline" in text.split("\n")[2]
        better = line_with(text, "lr=0.01 opt=adam")
        assert "▲ better" in better
        assert " 3 " in better
        assert "3 runs" in await ui.press("j")
        await ui.press("b")
        await ui.type("seed")
        text = await ui.press("enter")
        assert "by seed" in text
        assert [line.count("no evidence") for line in text.split("\n")[3:5]] == [1, 1]
        assert "no evidence of a difference" in text.split("\n")[-2]
        await ui.press("k")
        first = text.split("\n")[2].split()[0]
        text = await ui.press("j", "p")
        assert "baseline" in text.split("\n")[2]
        assert text.split("\n")[2].split()[0] != first


async def test_without_params_or_metrics_it_is_said(open_app: Open, log: Write) -> None:
    log("a", {"event": "run", "params": {"lr": 1}})
    async with open_app() as ui:
        assert "no run has a metric" in await ui.press("w")
    log("b", {"loss": 1.0, "step": 1}, {"loss": 0.5, "step": 2})
    async with open_app() as ui:
        text = await ui.press("w")
        assert "no param varies among 1 runs" in text
        text = await ui.press("i", "escape", "B")
        assert "too few" in text


@pytest.mark.usefixtures("sweep")
async def test_ascii_and_a_small_terminal(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locale.getencoding", lambda: "ascii")
    async with open_app(size=(60, 20)) as ui:
        for keys in (("w",), ("i",), ("z",), ("escape", "escape", "B")):
            text = await ui.press(*keys)
            assert text.isascii()
            assert max(map(len, text.split("\n"))) <= 60
