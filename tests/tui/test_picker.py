"""The picker: fuzzy search, and keys that come before it is laid out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from itertools import combinations, pairwise
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Key
from textual.widgets import Static

from labtop.tui.fuzzy import Names, alignment
from labtop.tui.keys_underway import KeysUnderway
from labtop.tui.screens.picker import Choice, Picker, SearchField

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]

NAMES = ("train/loss", "val/loss", "loss", "lr", "lr_decay", "val/accuracy", "v_layers", "evil/oss", "clear")


def found(typed: str, names: tuple[str, ...] = NAMES) -> list[str]:
    return [names[place] for place in Names((name, "metric") for name in names).search(typed)]


def test_the_name_itself_comes_first_then_its_begin_a_word_a_part_and_scattered_letters() -> None:
    assert found("loss") == ["loss", "train/loss", "val/loss", "evil/oss"]
    assert found("LR") == ["lr", "lr_decay", "v_layers", "val/accuracy", "clear"]
    assert found("vl")[:2] == ["val/loss", "v_layers"]
    assert found("vloss") == ["val/loss", "evil/oss"]
    assert found("") == list(NAMES)
    assert found("zz") == []


def test_every_word_must_match_and_the_detail_only_as_a_whole() -> None:
    assert found("loss val") == ["val/loss"]
    assert found("metric lr_") == ["lr_decay"]
    assert found("mtrc") == []


@given(st.text("ab_/", max_size=4), st.text("ab_/", max_size=9))
def test_the_best_alignment_is_the_best_of_all(letters: str, name: str) -> None:
    def scores() -> Iterator[int]:
        for places in combinations(range(len(name)), len(letters)):
            if all(name[place] == letter for place, letter in zip(places, letters, strict=True)):
                starts = sum(5 if p == 0 else 4 * (not name[p - 1].isalnum()) for p in places)
                behind = sum(5 for before, place in pairwise(places) if place == before + 1)
                yield len(letters) + starts + behind

    assert alignment(letters, name) == max(scores(), default=0)


@given(st.text("ab.^]-\\", min_size=1, max_size=3), st.lists(st.text("abAB.^]-\\\n", max_size=6), max_size=8))
def test_what_is_found_holds_the_letters_in_their_order(word: str, names: list[str]) -> None:
    places = Names((name, "") for name in names).search(word)
    obvious = re.compile(".*".join(map(re.escape, word)), re.DOTALL | re.IGNORECASE)
    assert sorted(places) == [place for place, name in enumerate(names) if obvious.search(name)]


def test_a_long_search_in_long_names_ends() -> None:
    assert len(Names((("ab" * 200, ""),) * 600).search("a" * 40)) == 600
    assert Names((("ab" * 200, ""),) * 600).search("a" * 40 + "c") == []


class Below(KeysUnderway[str]):
    """A screen with keys of its own, one of which opens a picker, and one of which quits."""

    BINDINGS: ClassVar[list[BindingType]] = [("s", "pick"), ("q", "quit_at_once")]

    def __init__(self) -> None:
        super().__init__()
        self.picked: list[int | None] = []

    def compose(self) -> ComposeResult:
        below = Static("below")
        below.can_focus = True
        yield below

    def action_pick(self) -> None:
        self.push_screen(Picker("Sort by", [Choice(i, name) for i, name in enumerate(NAMES)]), self.picked.append)

    def action_quit_at_once(self) -> None:
        self.exit("quit")


async def send(app: Below, pilot: Any, *keys: str) -> None:
    """All at once, as they come over a slow line; then until nothing is underway."""
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))
    for _ in range(3):
        await pilot.pause()


async def test_keys_typed_ahead_of_a_picker_are_the_pickers() -> None:
    app = Below()
    async with app.run_test() as pilot:
        await send(app, pilot, *"sq")
        assert app.screen.query_one(SearchField).value == "q"
        await send(app, pilot, "backspace", *"vl", "enter")
        await send(app, pilot, *"svalacc", "enter")
        await send(app, pilot, *"sloss", "down", "enter")
        assert [NAMES[place] for place in app.picked if place is not None] == ["val/loss", "val/accuracy", "train/loss"]
    assert app.return_value is None


@pytest.mark.parametrize("keys", [("q",), ("down", "down"), ("v", "l", "enter"), ("escape",)])
async def test_a_picker_has_the_keys_before_it_is_laid_out(keys: tuple[str, ...]) -> None:
    app = Below()
    async with app.run_test() as pilot:
        app.action_pick()
        await send(app, pilot, *keys)
        if keys[-1] in ("enter", "escape"):
            assert app.picked == [1 if keys[-1] == "enter" else None]
        else:
            text = app.export_screenshot()
            assert ("nothing&#160;has&#160;that" in text) == (keys == ("q",))
    assert app.return_value is None


async def test_the_sort_picker_of_the_app_takes_what_is_typed_at_once(open_app: Open, train: Write) -> None:
    train("one", 4, 1)
    async with open_app() as ui:
        await ui.press("s")
        text = await ui.type("vlos")
        assert "val/loss" in text.partition("Sort by")[2].split("\n")[2]
        assert "val/loss▲" in (await ui.press("enter")).split("\n")[1]
