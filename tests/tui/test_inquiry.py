"""Questions to the store: asked in threads, the newest counts, and one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from textual.app import App
from textual.pilot import Pilot

from labtop.store.model import StoreError
from labtop.tui.inquiry import Inquiry, Said


class Asker(App[None]):
    """Asks for texts; each answer waits until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.taken: list[str] = []
        self.said: list[str] = []
        self.ended: list[str] = []
        self.threads: set[int] = set()
        self.gates: dict[str, threading.Event] = {}
        self.inquiry = Inquiry[str, str](self, "test", self.fetch, self.take, rest=0.0)

    def fetch(self, question: str) -> Iterator[str]:
        self.asked.append(question)
        self.threads.add(threading.get_ident())
        if question == "bad":
            raise StoreError("the index is gone: open it again")
        gate = self.gates.setdefault(question, threading.Event())
        try:
            yield f"{question} soon"
            gate.wait()
            yield f"{question} done"
        finally:
            self.ended.append(question)

    def take(self, question: str, answer: str) -> None:
        self.taken.append(answer)

    def on_said(self, event: Said) -> None:
        self.said.append(event.text)


async def finish(pilot: Pilot[None]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_answers_come_from_a_thread_piece_by_piece() -> None:
    app = Asker()
    async with app.run_test() as pilot:
        app.gates["a"] = threading.Event()
        app.inquiry.ask("a", 0)
        while not app.taken:
            await pilot.pause()
        assert app.taken == ["a soon"]
        app.gates["a"].set()
        await finish(pilot)
        assert app.taken == ["a soon", "a done"]
        assert threading.get_ident() not in app.threads


async def test_the_same_question_of_the_same_data_is_asked_once() -> None:
    app = Asker()
    async with app.run_test() as pilot:
        for revision in (0, 0, 0):
            app.gates.setdefault("a", threading.Event()).set()
            app.inquiry.ask("a", revision)
            await finish(pilot)
        assert app.asked == ["a"]


async def test_newer_data_waits_for_the_answer_under_way_and_is_asked_once() -> None:
    app = Asker()
    async with app.run_test() as pilot:
        app.gates["a"] = threading.Event()
        for revision in range(5):
            app.inquiry.ask("a", revision)
        while not app.taken:
            await pilot.pause()
        assert app.asked == ["a"]
        app.gates["a"].set()
        while len(app.taken) < 4:
            await pilot.pause()
        assert app.asked == ["a", "a"]


async def test_another_question_makes_the_answers_to_the_old_one_void() -> None:
    app = Asker()
    async with app.run_test() as pilot:
        app.gates["old"] = threading.Event()
        app.inquiry.ask("old", 0)
        while not app.taken:
            await pilot.pause()
        app.gates["new"] = threading.Event()
        app.gates["new"].set()
        app.inquiry.ask("new", 0)
        app.gates["old"].set()
        while len(app.ended) < 2:
            await pilot.pause()
        await finish(pilot)
        assert app.taken == ["old soon", "new soon", "new done"]


async def test_what_the_store_cannot_answer_is_said() -> None:
    app = Asker()
    async with app.run_test() as pilot:
        app.inquiry.ask("bad", 0)
        await finish(pilot)
        assert app.said == ["the index is gone: open it again"]
        app.gates["a"] = threading.Event()
        app.gates["a"].set()
        app.inquiry.ask("a", 0)
        await finish(pilot)
        assert app.taken == ["a soon", "a done"]
