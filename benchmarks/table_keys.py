"""Keys in the table of very many runs: sorting, filtering, scrolling; and what it holds in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from benchmarks.charts_record import Recorder, recorder_of
from benchmarks.harness import Figure, median, percentile
from benchmarks.place import Place
from benchmarks.processes import LABTOP
from benchmarks.table_data import SORTED_BY, TablePlan, TableRun
from benchmarks.table_screen import LINES, SIZE, Repaint, Sight, hold, press, seen
from benchmarks.ui import leave, peak_memory_mb, settle, until, until_read

_FEW: Final = TablePlan(50, 1)
_FEW_NAME: Final = "50 runs"
_READ_S: Final = 600.0
_HELD_S: Final = 0.03
_ANSWERED_S: Final = 1.0  # within so long a filter has been answered
_ABOVE: Final = range(LINES.start, LINES.start + 24)  # whatever is unfolded above the line where a filter is typed
_CTRL_D, _CTRL_U, _PAGE_DOWN = "\x04", "\x15", "\x1b[6~"

_Passes = Callable[[TableRun], bool]
_FILTERS: Final[tuple[tuple[str, _Passes], ...]] = (
    ("lr < 0.001 and m3 > 0.5", lambda run: run.rate < 0.001 and run.results["m3"] > 0.5),
    ("adam big", lambda run: "adam" in str(run.params["opt"]) and "big" in run.tags),
    ("opt = lion, drop >= 0.25", lambda run: run.params["opt"] == "lion" and float(str(run.params["drop"])) >= 0.25),
)


@dataclass(frozen=True, slots=True)
class _Taken:
    """Milliseconds of each key, and MB at most."""

    sort: list[float]
    filter: list[float]
    move: list[float]
    pages: list[float]
    ends: list[float]
    held_pages: list[float]
    memory: float


def ten_thousand(place: Place) -> list[Figure]:
    """10,000 runs with 30 columns."""
    return _figures(place, TablePlan(10_000, 20), 50, 20)


def many(place: Place) -> list[Figure]:
    """75,000 runs with 30 columns; to read them the first time takes minutes."""
    return [] if place.quick else _figures(place, TablePlan(75_000, 50), 200, 200)


def _figures(place: Place, plan: TablePlan, aim: float, aim_scroll: float) -> list[Figure]:
    few, ours = _taken(place, _FEW), _taken(place, plan)
    runs = f"{plan.runs:,} runs x 30 columns"
    return [
        *_pair(f"{runs}: sort by a metric to repaint", ours.sort, few.sort, aim),
        *_pair("a letter of a filter to repaint", ours.filter, few.filter, aim),
        *_pair("j held", ours.move, few.move, aim_scroll, only_p95=True),
        *_pair("ctrl+d, PgDn", ours.pages, few.pages, aim_scroll, only_p95=True),
        *_pair("G, g", ours.ends, few.ends, aim_scroll, only_p95=True),
        Figure("PgDn held, p95", percentile(ours.held_pages, 95), "ms"),
        Figure(f"peak memory of the screen, {plan.runs:,} runs", ours.memory, "MB", 300, few.memory, _FEW_NAME),
    ]


def _pair(
    name: str, ours: Sequence[float], few: Sequence[float], aim: float, *, only_p95: bool = False
) -> list[Figure]:
    p95 = Figure(f"{name}, p95", percentile(ours, 95), "ms", aim, percentile(few, 95), _FEW_NAME)
    return [p95] if only_p95 else [Figure(f"{name}, p50", median(ours), "ms", aim, median(few), _FEW_NAME), p95]


def _taken(place: Place, plan: TablePlan) -> _Taken:
    """All keys, of the table sorted by a metric and alone on the screen."""
    order = plan.ordered()
    some = 5 if place.quick else 16
    with _alone(place, plan) as recorder:
        _sort(recorder, order)
        sort = _sorted(recorder, order, some)
        move = hold(recorder, "j", min(plan.runs - 1, 60 if place.quick else 200), _HELD_S, 1, order)
        pages = _paged(recorder, order, some)
        ends = _ended(recorder, order, some)
        held_pages = hold(recorder, _PAGE_DOWN, min(3 * some, plan.runs // len(LINES)), _HELD_S, len(LINES), order)
        letters = _filtered(recorder, plan, _FILTERS[:1] if place.quick else _FILTERS)
        memory = peak_memory_mb(recorder.process.pid)
        leave(recorder)
    return _Taken(sort, letters, move, pages, ends, held_pages, memory)


@contextmanager
def _alone(place: Place, plan: TablePlan) -> Iterator[Recorder]:
    directory, index = plan.warm(place)
    with (
        place.scratch() as folder,
        recorder_of([LABTOP, str(directory), "--index", str(index)], folder, SIZE) as recorder,
    ):
        until_read(recorder, plan.runs, _READ_S)
        recorder.type("z")
        until(recorder, lambda: all(seen(recorder).names))
        settle(recorder)
        yield recorder


def _sort(recorder: Recorder, order: Sequence[str]) -> None:
    """By the metric, as a person does for the first time."""
    recorder.type("s")
    until(recorder, lambda: "Sort by" in recorder.text())
    recorder.type(SORTED_BY)
    settle(recorder)
    press(recorder, "\r", partial(_begins, order), 1.0)


def _begins(order: Sequence[str], sight: Sight) -> bool:
    return sight.names == tuple(order[: len(LINES)]) and sight.cursor == order[0]


def _ends(order: Sequence[str], sight: Sight) -> bool:
    return sight.names == tuple(order[-len(LINES) :]) and sight.cursor == order[-1]


def _sorted(recorder: Recorder, order: list[str], turns: int) -> list[float]:
    """The other way round, and back again: an even number of times."""
    ways = (order[::-1], order)
    return [press(recorder, "S", partial(_begins, way)).taken_ms for _ in range((turns + 1) // 2) for way in ways]


def _paged(recorder: Recorder, order: Sequence[str], turns: int) -> list[float]:
    """Half a page and a page down, again and again, from the first run on; up again at the end of few."""
    press(recorder, "g", partial(_begins, order))
    places = {name: place for place, name in enumerate(order)}
    taken = []
    for number in range(2 * turns):
        key = (_CTRL_D, _PAGE_DOWN)[number % 2]
        if places[seen(recorder).cursor] + len(LINES) >= len(order):
            press(recorder, "g", partial(_begins, order))
        before = places[seen(recorder).cursor]
        taken.append(press(recorder, key, partial(_is_below, order, places, before), 0.2).taken_ms)
    press(recorder, "g", partial(_begins, order))
    return taken


def _is_below(order: Sequence[str], places: dict[str, int], before: int, sight: Sight) -> bool:
    return sight.is_part_of(order, places) and places[sight.cursor] > before


def _ended(recorder: Recorder, order: Sequence[str], turns: int) -> list[float]:
    """To the last run, and back to the first."""
    ways = (("G", partial(_ends, order)), ("g", partial(_begins, order)))
    return [press(recorder, key, is_right).taken_ms for _ in range(turns) for key, is_right in ways]


def _filtered(recorder: Recorder, plan: TablePlan, filters: Sequence[tuple[str, _Passes]]) -> list[float]:
    """Filters typed letter by letter: the letters after which other runs are in the table, and the clearing.

    Every filter must let through as many runs as it does here, in plain Python.
    """
    press(recorder, "/", lambda _: True)
    repaints: list[Repaint] = []
    for text, passes in filters:
        repaints += [press(recorder, letter, lambda _: True, _ANSWERED_S, _ABOVE) for letter in text]
        wanted = f"{sum(map(passes, plan.all()))} of {plan.runs} runs"
        if repaints[-1].after.count != wanted:
            raise RuntimeError(f"{text!r}: {repaints[-1].after.count}, not {wanted}:\n{recorder.text()}")
        repaints.append(press(recorder, _CTRL_U, lambda sight: " of " not in sight.count, _ANSWERED_S, _ABOVE))
    for _ in range(2):  # completions may be unfolded: one layer more
        recorder.type("\x1b")
        settle(recorder)
    return [each.taken_ms for each in repaints if each.before.count != each.after.count]
