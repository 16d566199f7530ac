"""Which files read like code or configs, by their names: results and data are none."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_CODE: Final = frozenset(
    (
        *(".py", ".pyx", ".sh", ".c", ".cc", ".cpp", ".cu", ".h", ".hpp", ".go", ".jl", ".js", ".r", ".rs", ".ts"),
        *(".cfg", ".ini", ".toml", ".yaml", ".yml"),
    )
)


def is_code(path: str) -> bool:
    """Whether the name of a file ends as those of code and configs do."""
    stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    return bool(stem) and f"{dot}{ending}".lower() in _CODE
