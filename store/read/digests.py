"""Digests of files, as anybody wrote them down."""

from __future__ import annotations

import re

_HEX = re.compile(r"[0-9a-f]{1,128}", re.ASCII)


def digest_in(value: object) -> str | None:
    """The hex text of a digest in small letters, without `sha256:` before it; None for all that is none, so that the
    same digest is the same text."""
    text = value.strip().lower().removeprefix("sha256:").strip() if isinstance(value, str) else ""
    return text if _HEX.fullmatch(text) else None
