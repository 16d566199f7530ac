"""The machine as far as its files tell: processor, cores and memory that this process may use."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_ROOT: Final = Path("/")
_CPU: Final = re.compile(r"^(?:model name|Model|Hardware|cpu model|cpu)\s*:\s*(\S.*)$", re.MULTILINE)
_NAME: Final = re.compile(r'^PRETTY_NAME="?([^"\n]+)', re.MULTILINE)


def hardware(root: Path = _ROOT) -> dict[str, Any]:
    """`cpu` (its name), `cores` (usable: affinity and the limit of the control group) and `memory` (bytes, or the limit
    of the control group where that is less). `root` is where the system's files are."""
    found = {"cpu": _cpu(root), "cores": _cores(root), "memory": _memory(root)}
    return {name: value for name, value in found.items() if value}


def system(root: Path = _ROOT) -> str:
    """The system: kernel, release and processor, and the distribution: `Linux 6.12.1 x86_64, Debian GNU/Linux 13`."""
    name = os.uname()
    text = f"{name.sysname} {name.release} {name.machine}"
    with suppress(OSError):
        if found := _NAME.search((root / "etc/os-release").read_text(errors="replace")):
            text += f", {found.group(1).strip()}"
    return text


def _cpu(root: Path) -> str:
    with suppress(OSError), (root / "proc/cpuinfo").open(errors="replace") as file:
        # The first pages only: a machine with many cores takes long over the whole file.
        if found := _CPU.search(file.read(4096)):
            return " ".join(found.group(1).split())
    with suppress(OSError):
        return (root / "sys/firmware/devicetree/base/model").read_text(errors="replace").strip("\0\n ")
    return "" if sys.platform == "darwin" else os.uname().machine


def _cores(root: Path) -> int | None:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    shares = [count] if count else []
    for folder in _groups(root, "cpu"):
        with suppress(OSError, ValueError):
            quota, period = (folder / "cpu.max").read_text().split()
            shares.append(_rounded_up(int(quota), int(period)))
        with suppress(OSError, ValueError):
            quota, period = ((folder / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
            if int(quota) > 0:
                shares.append(_rounded_up(int(quota), int(period)))
    return min(shares, default=None)


def _rounded_up(quota: int, period: int) -> int:
    return max(1, -(-quota // max(period, 1)))


def _memory(root: Path) -> int | None:
    sizes = []
    with suppress(OSError, ValueError):
        sizes.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for folder in _groups(root, "memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            with suppress(OSError, ValueError):  # "max": there is no limit
                sizes.append(int((folder / name).read_text()))
    return min((size for size in sizes if size > 0), default=None)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of the control groups that limit this process, of both versions: its own and those above it."""
    try:
        lines = (root / "proc/self/cgroup").read_text(errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        if names and controller not in names.split(","):
            continue
        mount = root / "sys/fs/cgroup" / (names and controller)
        parts = [part for part in path.split("/") if part not in ("", "..")]
        for length in range(len(parts), -1, -1):
            yield mount.joinpath(*parts[:length])
