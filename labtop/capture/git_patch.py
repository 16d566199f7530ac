"""The uncommitted changes of a work tree as one patch that git can apply, without secrets."""

from __future__ import annotations

import re

from labtop.capture.secret_names import is_secret_file
from labtop.quiet_git import PLAIN_DIFF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final

    from labtop.capture.secrets import Mask
    from labtop.quiet_git import Said

LARGEST: Final = 1 << 20
"""Bytes of a patch that are kept."""
_READ: Final = 16 << 20
_MOST_FILES: Final = 1000
_OPTIONS: Final = (*PLAIN_DIFF, "-p", "--binary", "--full-index", "--no-renames", "--ignore-submodules=dirty")
_PARTS: Final = re.compile(rb"^(?=diff --git |\* Unmerged path )", re.MULTILINE)
_BINARY: Final = b"\nGIT binary patch\n"
_MASKED: Final = "secrets in the diff are masked: it does not apply as it is"


def patch(ask: Callable[..., Said], commit: str, changed: Sequence[str], mask: Mask) -> tuple[str, list[str]]:
    """The patch from the commit to the work tree of the files that changed, and remarks on what is not in it.

    Left out are files that are secrets by their names, those that are neither binary nor UTF-8, and the largest, where
    all together are over 1 MiB. Raises GitFails.
    """
    secret = [name for name in changed if is_secret_file(name)]
    names = [name for name in changed if not is_secret_file(name)]
    remarks = [f"{name} is not in the diff: by its name it holds secrets" for name in secret]
    if len(names) > _MOST_FILES:
        return "", [*remarks, f"the diff is left out: {len(names)} files changed"]
    if not names:
        return "", remarks
    said = ask("--literal-pathspecs", "diff-index", *_OPTIONS, commit, "--", *names, most=_READ)
    if said.is_cut:
        return "", [*remarks, f"the diff is left out: it is larger than {_READ >> 20} MiB"]
    parts, why = _fitting([part for part in _PARTS.split(said.out) if part])
    texts, masked = _texts(parts, mask)
    return "".join(texts), [*remarks, *why, *masked]


def _fitting(parts: list[bytes]) -> tuple[list[bytes], list[str]]:
    """Without what cannot be kept: the largest where they are too large together, and what is no text."""
    remarks = []
    kept = []
    for part in parts:
        if part.startswith(b"*"):
            remarks.append(f"{_text(part[16:]).strip()} is not in the diff: it is not merged")
        elif not _is_text(part):
            remarks.append(f"{_name(part)} is not in the diff: it is not UTF-8")
        else:
            kept.append(part)
    while sum(map(len, kept)) > LARGEST:
        largest = max(kept, key=len)
        kept.remove(largest)
        remarks.append(f"{_name(largest)} is not in the diff: its changes are {len(largest):,} bytes, too large")
    return kept, remarks


def _texts(parts: list[bytes], mask: Mask) -> tuple[list[str], list[str]]:
    texts = []
    is_masked = False
    for part in parts:
        text = clean = _text(part)
        if _BINARY not in part:
            clean = mask.patch(text)
        is_masked |= clean != text
        texts.append(clean)
    return texts, [_MASKED] if is_masked else []


def _is_text(part: bytes) -> bool:
    try:
        part.decode()
    except UnicodeDecodeError:
        return False
    return True


def _text(part: bytes) -> str:
    return part.decode("utf-8", "replace")


def _name(part: bytes) -> str:
    """The file of a part, as its first line has it twice."""
    line = _text(part.partition(b"\n")[0]).removeprefix("diff --git ")
    return line[: len(line) // 2].strip('"').removeprefix("a/")
