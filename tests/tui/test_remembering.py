"""What was set is there again after the app was closed and opened, whatever became of the runs meanwhile."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from labtop.tui.screens.remembering import Memory
from labtop.tui.session.files import load, write
from labtop.tui.session.session import Session

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


@pytest.fixture
def four(train: Write) -> None:
    """Four runs that differ in lr."""
    for place, name in enumerate("abcd"):
        train(f"run-{name}", 4.0, 1.0 + place, lr=0.1 * (place + 1))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "runs.json"


@pytest.fixture
def last_time(state: Path) -> Callable[[], Memory]:
    """What the program finds on disk when it starts."""
    return lambda: Memory(load(state, pytest.fail), state)


def header(text: str) -> str:
    """What the top line says behind the directory."""
    return text.split("\n")[0].partition("  ")[2].partition("lines/s")[0]


def marked(text: str) -> set[str]:
    """Names of the runs that the table shows as marked."""
    rows = [line.split("│")[0] for line in text.split("\n") if "┃" in line.split("│")[0]]
    return {word for row in rows for word in row.split() if word.startswith("run-")}


def held(state: Path) -> bytes:
    """The file's bytes, none where there is no file."""
    return state.read_bytes() if state.exists() else b""


def forget(index: Path) -> None:
    """Remove an index and what the database keeps beside it."""
    for file in index.parent.glob(f"{index.name}*"):
        file.unlink()


async def mark(ui: Any, *names: str) -> None:
    """Mark runs of the table by name."""
    lines = ui.text().split("\n")
    listed = [line.split("│")[0].split() for line in lines[2:] if "run-" in line.split("│")[0]]
    places = [next(place for place, words in enumerate(listed) if name in words) for name in names]
    for place in places:
        await ui.type(["g", *["j"] * place, "space"])


def chosen(text: str) -> str:
    """What the header says of settings, before figures of speed, which come and go."""
    return header(text).partition("no outliers")[0]


@pytest.mark.usefixtures("four")
async def test_marks_baseline_hidden_filter_and_settings_come_back(
    open_app: Open, last_time: Callable[[], Memory]
) -> None:
    async with open_app(memory=last_time()) as ui:
        await mark(ui, "run-a", "run-c")
        await ui.press("G", "p", "2")
        await ui.type(["plus", "right_curly_bracket", "L", "o", "right_parenthesis", "m", *"loss"])
        await ui.press("enter", "i", "l")
        before = ui.text()
        row, line = next((row, line) for row, line in enumerate(before.split("\n")) if "run-c " in line)
        await ui.pilot.click(offset=(line.index("run-c "), row))
        await ui.settle()
        before = await ui.press("2")
        for part in ("metrics/loss", "2 marked", "zoomed", "smooth 0.3", "log y train/loss", "no outliers"):
            assert part in header(before)
        assert "rank correlation" in before
    async with open_app(memory=last_time()) as ui:
        after = ui.text()
        assert chosen(after) == chosen(before)
        assert "rank correlation" in after
        assert [line.replace("▸", "─") for line in after.split("\n")[1:40]] == [
            line.replace("▸", "─") for line in before.split("\n")[1:40]
        ]
        text = await ui.press("1")
        assert marked(text) == {"run-a", "run-c"}
        assert "[base]" in text


@pytest.mark.usefixtures("four")
async def test_the_first_question_has_the_filter_and_the_order_of_last_time(
    open_app: Open, last_time: Callable[[], Memory]
) -> None:
    async with open_app(memory=last_time()) as ui:
        await ui.press("s")
        await ui.type("val/loss")
        await ui.press("enter", "S")
        await ui.press("slash")
        await ui.type("run-")
        before = await ui.press("enter", "A", "t")
        theme = ui.app.theme
        assert before.index("run-d") < before.index("run-a")
    memory = last_time()
    assert memory.question.where == "run-"
    assert (memory.question.sort[0].column.key, memory.question.aggregate) == ("val/loss", "best")
    async with open_app(memory=memory) as ui:
        assert ui.text().split("\n")[1:6] == before.split("\n")[1:6]
        assert "/run-" in header(ui.text())
        assert ui.app.theme == theme
        assert "/run-" not in header(await ui.press("escape"))
    async with open_app(memory=last_time()) as ui:
        assert "/run-" not in header(ui.text())


