"""Rows of the runs table that stand for several runs: folded, unfolded, marked, sorted."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from itertools import product
from typing import Any

import pytest

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


@pytest.fixture
def seeds(log: Write) -> None:
    """Two seeds of adam, three of sgd, and a run without params."""
    finals = {"adam-x": 0.5, "adam-y": 0.7, "sgd-x": 0.2, "sgd-y": 0.4, "sgd-z": 0.9}
    for place, (name, last) in enumerate(finals.items()):
        start = NOW - 3600 + 100 * place
        params = {"opt": name[:-2], "seed": "xyz".index(name[-1])}
        log(name, {"event": "run", "params": params, "time": start})
        log(name, *({"step": step, "val/loss": last + 1 - step, "time": start + step} for step in (0, 1)))
        log(name, {"event": "end", "status": "finished", "time": start + 2})
    log("bare", {"step": 1, "val/loss": 3.0, "time": NOW - 60})


@pytest.fixture
def sweep(log: Write) -> None:
    """Twelve configurations with four seeds each, whose names and labels differ in several places."""
    grid = product(("cnn", "vit"), ("0.003", "0.0003", "0.03"), ("0.0001", "0.01"), range(4))
    for place, (model, lr, wd, seed) in enumerate(grid):
        params = {"model": model, "lr": float(lr), "wd": float(wd), "seed": seed, "opt": "adam"}
        time = NOW - 3600 + place
        name = f"{model}-lr{lr}-wd{wd}-s{seed}"
        log(name, {"event": "run", "params": params, "time": time}, {"step": 1, "val/loss": place, "time": time})


async def group_by(ui: Any, *names: str) -> str:
    """Choose these, one after the other."""
    keys = [key for name in names for key in ("ctrl+u", *name, "enter")]
    return str(await ui.type(["b", *keys, "escape"]))


@pytest.mark.usefixtures("seeds")
async def test_a_row_a_group_tells_how_many_mean_and_spread_and_unfolds_with_enter(open_app: Open) -> None:
    async with open_app((120, 24)) as ui:
        await ui.press("z")
        text = await group_by(ui, "opt")
        assert ui.table()[0].split()[0] == "opt"
        assert sorted(ui.names()) == sorted(["(none)", "sgd", "adam"]) or len(ui.names()) == 3
        assert "6 runs" in text
        assert re.search(r"n=3 +0.50000 ±0.36", ui.row("sgd"))
        assert re.search(r"n=2 +0.60000 ±0.14", ui.row("adam"))
        await ui.type([*"j" * ui.names().index("sgd"), "enter"])
        place = ui.names().index("sgd")
        assert ui.names()[place + 1 : place + 4] == ["sgd-z", "sgd-y", "sgd-x"]
        assert ui.cursor() == "sgd"
        assert "▾" in ui.row("sgd")
        assert "▸" in ui.row("adam")
        text = await ui.press("j", "enter")
        assert text.split("\n")[1].split()[1] == "sgd-z"
        await ui.press("escape")
        assert ui.cursor() == "sgd-z"
        await ui.press("k", "enter")
        assert len(ui.names()) == 3
        assert ui.cursor() == "sgd"


@pytest.mark.usefixtures("seeds")
async def test_a_group_tells_how_many_of_its_runs_go_on_and_how_many_failed(open_app: Open, log: Write) -> None:
    for name, time in (("adam-live", NOW), ("adam-dead", NOW - 50)):
        log(name, {"event": "run", "params": {"opt": "adam", "seed": 9}, "time": time})
        log(name, *({"step": step, "val/loss": 1.0, "time": time} for step in (0, 1)))
    log("adam-dead", {"event": "end", "status": "failed", "time": NOW - 40})
    async with open_app((120, 24)) as ui:
        await ui.press("z")
        await group_by(ui, "opt")
        assert "▶1 ✗1" in ui.row("adam")
        assert not re.search("[▶✗]", ui.row("sgd"))


@pytest.mark.usefixtures("seeds")
async def test_space_marks_all_runs_of_a_group_and_a_key_for_one_run_says_so(open_app: Open) -> None:
    async with open_app((120, 24)) as ui:
        await ui.press("z")
        await group_by(ui, "opt")
        await ui.type("g" + "j" * ui.names().index("sgd"))
        text = await ui.press("space")
        assert "3 marked" in text.split("\n")[0]
        assert ui.row("sgd")[1] == "┃"
        assert ui.row("adam")[1] == " "
        await ui.press("enter")
        await ui.type(["j", "space"])
        assert [ui.row(name)[1] for name in ("sgd-z", "sgd-y", "sgd-x")] == [" ", "┃", "┃"]
        assert ui.names()[ui.names().index("sgd-z") - 1] == "sgd"
        assert next(row for row in ui.table() if "▾" in row)[1] == " "
        assert "3 marked" in (await ui.press("k", "space")).split("\n")[0]
        assert "marked" not in (await ui.press("space")).split("\n")[0]
        assert "6 marked" in (await ui.press("a")).split("\n")[0]
        await ui.press("a")
        for key in ("n", "D", "p", "H"):
            assert "for one run" in (await ui.press(key)).split("\n")[-1]


@pytest.mark.usefixtures("seeds")
async def test_groups_show_the_smallest_largest_and_best_and_sort_by_what_they_show(open_app: Open) -> None:
    async with open_app((120, 24)) as ui:
        await ui.press("z")
        await group_by(ui, "opt")
        await ui.type(["s", *"val", "enter"])
        assert [name for name in ui.names() if name in ("adam", "sgd")] == ["sgd", "adam"]
        assert "val/loss▲" in ui.table()[0].split()
        assert "best val/loss" in await ui.press("A")
        assert " 0.2" in ui.row("sgd")
        assert "±" not in ui.row("sgd")
        assert "min val/loss" in await ui.press("A")
        assert " 0.2" in ui.row("sgd")
        await ui.press("A")
        assert "max val/loss" in ui.table()[0]
        assert " 1.9" in ui.row("sgd")
        assert " 1.7" in ui.row("adam")
        await ui.press("A")
        assert "±" in ui.row("sgd")
        await ui.press("A", "S")
        assert [name for name in ui.names() if name in ("adam", "sgd")] == ["adam", "sgd"]


@pytest.mark.usefixtures("seeds")
async def test_config_puts_the_seeds_of_one_configuration_together(open_app: Open, log: Write) -> None:
    async with open_app((120, 24)) as ui:
        await ui.press("z")
        await group_by(ui, "config")
        assert {"opt=sgd", "opt=adam"} <= set(ui.names())
        assert "n=3" in ui.row("opt=sgd")
        log("sgd-w", {"event": "run", "params": {"opt": "sgd", "seed": 9}, "time": NOW}, {"step": 1, "val/loss": 0.5})
        await ui.until("n=4")
        await ui.press("slash")
        await ui.paste("opt = adam")
        await ui.press("enter")
        assert ui.names() == ["all alike"]
        assert "n=2" in ui.table()[1]
        await ui.press("escape", "escape", "b", "ctrl+r")
        assert ui.table()[0].split()[0] == "name"
        assert "sgd-w" in ui.names()


@pytest.mark.usefixtures("sweep")
@pytest.mark.parametrize(("size", "keys"), [((100, 30), []), ((60, 24), ["z"])])
@pytest.mark.parametrize("words", [["config"], ["lr", "wd", "model"]])
async def test_in_little_room_groups_are_told_apart_and_so_are_the_runs_below_each(
    open_app: Open, size: tuple[int, int], keys: list[str], words: list[str]
) -> None:
    async with open_app(size) as ui:
        await ui.type(keys)
        await group_by(ui, *words)
        groups = ui.names()
        assert len(groups) == len([row for row in ui.table() if "n=4" in row]) == 12
        await ui.type(["g", "enter"])
        names = ui.names()
        assert [*names[:1], *names[5:]] == groups
        assert [name[-1] for name in names[1:5]] == [*"3210"]
        text = await ui.type([*"jjjjj", "enter"])
        below = ui.table()[7:11]
        assert [re.split("│", row)[0].rstrip()[-1] for row in below] == [*"3210"]
        assert ui.names()[:6] == names[:6]
        assert "……" not in text
