"""What tests of all parts share."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from labtop.store.index.files import open_index

Lay = Callable[[Path], Path]


def pytest_collection_finish() -> None:
    """All that pytest and hypothesis hold is looked through for cycles less often: it took a tenth of the time."""
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def lay_index(tmp_path_factory: pytest.TempPathFactory) -> Lay:
    """Put the index of a directory without runs at a path: to copy one takes a fifth of the time of making it."""
    made = tmp_path_factory.mktemp("made") / "index.duckdb"
    open_index(made.parent, made).close()

    def lay(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            shutil.copyfile(made, path)
        return path

    return lay
