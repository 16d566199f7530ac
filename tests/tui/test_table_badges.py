"""Better, worse, same, and tried before: what the runs table tells of a run beside those before it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from labtop.tui.screens.remembering import Memory
from labtop.tui.settings.files import load as load_settings

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


@pytest.fixture
def five(log: Write) -> None:
    """Five runs, one after the other: 1.0, then better, nearly the same, worse than the last and the best, between."""
    values = {"a": (1.0, 3, 0), "b": (0.5, 4, 0), "c": (0.5001, 5, 0), "d": (0.9, 4, 0), "e": (0.7, 3, 1)}
    for place, (name, (value, layers, seed)) in enumerate(values.items()):
        start = NOW - 3600 + 100 * place
        log(f"run-{name}", {"event": "run", "params": {"layers": layers, "seed": seed}, "time": start})
        log(f"run-{name}", *({"step": step, "val/loss": value + 1 - step, "time": start + step} for step in (0, 1)))
        log(f"run-{name}", {"event": "end", "status": "finished", "time": start + 2})


def badges(ui: Any, *signs: str) -> dict[str, str]:
    """The signs of each run, by its last letter."""
    found = {}
    for name in ui.names():
        row = re.split("[█#]{2}", ui.row(name)[4:])[0]
        found[name[-1]] = "".join(letter for letter in row if letter in signs)
    return found


@pytest.mark.usefixtures("five")
async def test_each_run_stands_beside_the_one_before_and_the_best_before(open_app: Open) -> None:
    async with open_app((140, 24)) as ui:
        await ui.press("z")
        assert "vs" in ui.table()[0].split()
        assert badges(ui, *"▲▼=") == {"a": "", "b": "▲▲", "c": "==", "d": "▼▼", "e": "▲▼"}
        assert "≡ run-b" in ui.row("run-d")
        assert "≈ run-a" in ui.row("run-e")
        assert not any(sign in ui.row(f"run-{name}") for name in "abc" for sign in "≡≈")
        await ui.press("slash")
        await ui.paste("layers = 3")
        await ui.press("enter")
        assert badges(ui, *"▲▼=") == {"a": "", "e": "▲▼"}
        assert "≈ run-a" in ui.row("run-e")


@pytest.mark.usefixtures("five")
async def test_the_team_says_which_difference_is_none(open_app: Open, runs: Path) -> None:
    (runs / "labtop.toml").write_text("tolerance = 0.3\n")
    settings, wrong = load_settings(runs, None)
    assert not wrong
    async with open_app((140, 24), memory=Memory(settings=settings)) as ui:
        await ui.press("z")
        assert badges(ui, *"▲▼=") == {"a": "", "b": "▲▲", "c": "==", "d": "▼▼", "e": "=="}


@pytest.mark.usefixtures("five")
async def test_an_ascii_terminal_has_letters_for_all_signs(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    async with open_app((140, 24)) as ui:
        await ui.press("z")
        assert ui.text().isascii()
        assert badges(ui, *"^v") == {"a": "", "b": "^^", "c": "", "d": "vv", "e": "^v"}
        assert "~ run-a" in ui.row("run-e")
        assert "= run-b" in ui.row("run-d")