@pytest.mark.usefixtures("four")
async def test_marks_that_the_filter_hides_are_marks_at_once(open_app: Open, last_time: Callable[[], Memory]) -> None:
    async with open_app(memory=last_time()) as ui:
        await mark(ui, "run-a", "run-b")
        await ui.press("slash")
        await ui.type("run-b")
        assert "2 marked" in header(await ui.press("enter"))
    async with open_app(memory=last_time()) as ui:
        assert "2 marked" in header(ui.text())
        assert marked(await ui.press("escape")) == {"run-a", "run-b"}


@pytest.mark.usefixtures("four")
async def test_runs_keep_their_marks_under_other_numbers_and_when_some_are_gone(
    open_app: Open, last_time: Callable[[], Memory], runs: Path, tmp_path: Path, train: Write, log: Write
) -> None:
    async with open_app(memory=last_time()) as ui:
        await mark(ui, "run-b", "run-d")
        await ui.press("enter")
        assert "run-d" in ui.text().split("\n")[1]
    forget(tmp_path / "index.duckdb")
    shutil.rmtree(runs / "run-a")
    train("early", 9.0, 1.0)
    async with open_app(memory=last_time()) as ui:
        assert "run-d" in ui.text().split("\n")[1]
        text = await ui.press("escape", "1")
        assert marked(text) == {"run-b", "run-d"}
    shutil.rmtree(runs / "run-d")
    async with open_app(memory=last_time()) as ui:
        assert marked(ui.text()) == {"run-b"}
        assert "name" in ui.text().split("\n")[1]
        assert "1 marked" in header(ui.text())
        train("run-d", 4.0, 3.0)
        await ui.until("2 marked")
        assert marked(ui.text()) == {"run-b", "run-d"}


@pytest.mark.usefixtures("four")
async def test_who_sets_nothing_leaves_nothing_and_what_is_set_back_is_as_at_first(
    open_app: Open, last_time: Callable[[], Memory], state: Path
) -> None:
    async with open_app(memory=last_time()) as ui:
        await ui.type("jjkGg")
        await ui.press("tab", "left", "escape", "escape", "question_mark", "escape")
    assert held(state) == b""
    async with open_app(memory=last_time()) as ui:
        await ui.press("right_curly_bracket")
    saved = json.loads(held(state))
    assert saved["charts"]["smoothing"] == 0.3
    assert saved["marks"] == []
    assert saved["pins"] is saved["theme"] is saved["opened"] is None
    async with open_app(memory=last_time()) as ui:
        assert "smooth 0.3" in header(ui.text())
        await ui.press("left_curly_bracket")
    assert load(state, pytest.fail) == Session()


async def test_a_session_waits_for_the_first_run(
    open_app: Open, last_time: Callable[[], Memory], state: Path, train: Write
) -> None:
    write(state, Session(marks=("x", "late"), view="plots", filter_text=""))
    kept = held(state)
    async with open_app(memory=last_time()) as ui:
        assert "echo" in ui.text()
    assert held(state) == kept
    async with open_app(memory=last_time()) as ui:
        train("one", 2.0, 1.0)
        assert "train/loss ─" in await ui.until("train/loss ─")
    assert load(state, pytest.fail).marks == ("x", "late")


@pytest.mark.usefixtures("four")
async def test_a_session_that_cannot_be_written_or_read_is_one_line(open_app: Open, state: Path) -> None:
    state.parent.parent.mkdir(exist_ok=True)
    state.parent.write_text("a file where a folder should be")
    told: list[str] = []
    memory = Memory(load(state, told.append), state, told)
    async with open_app(memory=memory) as ui:
        assert ("cannot be read" in ui.text()) == bool(told)
        await ui.press("right_curly_bracket")
        text = await ui.until("cannot be saved")
        assert sum("cannot be saved" in line for line in text.split("\n")) == 1
        assert "smooth 0.3" in header(text)
