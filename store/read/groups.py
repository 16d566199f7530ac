"""Groups of lines: what they are called, and which of them are akin.

A group is named by its mode, or by its keys, a line each.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

OTHERS = "others"
"""The group of all lines whose own would be one too many."""

_GROUPS = 64  # more key sets than this share one group: such a log has no telling groups
_NAMES = 16_384  # characters of the names of all groups: those of further ones are digests, which are akin to none


def name_of(group: str, counts: Mapping[str, int]) -> str:
    """What the group is called among those that are counted: by its keys, by a digest where these would be too long, or
    others."""
    if group in counts:
        return group
    if sum(map(len, counts)) + len(group) > _NAMES:
        group = blake2b(group.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return group if group in counts or len(counts) < _GROUPS else OTHERS


def are_akin(group: str, name: str, main: str) -> bool:
    """Whether the group, which is called by this name, has all keys of the main one or no others."""
    return name != OTHERS and _share_keys(group, main)


@lru_cache(maxsize=64)
def _share_keys(group: str, main: str) -> bool:
    keys, main_keys = frozenset(group.split("\n")), frozenset(main.split("\n"))
    return keys <= main_keys or main_keys <= keys
