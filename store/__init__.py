"""The store: log files into an index, and answers out of it. Usable without a screen, as in a notebook."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labtop.store.model import NotThere, StoreError
    from labtop.store.store import Store

__all__ = ["NotThere", "Store", "StoreError"]


def __getattr__(name: str) -> object:
    """Names are loaded when they are first asked for: who needs a part of the store waits for no other."""
    if name == "Store":
        from labtop.store.store import Store

        return Store
    if name in __all__:
        from labtop.store import model

        return getattr(model, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
