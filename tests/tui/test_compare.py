"""Compare on the screen: folders, what is ignored, runs in order, whole values, files, code."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NORMAL = (80, 24)


@pytest.fixture
def nested(train: Write) -> None:
    """Three runs with nested params, one of which lacks some."""
    train("a", 4.0, 1.0, model={"width": 64, "enc": {"depth": 2, "heads": 4}}, lr=0.1, out="/runs/a", same=1)
    train("b", 4.0, 2.0, model={"width": 32, "enc": {"depth": 3, "heads": 8}}, lr="0.1", out="/runs/b", same=1)
    train("c", 4.0, 3.0, model={"width": 64}, lr=0.3, out="/runs/c", same=1)


def line_with(text: str, start: str) -> str:
    """The line of the screen that holds a text."""
    return next(line for line in text.split("\n") if start in line)


async def to_line(ui: Any, start: str) -> str:
    """Move the cursor down to the row that begins so."""
    await ui.press("g")
    while not line_with(ui.text(), "›")[1:].lstrip(" ▾▸").startswith(start):
        await ui.press("j")
    return str(ui.text())


def heads(text: str) -> list[str]:
    """The runs from left to right."""
    line = line_with(text, "[base]")
    return [word for word in line.replace("│", " ").split() if len(word) == 1 and word in "abc"]


@pytest.mark.usefixtures("nested")
async def test_nested_keys_are_folders_that_fold_and_say_what_is_in_them(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("a", "c")
        assert "▾ model " in text
        assert "Parameters: 5 differ, 1 the same" in text
        assert sorted(line_with(text, "   width").replace("│", " ").split()[1:]) == ["32", "64", "64"]
        assert "–" in line_with(text, "depth")
        text = await to_line(ui, "model")
        text = await ui.press("enter")
        assert "▸ model" in text
        assert "3 differ" in line_with(text, "▸ model")
        assert "depth" not in text
        assert "depth" in await ui.press("enter")


@pytest.mark.usefixtures("nested")
async def test_an_ignored_key_is_counted_shown_by_x_and_can_be_taken_back(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("a", "c")
        await to_line(ui, "out")
        text = await ui.press("I")
        assert "/runs/a" not in text
        assert "Parameters: 4 differ, 1 the same, 1 ignored" in text
        assert "ignored: params.out" in text
        await ui.press("x")
        assert "(ignored)" in await to_line(ui, "out")
        text = await ui.press("I", "x")
        assert "Parameters: 5 differ, 1 the same" in text
        assert "/runs/a" in text
        await to_line(ui, "model")
        assert "Parameters: 2 differ, 1 the same, 3 ignored" in await ui.press("I")


@pytest.mark.usefixtures("nested")
async def test_the_runs_stand_in_the_order_of_a_row_behind_the_baseline(open_app: Open) -> None:
    async with open_app() as ui:
        await ui.press("a", "c")
        await to_line(ui, "val/loss best")
        text = await ui.press("s")
        base, *others = heads(text)
        assert others == sorted(others)
        assert "sorted by best val/loss" in text
        text = await ui.press("s")
        assert heads(text) == [base, *reversed(others)]
        assert "sorted by" not in await ui.press("s")
        await ui.press("l", "l", "p")
        assert heads(ui.text())[0] != base


@pytest.mark.usefixtures("nested")
async def test_a_metric_shows_its_best_with_the_step_and_its_last_value(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("a", "c")
        best, last = (line for line in text.split("\n") if "val/loss best" in line or "val/loss last" in line)
        assert "2★" in best
        assert "@10" in best
        assert "@" not in last
        assert "% " not in best
        assert "% " in line_with(await ui.press("percent_sign"), "val/loss best")


@pytest.mark.usefixtures("nested")
async def test_types_that_differ_are_flagged_and_named(open_app: Open) -> None:
    async with open_app() as ui:
        text = await ui.press("a", "c")
        assert "(types differ)" in line_with(text, "lr ")
        await to_line(ui, "lr")
        text = await ui.press("enter")
        assert "(text)" in text
        assert "(number)" in text


async def test_long_values_show_where_they_differ_and_are_read_word_by_word(open_app: Open, train: Write) -> None:
    begin = "the quick brown fox jumps over the lazy dog and then "
    train("a", 4, 1, prompt=f"{begin}sleeps\nuntil noon")
    train("b", 4, 1, prompt=f"{begin}eats\nuntil noon")
    async with open_app() as ui:
        text = await ui.press("a", "c")
        assert "sleeps" in line_with(text, "prompt")
        assert "eats" in line_with(text, "prompt")
        await to_line(ui, "prompt")
        text = await ui.press("enter")
        assert "[-sleeps-]{+eats+}" in text or "[-eats-]{+sleeps+}" in text


@pytest.mark.usefixtures("nested")
async def test_the_comparison_is_copied_as_markdown_with_markup_escaped(
    open_app: Open, train: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    train("d|[x]", 4, 1, lr=0.5)
    async with open_app() as ui:
        copied: list[str] = []
        monkeypatch.setattr(ui.app, "copy_to_clipboard", copied.append)
        text = await ui.press("a", "c", "C")
        assert "copied as Markdown: 4 runs" in text
        lines = copied[0].splitlines()
        assert r"d\|\[x\]" in lines[0]
        assert len({line.replace(r"\|", "").count("|") for line in lines}) == 1
        assert any(line.startswith("| model.enc.depth |") for line in lines)
        assert any(line.startswith("| val/loss best |") for line in lines)


@pytest.mark.usefixtures("nested")
async def test_the_comparison_is_written_as_csv_and_json(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_app() as ui:
        await ui.press("a", "c", "e")
        await ui.type("csv")
        await ui.press("enter")
        assert "written: labtop-compare.csv" in await ui.until("written")
        lines = (tmp_path / "labtop-compare.csv").read_text().splitlines()
        assert lines[0].startswith("section,key,")
        assert sorted(next(line for line in lines if line.startswith("Parameters,model.width")).split(",")[2:]) == [
            *("32", "64", "64")
        ]
        await ui.press("e")
        await ui.type("json")
        await ui.press("enter")
        await ui.until("labtop-compare.json")
        found = json.loads((tmp_path / "labtop-compare.json").read_text())
        assert found["same"]["params"] == 1
        assert {"missing": True} in found["params"]["model.enc.depth"]


async def test_no_spreadsheet_runs_a_text_of_the_csv(
    open_app: Open, train: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train("=1+1", 4.0, 1.0, note="@SUM(1)", lr=-1)
    train("b", 4.0, 2.0, note="fine", lr=1, **{"-key": 1})
    monkeypatch.chdir(tmp_path)
    async with open_app() as ui:
        await ui.press("a", "c", "e")
        await ui.type("csv")
        await ui.press("enter")
        await ui.until("written")
    cells = set(re.split("[,\n]", (tmp_path / "labtop-compare.csv").read_text()))
    assert {"'=1+1", "'@SUM(1)", "'-key", "-1"} <= cells
    assert cells.isdisjoint({"=1+1", "@SUM(1)", "-key"})


async def test_the_code_of_two_runs_is_one_key_away(
    open_app: Open, log: Write, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*words: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
        return subprocess.run(
            ["git", "-C", str(runs), *who, *words], check=True, capture_output=True, text=True
        ).stdout.strip()

    git("init", "-q")
    for place, run in enumerate("ab"):
        (runs / "train.py").write_text(f"rate = {place}\n")
        git("add", "train.py")
        git("commit", "-qm", run)
        commit = git("rev-parse", "HEAD")
        log(run, {"event": "run", "git": {"commit": commit, "dirty": True, "diff": f"+mended {run}\n"}}, {"loss": 1})
    async with open_app() as ui:
        text = await ui.press("a", "c", "d")
        assert "-rate = 0" in text or "-rate = 1" in text
        assert "+mended a" in text
        assert "+mended b" in text
        assert "Code: " in await ui.press("escape")


async def test_runs_without_params_and_a_terminal_of_80_columns(open_app: Open, log: Write) -> None:
    for run in "abc":
        log(run, {"loss": 1.0}, {"loss": 2.0})
    async with open_app(size=NORMAL) as ui:
        text = await ui.press("a", "c")
        assert "Parameters: nothing recorded" in text
        assert "Metrics: 1 key, the same in all runs" in text
        assert max(map(len, text.split("\n"))) <= NORMAL[0]


async def test_what_a_person_folds_ignores_and_sorts_by_is_there_again(open_app: Open, nested: None) -> None:
    from labtop.tui.screens.remembering import Memory
    from labtop.tui.session.session import Place, Session

    place = Place(folded=("folder params:model.",), ordered_by="params::lr", descending=True, row="params::lr")
    session = Session(marks=("a", "b", "c"), view="compare", places=(("compare", place),), ignored=("params.out",))
    async with open_app(memory=Memory(session)) as ui:
        text = await ui.until("▸ model")
        assert "1 ignored" in text
        assert "sorted by lr" in text
        assert line_with(text, "›")[1:].startswith("lr")
        assert ui.app.screen.ignored == ("params.out",)


@pytest.mark.usefixtures("nested")
async def test_after_a_filter_that_nothing_passes_it_is_there_again(open_app: Open) -> None:
    async with open_app() as ui:
        assert "Parameters: 5 differ" in await ui.press("3")
        await ui.press("1", "slash")
        await ui.type("nonsense")
        assert "no run passes the filter" in await ui.press("enter", "3")
        await ui.press("1", "escape")
        assert "Parameters: 5 differ" in await ui.press("3")


async def test_of_very_many_marked_runs_the_baseline_is_compared(open_app: Open, runs: Path) -> None:
    lines = [{"run": f"r{number:03}", "step": step, "loss": number} for number in range(210) for step in range(2)]
    (runs / "all.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    async with open_app() as ui:
        text = await ui.press("a", "G", "p", "c")
        assert "the first 200 of 210 marked" in text
        base = text.split("[base]")[0].split()[-1]
        assert ui.app.screen.known[ui.app.screen.baseline].name == base
