"""The line in which filters, notes and tags are typed: completions, errors, history and names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import on
from textual._compositor import LayoutUpdate
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import Static

from labtop.store.model import Completion, FilterError
from labtop.tui.widgets.prompt import Prompt
from labtop.tui.widgets.prompt_blame import blame_lines
from labtop.tui.widgets.prompt_history import History

WORDS = ("loss", "lr", "layers", "l2_decay", "label_smoothing", "limit", "log_interval", "lion_beta", "val/loss")
REASON = "nobody knows `zz`"


class Owner(App[None]):
    """A header, rows, a prompt and the line of keys. Answers what the prompt asks; a text with `zz` is wrong."""

    CSS = "#rows {height: 1fr;} #keys {height: 1;} Screen {overflow: hidden;}"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave"), ("tab", "elsewhere")]

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, ...]] = []
        self.answers = True

    def compose(self) -> ComposeResult:
        yield Static("the header")
        yield Static("\n".join(f"row {row}" for row in range(60)), id="rows")
        yield Prompt(id="prompt")
        yield Static(" the keys", id="keys")

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    def action_leave(self) -> None:
        self.prompt.close()

    def action_elsewhere(self) -> None:
        self.told.append(("elsewhere",))

    @on(Prompt.Asked)
    def _asked(self, event: Prompt.Asked) -> None:
        if self.answers:
            self.answer(event.text, event.cursor)

    def answer(self, text: str, cursor: int) -> None:
        begin = text.rfind(" ", 0, cursor) + 1
        typed = text[begin:cursor]
        fitting = [Completion(begin, cursor, word, f"metric {word}") for word in WORDS if word.startswith(typed)]
        self.prompt.suggest(text, cursor, fitting if typed else ())
        self.prompt.blame(FilterError(REASON, text, text.find("zz")) if "zz" in text else None)

    @on(Prompt.Typed)
    @on(Prompt.Submitted)
    @on(Prompt.Saved)
    @on(Prompt.Left)
    def _tell(self, event: Message) -> None:
        told = (getattr(event, name) for name in ("purpose", "name", "text") if hasattr(event, name))
        self.told.append((type(event).__name__, *told))


class Ui:
    """Press keys, read the lines of the screen."""

    def __init__(self, app: Owner, pilot: Any) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> list[str]:
        """Keys by name; a text that begins with = is typed, all at once."""
        for key in keys:
            for each in key[1:] if len(key) > 1 and key[0] == "=" else (key,):
                self.app.post_message(Key("space" if each == " " else each, each if len(each) == 1 else None))
            await self.settle()
        return self.lines()

    async def settle(self) -> None:
        """Until what was pressed, asked and answered is drawn."""
        for _ in range(4):
            await self.pilot._wait_for_screen()
        self.app.screen._on_timer_update()

    def lines(self) -> list[str]:
        drawn = self.app.screen._compositor.render_update(full=True)
        assert isinstance(drawn, LayoutUpdate)
        return ["".join(strip.text for strip in line).rstrip() for line in drawn.strips]

    @property
    def line(self) -> str:
        """The prompt's."""
        return self.lines()[-2]


@asynccontextmanager
async def opened(
    size: tuple[int, int] = (60, 16), purpose: str = "runs", text: str = "", **more: Any
) -> AsyncIterator[Ui]:
    app = Owner()
    async with app.run_test(size=size) as pilot:
        app.prompt.patience = 0
        app.prompt.open(purpose, f" {purpose} / ", text, **more)
        ui = Ui(app, pilot)
        await ui.settle()
        yield ui


def shown(ui: Ui) -> list[str]:
    """The words of the list in their order."""
    return [word for line in ui.lines()[1:-2] for word in line.split() if word in WORDS and f"metric {word}" in line][
        ::2
    ]


async def test_completions_stand_above_the_line_and_nothing_else_moves() -> None:
    async with opened((80, 16)) as ui:
        before = ui.lines()
        lines = await ui.press("=x < 1 and l")
        assert shown(ui) == list(WORDS[:6])
        assert "+2" in lines[-3]
        assert lines[:-8] == before[:-8]
        assert lines[-1] == " the keys"
        begins = {line.index(word) for line, word in zip(lines[-8:-2], WORDS, strict=False)}
        assert begins == {ui.line.rindex("l")}
        assert not any("›" in line for line in lines)
        assert "›loss" in (await ui.press("down"))[-8]
        assert "›lr" in (await ui.press("down"))[-7]
        assert not any("›" in line for line in await ui.press("up", "up"))
        lines = await ui.press("o")
        assert shown(ui) == ["loss", "log_interval"]
        assert lines[:-4] == before[:-4]


