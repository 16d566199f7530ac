"""What a drawn chart shows, as text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from rich.segment import Segment
from textual.strip import Strip

from labtop.store.model import Floats, Line, XAxis, XMetric
from labtop.tui.charts.dots import Dots
from labtop.tui.charts.draw import draw
from labtop.tui.charts.picture import Picture
from labtop.tui.charts.spec import ChartSpec, Curve, Level, LevelKind, Look, Spread
from labtop.tui.run_style import Charset, run_color

LEVELS: tuple[tuple[LevelKind, ...], ...] = (), ("best", "baseline")
NAN, INF = float("nan"), float("inf")


def curve(*values: float, label: str = "run", number: int = 0, x: list[float] | None = None) -> Curve:
    steps = np.arange(len(values), dtype=np.float64) if x is None else np.array(x, np.float64)
    return Curve(label, number, steps, np.array(values, np.float64), np.zeros(len(values), np.int32))


def text(spec: ChartSpec, width: int = 40, height: int = 12, look: Look | None = None) -> list[str]:
    return [strip.text for strip in draw(spec, width, height, look or Look())]


def segments(spec: ChartSpec, width: int = 40, height: int = 12) -> list[Segment]:
    return [segment for strip in draw(spec, width, height, Look()) for segment in strip]


def dots(lines: list[str]) -> str:
    return "".join(character for line in lines for character in line if 0x2800 < ord(character) < 0x2900)


def right_size(strips: list[Strip], width: int, height: int) -> bool:
    return len(strips) == height and all(
        strip.cell_length == width == sum(segment.cell_length for segment in strip) for strip in strips
    )


def test_a_falling_curve() -> None:
    spec = ChartSpec("val/loss", (curve(*(4 - step / 10 for step in range(41))),), note="1 run")
    assert text(spec, 30, 12) == [
        "─ val/loss ───────────── 1 run",
        "4┤⠑⠢⢄⡀                        ",
        " │   ⠈⠒⠢⡀                     ",
        " │      ⠈⠑⠢⢄                  ",
        " │          ⠉⠑⢄               ",
        "2┤             ⠉⠑⠤⣀           ",
        " │                 ⠉⠢⠤⡀       ",
        " │                    ⠈⠒⠤⣀    ",
        "0┤                        ⠑⠒⢄●",
        " └┬────────────┬────────────┬─",
        "  0            20           40",
        "● run 0                       ",
    ]


def test_nothing_to_draw_says_so() -> None:
    assert "no data yet" in "".join(text(ChartSpec("loss", ())))
    assert "no data yet" in "".join(text(ChartSpec("loss", (curve(),))))
    assert "no finite value yet" in "".join(text(ChartSpec("loss", (curve(NAN, INF),))))
    assert " yet" not in "".join(text(ChartSpec("loss", (), may_grow=False)))
    assert "no value above 0" in "".join(text(ChartSpec("loss", (curve(-1, 0),), log_y=True)))


def test_nan_leaves_a_gap_and_a_mark_below_it() -> None:
    lines = text(ChartSpec("loss", (curve(1, 1, 1, 1, NAN, 1, 1, 1, 1),), legend=False), 38, 10)
    axis = next(line for line in lines if "└" in line)
    place = axis.index("×")
    drawn = next(line for line in lines if dots([line]))
    assert abs(place - len(axis) / 2) < 2
    assert drawn[place] == " "
    assert drawn[place - 6 : place - 4].strip()
    assert drawn[place + 5 : place + 7].strip()


def test_of_many_lost_values_in_a_row_the_first_is_marked() -> None:
    chart = ChartSpec("loss", (curve(1, 1, NAN, NAN, INF, NAN, 1, NAN), curve(1, NAN, number=1)), legend=False)
    axis = next(line for line in text(chart, 60, 10) if "└" in line)
    assert axis.count("×") == 3


def test_a_single_point_is_its_runs_marker() -> None:
    lines = text(ChartSpec("loss", (curve(2, number=2),), legend=False))
    assert "".join(lines).count("▲") == 1
    assert not dots(lines)


def test_a_lone_point_between_nans_is_a_marker() -> None:
    lines = text(ChartSpec("loss", (curve(1, 1, NAN, 2, NAN, 1, 1),), legend=False))
    assert sum(line.count("●") for line in lines[1:3]) == 1


def test_a_constant_is_a_line_in_the_middle_with_its_value() -> None:
    lines = text(ChartSpec("lr", (curve(*[3e-4] * 50),), legend=False), 40, 12)
    row = next(number for number, line in enumerate(lines) if dots([line]))
    assert lines[row].startswith("3e-4┤")
    assert 4 <= row <= 6
    assert len(dots(lines)) > 30


def test_a_spike_among_many_points_reaches_the_top() -> None:
    values = np.ones(100_000)
    values[77_777] = 9
    lines = text(ChartSpec("loss", (curve(*values),), legend=False), 60, 18)
    assert all(dots([line]) for line in lines[1:16])


def test_values_that_a_log_axis_cannot_show_are_counted() -> None:
    spec = ChartSpec("loss", (curve(1, 10, 0, -1, 100, 1000),), log_y=True, note="all runs")
    lines = text(spec, 60)
    assert lines[0].endswith("2 ≤ 0 hidden, all runs, log")
    assert text(spec, 60, look=Look("ascii"))[0].endswith("2 <= 0 hidden, all runs, log")


def test_extremes_overflow_nowhere() -> None:
    values = (1e308, 1e-308, -1e308, 5e-324, 1.7976931348623157e308)
    assert dots(text(ChartSpec("loss", (curve(*values),))))
    assert dots(text(ChartSpec("loss", (curve(1e308, 1e-308, 5e-324),), log_y=True)))
    assert dots(text(ChartSpec("loss", (curve(1, 2, x=[-1e308, 1e308]),))))


def test_earlier_attempts_are_dim_and_not_joined_with_the_latest() -> None:
    x = np.array([0, 1, 2, 3, 4, 3, 4, 5, 6], np.float64)
    value = np.array([8, 8, 8, 8, 8, 2, 2, 2, 2], np.float64)
    restarted = Curve("run", 1, x, value, np.array([0] * 5 + [1] * 4, np.int32))
    drawn = [segment for segment in segments(ChartSpec("loss", (restarted,), legend=False)) if dots([segment.text])]
    assert [bool(segment.style and segment.style.dim) for segment in drawn] == [True, False]
    assert {segment.style.color.name.upper() for segment in drawn if segment.style and segment.style.color} == {
        run_color(1).upper()
    }


def test_lines_reach_the_edge_of_the_window() -> None:
    spec = ChartSpec("loss", (curve(0, 10, x=[0, 100]),), window=(40, 60), legend=False)
    lines = text(spec, 40, 12)
    left = lines[2].index("│") + 1
    assert dots([line[left] for line in lines[1:-2]])
    assert dots([line[-2] for line in lines[1:-2]]), "the last column is for markers"


def test_where_runs_cross_both_are_seen() -> None:
    up, down = curve(0, 1, number=0), curve(1, 0, number=1)
    both = ChartSpec("loss", (up, down), legend=False)
    colors = [segment.style.color.name.upper() for segment in segments(both) if segment.style and segment.style.color]
    assert {run_color(0).upper(), run_color(1).upper()} <= set(colors)
    alone = set(enumerate("".join(text(ChartSpec("loss", (up,), legend=False)))))
    together = set(enumerate("".join(text(both))))
    assert len(together - alone) > 10


def test_the_end_of_each_line_carries_its_marker() -> None:
    lines = text(ChartSpec("loss", (curve(1, 2, number=0), curve(2, 1, number=1)), legend=False))
    assert lines[1].endswith("●")
    assert lines[9].endswith("■")


def test_titles_are_plain_text_measured_in_cells_and_cut() -> None:
    spec = ChartSpec("[red]损失[/] \x1b[31mfunction", (curve(1, 2),), note="first 8 of 53 runs")
    assert text(spec, 60)[0].startswith("─ [red]损失[/] function ──")
    strips = draw(spec, 30, 8, Look())
    assert strips[0].text.startswith("─ [red]")
    assert "…" in strips[0].text
    assert right_size(strips, 30, 8)


def test_the_chart_with_the_focus_has_a_pointer() -> None:
    spec = ChartSpec("loss", (curve(1, 2),))
    assert text(spec)[0].startswith("─ loss ")
    assert text(spec, look=Look(selected=True))[0].startswith("▸ loss ")
    title = draw(spec, 40, 12, Look(selected=True))[0]
    assert any(segment.style and segment.style.reverse and segment.text == "loss" for segment in title)


def test_ascii_draws_ascii_alone() -> None:
    curves = tuple(curve(1, NAN, 3, 2, 4, number=n, label=f"{n}{'long' * 30}\n") for n in range(3))
    lines = text(ChartSpec("loss" * 30, curves, log_y=True), 60, 16, Look("ascii", selected=True))
    assert all(line.isascii() for line in lines)
    assert any("x" in line and "+-" in line for line in lines)


@pytest.mark.parametrize(
    ("size", "title", "legend", "labels_below", "labels_left"),
    [
        ((40, 12), True, True, True, True),
        ((40, 7), True, False, True, True),
        ((40, 5), True, False, False, True),
        ((12, 4), True, False, False, True),
        ((9, 4), True, False, False, False),
    ],
)
def test_small_charts_give_up_the_legend_then_labels(
    size: tuple[int, int], *, title: bool, legend: bool, labels_below: bool, labels_left: bool
) -> None:
    lines = text(ChartSpec("loss", (curve(*range(100, 300), label="name"),)), *size)
    assert ("loss" in lines[0]) == title
    assert ("name" in lines[-1]) == legend
    assert any(line.strip().startswith("0 ") for line in lines[-2:]) == labels_below
    assert any(line.startswith("200┤") for line in lines) == labels_left
    assert dots(lines)


def test_the_legend_stands_beside_a_wide_chart() -> None:
    lines = text(ChartSpec("loss", (curve(1, 2, label="baseline"), curve(2, 1, label="wider", number=1))), 120, 20)
    assert lines[1].endswith("● baseline 2")
    assert lines[2].endswith("■ wider    1")


@pytest.mark.parametrize("width", [1, 40])
def test_a_step_that_is_not_finite_or_far_out_of_the_window_is_left_out(width: int) -> None:
    for step in (np.inf, -np.inf, np.nan, 1e308):
        curve = Curve("a", 0, np.array([0.0, step]), np.array([1.0, 2.0]), np.array([0, 0], np.int32))
        assert right_size(draw(ChartSpec("loss", (curve,), window=(0.0, 1.0)), width, 2, Look()), width, 2)


def any_floats(data: st.DataObject, count: int) -> Floats:
    return data.draw(arrays.arrays(np.float64, count, elements=st.floats()))


def any_curve(data: st.DataObject, number: int) -> Curve:
    count, smoothed = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 5))
    attempt = np.sort(data.draw(arrays.arrays(np.int32, count, elements=st.integers(0, 2))))
    line = Line(any_floats(data, smoothed), any_floats(data, smoothed), np.zeros(smoothed, np.int32))
    return Curve(
        data.draw(st.text(max_size=30)),
        number * 5,
        any_floats(data, count),
        any_floats(data, count),
        attempt,
        data.draw(st.sampled_from([None, line])),
        Spread(any_floats(data, count), any_floats(data, count)) if data.draw(st.booleans()) else None,
        data.draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_chart_fills_its_cells_exactly(data: st.DataObject) -> None:
    axis: XAxis = data.draw(st.sampled_from(["step", "relative", "wall", XMetric("epoch"), XMetric("损失" * 200)]))
    pair = st.none() | st.tuples(st.floats(), st.floats())
    flags = {name: data.draw(st.booleans()) for name in ("log_x", "log_y", "legend", "may_grow", "raw", "joined")}
    spec = ChartSpec(
        data.draw(st.text(max_size=50)),
        tuple(any_curve(data, number) for number in range(data.draw(st.integers(0, 4)))),
        axis,
        data.draw(pair),
        note=data.draw(st.text(max_size=20)),
        clip=data.draw(pair),
        baseline=data.draw(st.none() | st.integers(0, 5)),
        levels=tuple(Level(data.draw(st.floats()), kind, 5) for kind in data.draw(st.sampled_from(LEVELS))),
        **flags,
    )
    width, height = data.draw(st.integers(0, 130)), data.draw(st.integers(0, 30))
    dots: Dots | None = data.draw(st.sampled_from([None, "blocks", "ascii"]))
    charset: Charset = data.draw(st.sampled_from(["braille", "ascii"]))
    picture = Picture(spec, width, height, Look(charset, selected=data.draw(st.booleans()), dots=dots))
    assert right_size(picture.strips(), width, height)
    at = data.draw(st.sampled_from([*picture.window, picture.next_x(None, 1), 0.0, NAN, picture.x_at(width // 2)]))
    assert right_size(picture.strips(at), width, height)
    assert at is None or right_size(
        picture.strips(picture.next_x(at, data.draw(st.sampled_from([-10, 1])))), width, height
    )


@pytest.mark.parametrize(
    ("values", "x"),
    [
        ([NAN] * 4, None),
        ([3.0], None),
        ([3.0, 3.0], None),
        ([3.0, 3.0], [7.0, 7.0]),
        ([1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]),
        ([1e308, 1e-308, -1e308], None),
        ([1e308, 1e-308], [1e308, 1e-308]),
        ([-1.0, -2.0], [-5.0, -1.0]),
        ([5e-324, 1e-323], [5e-324, 1e-323]),
    ],
)
@pytest.mark.parametrize("made_of", ["braille", "blocks", "ascii"])
def test_bad_values_are_drawn_or_said(values: list[float], x: list[float] | None, made_of: Dots) -> None:
    for log_x, log_y in ((False, False), (True, False), (False, True), (True, True)):
        for name in ("loss", "m" * 500, "损失函数" * 9):
            spec = ChartSpec(
                name, (curve(*values, x=x),), log_x=log_x, log_y=log_y, window=(-2.0, 9.0) if log_x else None
            )
            for size in ((40, 12), (12, 4), (1, 1), (6, 3)):
                strips = draw(spec, *size, Look(dots=made_of), 1.0)
                assert right_size(strips, *size)
            lines = text(spec, 60, 14, Look(dots=made_of))
            plot = "".join(line[2:] for line in lines[1:11])
            assert (
                dots([plot])
                or set(plot) & set("●:'▀▄█×")
                or any(
                    why in "".join(lines) for why in ("no finite value", "no value above 0", "no x above 0", "hidden")
                )
            )


@pytest.mark.parametrize("width", range(14))
@pytest.mark.parametrize("height", range(8))
def test_tiny_charts(width: int, height: int) -> None:
    spec = ChartSpec("损失", (curve(1, 2, NAN, 4), curve(5, number=1)), note="note")
    assert right_size(draw(spec, width, height, Look()), width, height)
