"""The filter of the runs table, typed at the bottom: what it lets pass, offers, refuses, remembers."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key, Paste

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
NOW = 1_800_000_000.0


@pytest.fixture
def four(log: Write) -> None:
    """Four runs with lr and opt, the newest first: d, c, b, a."""
    params = {"a": (0.1, "adam"), "b": (0.01, "adam"), "c": (0.01, "adamw"), "d": (0.001, "sgd")}
    for place, (name, (lr, opt)) in enumerate(params.items()):
        start = NOW - 900 + 100 * place
        log(f"run-{name}", {"event": "run", "params": {"lr": lr, "opt": opt}, "time": start})
        log(f"run-{name}", *({"step": step, "val/loss": place + 1.0, "time": start + step} for step in (1, 2)))
        log(f"run-{name}", {"event": "end", "status": "failed" if name == "c" else "finished", "time": start + 2})


def header(text: str) -> str:
    """What the top line says behind the directory."""
    return text.split("\n")[0].partition("  ")[2]


def prompt(text: str) -> str:
    """What stands in the line in which is typed."""
    return text.split("\n")[-2].rstrip()


async def rows_while_typing(ui: Any, text: str) -> list[str]:
    """The names in the table after each letter, by their last letters."""
    seen = []
    for letter in text:
        await ui.type(letter)
        seen.append("".join(name[-1] for name in ui.names()))
    return seen


@pytest.mark.usefixtures("four")
async def test_the_table_narrows_while_a_filter_is_typed_and_esc_keeps_it_and_then_takes_it_off(
    open_app: Open,
) -> None:
    async with open_app((100, 24)) as ui:
        await ui.press("z", "slash")
        seen = await rows_while_typing(ui, "lr <.05")
        assert seen[3] == "dcba"
        assert seen[-1] == "dcb"
        await ui.paste(" and val/loss > 2")
        text = ui.text()
        assert ui.names() == ["run-d", "run-c"]
        assert "2 of 4 runs  /lr <.05 and val/loss > 2" in header(text)
        text = await ui.press("escape")
        assert ui.names() == ["run-d", "run-c"]
        assert "/lr <.05 and val/loss > 2" in header(text)
        assert "Esc back" in text.split("\n")[-1]
        text = await ui.press("escape", "escape")
        assert ui.names() == ["run-d", "run-c", "run-b", "run-a"]
        assert header(text).startswith("4 runs")
        assert "lr <" not in text


@pytest.mark.usefixtures("four")
async def test_a_filter_that_cannot_be_read_leaves_the_table_and_says_where_and_what_was_expected(
    open_app: Open,
) -> None:
    async with open_app((100, 24)) as ui:
        await ui.press("z", "slash")
        await ui.paste("opt = sgd")
        assert ui.names() == ["run-d"]
        await ui.paste(" or lr <")
        lines = (await ui.until("expected a value after <")).split("\n")
        assert lines[-1].index("^") == lines[-2].index("lr <") + len("lr <")
        assert ui.names() == ["run-d"]
        await ui.type(" 0.05")
        assert "^" not in ui.text().split("\n")[-1]
        assert ui.names() == ["run-d", "run-c", "run-b"]
        await ui.type(["ctrl+u"])
        await ui.paste("opt = 'adam")
        assert "^ this ' is not closed" in (await ui.press("enter")).split("\n")[-1]
        assert len(ui.names()) == 4
        await ui.press("ctrl+u")
        await ui.paste("op = sgd")
        lines = (await ui.until("near: opt")).split("\n")
        assert lines[-1].index("^") == lines[-2].index("op =")


@pytest.mark.usefixtures("four")
async def test_a_word_between_conditions_that_stands_for_a_value_is_blamed_and_enter_leaves_it_there(
    open_app: Open,
) -> None:
    async with open_app((100, 24)) as ui:
        await ui.press("z", "slash", *"lr < and")
        await ui.until("expected a value after <, not and")
        text = await ui.press("enter")
        assert "lr < and" in text
        assert "expected a value after <, not and" in text


@pytest.mark.usefixtures("four")
async def test_names_operators_and_values_are_offered_and_taken_with_tab(open_app: Open) -> None:
    async with open_app((100, 24)) as ui:
        await ui.press("slash")
        assert "param" in next(line for line in (await ui.type("op")).split("\n") if " opt " in line)
        assert prompt(await ui.press("tab")) == " runs /  opt"
        text = await ui.type(" = ad")
        assert [word in text.split("\n")[-4] for word in ("adam ", "adamw")] in ([True, False], [False, True])
        assert prompt(await ui.press("tab")).startswith(" runs /  opt = adam")
        while prompt(ui.text()) != " runs /  opt = adamw":
            await ui.press("tab")
        await ui.press("enter")
        assert ui.names() == ["run-c"]
        await ui.paste(" and status = fai")
        assert prompt(await ui.press("tab")) == " runs /  opt = adamw and status = failed"
        await ui.press("enter")
        assert ui.names() == ["run-c"]
        assert prompt(ui.text()) != " runs /  opt = adamw and status = failed"


async def test_a_letter_between_two_tabs_that_follow_each_other_at_once_is_kept(open_app: Open, log: Write) -> None:
    log("run", {"event": "run", "params": {"lambda": 1, "latent": 2, "layers": 3}, "time": NOW - 9})
    async with open_app((100, 24)) as ui:
        await ui.press("slash", "l")
        taken = prompt(await ui.press("tab"))
        assert taken == " runs /  lambda"
        for key in (Key("x", "x"), Key("tab", "\t")):
            ui.app.post_message(key)
        await ui.settle()
        assert prompt(ui.text()) == taken + "x"


@pytest.mark.usefixtures("four")
async def test_filters_come_back_with_up_and_by_the_name_under_which_they_were_saved(open_app: Open) -> None:
    async with open_app((100, 24)) as ui:
        for text in ("opt = sgd", "lr < 0.05"):
            await ui.press("slash")
            await ui.paste(text)
            await ui.press("enter", "escape")
        await ui.press("slash")
        assert prompt(await ui.press("up")) == " runs /  lr < 0.05"
        assert ui.names() == ["run-d", "run-c", "run-b"]
        assert prompt(await ui.press("up")) == " runs /  opt = sgd"
        assert ui.names() == ["run-d"]
        assert prompt(await ui.press("down")) == " runs /  lr < 0.05"
        assert prompt(await ui.press("ctrl+s")) == " save as"
        await ui.type("[b]low lr")
        assert "saved: [b]low lr" in await ui.press("enter")
        assert prompt(ui.text()) == " runs /  lr < 0.05"
        await ui.press("escape", "escape", "slash")
        offers = [line for line in ui.text().split("\n")[:-2] if "[b]low lr" in line]
        assert len(offers) == 1
        assert "lr < 0.05" in offers[0]
        assert prompt(await ui.press("tab")) == " runs /  lr < 0.05"
        assert ui.names() == ["run-d", "run-c", "run-b"]


@pytest.mark.usefixtures("four")
async def test_a_filter_of_ten_thousand_letters_and_sql_are_answered_at_once_and_harm_nothing(open_app: Open) -> None:
    async with open_app((100, 24)) as ui:
        await ui.press("z", "slash")
        for text, said in (
            ("(" * 10_000, "50 parentheses"),
            ("lr < 1," * 1500 + "lr < 1", "50 conditions"),
            ("'; drop table runs", "^ this ' is not closed"),
            ("x" * 10_000, ""),
            ("name = '''; drop table runs; --'", ""),
        ):
            await ui.type(["ctrl+u"])
            await ui.paste(text)
            if said:
                assert said in await ui.press("enter")
                assert len(ui.names()) == 4
            else:
                assert "0 of 4 runs" in header(ui.text())
                await ui.press("ctrl+u")
                assert len(ui.names()) == 4
        assert header(await ui.press("escape")).startswith("4 runs")


@pytest.mark.usefixtures("four")
async def test_words_states_notes_and_what_is_not_there_can_be_asked_for(open_app: Open, log: Write) -> None:
    log("run-d", {"event": "note", "text": "beats [bold]everything"}, {"event": "tag", "add": ["two words"]})
    async with open_app((100, 24)) as ui:
        await ui.press("z", "slash")
        for text, names in (
            ("adam -adamw", "ba"),
            ("[bold]everything", "d"),
            ('tag:"two words"', "d"),
            ("min(val/loss) <= 2, lr < 0.05", "b"),
            ("note is null and started > 2020-01-01", "cba"),
        ):
            await ui.type(["ctrl+u"])
            await ui.paste(text)
            assert "".join(name[-1] for name in ui.names()) == names, text


@pytest.mark.usefixtures("four")
async def test_a_filter_that_no_run_passes_is_told_in_place_of_rows(open_app: Open) -> None:
    async with open_app((100, 24)) as ui:
        await ui.press("z", "slash", *"sgd")
        assert "no run passes" not in ui.text()
        await ui.paste("x")
        assert ui.names() == []
        assert ui.table()[1].strip() == "no run passes the filter"
        await ui.press("enter", "n")
        assert "no run is under the cursor" in ui.text()
        await ui.press("slash")
        await ui.press("enter", "escape", "escape")
        assert "no run passes" not in ui.text()
        assert len(ui.names()) == 4


@pytest.fixture
def live(log: Write, runs: Path) -> None:
    """Two runs that go on, with a learning rate each, and one that has ended."""
    for name, lr in (("a", 0.1), ("b", 0.1), ("c", 0.2)):
        log(f"run-{name}", {"event": "run", "params": {"lr": lr}, "time": NOW - 9}, {"loss": 1, "time": NOW - 1})
    log("run-a", {"event": "end", "status": "finished", "time": NOW})
    for file in runs.glob("*/*"):
        os.utime(file, (NOW - 1, NOW - 1))


@pytest.mark.usefixtures("live")
async def test_of_a_filtered_table_the_runs_are_told_that_pass_and_go_on(open_app: Open) -> None:
    async with open_app((100, 24), store_clock=lambda: NOW) as ui:
        assert header(ui.text()).startswith("3 runs  ▶2")
        await ui.press("slash", *"lr < .15", "enter")
        assert header(ui.text()).startswith("2 of 3 runs  ▶1  /lr")
        await ui.press("slash", "ctrl+u", *"is:finished", "enter")
        assert header(ui.text()).startswith("1 of 3 runs  /is")


@pytest.mark.usefixtures("four")
async def test_enter_behind_a_text_that_is_typed_in_a_moment_keeps_it(open_app: Open) -> None:
    async with open_app((100, 24)) as ui:
        await ui.press("z", "slash", *"opt =")
        assert len(ui.names()) == 4
        ui.app.post_message(Paste(" sgd"))
        ui.app.post_message(Key("enter", None))
        await ui.until("/opt = sgd")
        await ui.settle()
        assert ui.names() == ["run-d"]
        await ui.press("slash", "ctrl+u", *"lr < 1")
        ui.app.post_message(Paste(" and op = sgd"))
        ui.app.post_message(Key("enter", None))
        assert "lr < 1 and op = sgd: no run has a param" in await ui.until("not used, / and up")
        assert len(ui.names()) == 4
