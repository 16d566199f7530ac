"""The registry on the screen: promoted from a run, looked at, rolled back; and the history of a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key

from labtop.tui.models_text import MOST_CHANGES
from labtop.tui.screens.remembering import Memory
from labtop.tui.session.files import load

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0
WHOLE = {"git": {"commit": "abc"}, "data": [{"name": "sales", "version": "9"}], "env": {"python": "3"}, "user": "ana"}


@pytest.fixture(autouse=True)
def ana(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_USER", "ana")


@pytest.fixture
def trained(log: Write) -> Callable[..., None]:
    """A finished run with the file of a model, and all on record unless something is told to be None."""

    def write(run: str, digest: str | None = "aa11", **about: Any) -> None:
        said = {key: value for key, value in (WHOLE | {"seed": 1} | about).items() if value is not None}
        log(run, {"event": "run", "time": NOW - 900, **said}, {"step": 1, "val/loss": 0.25, "time": NOW - 899})
        log(run, {"event": "artifact", "time": NOW - 898, "name": "m.pt", "sha256": digest})
        log(run, {"event": "end", "status": "finished", "time": NOW - 897})

    return write


@pytest.fixture
def staged(runs: Path) -> Callable[..., None]:
    """Say in the file of annotations that a version came to a stage."""

    def write(run: str, version: object, stage: str = "production", model: str = "shop", **more: object) -> None:
        (runs / ".labtop").mkdir(exist_ok=True)
        line = {"event": "stage", "run": run, "time": NOW - 60, "by": "ana", "approved_by": "Bo", "why": "best"}
        with (runs / ".labtop" / "annotations.jsonl").open("a") as file:
            file.write(json.dumps(line | {"model": model, "version": version, "stage": stage, **more}) + "\n")

    return write


def said(runs: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (runs / ".labtop" / "annotations.jsonl").read_text().splitlines()]


async def test_a_run_is_promoted_and_what_is_missing_is_overruled_in_sight(
    open_app: Open, runs: Path, trained: Write
) -> None:
    trained("one", data=None)
    async with open_app((80, 24)) as ui:
        empty = await ui.press("5")
        assert "No model yet" in empty
        assert "labtop promote RUN MODEL staging" in empty
        assert "W on a run" in await ui.press(">")
        assert "Promote one" in await ui.press("1", "W")
        await ui.type(["s", "h", "tab", "p", "tab", *"is [b]est", "tab", *"Bo"])
        refused = await ui.press("ctrl+s")
        assert "[ ] even so (ctrl+f): no data" in refused
        assert "Not fit for production as it is" in refused
        assert not (runs / ".labtop").exists()
        assert "[x] even so (ctrl+f): no data" in await ui.press("ctrl+f")
        assert "sh v1 is now in production, run one, file m.pt; forced: no data" in await ui.press("ctrl+s")
        (line,) = said(runs)
        assert (line["why"], line["approved_by"], line["forced"]) == ("is [b]est", "Bo", ["no data"])
        await ui.press("5")
        text = await ui.until("production one")
        for known in (
            "why          is [b]est",
            "approved by  Bo",
            "sha256       aa11",
            "cannot be reproduced: no data",
        ):
            assert known in text


async def test_a_refusal_stands_in_the_screen_until_it_is_mended(open_app: Open, trained: Write, staged: Write) -> None:
    trained("one")
    trained("two", None)
    staged("one", 1, "staging", sha256="aa11")
    async with open_app((80, 24)) as ui:
        assert "Promote one" in await ui.press("5", ">")
        assert "/ filter" not in ui.text(), "keys of the screen below"
        assert "> promote" not in ui.text()
        assert "Say why: a stage is kept with its reason" in await ui.press("ctrl+s")
        assert "[ ]" not in await ui.press("ctrl+f")
        await ui.type([*"good", "tab", *"Bo", "ctrl+s"])  # the focus went to the why
        assert "shop v1 is now in production, run one" in ui.text(), "the stage after the one it was in"
        assert "Promote two" in await ui.press("1", "W")
        await ui.type(["tab", "tab", "g", "tab", "B"])
        text = await ui.press("ctrl+s")
        assert "m.pt of two has no sha256" in text
        assert "model       shop" in text  # the only one there is
        assert "Promote two" not in await ui.press("escape")


async def test_a_long_digest_stands_beside_its_label_at_first_sight(
    open_app: Open, trained: Write, staged: Write
) -> None:
    trained("one", "ab" * 32)
    for _ in range(12):  # the text has to scroll
        staged("one", 1, sha256="ab" * 32)
    async with open_app((80, 24)) as ui:
        assert f"sha256       {'ab' * 31}" in await ui.press("5")


async def test_in_a_small_terminal_the_stage_and_the_whole_refusal_are_in_sight(
    open_app: Open, trained: Write, staged: Write
) -> None:
    trained("one", data=None, user=None)
    staged("one", 1, sha256="aa11")
    async with open_app((40, 12)) as ui:
        assert " n  s  p [archived]" in await ui.press("5", ">")
        await ui.type(["s", "tab", "x", "tab", "B", "ctrl+s"])
        text = await ui.until("ctrl+s promotes")
        assert "without a version" in text
        assert "no data" in text


async def test_what_is_promoted_is_the_version_under_the_cursor(
    open_app: Open, runs: Path, log: Write, trained: Write, staged: Write
) -> None:
    trained("one")
    staged("one", 1, "staging", sha256="aa11")
    log("one", {"event": "artifact", "time": NOW - 890, "name": "m.pt", "sha256": "bb22"})
    staged("one", 2, sha256="bb22")
    async with open_app((80, 24)) as ui:
        assert "Promote one, v1" in await ui.press("5", "j", ">")
        await ui.type(["n", "tab", *"old", "tab", *"Bo", "ctrl+s"])
        assert "shop v1 is now in no stage, run one" in ui.text()
        await ui.press("1", "W")
        await ui.type([*["tab"] * 2, *"why", "tab", *"Bo", "shift+tab", "shift+tab", "a", "ctrl+s"])
        assert "which version of shop? one is v2, v1: name one, with > on it in Models" in ui.text()
        assert [(line["version"], line["stage"]) for line in said(runs)[2:]] == [("1", "none")]


async def test_a_ticked_box_does_not_overrule_what_came_since(open_app: Open, runs: Path, log: Write) -> None:
    log("one", {"event": "run", "time": NOW - 2, **WHOLE, "data": None, "seed": 1}, {"step": 1, "time": NOW - 1})
    log("one", {"event": "artifact", "time": NOW - 1, "name": "m.pt", "sha256": "aa11"})
    async with open_app((140, 24), store_clock=lambda: NOW) as ui:
        await ui.press("W")
        await ui.type([*"net", "tab", "tab", *"why", "tab", *"Bo", "ctrl+s"])
        assert "[ ] even so (ctrl+f): no data" in ui.text()
        await ui.press("ctrl+f")
        log("one", {"event": "end", "status": "crashed", "time": NOW})
        await ui.until("│†")
        assert "[ ] even so (ctrl+f): the run crashed, no data" in await ui.press("ctrl+s")
        assert not (runs / ".labtop").exists()


async def test_what_is_typed_takes_the_place_of_the_model_that_was_proposed(
    open_app: Open, trained: Write, staged: Write
) -> None:
    trained("one")
    staged("one", 1, "staging", sha256="aa11")
    async with open_app((80, 24)) as ui:
        assert "model       shop" in await ui.press("W")
        assert "model       net " in await ui.type("net")


async def test_a_registry_that_is_not_read_yet_says_so(open_app: Open, trained: Write, staged: Write) -> None:
    trained("one")
    staged("one", 1)
    for _ in range(MOST_CHANGES):
        staged("one", 1)
    async with open_app((100, 24)) as ui:
        text = await ui.press("5")
        assert "Still reading" not in text
        assert "History, the last 100 of 101, the newest first" in text
        view = ui.app.screen.current
        view.activity = replace(view.activity, complete=False)
        assert "Still reading: versions and stages may be missing" in await ui.press("k")


async def test_rolling_back_is_one_key_and_says_how_to_undo_it(
    open_app: Open, runs: Path, trained: Write, staged: Write
) -> None:
    for place, run in enumerate(("one", "two"), 1):
        trained(run, f"d{place}")
        staged(run, place, sha256=f"d{place}")
    async with open_app((100, 24)) as ui:
        text = await ui.press("5")
        assert "shop v2  production" in text
        assert "archived, replaced by v2" in await ui.press("j")
        text = await ui.press("less_than_sign")
        assert "shop v1 is in production again, v2 is archived; to undo it, > on v2" in text
        await ui.until("archived   two")
        assert [(line["version"], line["stage"]) for line in said(runs)[2:]] == [("1", "production"), ("2", "archived")]
        assert "was in production before v1" in await ui.press("less_than_sign")
        assert "shop v1  production" in ui.text()  # the cursor stays on its version
        assert "● one" in (await ui.press("enter")).replace("■", "●")
        assert "rolled back from v2" in await ui.press("escape")
        assert "val/loss" in await ui.press("escape")
        assert ui.app.screen.view == "runs"


async def test_keys_that_come_in_one_piece_go_where_they_were_meant(open_app: Open, runs: Path, trained: Write) -> None:
    trained("one")
    async with open_app((80, 24)) as ui:
        for key in ["W", *"net", "tab", "p", "tab", *"again", "tab", *"Bo", "ctrl+s"]:
            ui.app.post_message(Key(key, key if len(key) == 1 else None))
        await ui.settle()
        assert "net v1 is now in production" in ui.text()
        assert (said(runs)[0]["why"], said(runs)[0]["approved_by"]) == ("again", "Bo")


@pytest.mark.parametrize("size", [(40, 12), (58, 20)])
async def test_little_room_strange_names_and_runs_that_are_gone(
    open_app: Open, trained: Write, staged: Write, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("TERM", "linux")
    trained("one")
    staged("one", "1", "staging", model="[red]\x1b[31m" + "x" * 30, why="\x1b]0;bad\x07" + "long words " * 30)
    staged("gone", "2", model="a\nb")
    async with open_app(size) as ui:
        text = await ui.press("5")
        assert "[red]xxx" in text
        assert "long words long" in text
        assert text.isascii()
        assert "bad" not in text
        text = await ui.press("j")
        assert "a b v2  production" in text
        assert text.isascii()
        assert "the log of that run is gone" in await ui.press(">")
        assert "the log of that run is gone" in await ui.press("enter")
        assert "whose log is gone" in await ui.press("tab", "G") + await ui.press("g") + await ui.press("ctrl+d")
        assert "Promote one" in await ui.press("shift+tab", "k", ">")
        assert ui.text().isascii()


async def test_the_view_and_the_version_are_there_again(
    open_app: Open, trained: Write, staged: Write, tmp_path: Path
) -> None:
    path = tmp_path / "state.json"
    for version in (1, 2, 3):
        trained(f"run{version}", str(version))
        staged(f"run{version}", version, "staging")
    async with open_app((80, 24), memory=Memory(path=path)) as ui:
        assert "shop v2  staging" in await ui.press("5", "j")
    async with open_app((80, 24), memory=Memory(load(path, pytest.fail), path)) as ui:
        assert "shop v2  staging" in await ui.until("shop v2  staging")


async def test_a_run_tells_who_said_what_and_why_it_was_decided(
    open_app: Open, runs: Path, trained: Write, staged: Write
) -> None:
    trained("one")
    lines: list[dict[str, Any]] = [
        {"event": "decision", "verdict": "keep", "why": "low [loss]", "by": "ana", "time": NOW - 600},
        {"event": "tag", "add": ["good"], "by": "Bo", "time": NOW - 500},
        {"event": "decision", "verdict": "stop", "why": "too slow", "by": "Bo", "time": NOW - 400},
    ]
    (runs / ".labtop").mkdir()
    (runs / ".labtop" / "annotations.jsonl").write_text(
        "".join(json.dumps(each | {"run": "one"}) + "\n" for each in lines)
    )
    staged("one", 3)
    async with open_app((220, 60)) as ui:
        await ui.press("enter")
        shown = [line.split("▕")[0].split("│")[0].strip() for line in ui.text().splitlines()]
        history = shown[shown.index("History") + 1 : shown.index("Log") - 1]
        assert [" ".join(line[18:].split()) for line in history] == [
            "ana decision keep: low [loss]",
            "Bo tag +good",
            "Bo decision stop: too slow",
            "ana stage shop v3 production, approved by Bo: best",
        ]
        assert shown[shown.index("Decision") + 1] == "stop: too slow"
        assert not any("keep" in line for line in shown[shown.index("Log") :])
