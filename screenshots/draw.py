"""Draw: the real app on the scene, driven by keys, as pictures."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from labtop.tui.app import LabtopApp
from screenshots.scene import now, open_store, set_scene
from screenshots.views import SITTINGS, View, file_name

QUIET_ROUNDS = 5
"""An answer goes from widget to widget, then come the layout and its consequences: each takes a round or two."""


async def draw_all(into: Path) -> None:
    """All pictures into a folder. The working directory is the scene, and should be empty."""
    set_scene()
    for folder, size, views in SITTINGS:
        await _sit(folder, size, views, into)


async def _sit(folder: str, size: tuple[int, int], views: tuple[View, ...], into: Path) -> None:
    """One start of the app. All is read before, so that no figure of the header tells how fast."""
    with open_store(folder) as store:
        store.catch_up()
        app = LabtopApp(store, clock=now)
        async with app.run_test(size=size) as pilot:
            await _settle(pilot)
            for view in views:
                for key in view.keys:
                    app.simulate_key(key)
                    await pilot.pause(0)
                await _settle(pilot)
                (into / file_name(view, size)).write_text(app.export_screenshot(), encoding="utf-8", newline="\n")


async def _settle(pilot: Pilot[int]) -> None:
    """Until no question is open, and no message has waited for some rounds."""
    quiet = 0
    while quiet < QUIET_ROUNDS:
        await pilot.pause(0)
        open_ones = [worker for worker in pilot.app.workers if not worker.is_finished]
        for worker in open_ones:
            with suppress(WorkerCancelled):  # another question has taken its place
                await worker.wait()
        quiet = 0 if open_ones else quiet + 1
