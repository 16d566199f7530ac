"""YAML, safely: plain values only, the numbers that people mean, no tag executed, no depth without end."""

from __future__ import annotations

import re
import types

import yaml

from labtop.store.read.config_limits import DEEPEST, MOST_VALUES, TOO_DEEP, TOO_MANY, ConfigError


def load_yaml(text: str) -> object:
    """What a YAML document holds. Raises ConfigError, and what the library lets out of odd scalars."""
    try:
        _count(text)
        return yaml.load(text, _LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ConfigError(f"not YAML: {error.problem}" + (f" in line {mark.line + 1}" if mark else "")) from error


def _count(text: str) -> None:
    """Refuse what is too deep or too much: the fast loader recurses without a limit."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, _LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ConfigError(TOO_DEEP)
        if count > MOST_VALUES:
            raise ConfigError(TOO_MANY)


_MERGE = "tag:yaml.org,2002:merge"


class _BoundedMerges(yaml.constructor.SafeConstructor):
    """Merges (`<<`) up to a number of pairs: of merged aliases a few lines can stand for endlessly many."""

    merges_left = MOST_VALUES

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Take in what the mapping merges. Raises ConfigError before it is too much."""
        merged = [value for key, value in node.value if key.tag == _MERGE]
        for value in merged:
            for each in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                if isinstance(each, yaml.MappingNode):
                    self.flatten_mapping(each)
                    self.merges_left -= len(each.value)
                if self.merges_left < 0:
                    raise ConfigError(TOO_MANY)
        super().flatten_mapping(node)


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
    loader: type[yaml.SafeLoader] = types.new_class("ConfigLoader", (_BoundedMerges, base))
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
