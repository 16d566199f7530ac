"""A filter that cannot be used, and what may stand at a place in one."""

from __future__ import annotations

from dataclasses import dataclass

from labtop.store.model.values import StoreError


class FilterError(StoreError):
    """A filter that cannot be read, or names what there is not. `place` is where, counted in characters from 0."""

    def __init__(self, reason: str, text: str, place: int) -> None:
        super().__init__(reason)
        self.text = text
        self.place = place

    def __reduce__(self) -> tuple[type[FilterError], tuple[str, str, int]]:
        """All that it takes to make it again, in another process."""
        return FilterError, (str(self), self.text, self.place)


@dataclass(frozen=True, slots=True)
class Completion:
    """What may be put in a filter in place of its characters from `begin` to `end`; `detail` says what it is."""

    begin: int
    end: int
    text: str
    detail: str = ""
