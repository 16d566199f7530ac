"""Accelerators of the machine, as its drivers tell: no library of theirs is loaded into the training."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_ROOT: Final = Path("/")
_PATIENCE_S: Final = 10.0
_QUERY: Final = ("--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits")
_CUDA: Final = re.compile(r"CUDA Version\s*:\s*(\d[\d.]*)")
_DRIVER: Final = re.compile(r"Module\s+(?:for \S+\s+)?(\d+\.[\d.]+)")
_AMD: Final = "0x1002"


def gpus(root: Path = _ROOT) -> list[dict[str, Any]]:
    """Of each card `name`, `memory` (bytes) and `driver` (its version), as far as known.

    `root` is where the system's files are.
    """
    found = _of_nvidia_smi() or _of_nvidia_files(root)
    return found + _of_amd(root)


def cuda() -> str | None:
    """The version of CUDA that the driver offers."""
    found = _CUDA.search(said_by("nvidia-smi"))
    return found.group(1) if found else None


def apple_cpu() -> str:
    """The processor of a Mac, of which the graphics is a part; "" elsewhere."""
    return said_by("/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string").strip() if sys.platform == "darwin" else ""


def said_by(*words: str) -> str:
    """What a program prints; "" where it is not there, fails or takes too long."""
    import subprocess

    with suppress(OSError, subprocess.SubprocessError):
        asked = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE_S, check=True, close_fds=True
        )
        return asked.stdout.decode("utf-8", "replace")
    return ""


def _of_nvidia_smi() -> list[dict[str, Any]]:
    found = []
    for line in said_by("nvidia-smi", *_QUERY).splitlines():
        parts = [part.strip() for part in line.rsplit(",", 2)]
        if len(parts) == 3:
            name, memory, driver = parts
            found.append(_card(name, int(memory) << 20 if memory.isdigit() else None, driver))
    return found


def _of_nvidia_files(root: Path) -> list[dict[str, Any]]:
    driver = _DRIVER.search(_text(root / "proc/driver/nvidia/version"))
    found = []
    with suppress(OSError):
        for card in sorted((root / "proc/driver/nvidia/gpus").iterdir()):
            if name := re.search(r"^Model:\s*(.+)$", _text(card / "information"), re.MULTILINE):
                found.append(_card(name.group(1).strip(), None, driver.group(1) if driver else ""))
    return found


def _of_amd(root: Path) -> list[dict[str, Any]]:
    driver = _text(root / "sys/module/amdgpu/version").strip()
    found = []
    with suppress(OSError):
        for card in sorted((root / "sys/class/drm").glob("card[0-9]*")):
            device = card / "device"
            if not card.name[4:].isdigit() or _text(device / "vendor").strip() != _AMD:
                continue
            memory = _text(device / "mem_info_vram_total").strip()
            name = _text(device / "product_name").strip() or f"AMD {_text(device / 'device').strip()}".strip()
            found.append(_card(name, int(memory) if memory.isdigit() else None, driver))
    return found


def _card(name: str, memory: int | None, driver: str) -> dict[str, Any]:
    known = {"name": name, "memory": memory, "driver": driver}
    return {field: value for field, value in known.items() if value}


def _text(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(errors="replace")
    return ""
