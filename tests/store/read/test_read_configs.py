import math
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.store.model import Json
from labtop.store.read.config_limits import ConfigError
from labtop.store.read.configs import LARGEST, is_config, read_config


def read(folder: Path, text: str | bytes, name: str = "config.yaml") -> dict[str, Json]:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_config(path)


def refusal(folder: Path, text: str | bytes, name: str = "config.yaml") -> str:
    with pytest.raises(ConfigError) as caught:
        read(folder, text, name)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_names() -> None:
    for name in ("config.yaml", "params.json", "args.json", "hparams.yml", "adapter_config.json", ".hydra/config.yaml"):
        assert is_config(name)
    for name in (
        "config.txt",
        "hydra.yaml",
        "overrides.yaml",
        "my_config.json",
        "config.json.bak",
        "trainer_state.json",
    ):
        assert not is_config(name)


def test_yaml_numbers_keep_their_type(tmp_path: Path) -> None:
    text = "a: 1e-4\nb: 0.01\nc: '0.01'\nd: 3\ne: 1.e+3\nf: .inf\ng: -7\nh: true\ni: null\nj: 0x10\n"
    config = read(tmp_path, text)
    assert config == {
        "a": 0.0001,
        "b": 0.01,
        "c": "0.01",
        "d": 3,
        "e": 1000.0,
        "f": math.inf,
        "g": -7,
        "h": True,
        "i": None,
        "j": 16,
    }
    assert type(config["d"]) is int


def test_yaml_text_stays_text(tmp_path: Path) -> None:
    text = "wall: 12:30:00\nday: 2024-01-01\nzeros: 007\nunder: 1_000\nat: 2024-01-01T10:00:00Z\n"
    assert read(tmp_path, text) == {
        "wall": "12:30:00",
        "day": "2024-01-01",
        "zeros": "007",
        "under": "1_000",
        "at": "2024-01-01T10:00:00Z",
    }


def test_unknown_tags_are_read_as_what_they_tag_and_nothing_runs(tmp_path: Path) -> None:
    text = f"""
betas: !!python/tuple [0.9, 0.99]
sizes: !!python/tuple
- 1
- 2
command: !!python/object/apply:os.system ["touch {tmp_path}/ran"]
layer: !!python/name:torch.nn.ReLU ''
args: !!python/object:argparse.Namespace {{lr: 1e-3}}
rate: !!python/float 1e-3
word: !mine adam
"""
    assert read(tmp_path, text) == {
        "betas": [0.9, 0.99],
        "sizes": [1, 2],
        "command": [f"touch {tmp_path}/ran"],
        "layer": "torch.nn.ReLU",
        "args.lr": 0.001,
        "rate": 0.001,
        "word": "adam",
    }
    assert not (tmp_path / "ran").exists()


def test_the_config_of_wandb(tmp_path: Path) -> None:
    text = "wandb_version: 1\n_wandb:\n  desc: null\n  value: {t: {1: [1]}}\nlr:\n  desc: null\n  value: 1.0e-06\n"
    assert read(tmp_path, text) == {"lr": 1e-6}


def test_keys_become_text(tmp_path: Path) -> None:
    assert read(tmp_path, "2: a\nnull: b\n? !!python/tuple [1, 2]\n: c\n") == {"2": "a", "None": "b", "(1, 2)": "c"}


def test_json_by_the_ladder(tmp_path: Path) -> None:
    text = b'\xef\xbb\xbf{\n  "a": NaN,\n  "b": {"c": [1, {"d": 2}]},\n  "e": 1e400,\n  "f": %b\n}\n' % (b"9" * 30)
    config = read(tmp_path, text, "params.json")
    assert str(config.pop("a")) == "nan"
    assert config == {"b.c": [1, {"d": 2}], "e": math.inf, "f": 1e30}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- 1\n", "not a mapping: list"),
        ("", "not a mapping: NoneType"),
        ("a: b: c", "not YAML: mapping values are not allowed in this context in line 1"),
        ("a: [", "not YAML: did not find expected node content in line 2"),
        ("a: 1\n---\nb: 2\n", "not YAML: but found another document in line 2"),
        ("a: !!bool maybe", "not readable: KeyError"),
        ("a: !!int ''", "not readable: IndexError"),
        ("a: " + "9" * 6000, "not readable: ValueError"),
        (b"a: \x01\n", "not readable: ReaderError"),
        ("a: &a [*a]", "nested too deeply"),
        ("[" * 200_000, "nested too deeply"),
        ("\n".join(" " * depth + "a:" for depth in range(500)), "nested too deeply"),
        ("a: 1\n" * 100_000, "more than 100000 values"),
        (
            "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)),
            "more than 100000 values",
        ),
        (b"#" * (LARGEST + 1), "larger than 5 MB"),
    ],
)
def test_yaml_that_is_refused(tmp_path: Path, text: str | bytes, reason: str) -> None:
    assert refusal(tmp_path, text) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("[1]", "not an object: list"),
        ('{"a": 1', "not JSON: Expecting ',' delimiter at column 8"),
        ('{"a":' * 5000, "nested too deeply"),
        ('{"a":' * 500 + "1" + "}" * 500, "nested too deeply"),
    ],
)
def test_json_that_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    assert refusal(tmp_path, text, "params.json") == reason


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.json")
    for path in (tmp_path / "config.json", tmp_path):
        with pytest.raises(ConfigError, match="not a file"):
            read_config(path)
    with pytest.raises(ConfigError, match="No such file"):
        read_config(tmp_path / "args.json")


@settings(max_examples=60)
@given(st.text(alphabet="ab: -\n[]{}&*!|>'\"#%@`,?~01.e<=") | st.binary(max_size=40))
def test_nothing_else_is_raised(tmp_path_factory: pytest.TempPathFactory, text: str | bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "args.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    try:
        config = read_config(path)
    except ConfigError:
        return
    assert all(isinstance(key, str) for key in config)


def test_merges_that_multiply_are_refused_before_they_do(tmp_path: Path) -> None:
    levels = "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 40))
    assert refusal(tmp_path, f"a0: &a0 {{k: 1}}\n{levels}") == "more than 100000 values"


def test_merges_that_people_write_are_read(tmp_path: Path) -> None:
    text = "base: &base {lr: 0.1, depth: 2}\nwide: &wide {width: 64}\nrun: {<<: [*base, *wide], lr: 0.2}\n"
    config = read(tmp_path, text)
    assert (config["run.lr"], config["run.depth"], config["run.width"]) == (0.2, 2, 64)
