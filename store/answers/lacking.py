"""What stands against a run being made again, in words that a record can keep."""

from __future__ import annotations

from collections.abc import Iterator

from labtop.store.answers.work_tree import left_out, only_untracked, untracked_code
from labtop.store.model import RunDetail

_PATCHES = ("patch", "diff")
_SHORT, _LONGEST = 12, 60


def lacking(detail: RunDetail) -> tuple[str, ...]:
    """What the record of the run lacks: `no seed`; changed code counts as lost where no patch of it was saved."""
    return (*(f"no {part}" for part in detail.missing), *_lost(detail))


def code_words(detail: RunDetail) -> str:
    """Which code the run had: commit, branch, and what became of uncommitted changes; "" where nothing is known."""
    code = detail.code or {}
    commit, branch = (" ".join(str(code.get(key) or "").split()) for key in ("commit", "branch"))
    parts = (
        f"commit {commit[:_SHORT]}" if commit else "",
        f"branch {branch[:_LONGEST]}" if branch else "",
        _dirt(detail),
        "untracked code" if untracked_code(code) else "",
    )
    return ", ".join(part for part in parts if part)


def has_patch(detail: RunDetail) -> bool:
    """In the `git` of its `run` event, or as an artifact."""
    return bool((detail.code or {}).get("diff")) or any(
        item.kind in _PATCHES or (item.path or item.name).endswith((".patch", ".diff")) for item in detail.artifacts
    )


def _lost(detail: RunDetail) -> Iterator[str]:
    code = detail.code or {}
    if _is_dirty(detail) and not has_patch(detail):
        yield "uncommitted changes without a saved patch"
    elif left_out(code):
        yield "code that is not wholly recorded"
    if untracked_code(code):
        yield "untracked code that was not saved"


def _dirt(detail: RunDetail) -> str:
    if not _is_dirty(detail):
        return ""
    if not has_patch(detail):
        return "dirty, no patch"
    return "dirty, patch saved in part" if left_out(detail.code or {}) else "dirty, patch saved"


def _is_dirty(detail: RunDetail) -> bool:
    """Whether files that git has were changed."""
    code = detail.code or {}
    return bool(code.get("dirty")) and not only_untracked(code)
