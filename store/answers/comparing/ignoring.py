"""Keys that a comparison leaves out, by patterns such as `env.packages.*`: the section, a dot, the whole key."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from functools import cached_property

from labtop.store.model import PARTS, CompareRow, Comparison

_SIGNS = re.compile(r"([*?[])")


class Ignored:
    """Patterns of a person's own, and those that `settings` say besides. `*`, `?`, `[ab]` as in file names."""

    def __init__(self, own: Sequence[str] = (), settings: Sequence[str] = ()) -> None:
        self.own, self.settings = tuple(own), tuple(settings)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ignored) and (self.own, self.settings) == (other.own, other.settings)

    def __hash__(self) -> int:
        return hash((self.own, self.settings))

    def __call__(self, section: str, key: str) -> bool:
        """Whether the key is left out."""
        return self._any is not None and self._any.match(f"{section}.{key}") is not None

    def pattern_of(self, section: str, key: str) -> str | None:
        """The first of the person's own patterns that leaves the key out."""
        name = f"{section}.{key}"
        return next((own for own in self.own if re.match(translate(own), name)), None)

    @cached_property
    def _any(self) -> re.Pattern[str] | None:
        patterns = (*self.own, *self.settings)
        return re.compile("|".join(map(translate, patterns))) if patterns else None


NOTHING_IGNORED = Ignored()


def without(comparison: Comparison, left_out: Callable[[str, str], bool]) -> Comparison:
    """The comparison without the rows of which `left_out` says so, by section and key."""

    def left(part: str) -> tuple[CompareRow, ...]:
        return tuple(row for row in getattr(comparison, part) if not left_out(part, row.key))

    return Comparison(comparison.runs, *map(left, PARTS))


def pattern(section: str, key: str, *, and_below: bool = False) -> str:
    """The pattern that fits this key, or, of the beginning of keys, all that begin so."""
    plain = _SIGNS.sub(r"[\1]", key)
    return f"{section}.{plain}{'*' * and_below}"
