"""Names of runs are shortened so that they can still be told apart."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from labtop.tui.run_names import cut_middle, fitted, told_apart

SWEEP = [f"token-tango-b{size}-lr{rate}-327m" for size in (256, 1024) for rate in ("1e-2", "3e-4")]
MODELS, RATES, DECAYS = ("cnn", "vit"), ("0.003", "0.0003", "0.03"), ("0.0001", "0.01")
GRID = [f"{m}-lr{lr}-wd{wd}-s{seed}" for m, lr, wd, seed in product(MODELS, RATES, DECAYS, range(4))]
CONFIGS = [f"lr={lr} model={m} wd={wd}" for m, lr, wd in product(MODELS, RATES, DECAYS)]
VALUES = [f"{m}  {lr}  {size}" for m, lr, size in product(("adam", "adamw", "sgd"), RATES, (64, 128))]


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["a-long-name-1", "a-long-name-2"], ["…1", "…2"]),
        (["adam-lr1e-2-327m", "adam-lr1e-3-327m"], ["…lr1e-2…", "…lr1e-3…"]),
        (["base-seed1", "base-seed2", "other"], ["…seed1", "…seed2", "other"]),
        (["one-x-1", "one-x-2", "two-x-1", "two-x-2"], ["one-x-1", "one-x-2", "two-x-1", "two-x-2"]),
        (["same-same", "same-same"], ["same-same", "same-same"]),
        (["run-long-word", "run-long-word-2"], ["…word", "…word-2"]),
        (["single-name"], ["single-name"]),
    ],
)
def test_shared_words_are_left_out(names: list[str], short: list[str]) -> None:
    assert list(told_apart(names)) == short


def test_names_are_cut_in_the_middle() -> None:
    assert cut_middle("transformer-lr3e-4", 9) == "tr…lr3e-4"
    assert cut_middle("学习率实验一", 8) == "学…验一"
    assert cut_middle("abc", 3) == "abc"
    assert cut_middle("abcd", 1) == "…"
    assert cut_middle("abcd", 0) == ""


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (27, "token-tango-b256-lr1e-2…"),
        (20, "token-…b256-lr1e-2…"),
        (14, "…b256-lr1e-2…"),
        (10, "…b2…r1e-2…"),
    ],
)
def test_what_a_family_shares_goes_first(cells: int, first: str) -> None:
    shown = fitted([*SWEEP, "smoke"], cells)
    assert shown[0] == first
    assert shown[-1] == "smoke"
    assert len(set(shown)) == 5


def test_names_that_the_middle_alone_tells_apart_are_cut_elsewhere() -> None:
    assert fitted(["one-alpha-long-end", "one-beta-long-end"], 8) == ["…alpha…", "…beta…"]


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6), st.integers(1, 14))
def test_no_name_is_too_wide(names: list[str], cells: int) -> None:
    assert all(cell_len(name) <= cells for name in fitted(names, cells))


def test_an_accent_stays_with_its_letter() -> None:
    for cells in range(1, 12):
        assert "…\u0301" not in cut_middle("e\u0301" * 30, cells)


def test_the_moment_of_a_start_goes_before_what_tells_runs_apart() -> None:
    names = ["q7_nope_baseline_lr0p0028_1777044637", "q7_swiglu_baseline_lr0p0028_1777044473"]
    assert fitted(names, 27) == ["q7_nope_baseline_lr0p0028…", "q7_swigl…baseline_lr0p0028…"]


def test_names_of_several_families_are_cut_where_they_differ() -> None:
    names = [f"lr{lr}-b{batch}-s1" for lr in ("0.3", "0.1", "0.03", "0.001", "0.0001", "0.0003") for batch in (16, 32)]
    for cells in (12, 13):
        shown = fitted(names, cells)
        assert len(set(shown)) == len(names)
        assert max(map(len, shown)) <= cells


@pytest.mark.parametrize(("names", "least"), [(GRID, 10), (CONFIGS, 10), (VALUES, 10)])
def test_names_that_differ_in_several_places_are_told_apart(names: list[str], least: int) -> None:
    for cells in range(least, 31):
        shown = fitted(names, cells)
        assert len(set(shown)) == len(names)
        assert max(map(cell_len, shown)) <= cells


@pytest.mark.parametrize(
    ("names", "cells", "first"),
    [
        (GRID, 20, "cnn…0.003…0.0001-s0"),
        (GRID, 11, "c…03…001…0"),
        (CONFIGS, 27, "lr=0.003 model=cnn…"),
        (CONFIGS, 20, "lr=0.003…cnn…0.0001"),
        (CONFIGS, 14, "….003…c….0001"),
        (VALUES, 16, "adam  0.003  64"),
        ([f"adam  0.003  {data}" for data in ("imagenet", "cifar100")], 10, "…imagenet"),
    ],
)
def test_what_all_share_gives_way_and_what_differs_stays(names: list[str], cells: int, first: str) -> None:
    assert fitted(names, cells)[0] == first


def test_no_ellipses_stand_side_by_side() -> None:
    for cells in range(2, 13):
        assert "……" not in cut_middle("…0.003-wd0.0001-s2", cells)
        for names in (GRID, CONFIGS, VALUES, [f"{name}…" for name in CONFIGS]):
            assert all("……" not in cut_middle(name, cells - 2) for name in fitted(names, cells))


def test_a_cut_wastes_no_room_on_spaces_and_ellipses_beside_it() -> None:
    assert cut_middle("abcdef…003-s2", 8) == "ab…03-s2"
    assert cut_middle("abcdefg…3-s2", 8) == "abc…3-s2"
    assert cut_middle("abcdefg  3-s2", 8) == "abc…3-s2"


def test_names_that_fit_stay_whole_among_others_that_do_not() -> None:
    sweep = [
        f"{opt}-lr{lr}-w{w}-s{s}"
        for opt in ("adam", "sgd")
        for lr in (0.1, 0.001)
        for w in (64, "wide")
        for s in (1, 2)
    ]
    whole = ["live-adam-s2", "live slow [x]", "plain-3", "again-2", "tab name"]
    for cells in range(13, 22):
        shown = dict(zip([*sweep, *whole], fitted([*sweep, *whole], cells), strict=True))
        assert len(set(shown.values())) == len(shown)
        assert all(shown[name] == name for name in shown if len(name) <= cells)
        assert not any(name.endswith("…") for name in shown.values())
    assert shown["sgd-lr0.1-w64-s1"] == "sgd-lr0.1-w64-s1"


def test_no_more_is_cut_than_has_no_room() -> None:
    assert fitted(["live-adam-s2", "live-adam-s1"], 11) == ["live-ada…s2", "live-ada…s1"]
