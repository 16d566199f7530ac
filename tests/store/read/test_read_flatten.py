import copy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtop.store.model import Json
from labtop.store.read.flatten import flatten, flatten_params

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=18) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)
objects = st.dictionaries(st.sampled_from(["step", "data", "metrics", "log", "a", "a/0", "_type", ""]), any_json)


def test_a_flat_line_is_given_back_as_it_is() -> None:
    line: dict[str, object] = {"step": 1, "train/loss": 0.5, "speed(iter/s)": 0.1, "mode": "val", "ok": True}
    assert flatten(line) is line


def test_nested_keys_are_joined_with_a_slash() -> None:
    line: dict[str, object] = {"step": 1, "sampler": {"wait": {"mean": 5.0}}, "info": {"lr": "1e-4"}}
    assert flatten(line) == {"step": 1, "sampler/wait/mean": 5.0, "info/lr": "1e-4"}


def test_a_lone_wrapper_is_taken_off() -> None:
    assert flatten({"step": 1, "data": {"actor/loss": 0.3}}) == {"step": 1, "actor/loss": 0.3}
    assert flatten({"step": 1, "Metrics": {"val": {"loss": 0.3}}}) == {"step": 1, "val/loss": 0.3}


def test_a_wrapper_beside_another_object_stays() -> None:
    line: dict[str, object] = {"data": {"loss": 1}, "system": {"gpu": 2}}
    assert flatten(line) == {"data/loss": 1, "system/gpu": 2}


def test_only_one_level_of_wrapper_is_taken_off() -> None:
    assert flatten({"data": {"metrics": {"loss": 1}}}) == {"metrics/loss": 1}


def test_the_line_wins_over_a_key_of_its_wrapper() -> None:
    assert flatten({"step": 7, "data": {"step": 1, "loss": 2}}) == {"step": 7, "loss": 2, "data/step": 1}


def test_short_lists_of_numbers_are_metrics() -> None:
    assert flatten({"ap": [0.4, 0.6]}) == {"ap/0": 0.4, "ap/1": 0.6}
    assert flatten({"ap": [0.4, None, "nan"]}) == {"ap/0": 0.4, "ap/2": "nan"}
    assert len(flatten({"ap": [0] * 16})) == 16


def test_what_is_no_metric_is_left_out() -> None:
    line: dict[str, object] = {
        "loss": 1,
        "nothing": None,
        "long": [0] * 17,
        "empty": [],
        "tags": ["a", "b"],
        "spans": [{"name": "x", "duration": 1}],
        "matrix": [[1, 2]],
        "image": {"_type": "image-file", "width": 3},
        "none": {},
    }
    assert flatten(line) == {"loss": 1}


def test_nesting_without_end_is_cut() -> None:
    line: dict[str, object] = {"loss": 1}
    for _ in range(900):
        line = {"a": line, "b": 2}
    assert len(flatten(line)) == 16


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(objects)
def test_flat_and_the_line_untouched(line: dict[str, object]) -> None:
    before = copy.deepcopy(line)
    assert all(isinstance(value, (bool, int, float, str)) for value in flatten(line).values())
    assert line == before


def test_params_are_joined_with_a_point() -> None:
    params: dict[str, Json] = {"model": {"width": 64, "act": None}, "betas": [0.9, 0.99], "empty": {}, "lr": "0.1"}
    assert flatten_params(params) == {
        "model.width": 64,
        "model.act": None,
        "betas": [0.9, 0.99],
        "empty": {},
        "lr": "0.1",
    }


def test_the_wrapping_of_wandb_is_taken_off() -> None:
    params: dict[str, Json] = {
        "wandb_version": 1,
        "_wandb": {"desc": None, "value": {"cli_version": "0.15"}},
        "lr": {"desc": None, "value": 0.1},
        "model": {"value": {"width": 64}},
    }
    assert flatten_params(params) == {"lr": 0.1, "model.width": 64}
    assert flatten_params({"lr": {"desc": None, "value": 0.1}}) == {"lr": 0.1}
    assert flatten_params({"lr": {"value": 0.1}}) == {"lr.value": 0.1}


@given(st.dictionaries(st.text(max_size=5), any_json))
def test_params_never_raise(params: dict[str, Json]) -> None:
    flatten_params(params)
