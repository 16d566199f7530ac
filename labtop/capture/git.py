"""The code of a run as git tells it: remote, uncommitted changes, files that git does not know."""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic

from labtop.capture.git_new_files import new_files, scripts
from labtop.capture.git_patch import LARGEST, patch
from labtop.capture.secret_forms import without_user
from labtop.code_files import is_code
from labtop.quiet_git import GitFails, Said, ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Final

    from labtop.capture.secrets import Mask

_PATIENCE_S: Final = 30.0
_MOST: Final = 4 << 20
_MOST_UNTRACKED: Final = 100
_SETTINGS: Final = r"^(remote\..*\.url|branch\..*\.remote|filter\..*\.[a-z]+)$"
_NO_COMMIT: Final = "there is no commit yet: the code of this run is not in the repository"


def repository(first: Mapping[str, Any], mask: Mask, command: Sequence[str] = ()) -> dict[str, Any]:
    """`first` is what the files of the repository told (`commit_of`); to it come `remote` (without who is named in it),
    `dirty`, `diff` (from the commit to the work tree, with small new files of code), `untracked` (the files that git
    does not have and that are not in the diff) and `remarks`.

    Files that the `command` names come first. What cannot be told is left out, and `remarks` say why. In all it takes
    no longer than 30 s.
    """
    asking = _Asking(Path(first["root"]))
    found = dict(first)
    remarks: dict[str, None] = {}

    def settings() -> None:
        asking.learn()
        if "commit" not in found:
            found.update(asking.head())
        if "commit" not in found:
            remarks[_NO_COMMIT] = None
        if url := asking.remote(str(found.get("branch", ""))):
            found["remote"] = mask.text(without_user(url))

    def changes() -> None:
        changed, unsure = asking.changed()
        if unsure:
            remarks[f"{_named(unsure)} may have changed: a filter keeps what is compared, and it is not run"] = None
        if changed or not unsure:
            found["dirty"] = bool(changed)
        if changed and "commit" in found:
            found["diff"], why = patch(asking.ask, found["commit"], changed, mask)
            remarks.update(dict.fromkeys(why))

    def untracked() -> None:
        names, is_more = asking.untracked()
        if "commit" in found:
            room = LARGEST - len(found.get("diff", "").encode())
            new = new_files(asking.others, asking.root, names, scripts(first, command), room, mask)
            names = new.left
            if new.patch:
                found.update(dirty=True, diff=found.get("diff", "") + new.patch)
            remarks.update(dict.fromkeys(new.remarks))
        if is_more or len(names) > _MOST_UNTRACKED:
            remarks[f"only {_MOST_UNTRACKED} of the untracked files are named"] = None
            names.sort(key=lambda name: not is_code(name))  # of these it matters that they are lacking
        if names:
            found["untracked"] = [mask.text(name) for name in names[:_MOST_UNTRACKED]]

    try:
        settings()  # nothing is compared before the filters are known that must not run
        for part in (changes, untracked):
            _tried(part, remarks)
    except GitFails as why:
        remarks[str(why)] = None
    if not found.get("diff"):
        found.pop("diff", None)
    return {**found, "remarks": [mask.text(remark) for remark in remarks]} if remarks else found


def _tried(part: Callable[[], None], remarks: dict[str, None]) -> None:
    try:
        part()
    except GitFails as why:
        remarks[str(why)] = None


class _Asking:
    """Questions to one repository: they share the time there is, and settings that keep its filters from running."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._until = monotonic() + _PATIENCE_S
        self._config: list[str] = []
        self._filters: set[str] = set()
        self._remotes: dict[str, str] = {}

    def ask(self, *words: str, most: int = _MOST, may_fail: bool = False) -> Said:
        """What git says. Raises GitFails, also where it refuses."""
        left_s = self._until - monotonic()
        try:
            said = ask(self.root, *words, patience_s=max(left_s, 0), most=most, config=self._config)
        except GitFails as why:
            late = f"git takes longer than {_PATIENCE_S:.0f} s in {self.root}"
            raise GitFails(late if monotonic() >= self._until else str(why)) from None
        if said.status and not said.is_cut and not may_fail:
            raise GitFails(f"git cannot read {self.root}: run git status there, it says why")
        return said

    def learn(self) -> None:
        """Read the settings: remotes, and the filters, which are programs that a comparison would run."""
        said = self.ask("config", "-z", "--get-regexp", _SETTINGS, may_fail=True)
        for entry in _names(said.out):
            key, _, value = entry.partition("\n")
            section, _, rest = key.partition(".")
            name, _, what = rest.rpartition(".")
            if section == "filter":
                self._filters.add(name)
            elif section == "remote":
                self._remotes.setdefault(f"remote {name}", value)
            elif what == "remote":
                self._remotes[f"branch {name}"] = value
        if said.is_cut or any("=" in name for name in self._filters):
            raise GitFails("its filters cannot be kept from running: nothing is compared")
        for name in sorted(self._filters):
            self._config += [f"filter.{name}.{what}=" for what in ("clean", "smudge", "process")]
            self._config.append(f"filter.{name}.required=false")

    def head(self) -> dict[str, str]:
        """Commit and branch, where the files did not tell them."""
        commit = self.ask("rev-parse", "-q", "--verify", "HEAD^{commit}", may_fail=True).out.decode().strip()
        branch = os.fsdecode(self.ask("symbolic-ref", "-q", "--short", "HEAD", may_fail=True).out).strip()
        return {name: value for name, value in (("commit", commit), ("branch", branch)) if value}

    def remote(self, branch: str) -> str:
        """The URL of the branch's remote, else of `origin`, else of any."""
        names = [self._remotes.get(f"branch {branch}", ""), "origin"]
        urls = {name: url for name, url in self._remotes.items() if name.startswith("remote ")}
        return next(
            (urls[f"remote {name}"] for name in names if f"remote {name}" in urls), next(iter(urls.values()), "")
        )

    def changed(self) -> tuple[list[str], list[str]]:
        """Tracked files that changed, and those of which that is not known, as a filter would have to be run."""
        options = ("--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=dirty", "--no-renames")
        names = [entry[3:] for entry in _names(self.ask("status", *options).out)]
        if not names or not self._filters:
            return names, []
        filtered: set[str] = set()
        for start in range(0, len(names), 500):
            said = _names(self.ask("check-attr", "-z", "filter", "--", *names[start : start + 500]).out)
            filtered.update(name for name, kind in zip(said[::3], said[2::3], strict=False) if kind in self._filters)
        return [name for name in names if name not in filtered], [name for name in names if name in filtered]

    def untracked(self) -> tuple[list[str], bool]:
        """Files that git neither knows nor ignores, whole folders as one (`out/`); and whether there are more."""
        options = ("--others", "--exclude-standard", "--directory", "--no-empty-directory", "-z")
        said = self.ask("ls-files", *options, most=1 << 16)
        names = _names(said.out.rpartition(b"\0")[0])  # where it was cut off, the last name is a part of one
        return names, said.is_cut

    def others(self, names: Sequence[str]) -> list[str]:
        """Those of the names that are files which git neither knows nor ignores."""
        if not names:
            return []
        said = self.ask("--literal-pathspecs", "ls-files", "--others", "--exclude-standard", "-z", "--", *names)
        there = set(_names(said.out))
        return [name for name in names if name in there]


def _names(out: bytes) -> list[str]:
    return [os.fsdecode(name) for name in out.split(b"\0") if name]


def _named(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
