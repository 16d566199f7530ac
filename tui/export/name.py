"""What a file with charts is called."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence

from labtop.tui.charts.spec import ChartSpec, Spec
from labtop.tui.format import is_harmless

_MOST, _MOST_BYTES = 80, 200
_SIGNS = "-_.+=@,"  # that no shell and no file system takes for anything


def file_name(specs: Sequence[Spec], ending: str) -> str:
    """`labtop-<metric><ending>` for one chart, else with their number: at most 80 characters that are safe anywhere.

    What is neither a letter, a digit nor one of - _ . + = @ , becomes an underscore; so does what the file system's
    encoding lacks.
    """
    what = _metric(specs[0]) if len(specs) == 1 else f"{len(specs)}-charts"
    known = what.encode(sys.getfilesystemencoding(), "replace").decode(sys.getfilesystemencoding())
    stem = "labtop-" + ("".join(map(_safe, known)).lstrip(".") or "chart")
    stem = stem[: _MOST - len(ending)]
    while len(stem.encode()) > _MOST_BYTES:
        stem = stem[:-1]
    return stem + ending


def _metric(spec: Spec) -> str:
    """Scatter plots and histograms tell behind the metric which of its values they show."""
    return spec.title if isinstance(spec, ChartSpec) else spec.title.rpartition(" (")[0] or spec.title


def _safe(character: str) -> str:
    letter = character.isalnum() or unicodedata.category(character) in ("Mn", "Mc")
    return character if character in _SIGNS or (letter and is_harmless(character)) else "_"
