"""The config files that tools leave beside their logs, as flat parameters. Nothing in them is ever executed."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from pathlib import Path

from labtop.store.model import Json
from labtop.store.read.config_limits import DEEPEST, MOST_VALUES, TOO_DEEP, TOO_MANY, ConfigError
from labtop.store.read.flatten import flatten_params
from labtop.store.read.lines import parse, text_of

LARGEST = 5_000_000
"""Bytes of a config file that are read; a larger one is none."""

_NAMES = ("config", "params", "args", "hparams", "training_args", "flags", "variant", "adapter_config")
_CONFIG = re.compile(rf"(?:{'|'.join(_NAMES)})\.(?:json|ya?ml)", re.IGNORECASE)


def is_config(name: str) -> bool:
    """Whether a file of this name (or path) holds the parameters of the logs beside it."""
    return _CONFIG.fullmatch(name.rpartition("/")[2]) is not None


def read_config(path: Path) -> dict[str, Json]:
    """The parameters in a JSON or YAML file, nested ones joined with a dot. Raises ConfigError, never anything else."""
    data = _bytes_of(path)
    try:
        loaded = _json(data) if path.suffix.lower() == ".json" else _yaml(text_of(data))
        if not isinstance(loaded, dict):
            raise ConfigError(f"not a mapping: {type(loaded).__name__}")
        plain = _Plain().value(loaded, DEEPEST)
        return flatten_params(plain) if isinstance(plain, dict) else {}
    except ConfigError:
        raise
    except RecursionError as error:
        raise ConfigError(TOO_DEEP) from error
    except Exception as error:  # the YAML library lets errors of many kinds out of odd scalars
        raise ConfigError(f"not readable: {type(error).__name__}") from error


def _bytes_of(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError("not a file")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot be read: {getattr(error, 'strerror', None) or 'bad path'}") from error
    if len(data) > LARGEST:
        raise ConfigError(f"larger than {LARGEST // 1_000_000} MB")
    return data


def _json(data: bytes) -> dict[str, object]:
    parsed = parse(data)
    if not parsed.objects:
        raise ConfigError(parsed.reason or "empty")
    return parsed.objects[0]


def _yaml(text: str) -> object:
    # Loaded when the first such file is met: it costs every start a fiftieth of a second.
    from labtop.store.read.yaml_config import load_yaml

    return load_yaml(text)


class _Plain:
    """Makes plain JSON values of what a loader gave, up to a number of values: aliases can stand for endlessly many."""

    def __init__(self) -> None:
        self._left = MOST_VALUES

    def value(self, value: object, levels: int) -> Json:
        self._left -= 1
        if self._left < 0:
            raise ConfigError(TOO_MANY)
        if not levels:
            raise ConfigError(TOO_DEEP)
        if value is None or isinstance(value, (bool, float)):
            return value
        if isinstance(value, int):
            return value if abs(value) < 2**63 else float(value)
        if isinstance(value, Mapping):
            return {_key(key): self.value(item, levels - 1) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item, levels - 1) for item in value]
        if isinstance(value, (set, frozenset)):
            return [self.value(item, levels - 1) for item in sorted(value, key=str)]
        return _key(value)


def _key(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.encode("utf-8", "replace").decode()
