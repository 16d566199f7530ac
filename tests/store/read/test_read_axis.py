"""Where lines lie on the main axis: restarts, resumes, unwrapped epochs, validation lines, two writers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtop.store.read.axis import Axis, Ends
from labtop.store.read.groups import OTHERS

Place = tuple[float, int, int]
Line = tuple[float | None, str | None, str, float | None, float | None]  # step, key, group, epoch, elapsed


def _places(axis: Axis, lines: Sequence[Line]) -> Axis:
    """Feed the lines; read again with what was learned until nothing is revised."""
    while True:
        for line in lines:
            axis.place(*line)
        if not axis.revised:
            return axis
        axis = axis.premises()


def place_all(lines: Sequence[Line], stops: Sequence[int] = ()) -> list[Place]:
    """(step, attempt, pass) of every line, by the premises that hold in the end; also read up to each of the stops."""
    axis, places = Axis(), []
    for begin, end in pairwise((0, *stops, len(lines))):
        places += _each(axis, lines[begin:end])
        while axis.revised:
            axis = axis.premises()
            places = _each(axis, lines[:end])
    return places


def _each(axis: Axis, lines: Sequence[Line]) -> list[Place]:
    return [(axis.place(*line), axis.attempt, axis.pass_) for line in lines]


def train(*steps: float) -> list[Line]:
    return [(step, "step", "train", None, None) for step in steps]


def keyed(keys: str, *steps: float) -> list[Line]:
    """Lines without a mode: their group is named by their keys."""
    group = "\n".join(sorted([*keys.split(), "step"]))
    return [(step, "step", group, None, None) for step in steps]


def test_a_fall_to_the_first_step_begins_an_attempt() -> None:
    assert place_all(train(0, 1, 2, 0, 1)) == [(0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0), (1, 1, 0)]


def test_a_fall_below_the_first_step_begins_an_attempt() -> None:
    assert place_all(train(5, 6, 3, 4)) == [(5, 0, 0), (6, 0, 0), (3, 1, 0), (4, 1, 0)]


def test_a_smaller_fall_is_a_resume() -> None:
    assert place_all(train(0, 10, 20, 30, 20, 30, 40))[4:] == [(20, 0, 1), (30, 0, 1), (40, 0, 1)]


def test_a_smaller_fall_with_elapsed_time_falling_is_a_restart() -> None:
    lines = [(float(step), "step", "train", None, seconds) for step, seconds in ((10, 5.0), (20, 9.0), (15, 1.0))]
    assert place_all(lines) == [(10, 0, 0), (20, 0, 0), (15, 1, 0)]


def test_each_restart_is_judged_by_its_own_first_step() -> None:
    assert [attempt for _, attempt, _ in place_all(train(0, 5, 0, 5, 3, 0))] == [0, 0, 1, 1, 1, 2]


def test_equal_steps_are_no_fall() -> None:
    assert place_all(train(1, 1, 1)) == [(1, 0, 0)] * 3


def test_steps_that_begin_anew_in_each_epoch_are_unwrapped() -> None:
    lines = [(float(step), "iter", "train", epoch, None) for epoch in (1.0, 2.0, 3.0) for step in (0, 5, 9)]
    assert [here for here, _, _ in place_all(lines)] == [0, 5, 9, 9, 14, 18, 18, 23, 27]
    assert {(attempt, resumes) for _, attempt, resumes in place_all(lines)} == {(0, 0)}


def test_a_resume_in_an_earlier_epoch_goes_back_to_where_that_epoch_was() -> None:
    passes = [(1.0, 10), (1.0, 20), (2.0, 10), (2.0, 20), (3.0, 10), (2.0, 10), (2.0, 20), (3.0, 10), (3.0, 20)]
    lines = [(float(step), "iter", "train", epoch, None) for epoch, step in passes]
    assert place_all(lines)[5:] == [(30, 0, 1), (40, 0, 1), (50, 0, 1), (60, 0, 1)]


def test_a_restart_from_the_first_epoch_begins_unwrapped_steps_anew() -> None:
    passes = [(1.0, 0), (1.0, 9), (2.0, 0), (2.0, 9), (1.0, 0), (1.0, 5), (2.0, 0)]
    lines = [(float(step), "iter", "train", epoch, None) for epoch, step in passes]
    assert place_all(lines)[4:] == [(0, 1, 0), (5, 1, 0), (5, 1, 0)]


def test_validation_lines_whose_step_is_the_epoch_lie_at_the_last_training_step() -> None:
    lines: list[Line] = []
    for epoch in (1.0, 2.0):
        lines += [(100 * epoch + step, "step", "train", epoch, None) for step in (0, 50, 90)]
        lines.append((epoch, "step", "val", None, None))
    assert [here for here, _, _ in place_all(lines)] == [100, 150, 190, 190, 200, 250, 290, 290]


def test_validation_lines_that_count_their_own_loader_lie_at_the_last_training_step() -> None:
    lines = [
        *((float(step), "iter", "train", 1.0, None) for step in (50, 100, 150)),
        (64.0, "iter", "val", 1.0, None),
        *((float(step), "iter", "train", 2.0, None) for step in (50, 100, 150)),
        (64.0, "iter", "val", 2.0, None),
    ]
    assert [place_all(lines)[at][0] for at in (3, 7)] == [150, 300]


def test_also_where_their_loader_is_longer_than_an_epoch() -> None:
    lines: list[Line] = []
    for epoch in (1.0, 2.0):
        lines += [(step, "iter", "train", epoch, None) for step in (25.0, 50.0)]
        lines.append((64.0, "iter", "val", epoch, None))
    # The first is placed anew once the second epoch shows that steps begin anew in each.
    assert [here for here, _, _ in place_all(lines[:3])] == [25, 50, 64]
    assert [here for here, _, _ in place_all(lines)] == [25, 50, 50, 75, 100, 100]


def test_lines_on_the_count_of_an_epoch_keep_their_own_step() -> None:
    lines: list[Line] = []
    for epoch in (1.0, 2.0):
        lines += [(10.0, "iter", "train", epoch, None), (15.0, "iter", "rates", epoch, None)]
        lines += [(20.0, "iter", "train", epoch, None), (20.0, "iter", "rates", epoch, None)]
    assert [here for here, _, _ in place_all(lines)] == [10, 15, 20, 20, 30, 35, 40, 40]


def test_what_came_before_a_resume_does_not_show_how_others_count_after_it() -> None:
    passes = [("train", 10), ("rates", 25), ("train", 30), ("train", 40), ("train", 20)]
    lines = [(float(step), "iter", group, 1.0, None) for group, step in passes]
    assert place_all([*lines, (5.0, "iter", "train", 2.0, None)])[1] == (25, 0, 0)


def test_validation_lines_on_the_same_count_keep_their_own_step() -> None:
    lines = [*train(0, 10, 20), (20.0, "step", "val", None, None), *train(30), (25.0, "step", "val", None, None)]
    assert [here for here, _, _ in place_all(lines)] == [0, 10, 20, 20, 30, 25]


def test_lines_with_another_step_key_go_to_the_main_step_last_seen() -> None:
    lines = [*train(0, 10, 20), (1.0, "epoch", "eval", None, None), *train(30)]
    assert [here for here, _, _ in place_all(lines)] == [0, 10, 20, 20, 30]


def test_lines_without_a_step_go_to_the_main_step_last_seen_or_count_lines() -> None:
    none = (None, None, "text", None, None)
    assert [here for here, _, _ in place_all([*train(7), none, *train(8)])] == [7, 7, 8]
    assert [here for here, _, _ in place_all([none, none, none])] == [1, 2, 3]


def test_the_main_step_last_seen_may_be_that_of_another_group() -> None:
    other = (3.0, "epoch", "summary", None, None)
    lines = [*train(0, 10), (12.0, "step", "val", None, None), other, *train(20), other]
    assert [here for here, _, _ in place_all(lines)] == [0, 10, 12, 12, 20, 20]


def test_lines_before_the_first_step_that_have_none_lie_at_it() -> None:
    early: list[Line] = [(None, None, "eval", None, None), (1.0, "epoch", "val", None, None)]
    assert [here for here, _, _ in place_all(early[:1])] == [1]
    assert [here for here, _, _ in place_all([*early, *train(50, 60)])] == [50, 50, 50, 60]


def test_a_restart_whose_lines_have_one_key_more_is_another_attempt() -> None:
    places = place_all([*keyed("loss lr", 10, 20, 30), *keyed("loss lr acc", 10, 20)])
    assert places == [(10, 0, 0), (20, 0, 0), (30, 0, 0), (10, 1, 0), (20, 1, 0)]


def test_first_lines_without_some_of_the_keys_lie_on_the_axis() -> None:
    again = [*keyed("loss", 1), *keyed("loss grad", 10, 20, 30)]
    assert [attempt for _, attempt, _ in place_all([*again, *again, *again])] == [0] * 4 + [1] * 4 + [2] * 4


def test_lines_with_other_keys_do_not_begin_an_attempt() -> None:
    lines = [*keyed("loss lr", 10, 20, 30), *keyed("score lr", 10), *keyed("loss lr", 40)]
    assert [attempt for _, attempt, _ in place_all(lines)] == [0] * 5


def test_the_largest_group_carries_the_axis_also_when_that_shows_late() -> None:
    val = (1.0, "epoch", "val", None, None)
    lines = [val, val, *train(10, 20, 30, 5)]
    # Once the training lines are the most, the validation lines before them are placed anew, and the fall is a restart.
    assert place_all(lines)[2:] == [(10, 0, 0), (20, 0, 0), (30, 0, 0), (5, 1, 0)]


def test_two_writers_that_alternate_are_neither_restart_nor_resume() -> None:
    places = place_all(train(10, 5, 11, 6, 12, 7, 13, 8))
    assert [here for here, _, _ in places] == [10, 5, 11, 6, 12, 7, 13, 8]
    assert {(attempt, resumes) for _, attempt, resumes in places} == {(0, 0)}


def test_a_run_that_crashes_again_and_again_is_no_pair_of_writers() -> None:
    assert [attempt for _, attempt, _ in place_all(train(0, 1, 0, 1, 2, 0, 1, 0, 1, 2, 3, 0, 1))][-1] == 4


def test_a_count_down_does_not_overflow() -> None:
    axis = Axis()
    for step in range(70_000, 0, -1):
        axis.place(float(step), "step", "train", None, None)
    assert axis.attempt == 65_535


def test_many_key_sets_share_one_group_that_can_carry_the_axis() -> None:
    keyed = [(float(step), "step", f"keys {step}", None, None) for step in range(500)]
    again = [(float(step), "step", f"more {step}", None, None) for step in range(500)]
    axis = _places(Axis(), [*keyed, *again])
    assert (axis.main_group, axis.attempt) == (OTHERS, 1)


def test_two_groups_of_the_same_size_do_not_make_the_file_be_read_again_and_again() -> None:
    axis = Axis()
    revisions = 0
    for at in range(4000):
        group = "a" if (at * 7919 + at * at) % 2 else "b"
        axis.place(float(at % 1000), "step", group, None, None)
        if axis.revised:
            revisions += 1
            axis.revised = False
    assert revisions <= 12


@pytest.mark.parametrize("cut", range(1, 10))
def test_the_state_outlives_a_stop_as_json(cut: int) -> None:
    steps = [
        (1.0, 0),
        (1.0, 9),
        (2.0, 0),
        (2.0, 9),
        (1.0, 5),
        (2.0, 3),
        (2.0, 9),
        (3.0, 0),
        (1.0, 0),
        (1.0, 3),
        (2.0, 1),
    ]
    lines = [(float(step), "iter", "train", epoch, step * epoch) for epoch, step in steps]
    whole, parts = Axis(), Axis()
    for at, line in enumerate(lines):
        if at == cut:
            parts = Axis.from_json(json.loads(json.dumps(parts.to_json())))
        assert parts.place(*line) == whole.place(*line)
    assert (parts.attempt, parts.pass_) == (whole.attempt, whole.pass_)


GROUPS = ["a\nstep", "a\nstep", "a\nstep", "a\nb\nstep", "c\nstep", "val"]  # the first ones are akin
ACT = st.tuples(
    st.sampled_from(["on", "on", "on", "epoch", "back", "other", "none"]), st.sampled_from(GROUPS), st.integers(0, 6)
)


def _written(acts: Sequence[tuple[str, str, int]], *, epochs: bool) -> list[Line]:
    """What a training loop might write: steps go on, begin anew in an epoch, or fall."""
    lines: list[Line] = []
    step = epoch = 0
    for act, group, amount in acts:
        epoch += act == "epoch"
        if act in ("epoch", "back"):
            step = max(0, step - 2 * amount)
        for _ in range(amount if act == "on" else 1):
            step += act == "on" or (act == "epoch" and amount)
            key = {"other": "iter", "none": None}.get(act, "step")
            lines.append((None if key is None else float(step), key, group, float(epoch) if epochs else None, None))
    return lines


LOGS = st.builds(_written, st.lists(ACT, max_size=40), epochs=st.booleans())


@given(LOGS, st.lists(st.floats(0, 1), max_size=4))
def test_places_do_not_depend_on_where_reading_stopped(lines: list[Line], stops: list[float]) -> None:
    assert place_all(lines, sorted(int(stop * len(lines)) for stop in stops)) == place_all(lines)


@given(LOGS, st.sampled_from(GROUPS), st.integers(0, 40), st.integers(1, 20))
def test_many_lines_at_once_are_placed_as_one_by_one(lines: list[Line], group: str, begin: int, count: int) -> None:
    both = _places(Axis(), lines), _places(Axis(), lines)
    steps = [float(begin + step) for step in range(count)]
    offset = both[0].place_all(count, Ends(steps[0], steps[-1]), "step", group, None, None)
    if offset is not None:
        assert [step + offset for step in steps] == [both[1].place(step, "step", group, None, None) for step in steps]
        assert both[0] == both[1]


def test_of_large_key_sets_little_is_remembered_and_the_largest_carries_the_axis() -> None:
    keys = [f"a_rather_long_name_{number}" for number in range(300)]
    sets = ["\n".join(sorted([*keys[at:], *keys[: at // 2]])) for at in range(100)]
    lines: list[Line] = [(float(step), "step", group, None, None) for step, group in enumerate(sets)]
    axis = _places(Axis(), [*lines, *((float(step), "step", sets[40], None, None) for step in range(100, 260))])
    assert len(json.dumps(axis.to_json())) < 40_000
    assert axis.main_group not in (None, OTHERS)
    assert axis.counts[str(axis.main_group)] == 161
    again = Axis.from_json(json.loads(json.dumps(axis.to_json())))
    assert [again.place(0.0, "step", sets[40], None, None), again.attempt] == [0, axis.attempt + 1]


def test_large_key_sets_of_which_one_has_more_keys_lie_on_one_axis() -> None:
    results = "\n".join(f"evaluation/policy/reward_{number:03}" for number in range(300))
    lines: list[Line] = [(step, "step", results, None, None) for step in (10.0, 20.0, 30.0)]
    lines += [(step, "step", f"{results}\nstep", None, None) for step in (10.0, 20.0)]
    assert [attempt for _, attempt, _ in place_all(lines)] == [0, 0, 0, 1, 1]
