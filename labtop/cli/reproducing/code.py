"""The code: a clone, its commit, and what was changed and not committed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from labtop.cli.reproducing.quoting import document, is_path, word
from labtop.cli.reproducing.step import Step, Tree, text_of
from labtop.store.answers.lacking import has_patch
from labtop.store.answers.work_tree import left_out, texts
from labtop.store.model import RunDetail

_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_URL: Final = re.compile(r"(?:https?|ssh|git|file)://([^/\s]*)/\S*")
_SSH: Final = re.compile(r"([\w.+@-]+):[^\s:/-][^\s:]*|([\w.+@-]+):/[^\s:/][^\s:]*")  # as scp names what is on a host
_TRANSPORTS: Final = "GIT_ALLOW_PROTOCOL=file:git:http:https:ssh"
_FEW: Final = 20


def code_step(detail: RunDetail, tree: Tree) -> Step:
    """Of a run that recorded no commit nothing can be brought back."""
    code = detail.code or {}
    commit, remote = text_of(code.get("commit")), text_of(code.get("remote"))
    title = f"code: commit {commit[:12]}" if commit else "code"
    comments = tuple(_comments(detail))
    if not _COMMIT.fullmatch(commit):
        lack = () if not code else ("no commit",) if not commit else ("no commit that git could name",)
        return Step("code", title, lacks=lack, comments=comments)
    source = next((each for each in (remote, tree.root) if is_source(each)), "")
    remarks = (
        [f"the remote {remote!r} is not used: it is no address to clone from"] if remote and source != remote else []
    )
    facts = {"commit": commit, "source": source or None, "patch": text_of(code.get("diff")) != ""}
    if not source:
        where = f", and its work tree {tree.root} is not here" if tree.root else ""
        return Step("code", title, (), (f"no remote to clone from{where}",), tuple(remarks), comments, facts)
    patch, lacks = _patch(detail)
    lines = (*_clone(source, commit, tree.root), *patch)
    return Step("code", f"{title} of {source}", lines, lacks, tuple(remarks), comments, facts)


def is_source(place: str) -> bool:
    """Whether git may clone from there: a repository on this machine, or an address of one of git's own transports.

    `NAME::` would start a helper, which may be any program, and a host that begins with a dash would be an option.
    """
    if not is_path(place):
        return False
    if PurePosixPath(place).is_absolute():
        return (Path(place) / ".git").exists() or (Path(place) / "objects").is_dir()
    found = _URL.fullmatch(place) or _SSH.fullmatch(place)
    user, _, host = next(filter(None, found.groups()), "").rpartition("@") if found else ("", "", "-")
    return not user.startswith("-") and not host.startswith("-")


def _clone(source: str, commit: str, root: str) -> Iterator[str]:
    git = 'git -C "$tree"'
    has_other = bool(root) and root != source
    clone = f'{_TRANSPORTS} git clone --no-checkout -- {word(source)} "$tree"'
    yield "unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE"
    yield f"{clone} || {{" if has_other else clone
    if has_other:
        yield f'    git clone --no-checkout -- {word(root)} "$tree" && {git} remote set-url origin {word(source)}'
        yield "}"
    yield f"has_commit() {{ {git} cat-file -e {commit}^{{commit}} 2>/dev/null; }}"
    yield f"has_commit || {_TRANSPORTS} {git} fetch origin {commit} || :"
    if has_other:
        yield f"has_commit || [ ! -d {word(root)} ] || {git} fetch -- {word(root)} {commit}"
    yield f"{git} checkout --quiet --detach {commit}"
    yield f'[ ! -e "$tree/.gitmodules" ] || {git} submodule update --init --recursive'


def _patch(detail: RunDetail) -> tuple[list[str], tuple[str, ...]]:
    """The commands that apply it, and what is lacking."""
    apply = 'git -C "$tree" apply --whitespace=nowarn'
    diff = (detail.code or {}).get("diff")
    if isinstance(diff, str) and diff:
        return document(apply, f"{diff}\n" if not diff.endswith("\n") else diff), ()
    if not has_patch(detail):
        return [], ()
    paths = [item.path or "" for item in detail.artifacts if (item.path or "").endswith((".patch", ".diff"))]
    there = [path for path in paths if is_path(path) and PurePosixPath(path).is_absolute()]
    if not there:
        return [], ("a patch that is not said to be in a file",)
    return [f"{apply} {word(there[-1])}"], ()


def _comments(detail: RunDetail) -> Iterator[str]:
    code = detail.code or {}
    if branch := text_of(code.get("branch")):
        yield f"branch {branch}"
    for remark in left_out(code)[:_FEW]:
        yield f"left out when it was recorded: {remark}"
    untracked = texts(code.get("untracked"))
    if untracked:
        more = f" and {len(untracked) - _FEW} more" if len(untracked) > _FEW else ""
        yield f"git did not have: {', '.join(untracked[:_FEW])}{more}"
