"""The config files that tools leave beside their logs, as flat parameters. Nothing in them is ever executed."""

from __future__ import annotations

import re
import stat
import types
from collections.abc import Mapping
from pathlib import Path

import yaml

from labtop.store.model import Json
from labtop.store.read.flatten import flatten_params
from labtop.store.read.lines import parse, text_of

LARGEST = 5_000_000
"""Bytes of a config file that are read; a larger one is none."""

_NAMES = ("config", "params", "args", "hparams", "training_args", "flags", "variant", "adapter_config")
_CONFIG = re.compile(rf"(?:{'|'.join(_NAMES)})\.(?:json|ya?ml)", re.IGNORECASE)
_MOST_VALUES = 100_000
_DEEPEST = 100
_TOO_MANY = f"more than {_MOST_VALUES} values"
_TOO_DEEP = "nested too deeply"


class ConfigError(Exception):
    """A config file that cannot be read; the text is one line that says why."""


def is_config(name: str) -> bool:
    """Whether a file of this name (or path) holds the parameters of the logs beside it."""
    return _CONFIG.fullmatch(name.rpartition("/")[2]) is not None


def read_config(path: Path) -> dict[str, Json]:
    """The parameters in a JSON or YAML file, nested ones joined with a dot. Raises ConfigError, never anything else."""
    data = _bytes_of(path)
    try:
        loaded = _json(data) if path.suffix.lower() == ".json" else _yaml(data)
        if not isinstance(loaded, dict):
            raise ConfigError(f"not a mapping: {type(loaded).__name__}")
        plain = _Plain().value(loaded, _DEEPEST)
        return flatten_params(plain) if isinstance(plain, dict) else {}
    except ConfigError:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ConfigError(f"not YAML: {error.problem}" + (f" in line {mark.line + 1}" if mark else "")) from error
    except RecursionError as error:
        raise ConfigError(_TOO_DEEP) from error
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


def _yaml(data: bytes) -> object:
    """What a YAML document holds; first its events are counted, as the fast loader recurses without a limit."""
    text = text_of(data)
    depth = 0
    for count, event in enumerate(yaml.parse(text, _LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ConfigError(_TOO_DEEP)
        if count > _MOST_VALUES:
            raise ConfigError(_TOO_MANY)
    return yaml.load(text, _LOADER)


class _Plain:
    """Makes plain JSON values of what a loader gave, up to a number of values: aliases can stand for endlessly many."""

    def __init__(self) -> None:
        self._left = _MOST_VALUES

    def value(self, value: object, levels: int) -> Json:
        self._left -= 1
        if self._left < 0:
            raise ConfigError(_TOO_MANY)
        if not levels:
            raise ConfigError(_TOO_DEEP)
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


_RESOLVED_OTHERWISE = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "timestamp"))
_YAML_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*|0x[0-9a-fA-F]+)\Z")
_YAML_FLOAT = re.compile(
    r"(?:[-+]?(?:(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+|\.(?:inf|Inf|INF))"
    r"|\.(?:nan|NaN|NAN))\Z"
)
_YAML_WORDS = {"true": True, "false": False, "null": None, "none": None}


def _loader() -> type[yaml.SafeLoader]:
    """A safe loader with the numbers people mean: `1e-4` is one, `12:30:00` and dates are text."""
    base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: type[yaml.SafeLoader] = types.new_class("ConfigLoader", (base,))
    loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in known if tag not in _RESOLVED_OTHERWISE]
        for first, known in base.yaml_implicit_resolvers.items()
    }
    loader.add_implicit_resolver("tag:yaml.org,2002:int", _YAML_INT, list("-+0123456789"))
    loader.add_implicit_resolver("tag:yaml.org,2002:float", _YAML_FLOAT, list("-+.0123456789"))
    loader.add_multi_constructor("", _tagged)
    return loader


def _tagged(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> object:
    """What stands behind a tag that is unknown, as if it had none; the tag's own text where nothing does."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return tuple(loader.construct_sequence(node, deep=True))
    text = str(node.value)
    if not text:
        return tag.rpartition(":")[2]
    return text if getattr(node, "style", None) else _plain_scalar(text)


def _plain_scalar(text: str) -> object:
    if _YAML_INT.match(text):
        return int(text, 0)
    if _YAML_FLOAT.match(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return _YAML_WORDS.get(text.lower(), text)


_LOADER = _loader()
