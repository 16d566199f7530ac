"""Notes, tags, decisions and hiding from the runs table: in a file at once, and then in the table."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from labtop.store.model import TableQuery
from labtop.store.store import Store

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


@pytest.fixture
def three(log: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three runs, the newest first: c, b, a."""
    monkeypatch.setenv("LABTOP_USER", "ana")
    for place, name in enumerate("abc"):
        start = NOW - 900 + 100 * place
        log(f"run-{name}", *({"step": step, "val/loss": place + step, "time": start + step} for step in (1, 2)))
        log(f"run-{name}", {"event": "end", "status": "finished", "time": start + 2})


def read(file: str) -> str:
    """What a file holds."""
    return Path(file).read_text()


def noted(runs: Path) -> list[dict[str, Any]]:
    """The events of annotations beside the runs, without their times."""
    lines = (runs / ".labtop" / "annotations.jsonl").read_text().splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "time"} for line in lines]


async def show_columns(ui: Any, *names: str) -> None:
    """The table alone, with these columns, as wide as their words."""
    keys = [key for name in names for key in ("ctrl+u", *name[:4], "enter")]
    await ui.type(["z", "v", *keys, "escape"])


@pytest.mark.usefixtures("three")
async def test_what_is_said_of_a_run_is_in_the_file_then_in_the_table_and_another_labtop_sees_it(
    open_app: Open, runs: Path, tmp_path: Path
) -> None:
    async with open_app((220, 24)) as ui:
        await show_columns(ui, "notes", "tags", "verdict", "hypothesis")
        await ui.press("j", "n")
        await ui.type("[red]odd")
        assert "noted: run-b" in await ui.press("enter")
        assert noted(runs) == [{"event": "note", "run": "run-b", "by": "ana", "text": "[red]odd"}]
        while "[red]odd" not in ui.row("run-b"):
            await ui.pilot.pause()
        assert ui.cursor() == "run-b"
        assert "tags of run-b" in await ui.press("number_sign")
        await ui.paste("""it's a "b", [bold], (🙂), two words,, [bold]""")
        assert "tagged: run-b" in await ui.press("enter")
        added = ['it\'s a "b"', "[bold]", "(🙂)", "two words"]
        assert noted(runs)[1:] == [{"event": "tag", "run": "run-b", "by": "ana", "add": added}]
        while "(🙂), [bold]" not in ui.row("run-b"):
            await ui.pilot.pause()
        await ui.press("number_sign")
        await ui.type("!more")
        assert "tagged: run-b" in await ui.press("enter")
        assert noted(runs).pop() == {"event": "tag", "run": "run-b", "by": "ana", "add": ["!more"]}
        while "!more" not in ui.row("run-b"):
            await ui.pilot.pause()
        await ui.press("number_sign", "ctrl+u")
        await ui.type("two")
        await ui.press("tab")
        await ui.type(", new")
        await ui.press("enter")
        removed = ["!more", "(🙂)", "[bold]", 'it\'s a "b"']
        assert noted(runs)[3] | {"remove": None} == {
            "event": "tag",
            "run": "run-b",
            "by": "ana",
            "add": ["new"],
            "remove": None,
        }
        assert sorted(noted(runs)[3]["remove"]) == removed
        while "new, two words" not in ui.row("run-b"):
            await ui.pilot.pause()
        assert "Decision on run-b" in await ui.press("D")
        assert "Say why" in await ui.press("s", "enter", "ctrl+s")
        await ui.type("[i]worse")
        await ui.press("tab")
        await ui.type("less is more")
        assert "decided: run-b" in await ui.press("enter")
        assert [line["event"] for line in noted(runs)[4:]] == ["hypothesis", "decision"]
        assert (noted(runs)[5]["verdict"], noted(runs)[5]["why"]) == ("stop", "[i]worse")
        while "stop" not in ui.row("run-b") or "less is more" not in ui.row("run-b"):
            await ui.pilot.pause()
        with Store.open(runs, index=tmp_path / "another.duckdb", poll=True) as store:
            store.catch_up()
            run = next(run for run in store.table(TableQuery()).runs if run.id == "run-b")
        assert (run.notes, run.tags, run.verdict) == ("[red]odd", ("new", "two words"), "stop")


@pytest.mark.usefixtures("three")
async def test_a_hidden_run_is_gone_until_the_filter_asks_for_it(open_app: Open, runs: Path) -> None:
    async with open_app((140, 24)) as ui:
        await ui.press("z", "j")
        assert "run-b is hidden: the filter is:hidden shows it" in await ui.press("H")
        assert noted(runs) == [{"event": "hide", "run": "run-b", "by": "ana", "hidden": True}]
        await ui.until("1 hidden")
        assert ui.names() == ["run-c", "run-a"]
        assert "2 runs" in ui.text().split("\n")[0]
        await ui.press("slash")
        await ui.paste("hidden = true")
        await ui.press("enter")
        assert ui.names() == ["run-b"]
        assert "run-b is shown again" in await ui.press("H")
        await ui.until("0 of 3")
        await ui.press("escape", "escape")
        assert ui.names() == ["run-c", "run-b", "run-a"]


@pytest.mark.usefixtures("three")
async def test_a_note_that_is_empty_or_left_says_nothing_and_a_long_one_is_one_line(open_app: Open, runs: Path) -> None:
    async with open_app((140, 24)) as ui:
        await show_columns(ui, "notes")
        await ui.type(["n", "enter", "n", *"drop", "escape", "number_sign", "enter", "D", "escape"])
        assert not (runs / ".labtop").exists()
        for text in ("first", "second", "x" * 5000):
            await ui.type(["n"])
            await ui.paste(text)
            await ui.type(["enter"])
        while "x… (+2)" not in ui.row("run-c") and "x…" not in ui.row("run-c"):
            await ui.pilot.pause()
        assert len(ui.names()) == 3
        assert [line["text"][:6] for line in noted(runs)] == ["first", "second", "xxxxxx"]


@pytest.mark.usefixtures("three")
async def test_where_the_directory_cannot_be_written_the_screen_says_in_which_file_it_is(
    open_app: Open, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (runs / ".labtop").write_text("no folder")
    async with open_app((250, 24)) as ui:
        await show_columns(ui, "notes")
        await ui.press("n")
        await ui.type("kept beside")
        said = (await ui.press("enter")).split("\n")[-1]
        file = said.strip().partition("so only here: ")[2]
        assert "noted: run-c; the directory cannot be written (" in said
        assert file.startswith(str(tmp_path / "own"))
        assert "kept beside" in read(file)
        while "kept beside" not in ui.row("run-c"):
            await ui.pilot.pause()


@pytest.mark.usefixtures("three")
async def test_a_run_that_disappears_while_its_note_is_typed_is_noted_of_all_the_same(
    open_app: Open, runs: Path
) -> None:
    async with open_app((140, 24)) as ui:
        await ui.press("z", "j", "n")
        await ui.type("was ")
        shutil.rmtree(runs / "run-b")
        await ui.until("2 runs")
        assert ui.names() == ["run-c", "run-a"]
        await ui.type("good")
        assert "noted: run-b, whose log is gone" in await ui.press("enter")
        assert noted(runs) == [{"event": "note", "run": "run-b", "by": "ana", "text": "was good"}]
        assert "1 marked" in await ui.press("space")
        await ui.press("D")
        shutil.rmtree(runs / "run-c")
        shutil.rmtree(runs / "run-a")
        await ui.type(["tab", *"gone"])
        await ui.press("ctrl+s")
        await ui.until("echo")
        assert [line["event"] for line in noted(runs)] == ["note", "decision"]
