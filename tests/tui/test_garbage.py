"""When the app looks for garbage: after frames and in quiet hours, never while somebody waits for a key."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from labtop.tui import garbage
from labtop.tui.garbage import Sweeper

Open = Callable[..., AbstractAsyncContextManager[Any]]


class Knot:
    """What only a look for garbage finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def by_hand() -> Iterator[None]:
    """The interpreter does not look by itself."""
    gc.disable()
    yield
    gc.enable()


def left() -> weakref.ref[Knot]:
    return weakref.ref(Knot())


async def test_what_is_new_is_looked_through_after_a_frame_not_within_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_WORTH", 0)
    gone = asyncio.Event()
    knot = left()
    weakref.finalize(knot(), gone.set)
    Sweeper().drawn()
    assert knot() is not None
    await asyncio.wait_for(gone.wait(), 30)
    assert knot() is None


async def test_what_outlived_a_look_is_looked_through_after_some_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_WORTH", 0)
    monkeypatch.setattr(garbage, "_AFTER_FRAME_S", 0.0)
    knot = Knot()
    gone = weakref.ref(knot)
    gc.collect(0)
    del knot
    sweeper, made = Sweeper(), list[object]()
    for _ in range(20):
        made.append([{} for _ in range(100)])
        sweeper.drawn()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert gone() is None


async def test_the_app_has_a_look_after_its_frames(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_WORTH", 0)
    async with open_app((80, 24)) as ui:
        knot = left()
        assert knot() is not None
        await ui.press("question_mark")
        while knot() is not None:
            await ui.pilot.pause()


async def test_a_frame_that_leaves_little_is_not_looked_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_WORTH", 10**9)
    monkeypatch.setattr(garbage, "_AFTER_FRAME_S", 0.0)
    knot = left()
    Sweeper().drawn()
    for _ in range(10):
        await asyncio.sleep(0)
    assert knot() is not None


@pytest.mark.parametrize(("quiet_s", "is_swept"), [(-1.0, True), (1000.0, False)])
def test_everything_is_looked_through_while_nobody_touches_a_key(
    monkeypatch: pytest.MonkeyPatch, quiet_s: float, is_swept: bool
) -> None:
    monkeypatch.setattr(garbage, "QUIET_S", quiet_s)
    sweeper, knot = Sweeper(), left()
    sweeper.touched()
    sweeper.sweep()
    assert (knot() is None) is is_swept
