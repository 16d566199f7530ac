"""Smoothed lines, bands, levels, hidden runs, logarithmic x and clipped y: what of them is seen."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from rich.segment import Segment

from labtop.store.model import Line, XMetric
from labtop.tui.charts.draw import draw
from labtop.tui.charts.points import gather
from labtop.tui.charts.spec import ChartSpec, Curve, Level, Look, Spread
from labtop.tui.run_style import run_color

NAN = float("nan")


def curve(*values: float, number: int = 0, x: list[float] | None = None) -> Curve:
    steps = np.arange(len(values), dtype=np.float64) if x is None else np.array(x, np.float64)
    return Curve(f"run{number}", number, steps, np.array(values, np.float64), np.zeros(len(values), np.int32))


def smoothed(of: Curve, *values: float) -> Curve:
    return dataclasses.replace(of, smooth=Line(of.x, np.array(values), of.attempt))


def text(spec: ChartSpec, width: int = 50, height: int = 14, look: Look | None = None) -> list[str]:
    return [strip.text for strip in draw(spec, width, height, look or Look())]


def dots(line: str) -> str:
    return "".join(character for character in line if 0x2800 < ord(character) < 0x2900)


def drawn(spec: ChartSpec, width: int = 50, height: int = 14) -> list[Segment]:
    return [part for strip in draw(spec, width, height, Look()) for part in strip if dots(part.text)]


def is_dim(part: Segment) -> bool:
    return bool(part.style and part.style.dim)


def labels(spec: ChartSpec, height: int = 14) -> list[str]:
    return [line.split("┤")[0].strip() for line in text(spec, height=height) if "┤" in line]


noisy = curve(*[0, 10] * 20)
both = smoothed(noisy, *[5] * 40)


def test_a_smoothed_line_is_solid_over_dim_values() -> None:
    parts = drawn(ChartSpec("loss", (both,), legend=False))
    assert {is_dim(part) for part in parts} == {True, False}
    solid = [
        line for line in draw(ChartSpec("loss", (both,), legend=False), 50, 14, Look()) if not all(map(is_dim, line))
    ]
    assert any("●" in line.text for line in solid), "the end of the smoothed line carries the marker"
    bright = "".join(part.text for part in parts if not is_dim(part))
    assert set(bright) <= set("⠤ ●"), "values give way to it in its cells"


def test_without_raw_only_the_smoothed_line_is_there_and_scales_y() -> None:
    spec = ChartSpec("loss", (both,), legend=False, raw=False)
    assert not any(map(is_dim, drawn(spec)))
    assert labels(spec) == ["5"]
    assert labels(dataclasses.replace(spec, raw=True))[0] == "10"


def test_nan_in_the_smoothed_line_is_a_gap_and_lost_values_are_marked_all_the_same() -> None:
    of = smoothed(curve(1, 1, 1, NAN, 1, 1, 1), 1, 1, 1, NAN, 1, 1, 1)
    lines = text(ChartSpec("loss", (of,), legend=False, raw=False), 50, 12)
    row = next(line for line in lines if dots(line))
    assert " " in row.strip("│ ●")
    assert sum(line.count("×") for line in lines) == 1


def band(gap: slice) -> Curve:
    of = curve(*[5.0] * 60)
    low, high = np.full(60, 1.0), np.full(60, 9.0)
    low[gap] = high[gap] = NAN
    return dataclasses.replace(of, spread=Spread(low, high))


def test_a_band_is_dim_and_sparse_around_its_mean_with_gaps_and_within_the_scale() -> None:
    spec = ChartSpec("loss", (band(slice(30, 40)),), legend=False, may_grow=False)
    assert labels(spec)[0] == "8"
    lines = text(spec, 64, 18)
    first = lines[3].index("│") + 1
    shaded = [sum(bool(dots(line[first + column])) for line in lines[1:-2]) for column in range(58)]
    assert shaded[5] > 10
    assert shaded[int(58 * 35 / 60)] == 1, "the mean alone"
    assert {is_dim(part) for part in drawn(spec)} == {True, False}
    assert max(bin(ord(dot)).count("1") - 2 for part in drawn(spec) if is_dim(part) for dot in dots(part.text)) <= 2


def test_a_band_below_zero_reaches_the_end_of_a_log_axis() -> None:
    of = dataclasses.replace(curve(*[5.0] * 40), spread=Spread(np.full(40, -1.0), np.full(40, 50.0)))
    lines = text(ChartSpec("loss", (of,), legend=False, log_y=True), 50, 14)
    assert dots(lines[1])
    assert dots(lines[11])


def test_levels_are_dotted_and_named_where_they_are_in_sight() -> None:
    levels = Level(8, "best"), Level(2, "baseline", 1), Level(99, "best")
    spec = ChartSpec("loss", (curve(0, 5, 10), curve(0, 5, 10, number=1)), levels=levels, legend=False)
    rows = [line for line in text(spec) if "┄" in line]
    assert [line.rstrip()[-1] for line in rows] == ["★", "■"]
    assert all(line.count("┄") > 30 for line in rows)
    plain = text(dataclasses.replace(spec, levels=()))
    assert [dots(line) for line in plain] == [dots(line) for line in text(spec)]
    ascii_rows = [line for line in text(spec, look=Look("ascii")) if "--" in line][1:-1]
    assert [line.rstrip()[-1] for line in ascii_rows] == ["*", "+"]
    assert not any("┄" in line for line in text(spec, height=8))


def test_hidden_runs_are_in_the_legend_alone() -> None:
    shown, hidden = curve(1, 2), dataclasses.replace(curve(900, -900, number=1, x=[0, 70]), hidden=True)
    lines = text(ChartSpec("loss", (shown, hidden), levels=(Level(1.5, "best"),)))
    alone = text(ChartSpec("loss", (shown,), levels=(Level(1.5, "best"),)))
    assert lines[:-1] == alone[:-1]
    assert "■ run1" in lines[-1]
    entry = [part for part in draw(ChartSpec("loss", (shown, hidden)), 50, 14, Look())[-1] if "run1" in part.text]
    assert all(map(is_dim, entry))
    assert "all hidden" in "".join(text(ChartSpec("loss", (hidden,))))


def test_clicks_find_the_run_of_an_entry() -> None:
    last = draw(ChartSpec("loss", (curve(1, 2, number=7), curve(2, 3, number=11))), 50, 14, Look())[-1]
    found = {part.text.strip(): part.style.meta["run"] for part in last if part.style and part.style.meta}
    assert (found["run7"], found["◇"], found["run11"], found["▣"]) == (7, 7, 11, 11)


def test_on_a_log_x_axis_what_is_not_positive_is_said() -> None:
    of = curve(*range(8), x=[-1, 0, 1, 10, 100, 1e3, 1e4, 1e5])
    lines = text(ChartSpec("loss", (of,), log_x=True, legend=False), 60)
    assert lines[0].endswith("2 at x ≤ 0 hidden, log x")
    assert text(ChartSpec("loss", (of,), log_x=True), 60, look=Look("ascii"))[0].endswith("2 at x <= 0 hidden, log x")
    assert lines[-1].split() == ["1", "10", "100", "1k", "10k", "100k"]
    straight = [line.index(dots(line)[-1]) for line in lines[1:-2] if dots(line)]
    assert straight == sorted(straight, reverse=True)
    assert "no x above 0" in "".join(text(ChartSpec("loss", (curve(1, 2, x=[-1, 0]),), log_x=True)))


@pytest.mark.parametrize(
    ("window", "low"), [((-5.0, 100.0), 1.0), ((0.0, 100.0), 1.0), ((10.0, 100.0), 10.0), ((-9.0, -1.0), 1.0)]
)
def test_a_window_is_cut_to_what_a_log_axis_has(window: tuple[float, float], low: float) -> None:
    points = gather(ChartSpec("loss", (curve(*range(5), x=[0, 1, 10, 100, 1000]),), window=window, log_x=True))
    assert points.x_scale().low == low


def test_relative_time_on_a_log_axis_has_round_lengths() -> None:
    of = curve(*range(6), x=[1, 10, 100, 1000, 1e4, 1e5])
    lines = text(ChartSpec("loss", (of,), "relative", log_x=True, legend=False), 88)
    assert lines[-1].split() == ["1s", "10s", "1m", "10m", "1h", "6h", "1d"]


def test_a_metric_as_axis_is_named() -> None:
    of = curve(1, 2, 3, x=[0.5, 0.7, 1.2])
    lines = text(ChartSpec("loss", (of,), XMetric("epoch"), legend=False), 60)
    assert lines[-1].endswith("epoch")
    assert "0.6" in lines[-1].split()
    assert "x epoch" in text(ChartSpec("loss", (of,), XMetric("epoch"), legend=False), 40, 5)[0]
    for name in ("损失函数", "m" * 500, "\x1b[31mred\n"):
        strips = draw(ChartSpec(name, (of,), XMetric(name), note="n"), 60, 14, Look())
        assert {strip.cell_length for strip in strips} == {60}
        assert {sum(part.cell_length for part in strip) for strip in strips} == {60}
        assert "\x1b" not in "".join(strip.text for strip in strips)
    assert "损失函数" in text(ChartSpec("loss", (of,), XMetric("损失函数"), legend=False), 60)[-1]


def test_clip_is_the_scale_and_what_lies_beyond_leaves_at_the_edge() -> None:
    of = curve(1, 2, 1000, 2, 1)
    spec = ChartSpec("loss", (of,), clip=(0, 4), legend=False)
    assert labels(spec)[0] == "4"
    assert dots(text(spec)[1])
    assert labels(dataclasses.replace(spec, clip=(NAN, 4)))[0] == "1000"
    assert labels(dataclasses.replace(spec, clip=(-3, 4), log_y=True))[0] == "4"


def test_points_that_are_not_joined_are_dots() -> None:
    of = curve(*[1, 9] * 10, x=list(range(20)))
    alone = text(ChartSpec("loss", (of,), joined=False, legend=False))
    assert sum(bool(dots(line)) for line in alone) == 2
    assert sum(line.count("●") for line in alone) == 1


def test_without_colours_lines_differ_by_their_dashes() -> None:
    spec = ChartSpec("loss", tuple(curve(n, n, n, n, number=n) for n in range(3)), legend=False)
    rows = [
        [dots(line) for line in text(spec, 60, 14, Look(colors=colors)) if dots(line)] for colors in ("all", "none")
    ]
    assert [len(line) for line in rows[0]] == [55] * 3
    assert len({len(line) for line in rows[1]}) == 3


def test_in_sixteen_colours_runs_of_one_colour_differ() -> None:
    spec = ChartSpec("loss", tuple(curve(n, n, n, n, number=n) for n in range(8)), legend=False)
    rows = [dots(line) for line in text(spec, 60, 30, Look(colors="sixteen")) if dots(line)]
    assert len(rows) == 8
    assert len({len(line) for line in rows}) > 1


def test_an_overlapped_run_is_seen_every_few_cells() -> None:
    spec = ChartSpec("loss", tuple(curve(*[5.0] * 40, number=n) for n in range(3)), legend=False)
    colors = [part.style.color.name.upper() for part in drawn(spec) if part.style and part.style.color]
    assert {run_color(n).upper() for n in range(3)} == set(colors)
    assert len(colors) > 30


@pytest.mark.parametrize("seed", range(3))
def test_an_axis_of_a_growing_chart_seldom_moves(seed: int) -> None:
    values = 1 + np.random.default_rng(seed).normal(size=2000).cumsum() / 50

    def scales(count: int, may_grow: bool) -> tuple[float, ...]:
        steps = np.arange(count, dtype=np.float64)
        of = Curve("a", 0, steps, values[:count], np.zeros(count, np.int32))
        points = gather(ChartSpec("loss", (of,), may_grow=may_grow))
        x, y = points.x_scale(), points.y_scale()
        assert y is not None
        assert x.high <= (count - 1) * (1.101 if may_grow else 1.051)
        seen = values[:count]
        assert seen.min() - np.ptp(seen) / 19.9 <= y.low <= seen.min()
        assert seen.max() <= y.high <= seen.max() + np.ptp(seen) / 19.9
        assert may_grow or (y.low, y.high) == (seen.min(), seen.max())
        return x.high, y.low, y.high

    growing, tight = ([scales(count, kind) for count in range(500, 1000)] for kind in (True, False))
    assert len(set(growing)) * 2 < len(set(tight))
    assert len({x for x, _, _ in growing}) < len({x for x, _, _ in tight})
