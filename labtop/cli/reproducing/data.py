"""The data: each file and folder is compared with what the run read."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

from labtop.cli.reproducing.quoting import is_path, word
from labtop.cli.reproducing.step import Step, Tree, text_of
from labtop.cli.text import clean
from labtop.store.model import Json, RunDetail
from labtop.store.read.digests import digest_in

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_ELSEWHERE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# As `Run.data` digests: of a folder the digests of all files below it, by name.
_FUNCTIONS: Final = """\
sha256() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
digest() {
    if [ -d "$1" ]; then
        (cd "$1" && find . -type f -o -type l | LC_ALL=C sort | while IFS= read -r file; do
            [ ! -f "$file" ] || sha256 "$file"
        done) | sha256
    else
        sha256 <"$1"
    fi | cut -d ' ' -f 1
}
check() { # name, SHA-256 or nothing, path, and where it lay outside of what git has
    if [ ! -e "$3" ] && [ -n "${4-}" ] && [ -e "$4" ]; then
        mkdir -p "$(dirname "$3")"
        ln -s "$4" "$3"
    fi
    [ -e "$3" ] || stop "data $1: $3 is not there"
    [ -z "$2" ] || [ "$(digest "$3")" = "$2" ] || stop "data $1: $3 is not what the run read: another SHA-256"
}"""


def data_step(detail: RunDetail, tree: Tree) -> Step:
    """What cannot be compared is said."""
    lines, lacks, remarks, facts = list[str](), list[str](), list[str](), list[Json]()
    for place, each in enumerate(detail.data or (), 1):
        name = clean(str(each.get("name") or f"number {place}"))
        uri, said = text_of(each.get("uri")), text_of(each.get("digest"))
        digest = digest_in(said) or ""
        sha256 = digest if _SHA256.fullmatch(digest) else ""
        facts.append({"name": name, "uri": uri or None, "sha256": sha256 or None})
        if not uri:
            lacks.append(f"no place of data {name}")
            continue
        path = uri.removeprefix("file://")
        is_here = is_path(path) and not _ELSEWHERE.match(path)
        if not said:
            lacks.append(f"no digest of data {name}")
        elif not is_here:
            why = "its path holds control characters" if not is_path(path) else f"it is at {uri}"
            remarks.append(f"data {name} is not compared: {why}")
        elif not sha256:
            remarks.append(f"data {name} is not compared: {said} is no SHA-256")
        if is_here:
            lines.append(f"check {word(name)} {word(sha256)} {_paths(path, tree)}")
    return Step(
        "data",
        "data",
        (*_FUNCTIONS.splitlines(), *lines) if lines else (),
        tuple(lacks),
        tuple(remarks),
        facts={"data": facts},
    )


def _paths(path: str, tree: Tree) -> str:
    """Where it is now: data of the old tree, which git may not have, is linked into the new one."""
    if not PurePosixPath(path).is_absolute():
        return word(path, "work")
    below = tree.within(path)
    return word(path) if below is None else f"{word(below, 'tree')} {word(path)}"
