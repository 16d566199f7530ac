"""The params of a run as a mapping: what is set is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Params(MutableMapping[str, "Any"]):
    """The params of a run by name. Setting one writes it; one that is deleted stays in the record."""

    def __init__(
        self,
        params: Mapping[str, Any],
        write: Callable[[Mapping[str, Any]], None],
        complain: Callable[[str, str], None],
    ) -> None:
        self._params = dict(params)
        self._write = write
        self._complain = complain

    def __getitem__(self, key: str) -> Any:
        return self._params[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._params[key] = value
        self._write({key: value})

    def __delitem__(self, key: str) -> None:
        del self._params[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)

    def know(self, params: Mapping[str, Any]) -> None:
        """Take these for written."""
        self._params.update(params)

    def __repr__(self) -> str:
        return repr(self._params)

    def update(self, *others: Any, **more: Any) -> None:
        """As of a dict, in one line of the log."""
        try:
            changed = dict(*others, **more)
        except (TypeError, ValueError) as error:
            self._complain("params", f"params are a mapping of names to values ({error}): they are left out")
            return
        self._params.update(changed)
        if changed:
            self._write(changed)
