"""What must not be logged."""

from collections.abc import Mapping
from typing import Any


class Mask:
    """Masks it."""

    def mapping(self, mapping: Mapping[str, Any]) -> Mapping[str, Any]:
        """Without secrets."""
        return mapping
