"""One table of keys: bindings, footer, help and palette say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from rich.console import Console
from textual.binding import Binding
from textual.widget import Widget

from labtop.tui.keys import AREAS, KEYS, bindings
from labtop.tui.screens.help import HelpPage
from labtop.tui.widgets.chart_grid import ChartGrid
from labtop.tui.widgets.grid import Grid

Open = Callable[..., AbstractAsyncContextManager[Any]]


def bound(widget: type[Widget]) -> set[str]:
    """The keys of a kind of widget and of those that it is made from."""
    made = (binding for each in widget.__mro__ for binding in getattr(each, "BINDINGS", ()))
    return {binding.key for binding in Binding.make_bindings(made)}


def test_every_key_stands_in_the_help_and_has_a_name() -> None:
    console = Console(width=120)
    with console.capture() as capture:
        console.print(HelpPage())
    page = " ".join(capture.get().split())
    for key in KEYS:
        assert f"{key.shown} {key.help}" in page, key
        assert key.label
        assert key.area in AREAS


def test_what_moves_is_bound_by_the_table_and_by_the_charts() -> None:
    for key in KEYS:
        if key.area == "move":
            assert set(key.keys.split(",")) <= bound(Grid), key
            assert set(key.keys.split(",")) <= bound(ChartGrid), key


@pytest.mark.parametrize(
    "areas", [("runs", "table", "charts"), ("charts", "plots"), ("compare",), ("run", "charts"), ("models",)]
)
def test_no_key_means_two_things_in_one_view(areas: tuple[Any, ...]) -> None:
    for outer in ((), ("views",), ("everywhere",)):
        keys = [binding.key for binding in Binding.make_bindings(bindings(*areas, *outer))]
        assert [key for key, count in Counter(keys).items() if count > 1] == []


async def test_the_footer_names_the_keys_of_the_pane_and_a_click_is_a_key(open_app: Open, train: Any) -> None:
    train("one", 2, 1)
    async with open_app() as ui:
        footer = ui.text().rstrip().split("\n")[-1]
        assert "Space mark" in footer
        assert footer.rstrip().endswith("q quit")
        await ui.pilot.click("KeyBar", offset=(3, 0))
        await ui.settle()
        assert "1 marked" in ui.text()
        footer = (await ui.press("2")).rstrip().split("\n")[-1]
        assert "Space mark" not in footer
        assert "m metrics" in footer
