"""What stands against a run being made again, in words that a record can keep."""

from __future__ import annotations

from labtop.store.model import RunDetail

_PATCHES = ("patch", "diff")


def lacking(detail: RunDetail) -> tuple[str, ...]:
    """What the record of the run lacks: `no seed`; changed code counts as lost where no patch of it was saved."""
    lost = ("uncommitted changes without a saved patch",) if _is_dirty(detail) and not _has_patch(detail) else ()
    return (*(f"no {part}" for part in detail.missing), *lost)


def _is_dirty(detail: RunDetail) -> bool:
    return bool((detail.code or {}).get("dirty"))


def _has_patch(detail: RunDetail) -> bool:
    """In the `git` of its `run` event, or as an artifact."""
    return bool((detail.code or {}).get("diff")) or any(
        item.kind in _PATCHES or (item.path or item.name).endswith((".patch", ".diff")) for item in detail.artifacts
    )