async def test_tab_takes_the_first_and_then_the_next_ones() -> None:
    async with opened() as ui:
        await ui.press("=x l", "left", "right", "tab")
        assert ui.line == " runs /  x loss"
        assert "›loss" in "".join(ui.lines())
        await ui.press("tab", "tab")
        assert ui.line == " runs /  x layers"
        await ui.press("shift+tab")
        assert ui.line == " runs /  x lr"
        await ui.press("enter")
        assert not shown(ui)
        assert ("Typed", "runs", "x lr") in ui.app.told
        await ui.press("enter")
        assert ui.app.told[-2:] == [("Submitted", "runs", "x lr"), ("Left",)]
        assert ("elsewhere",) not in ui.app.told


async def test_tab_waits_for_the_answer_to_what_was_typed_before_it() -> None:
    async with opened() as ui:
        ui.app.answers = False
        await ui.press("=la", "tab")
        assert ui.line == " runs /  la"
        ui.app.answer("la", 2)
        await ui.settle()
        assert ui.line == " runs /  layers"
        ui.app.answer("la", 2)
        await ui.press("= l")
        ui.app.answer("layers l", 1)
        await ui.settle()
        assert not any("+2" in line for line in ui.lines())


async def test_one_completion_is_taken_whole_in_the_middle_of_a_text() -> None:
    async with opened(text="v < 1") as ui:
        await ui.press("home", "right", "tab")
        assert ui.line == " runs /  val/loss < 1"
        await ui.press("=!")
        assert ui.line == " runs /  val/loss! < 1"


async def test_enter_takes_only_what_is_highlighted() -> None:
    async with opened() as ui:
        await ui.press("=l", "down", "down", "enter")
        assert ui.line == " runs /  lr"
        await ui.press("enter")
        assert ui.app.told[-2:] == [("Submitted", "runs", "lr"), ("Left",)]
    async with opened() as ui:
        await ui.press("=l", "enter")
        assert ui.app.told[-2:] == [("Submitted", "runs", "l"), ("Left",)]


async def test_escape_closes_the_list_then_the_prompt() -> None:
    async with opened() as ui:
        await ui.press("=l", "escape")
        assert not shown(ui)
        assert ui.line == " runs /  l"
        await ui.press("tab")
        assert ui.line == " runs /  loss"
        await ui.press("escape", "escape")
        assert not ui.app.prompt.display
        assert ui.line.startswith("row")


async def test_a_click_takes_an_offer_and_a_click_elsewhere_closes_the_list() -> None:
    async with opened((80, 16)) as ui:
        await ui.press("=l")
        await ui.pilot.click("CompletionList", offset=(3, 1))
        await ui.settle()
        assert ui.line == " runs /  lr"
        await ui.press("= l")
        assert shown(ui)
        ui.app.screen.set_focus(None)
        await ui.settle()
        assert not shown(ui)


async def test_a_late_answer_does_not_open_what_was_closed() -> None:
    async with opened() as ui:
        await ui.press("=l", "escape")
        ui.app.answer("l", 1)
        await ui.settle()
        assert not shown(ui)


@pytest.mark.parametrize(
    "text", ["zz", "abc zz and more", "日本語 zz", "e\u0301 zz " + "x" * 14, "y" * 70 + "日本zz日本 end"]
)
@pytest.mark.parametrize("width", [60, 34])
async def test_the_caret_stands_under_the_place(text: str, width: int) -> None:
    async with opened((width, 16), text=text) as ui:
        await ui.press("= ", "left")
        lines = ui.lines()
        assert cell_len(lines[-2].partition("zz")[0]) == cell_len(lines[-1].partition("^")[0])
        assert REASON in lines[-1] or REASON in lines[-3]
        assert lines[-4].startswith("row")


async def test_the_caret_follows_the_text_when_it_is_scrolled() -> None:
    async with opened(text="zz " + "日" * 40) as ui:
        lines = await ui.press("=x")
        assert "zz" not in lines[-2]
        assert lines[-1].startswith("< ")
        lines = await ui.press("home")
        assert cell_len(lines[-2].partition("zz")[0]) == len(lines[-1].partition("^")[0])


async def test_an_error_shows_after_a_pause_and_goes_with_the_next_letter() -> None:
    async with opened() as ui:
        ui.app.prompt.patience = 60
        assert (await ui.press("=azz"))[-1] == " the keys"
        ui.app.prompt.patience = 0.001
        await ui.press("=zz")
        while REASON not in ui.lines()[-1]:
            await ui.pilot.pause()
        ui.app.answers = False
        assert (await ui.press("=b"))[-1] == " the keys"
        ui.app.prompt.blame(FilterError(REASON, "azzzz", 1))
        await ui.settle()
        assert ui.lines()[-1] == " the keys"
        await ui.press("ctrl+u")
        ui.app.prompt.blame(FilterError("something is missing", "", 0))
        await ui.settle()
        assert ui.lines()[-1] == " the keys"


