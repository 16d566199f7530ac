"""What a run was made from, as far as the process and its machine tell: code, environment, hardware, seeds.

Nothing here raises, asks the network, loads a library that the training did not load, or logs a secret that it knows.
"""

from __future__ import annotations

from contextlib import suppress

from labtop.capture.seeds import seeds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any


def at_once(parts: frozenset[str], folder: Path) -> dict[str, Any]:
    """The fields of the first `run` event: what costs next to nothing, no program is started for it.

    `parts` are some of git, packages, hardware, environment; `folder` is where the code is looked for. Host and pid are
    always told, the command line where anything is wanted.
    """
    # Deferred: with capture=False the most of it is not needed.
    from labtop.capture import process

    found: dict[str, Any] = _tried(process.identity)
    if not parts:
        return found
    from labtop.capture.secrets import Mask

    mask = Mask()
    found |= _tried(lambda: {"command": mask.command(process.command())})
    if "environment" in parts:
        from labtop.capture import launcher, variables

        found |= _tried(lambda: {"user": process.user()})
        found["env"] = _tried(lambda: _environment(parts))
        found["slurm"] = _tried(variables.slurm)
        found["launcher"] = _tried(launcher.variables)
    if "hardware" in parts:
        from labtop.capture.machine import hardware

        found["hardware"] = _tried(hardware)
    if "git" in parts:
        from labtop.capture.git_files import commit_of

        found["git"] = _tried(lambda: commit_of(folder))
    return mask.mapping({name: value for name, value in found.items() if value not in ("", {}, [])})


def slowly(parts: frozenset[str], folder: Path, first: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the second `run` event, whole, for which programs are started: a minute at the most.

    `first` is what `at_once` told of the same folder: the changes are those to its commit.
    """
    from labtop.capture.secrets import Mask

    mask = Mask()
    found: dict[str, Any] = {}
    if "packages" in parts:
        from labtop.capture.packages import packages

        env = first.get("env") or _tried(lambda: _environment(parts))
        found["env"] = {**env, "packages": _tried(packages)}
    if "hardware" in parts:
        found |= _tried(lambda: _hardware(first, found))
    if "git" in parts and (known := _at_first(first, folder)):
        from labtop.capture.git import repository

        found["git"] = _tried(lambda: repository(known, mask, first.get("command", ())))
    return mask.mapping({name: value for name, value in found.items() if value})


def _environment(parts: frozenset[str]) -> dict[str, Any]:
    """`env` but for packages. The interpreter comes with them: it is theirs."""
    from labtop.capture.container import container
    from labtop.capture.machine import system
    from labtop.capture.process import interpreter
    from labtop.capture.variables import variables

    found: dict[str, Any] = {**(interpreter() if "packages" in parts else {}), "platform": system()}
    if (kind := container()) is not None:
        found["container"] = kind
    if "environment" in parts and (kept := variables()):
        found["variables"] = kept
    return found


def _hardware(first: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """`hardware` with its cards, and `env` where the driver says its CUDA."""
    from labtop.capture import gpus

    hardware = dict(first.get("hardware", {}))
    if cards := gpus.gpus():
        hardware["gpus"] = cards
    if "cpu" not in hardware and (cpu := gpus.apple_cpu()):
        hardware["cpu"] = cpu
    env = found.get("env") or first.get("env")
    if env and (version := gpus.cuda()):
        return {"hardware": hardware, "env": {**env, "cuda": version}}
    return {"hardware": hardware}


def _at_first(first: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    if known := first.get("git"):
        return dict(known)
    from labtop.capture.git_files import commit_of

    return _tried(lambda: commit_of(folder))


def _tried(find: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    with suppress(Exception):  # whatever a system says that nobody thought of: the training goes on
        return find()
    return {}


__all__ = ["at_once", "seeds", "slowly"]
