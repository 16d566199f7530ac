import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtop.store.read.names import name_codes


@pytest.mark.parametrize(
    ("leaf", "codes"),
    [
        ("lr=0.01", {"lr": 0.01}),
        ("lr1e-2", {"lr": 0.01}),
        ("lr0p0028", {"lr": 0.0028}),
        ("lr5e-04", {"lr": 0.0005}),
        ("lr.01", {"lr": 0.01}),
        ("b64", {"b": 64}),
        ("bs-128", {"bs": 128}),
        ("seed3", {"seed": 3}),
        ("ppo_seed_3", {"seed": 3}),
        ("width256-wd1e-4", {"width": 256, "wd": 1e-4}),
        ("batch_size_64_lr_0.001", {"batch_size": 64, "lr": 0.001}),
        ("batch-size-64", {"batch_size": 64}),
        ("token-tango-b1024-lr3e-5-327m", {"b": 1024, "lr": 3e-5}),
        ("q7_layernorm_no_rmsnorm_lr0p0028_1777044469", {"q": 7, "lr": 0.0028}),
        ("model-v2_bs-128_lr-0.001", {"model": "v2", "bs": 128, "lr": 0.001}),
        ("run-3_lr-1e-4", {"lr": 1e-4}),
        ("lr=1e-3-bs=4", {"lr": 0.001, "bs": 4}),
        ("lr=0.1,optimizer=adam,model.width=64", {"lr": 0.1, "optimizer": "adam", "model.width": 64}),
        ("batch_size=64_lr=0.1_seed=3", {"batch_size": 64, "lr": 0.1, "seed": 3}),
        ("PPO_CartPole-v1_0_lr=0.01_2019-10-10_12-34-56", {"lr": 0.01}),
        ("tokens=10000000_shift=-3", {"tokens": 10_000_000, "shift": -3}),
        ("exp_20240101_lr0.1", {"lr": 0.1}),
        ("2024-01-15T12:00:00-lr0.1", {"lr": 0.1}),
        ("b1-b2", {"b": 1}),
        ("bs-128#7", {"bs": 128}),
        ("model-v2_bs-128#7", {"model": "v2", "bs": 128}),
        ("x=99999999999999999999", {"x": "99999999999999999999"}),
        ("lr=1e999", {"lr": "1e999"}),
    ],
)
def test_codes(leaf: str, codes: dict[str, object]) -> None:
    assert name_codes(leaf) == codes
    assert [type(value) for value in name_codes(leaf).values()] == [type(value) for value in codes.values()]


@pytest.mark.parametrize(
    "leaf",
    [
        "",
        "baseline",
        "no_rmsnorm",
        "token-tango_of-two",
        "327m",
        "1777044469",
        "exp_1777044469",
        "run-20231104_034918-w3gw2ik7",
        "550e8400-e29b-41d4-a716-446655440000",
        "adam-2024-01-15",
        "exp-12",
        "again-2",
        "baseline-v3",
        "version_0",
        "checkpoint-500",
        "lr=",
        "=5",
        "results#7",
        "lr_sweep#12",
        "seed12345678901234567890",
    ],
)
def test_no_codes(leaf: str) -> None:
    assert name_codes(leaf) == {}


@given(st.text(max_size=40) | st.text(alphabet="ablr019.pe-_=,+", max_size=40))
def test_never_raises(leaf: str) -> None:
    codes = name_codes(leaf)
    assert orjson.loads(orjson.dumps(codes)) == codes