async def test_enter_on_what_is_wrong_says_so_at_once_and_stays() -> None:
    async with opened() as ui:
        ui.app.prompt.patience = 60
        assert REASON in (await ui.press("=zz", "enter"))[-1]
        assert ("Left",) not in ui.app.told


async def test_the_arrows_go_through_history_and_keep_what_was_being_typed() -> None:
    async with opened(history=["old", "new", "new"]) as ui:
        seen = []
        for key in ("=x < 1", "up", "up", "up", "down", "down", "down"):
            await ui.press(key)
            seen.append(ui.line.removeprefix(" runs /  "))
        assert seen == ["x < 1", "new", "old", "old", "new", "x < 1", "x < 1"]
        await ui.press("up", "=er", "up")
        assert ui.line == " runs /  new"
        assert ui.app.told[-1] == ("Typed", "runs", "new")


async def test_a_saved_filter_is_offered_by_name_and_fills_in_its_text() -> None:
    saved = [("good ones", "loss < 0.5"), ("Mine", "tag:mine"), ("\x1b[31mred", "a [b]")]
    async with opened(saved=saved) as ui:
        text = "\n".join(ui.lines()[-5:])
        assert all(part in text for part in ("good ones", "loss < 0.5", "Mine", "red", "a [b]"))
        await ui.press("m")
        assert "good ones" not in "\n".join(ui.lines())
        await ui.press("tab")
        assert ui.line == " runs /  tag:mine"
        assert ui.app.told[-1] == ("Typed", "runs", "tag:mine")


async def test_a_filter_is_saved_under_a_name() -> None:
    async with opened(text="loss < 1") as ui:
        await ui.press("left", "ctrl+s")
        assert ui.line == " save as"
        await ui.press("=my l", "escape")
        assert ui.line == " runs /  loss < 1"
        await ui.press("ctrl+s", "enter", "=my l", "up", "tab", "enter")
        assert ("Saved", "my l", "loss < 1") in ui.app.told
        await ui.press("=0")
        assert ui.line == " runs /  loss < 01"
        assert {each[2] for each in ui.app.told if each[0] == "Typed"} <= {"loss < 1", "loss < 01"}


async def test_notes_and_tags_are_told_when_they_are_done() -> None:
    async with opened(purpose="note") as ui:
        await ui.press("=a note", "tab", "ctrl+s", "enter")
        assert ui.app.told == [("Submitted", "note", "a note"), ("Left",)]
    async with opened(purpose="tags", text="baseline") as ui:
        await ui.press("= lo", "tab", "enter", "enter")
        assert ui.app.told == [("Submitted", "tags", "baseline loss"), ("Left",)]


async def test_what_is_pasted_is_one_safe_line() -> None:
    async with opened() as ui:
        ui.app.post_message(Paste("a\x1b[2Jb\tc\nsecond"))
        await ui.settle()
        assert ui.line == " runs /  ab c second"


async def test_an_ascii_terminal_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    async with opened(saved=[("größe", "x = 1")]) as ui:
        assert "gr??e" in ui.lines()[-3]
        text = "\n".join(await ui.press("down", "escape", "=l", "down"))
        assert ">loss" in text
        assert text.isascii()


@pytest.mark.parametrize("size", [(20, 5), (12, 4), (140, 45)])
async def test_the_header_is_never_covered(size: tuple[int, int]) -> None:
    async with opened(size) as ui:
        assert (await ui.press("=l", "down"))[0] == "the header"[: size[0]]
        assert len(ui.lines()) == size[1]


@given(st.text("ab日", max_size=40), st.integers(-5, 70), st.integers(2, 60), st.booleans())
def test_a_blamed_text_keeps_to_its_width(reason: str, column: int, width: int, above: bool) -> None:
    lines = blame_lines(reason, column, width, above=above)
    assert all(cell_len(line) <= width for line in lines)
    assert above or not lines[0]
    if 0 <= column < width:
        assert cell_len(lines[1].partition("^")[0]) == column


@given(st.lists(st.sampled_from("abc"), max_size=6), st.lists(st.booleans(), max_size=12))
def test_history_is_a_list_without_repetitions_and_the_draft(texts: Sequence[str], steps: Sequence[bool]) -> None:
    obvious = [text for text, after in zip(texts, [*texts[1:], "draft"], strict=False) if text != after] + ["draft"]
    history, place, text = History(texts), len(obvious) - 1, "draft"
    for older in steps:
        place = max(place - 1, 0) if older else min(place + 1, len(obvious) - 1)
        text = (history.older(text) if older else history.newer(text)) or text
        assert text == obvious[place]
