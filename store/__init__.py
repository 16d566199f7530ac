"""The store: log files into an index, and answers out of it. Usable without a screen, as in a notebook."""

from labtop.store.model import NotThere, StoreError
from labtop.store.store import Store

__all__ = ["NotThere", "Store", "StoreError"]
