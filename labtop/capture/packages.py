"""Packages that can be imported, with their versions: as the names of the folders of their metadata tell."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from labtop.capture.secret_forms import without_user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

_DIRECTORY: Final = re.compile(r"(.+?)(?:-([^-]+))?(?:-py\d[\d.]*)?\.(?:dist|egg)-info")
_SEPARATORS: Final = re.compile(r"[-_.]+")
_MOST: Final = 5000


def packages(places: Iterable[str] | None = None) -> dict[str, str]:
    """Version by name (in the one form that names of packages have), sorted; of two, the one that is imported.

    Behind the version of what no index has stands what it is: `0.1 (editable)`, `0.1 (from a folder)`,
    `0.1 (from a file)`, or the place, `1.2 @ URL`, with the commit `1.2 @ git+URL@COMMIT`.
    `places` are folders, those of `sys.path` if None. No metadata is read where the folder's name has the version.
    """
    found: dict[str, str] = {}
    for place in list(sys.path if places is None else places):
        with suppress(OSError), os.scandir(place or ".") as entries:
            here = sorted(entry.name for entry in entries if entry.name.endswith((".dist-info", ".egg-info")))
            for name in here:
                match = _DIRECTORY.fullmatch(name)
                if match is not None and len(found) < _MOST:
                    package = _SEPARATORS.sub("-", match.group(1)).lower()
                    if package not in found:
                        folder = Path(place, name)
                        found[package] = (match.group(2) or _version(folder)) + _origin(folder)
    return dict(sorted(found.items()))


def _version(folder: Path) -> str:
    for name in ("METADATA", "PKG-INFO"):
        with suppress(OSError), (folder / name).open(errors="replace") as file:
            for line in file:
                if line.lower().startswith("version:"):
                    return line.partition(":")[2].strip()
                if not line.strip():
                    break
    return ""


def _origin(folder: Path) -> str:
    """Of what an installer was given as a folder, file, URL or commit (https://peps.python.org/pep-0610); else ""."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        known = json.loads((folder / "direct_url.json").read_text(encoding="utf-8"))
        url = without_user(known["url"])
        if "dir_info" in known:
            if known["dir_info"].get("editable"):
                return " (editable)"
            return " (from a folder)" if _is_here(url) else ""  # conda's were built from folders elsewhere
        if vcs := known.get("vcs_info"):
            return f" @ {vcs['vcs']}+{url}@{vcs['commit_id']}"
        if not url.startswith("file:"):
            return f" @ {url}"
        return " (from a file)" if _installer(folder) != "conda" else ""
    return ""


def _is_here(url: str) -> bool:
    # Deferred: few packages say where they were.
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    return parts.scheme == "file" and Path(unquote(parts.path)).is_dir()


def _installer(folder: Path) -> str:
    with suppress(OSError):
        return (folder / "INSTALLER").read_text(errors="replace").strip()
    return ""
