"""git, so that nothing that a repository configures is run: no hook, no monitor, no pager, and no network is asked."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from subprocess import Popen
    from typing import Final

_QUIETLY: Final = (
    *("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never"),
    *("-c", "core.pager=cat", "-c", "diff.external=", "-c", "core.quotePath=true"),
)
_ENVIRONMENT: Final = {
    "GIT_ALLOW_PROTOCOL": "",  # which no configuration overrides: what is not there is not fetched
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_ELSEWHERE: Final = frozenset(
    """GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_OBJECT_DIRECTORY GIT_PREFIX GIT_NAMESPACE
    GIT_EXTERNAL_DIFF GIT_DIFF_OPTS GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS
    """.split()  # noqa: SIM905
)
"""Variables that hooks and users set, which would name another repository or read its names in another way."""
PLAIN_DIFF: Final = ("--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short")
"""Options of every diff: configured programs are not run."""


class GitFails(Exception):
    """Why git said nothing, in words."""


class Said:
    """What git said: its exit status and output; `is_cut`: there was more than was to be kept."""

    def __init__(self, status: int, out: bytes, *, is_cut: bool = False) -> None:
        self.status = status
        self.out = out
        self.is_cut = is_cut


def ask(root: Path, *words: str, patience_s: float, most: int, config: Iterable[str] = ()) -> Said:
    """Ask git in `root`; at most so many bytes are kept. `config` are settings (`name=value`) for this once.

    Raises GitFails: git is missing, or takes longer than `patience_s` seconds.
    """
    # Deferred: a training that asks nothing does not pay for it.
    import subprocess

    settings = [word for setting in config for word in ("-c", setting)]
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    try:
        git = subprocess.Popen(
            ["git", "-C", str(root), *_QUIETLY, *settings, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, **_ENVIRONMENT},
        )
    except FileNotFoundError:
        raise GitFails("git is not installed") from None
    except OSError as error:
        raise GitFails(f"git cannot be run: {error.strerror}") from error
    return _heard(git, root, patience_s, most)


def _heard(git: Popen[bytes], root: Path, patience_s: float, most: int) -> Said:
    import threading

    late = threading.Event()

    def stop() -> None:
        late.set()
        git.kill()

    timer = threading.Timer(patience_s, stop)
    timer.daemon = True
    timer.start()
    with git:
        out = b"" if git.stdout is None else git.stdout.read(most + 1)
        is_cut = len(out) > most
        if is_cut:
            git.kill()
        status = git.wait()
    timer.cancel()
    if late.is_set() and not is_cut:
        raise GitFails(f"git takes longer than {patience_s:.0f} s in {root}")
    return Said(status, out[:most], is_cut=is_cut)
