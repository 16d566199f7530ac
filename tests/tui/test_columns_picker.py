"""Which columns the table has, chosen by keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.events import Key

from labtop.store.model import Column
from labtop.tui.screens.columns_picker import DEFAULT, ColumnsPicker, Reset
from labtop.tui.screens.picker import Choice

LR, LAYERS, DECAY = (Column("param", key) for key in ("lr", "layers", "weight_decay"))
LOSS, ACC, GONE = (Column("metric", key) for key in ("val/loss", "val/acc", "gone"))
CHOICES = [Choice(column, column.key, column.kind) for column in (LR, LAYERS, DECAY, LOSS, ACC)]
Answer = tuple[Column, ...] | Reset | None


class Ui:
    """The picker over an empty screen; `answers` is what it was left with."""

    def __init__(self, app: App[None], pilot: Any) -> None:
        self.app = app
        self.pilot = pilot
        self.answers: list[Answer] = []

    async def press(self, *keys: str) -> list[str]:
        """The lines of the picker, without its border; a text that begins with = is typed."""
        for key in keys:
            for each in key[1:] if key[0] == "=" else (key,):
                self.app.post_message(Key(each, " " if each == "space" else each if len(each) == 1 else None))
            for _ in range(4):
                await self.pilot._wait_for_screen()
            self.app.screen._on_timer_update()
        screens = self.app._background_screens
        drawn = self.app.screen._compositor.render_update(full=True, screen_stack=screens)
        assert isinstance(drawn, LayoutUpdate)
        lines = ("".join(strip.text for strip in line).strip() for line in drawn.strips)
        return [line.strip("│| ") for line in lines if line.startswith(("│", "|"))]


@asynccontextmanager
async def opened(*columns: Column, size: tuple[int, int] = (60, 20)) -> AsyncIterator[Ui]:
    app = App[None]()
    async with app.run_test(size=size) as pilot:
        ui = Ui(app, pilot)
        app.push_screen(ColumnsPicker(CHOICES, columns), ui.answers.append)
        await ui.press("shift")
        yield ui


def names(lines: list[str]) -> list[str]:
    """The mark and the name of each column."""
    return [line.rpartition("  ")[0].strip() for line in lines[2:] if line]


async def test_the_tables_columns_come_first_in_their_order_with_a_mark() -> None:
    async with opened(LOSS, LR) as ui:
        lines = await ui.press("shift")
        assert lines[0] == "Columns: Enter shows or hides, Esc done"
        assert "shift+up/down moves, ctrl+r default" in lines[1]
        assert names(lines) == ["✓ val/loss", "✓ lr", "layers", "weight_decay", "val/acc"]
        await ui.press("escape")
        assert ui.answers == [None]


async def test_enter_shows_and_hides_and_lines_stay_until_something_is_typed() -> None:
    async with opened(LOSS, LR) as ui:
        lines = await ui.press("enter", "up", "enter")
        assert names(lines) == ["val/loss", "✓ lr", "layers", "weight_decay", "✓ val/acc"]
        lines = await ui.press("=wd", "enter")
        assert names(lines) == ["✓ weight_decay"]
        lines = await ui.press("ctrl+u")
        assert names(lines) == ["✓ lr", "✓ val/acc", "✓ weight_decay", "layers", "val/loss"]
        await ui.press("escape")
        assert ui.answers == [(LR, ACC, DECAY)]


async def test_space_is_enter_while_nothing_is_typed() -> None:
    async with opened(LOSS) as ui:
        assert names(await ui.press("space"))[0] == "val/loss"
        assert "nothing has that" not in (await ui.press("=val", "space", "=acc"))[0]
        assert names(await ui.press("enter")) == ["✓ val/acc"]
        await ui.press("escape")
        assert ui.answers == [(ACC,)]


@pytest.mark.parametrize(("up", "down"), [("shift+up", "shift+down"), ("ctrl+k", "ctrl+j")])
async def test_a_column_is_moved_with_the_highlight_on_it(up: str, down: str) -> None:
    async with opened(LOSS, LR, ACC) as ui:
        assert names(await ui.press(down, down, down))[:3] == ["✓ lr", "✓ val/acc", "✓ val/loss"]
        assert names(await ui.press(up))[:3] == ["✓ lr", "✓ val/loss", "✓ val/acc"]
        assert names(await ui.press("down", "down", up)) == names(await ui.press("=l", up, "ctrl+u"))
        await ui.press("escape")
        assert ui.answers == [(LR, LOSS, ACC)]


async def test_the_default_comes_back() -> None:
    async with opened(LOSS) as ui:
        await ui.press("enter", "ctrl+r")
        assert ui.answers == [DEFAULT]


async def test_a_column_that_no_run_has_any_more_can_be_hidden() -> None:
    async with opened(GONE, LR) as ui:
        lines = await ui.press("down", "up")
        assert lines[2].split() == ["✓", "gone", "no", "run", "has", "it"]
        await ui.press("enter", "escape")
        assert ui.answers == [(LR,)]


async def test_a_click_shows_a_column() -> None:
    async with opened(LR, size=(80, 24)) as ui:
        await ui.pilot.click("OptionList", offset=(4, 1))
        assert names(await ui.press("shift"))[:2] == ["✓ lr", "✓ layers"]


async def test_an_ascii_terminal_gets_an_x(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    async with opened(LR) as ui:
        assert names(await ui.press("shift"))[0] == "x lr"
