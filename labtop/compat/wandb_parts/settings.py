"""`config` and `summary`: mappings whose items are attributes too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

Write = Callable[[Mapping[str, Any]], None]


class _Items(MutableMapping[str, Any]):
    """Each change is written, once there is a run to write it to."""

    def __init__(self, items: Mapping[str, Any] | None = None, write: Write | None = None) -> None:
        object.__setattr__(self, "_items", dict(items or {}))
        object.__setattr__(self, "_write", write)

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delitem__(self, key: str) -> None:
        del self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("_items", "_write"):  # as of a copy that is not made yet
            raise AttributeError(name)
        try:
            return self._items[name]
        except KeyError:
            raise AttributeError(f"there is no {name!r}: there are {', '.join(map(repr, self._items))}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        self._items.pop(name, None)

    def __repr__(self) -> str:
        return repr(self._items)

    def update(self, given: Any = (), /, **more: Any) -> None:
        """Take over a mapping, or a namespace as of `argparse`, in one line of the log."""
        changed = {str(key): value for key, value in dict(as_mapping(given), **more).items()}
        self._items.update(changed)
        if changed and self._write is not None:
            self._write(changed)

    def attach(self, write: Write) -> None:
        """There is a run now: it is told what was set before."""
        object.__setattr__(self, "_write", write)
        if self._items:
            write(dict(self._items))

    def as_dict(self) -> dict[str, Any]:
        """A copy."""
        return dict(self._items)


class Config(_Items):
    """The params of the run."""

    def update(self, given: Any = (), /, allow_val_change: bool | None = None, **more: Any) -> None:
        """As of W&B; a param that changes is marked, never refused."""
        super().update(given, **more)

    def setdefaults(self, given: Any) -> None:
        """Take over what is not set yet."""
        self.update({key: value for key, value in as_mapping(given).items() if key not in self})


class Summary(_Items):
    """The last value of each metric, and what the script sets itself."""

    def seen(self, metrics: Mapping[str, Any]) -> None:
        """Metrics that are logged, so that they can be read here."""
        self._items.update(metrics)


def as_mapping(given: Any) -> Mapping[str, Any]:
    """A mapping, pairs, or the attributes of a namespace. Raises TypeError or ValueError for what is neither."""
    if isinstance(given, Mapping):
        return given
    fields = getattr(given, "__dict__", None)
    return fields if isinstance(fields, dict) else dict(given)
