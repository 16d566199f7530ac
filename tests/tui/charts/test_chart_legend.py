"""The legend names runs so that they can be told apart in little room."""

from __future__ import annotations

import numpy as np
from rich.cells import cell_len

from labtop.tui.charts.legend import Entry, Legend
from labtop.tui.charts.spec import Curve, Look


def legend(*names: str, value: float = 1.25) -> Legend:
    data = np.array([3.0, value]), np.array([0, 0], np.int32)
    return Legend([Entry.of(Curve(name, number, data[0], *data)) for number, name in enumerate(names)], Look())


def rows(of: Legend, width: int, most: int) -> list[str]:
    return ["".join(segment.text for segment in row).rstrip() for row in of.rows(width, most)]


def test_entries_have_marker_name_and_last_value() -> None:
    assert rows(legend("adam", "sgd"), 60, 2) == ["● adam 1.2500  ■ sgd  1.2500"]
    assert rows(legend("adam", value=float("nan")), 60, 2) == ["● adam NaN"]


def test_names_lose_what_they_share_only_where_room_is_short() -> None:
    names = [f"sweep-b{size}-lr1e-3-327m" for size in (1, 16, 128)]
    assert rows(legend(*names), 100, 1)[0].count("sweep-b") == 3
    assert rows(legend(*names), 60, 1) == ["● …b1…   1.2500  ■ …b16…  1.2500  ▲ …b128… 1.2500"]


def test_what_has_no_room_is_counted() -> None:
    names = [f"{word}-run" for word in ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta")]
    shown = rows(legend(*names), 40, 1)
    assert len(shown) == 1
    assert shown[0].endswith("+6 more")
    assert all(cell_len(row) <= 40 for row in rows(legend(*names), 40, 2))


def test_a_legend_of_hostile_names_is_plain_text() -> None:
    shown = rows(legend("[bold]\x1b[31mred\nline", "b"), 80, 1)[0]
    assert "[bold]red⏎line" in shown
    assert "\x1b" not in shown


def test_where_no_name_has_room_the_legend_does_not_speak_of_more() -> None:
    of = Legend([Entry(number, f"a run {number}") for number in range(3)], Look())
    assert rows(of, 12, 1) == ["3 unnamed"]
