"""Short trainings for the tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import labtop
from labtop.demo.recipe import Recipe

Events = list[dict[str, Any]]
Read = Callable[[Path], Events]
Begin = Callable[[Path], labtop.Run]


@pytest.fixture
def short() -> Recipe:
    """A training of a fraction of a second."""
    return Recipe("short", steps=120, log_every=10, validate_every=40, warmup=20, seed=7)


@pytest.fixture
def read_events() -> Read:
    """Reads a log as strictly as its format allows: every line whole, an object with a time; metrics name no event."""

    def read(log: Path) -> Events:
        text = log.read_text(encoding="utf-8")
        assert text.endswith("\n")
        events = [{"event": "metrics", **json.loads(line)} for line in text.splitlines()]
        assert all(isinstance(event["event"], str) and event["time"] > 1e9 for event in events)
        return events

    return read


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Begins or resumes the run of the folder that is named, without a look at this machine; it ends with the test."""
    monkeypatch.setenv("_LABTOP_PARENT", "")  # put back, whatever `init` sets
    with ExitStack() as runs:

        def begin(folder: Path) -> labtop.Run:
            run = labtop.init(folder.parent, id=folder.name, capture=False, heartbeat_s=0, hooks=False)
            return runs.enter_context(run)

        yield begin


def told(events: Events) -> dict[str, Any]:
    """What the `run` events say together: later fields win."""
    return {key: value for event in events if event["event"] == "run" for key, value in event.items()}
