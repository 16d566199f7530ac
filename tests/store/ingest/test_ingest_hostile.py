"""No line of a log, whatever it holds, stops its file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtop.store import Store
from labtop.store.index.files import Index
from labtop.store.model import TableQuery
from labtop.store.read.keys import CLOCK_KEYS, ELAPSED_KEYS, EVENT_NAMES, PREFIX_KEYS, RUN_KEYS, STEP_KEYS
from labtop.store.read.own_events import FIELDS

KEYS = sorted(
    {"run", "config", "percentage", "total_steps", "remaining_time", "eta_seconds", "loss", "", "a/b", "metrics", "\0"}
    | {*CLOCK_KEYS, *ELAPSED_KEYS, *PREFIX_KEYS, *RUN_KEYS, *STEP_KEYS}
    | {field for fields in FIELDS.values() for field in fields}
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 1e-320, 1e308, -1e308, 2**31, 2**32, 2**53, 2**63, 2**64, 1.7e9, 1.7e12])
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["nan", "-inf", "1/4", "1e999", "12:34:56", "2026-01-01T00:00:00Z", "\ud800", "../..", "9" * 50])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)
LINES = st.lists(
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)
    | st.builds(
        lambda event, fields: {**fields, "event": event},
        st.sampled_from(sorted(EVENT_NAMES)),
        st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8),
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(lines=LINES)
def test_lines_of_any_shape_are_read_and_asked_for(
    lines: list[dict[str, object]],
    kept_index: Index,
    emptied: Callable[[Index], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    emptied(kept_index)
    root = tmp_path_factory.mktemp("hostile")
    log: Path = root / "a" / "events.jsonl"
    log.parent.mkdir()
    good = {"step": 1, "loss": 0.5, "run": "good"}
    log.write_text("".join(json.dumps(line) + "\n" for line in [good, *lines]))
    store = Store(root, kept_index, poll=True, clock=lambda: 1.8e9)
    store.catch_up()
    assert store.activity.notices == ()
    assert store.activity.lines == 1 + len(lines)
    with log.open("a") as file:
        file.write(json.dumps({**good, "loss": 0.25}) + "\n")
    again = Store(root, kept_index, poll=True, clock=lambda: 1.8e9)  # from what the index remembers
    again.catch_up()
    assert again.activity.notices == ()
    detail = again.detail(again.find("good"))
    assert detail.metrics["loss"].count >= 2
    shown = again.table(TableQuery())
    assert len(again.details()) == len(shown.rows) + shown.hidden
    again.outline()
