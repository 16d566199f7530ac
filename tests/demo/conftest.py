"""Short trainings for the tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labtop.demo.recipe import Recipe

Events = list[dict[str, Any]]


@pytest.fixture
def short() -> Recipe:
    """A training of a fraction of a second."""
    return Recipe("short", steps=120, log_every=10, validate_every=40, warmup=20, seed=7)


@pytest.fixture
def read_events() -> Callable[[Path], Events]:
    """Reads a log as strictly as its format allows: every line whole, an object, with an event and a time."""

    def read(log: Path) -> Events:
        text = log.read_text(encoding="utf-8")
        assert text.endswith("\n")
        events = [json.loads(line) for line in text.splitlines()]
        assert all(isinstance(event["event"], str) and event["time"] > 1e9 for event in events)
        return events

    return read
