"""Some runs as a condition, for views that put rows together by run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

AMONG: Final = "run between ? and ? and run in (select unnest(?::integer[]))"
"""Whether the run is one of `among`. The bounds reach into the view, which would put together all others too."""


def among(runs: Sequence[int]) -> list[object]:
    """The parameters of AMONG, for one run at least."""
    return [min(runs), max(runs), list(runs)]
