"""The pure functions behind the screens: which metrics are pinned, shapes of grids, lines that fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from labtop.store.example import example_command
from labtop.store.model import Activity, MetricInfo, Outline
from labtop.tui.pages import best_shape
from labtop.tui.pins import first_pins, in_groups
from labtop.tui.run_names import cut_middle
from labtop.tui.widgets.empty import nothing_yet
from labtop.tui.widgets.header import fit


def outline(runs: int, *metrics: tuple[str, Any, int, bool]) -> Outline:
    infos = tuple(MetricInfo(name, goal, None, count, varies) for name, goal, count, varies in metrics)
    return Outline(runs, infos, ())


def test_pinned_are_metrics_with_a_goal_in_most_runs_validation_first() -> None:
    found = outline(
        10,
        ("lr", None, 10, True),
        ("train/loss", "min", 10, True),
        ("epoch", None, 10, True),
        ("val/acc", "max", 9, True),
        ("val/loss", "min", 9, True),
        ("test_rare", "min", 2, True),
        ("fixed/loss", "min", 10, False),
    )
    assert first_pins(found) == ("val/acc", "val/loss", "train/loss")


def test_at_most_four_are_pinned() -> None:
    assert len(first_pins(outline(1, *((f"loss{n}", "min", 1, True) for n in range(9))))) == 4


@pytest.mark.parametrize(
    ("metrics", "pinned"),
    [
        ([("loss", "min", 1, False)], ("loss",)),  # a run of one line
        ([("loss", "min", 1, True), ("acc", "max", 2, True)], ("acc", "loss")),  # each in few of ten runs
        ([("energy", None, 10, True), ("lr", None, 10, True)], ("energy",)),
        ([("lr", None, 10, True), ("wall_time_sec", None, 10, True)], ()),
        ([], ()),
    ],
)
def test_without_such_metrics_what_comes_nearest_is_pinned(metrics: Any, pinned: tuple[str, ...]) -> None:
    assert first_pins(outline(10, *metrics)) == pinned


def test_metrics_stand_in_groups_telling_ones_first_system_last() -> None:
    names = ["system/gpu", "val/time", "epoch", "val/loss", "train/loss", "loss", "a/b/c"]
    ordered = in_groups(names, {"val/loss", "train/loss", "loss"})
    assert ordered == ("loss", "a/b/c", "train/loss", "val/loss", "val/time", "epoch", "system/gpu")


@pytest.mark.parametrize(
    ("count", "width", "height", "shape"),
    [
        (2, 84, 43, (2, 1)),
        (4, 84, 43, (2, 2)),
        (2, 80, 11, (1, 2)),
        (4, 40, 8, (1, 1)),
        (1, 200, 50, (1, 1)),
        (9, 10, 2, (1, 1)),
    ],
)
def test_charts_get_the_largest_shape_that_shows_most(
    count: int, width: int, height: int, shape: tuple[int, int]
) -> None:
    assert best_shape(count, width, height) == shape


def test_a_long_name_keeps_its_end_and_some_of_its_start() -> None:
    assert cut_middle("token-tango-b1024-lr3e-2-327m", 20) == "token-…4-lr3e-2-327m"
    for cells in range(1, 40):
        assert cell_len(cut_middle("日本語の名前 run 17", cells)) <= cells


def test_the_header_drops_what_matters_least_and_keeps_the_end_of_the_path() -> None:
    segments = ((9, "53 runs", ""), (10, "/adam", "reverse"), (2, "poll", "dim"))
    assert fit("~/runs", segments, 60).plain == " ~/runs  53 runs  /adam  poll"
    narrow = fit("/a/very/long/path/to/runs", segments, 30).plain
    assert "poll" not in narrow
    assert "/adam" in narrow
    assert "runs  53 runs" in narrow
    for width in range(61):
        assert fit("/a/very/long/path/to/runs", segments, width).cell_len <= width
        wide = fit("/実験/とても長い/道", segments, width)
        assert wide.cell_len <= width
        assert width < 30 or "53 runs" in wide.plain


def test_the_command_for_an_empty_directory_is_quoted_for_the_shell(tmp_path: Path) -> None:
    odd = tmp_path / "my runs; echo"
    odd.mkdir()
    assert f"'{odd}/first.jsonl'" in example_command(odd)
    assert example_command(odd) in nothing_yet(odd, Activity(complete=True)).plain
    file = tmp_path / "log.jsonl"
    file.touch()
    assert example_command(file).endswith(f">> {file}")
