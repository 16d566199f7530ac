"""What stands against a run being made again, in words that a record can keep."""

from __future__ import annotations

from labtop.store.model import RunDetail

_PATCHES = ("patch", "diff")
_SHORT, _LONGEST = 12, 60


def lacking(detail: RunDetail) -> tuple[str, ...]:
    """What the record of the run lacks: `no seed`; changed code counts as lost where no patch of it was saved."""
    lost = ("uncommitted changes without a saved patch",) if _is_dirty(detail) and not _has_patch(detail) else ()
    return (*(f"no {part}" for part in detail.missing), *lost)


def code_words(detail: RunDetail) -> str:
    """Which code the run had: commit, branch, and what became of uncommitted changes; "" where nothing is known."""
    code = detail.code or {}
    commit, branch = (" ".join(str(code.get(key) or "").split()) for key in ("commit", "branch"))
    dirty = f"dirty, {'patch saved' if _has_patch(detail) else 'no patch'}" if _is_dirty(detail) else ""
    parts = (f"commit {commit[:_SHORT]}" if commit else "", f"branch {branch[:_LONGEST]}" if branch else "", dirty)
    return ", ".join(part for part in parts if part)


def _is_dirty(detail: RunDetail) -> bool:
    return bool((detail.code or {}).get("dirty"))


def _has_patch(detail: RunDetail) -> bool:
    """In the `git` of its `run` event, or as an artifact."""
    return bool((detail.code or {}).get("diff")) or any(
        item.kind in _PATCHES or (item.path or item.name).endswith((".patch", ".diff")) for item in detail.artifacts
    )
