"""A decision on a run: a verdict, why, and what was expected."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.events import Key

from labtop.tui.screens.decision import Decision, DecisionScreen


class Ui:
    """The screen over an empty one; `answers` is what it was left with."""

    def __init__(self, app: App[None], pilot: Any) -> None:
        self.app = app
        self.pilot = pilot
        self.answers: list[Decision | None] = []

    async def press(self, *keys: str) -> str:
        """A text that begins with = is typed, all at once."""
        for key in keys:
            for each in key[1:] if key[0] == "=" else (key,):
                self.app.post_message(Key("space" if each == " " else each, each if len(each) == 1 else None))
            await self.settle()
        await self.settle()
        self.app.screen._on_timer_update()
        screens = self.app._background_screens
        drawn = self.app.screen._compositor.render_update(full=True, screen_stack=screens)
        assert isinstance(drawn, LayoutUpdate)
        return "\n".join("".join(strip.text for strip in line) for line in drawn.strips)

    async def settle(self) -> None:
        """Until what was pressed has taken effect."""
        for _ in range(4):
            await self.pilot._wait_for_screen()


@asynccontextmanager
async def opened(run: str = "seed3", hypothesis: str = "", size: tuple[int, int] = (60, 20)) -> AsyncIterator[Ui]:
    app = App[None]()
    async with app.run_test(size=size) as pilot:
        ui = Ui(app, pilot)
        app.push_screen(DecisionScreen(run, hypothesis), ui.answers.append)
        yield ui


@pytest.mark.parametrize(
    ("keys", "verdict"),
    [
        ((), "keep"),
        (("right",), "discard"),
        (("left",), "repeat"),
        (("s",), "stop"),
        (("c", "d", "q", "c"), "continue"),
    ],
)
async def test_a_verdict_by_arrows_or_first_letter_from_the_first_key_on(keys: tuple[str, ...], verdict: str) -> None:
    async with opened() as ui:
        assert f"[{verdict}]" in await ui.press(*keys)
        await ui.press("tab", "=it works", "ctrl+s")
        assert ui.answers == [Decision(verdict, "it works", "")]  # type: ignore[arg-type]


async def test_enter_goes_on_and_confirms_in_the_last_line() -> None:
    async with opened(hypothesis="larger steps") as ui:
        assert "larger steps!" in await ui.press("enter", "=too slow ", "enter", "=!")
        await ui.press("enter")
        assert ui.answers == [Decision("keep", "too slow", "larger steps!")]


async def test_an_empty_why_is_said_and_not_taken() -> None:
    async with opened() as ui:
        assert "Say why" not in await ui.press("tab", "= ")
        assert "Say why" in await ui.press("tab", "enter")
        assert not ui.answers
        await ui.press("=kept", "ctrl+s")
        assert ui.answers == [Decision("keep", "kept", "")]


async def test_the_fields_are_gone_through_in_both_directions_and_escape_leaves() -> None:
    async with opened() as ui:
        text = await ui.press("shift+tab", "=expected", "up", "=reason kds", "up", "down", "down", "down", "r")
        assert all(part in text for part in ("[repeat]", "expected", "reason kds"))
        await ui.press("escape")
        assert ui.answers == [None]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 45)])
async def test_the_title_names_the_run_and_all_fits(size: tuple[int, int]) -> None:
    async with opened("\x1b[31m[b]lr" + "0" * 200, size=size) as ui:
        text = await ui.press()
        assert "Decision on [b]lr000" in text
        assert "\x1b" not in text
        assert all(part in text for part in ("[keep]", "repeat", "why", "hypothesis", "ctrl+s", "Esc"))


async def test_a_click_chooses_a_verdict() -> None:
    async with opened() as ui:
        await ui.press()
        await ui.pilot.click("VerdictRow", offset=(9, 0))
        assert "[discard]" in await ui.press()


async def test_an_ascii_terminal_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    async with opened("a" * 200) as ui:
        assert "~" in await ui.press("enter")
