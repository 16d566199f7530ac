"""Whether the process is in a container, and in which."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_ROOT: Final = Path("/")
_IMAGES: Final = ("APPTAINER_CONTAINER", "SINGULARITY_CONTAINER", "APPTAINER_NAME", "SINGULARITY_NAME")
_GROUPS: Final = re.compile(r"[/:-](kubepods|docker|containerd|libpod|lxc|garden)\b")
_KINDS: Final = {"kubepods": "kubernetes", "libpod": "podman"}


def container(root: Path = _ROOT) -> str | None:
    """The kind of container and the image where that is said, as `podman registry/image:1`; None outside of one.

    `root` is where the system's files are.
    """
    for name in _IMAGES:
        if image := os.environ.get(name):
            return f"{name.partition('_')[0].lower()} {image}"
    if "KUBERNETES_SERVICE_HOST" in os.environ:
        return "kubernetes"
    with suppress(OSError):
        said = (root / "run/.containerenv").read_text(errors="replace")
        image_line = re.search(r'^image="(.+)"$', said, re.MULTILINE)
        return f"podman {image_line.group(1)}" if image_line else "podman"
    with suppress(OSError):
        if (root / ".dockerenv").exists():
            return "docker"
    if kind := os.environ.get("container"):  # noqa: SIM112 - systemd-nspawn, lxc, toolbox
        return kind
    with suppress(OSError):
        if found := _GROUPS.search((root / "proc/self/cgroup").read_text(errors="replace")):
            return _KINDS.get(found.group(1), found.group(1))
    return None
