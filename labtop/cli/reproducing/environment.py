"""The environment: a virtual one of the recorded Python, with the recorded packages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from labtop.cli.reproducing.quoting import document
from labtop.cli.reproducing.step import Step, Tree, text_of
from labtop.cli.text import clean
from labtop.store.model import Json, RunDetail

_PYTHON: Final = re.compile(r"(\d{1,2}\.\d{1,3})(?:\D|$)")
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!_-]*(\+[A-Za-z0-9._-]+)?")
_ORIGIN: Final = re.compile(r"(?P<version>[^\s@()]*) ?(?:\((?P<mark>[^()]+)\)|@ (?P<url>\S+))")
"""Behind the version stands what it is of no index: `0.1 (editable)`, `1.2 @ git+URL@COMMIT`."""
_COMMIT: Final = re.compile(
    r"git\+(?:https|ssh|git)://(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?"
    r"/[A-Za-z0-9._~%+/-]+@[0-9a-f]{40,64}"
)
_INSTALLED: Final = """\
[ ! -e "$tree/pyproject.toml" ] && [ ! -e "$tree/setup.py" ] || "$python" -m pip install --no-deps -e "$tree"\
"""


def environment_step(detail: RunDetail, tree: Tree) -> Step:
    """Of what is not recorded the caller's Python takes the place."""
    env = detail.env or {}
    found = _PYTHON.match(text_of(env.get("python")))
    python = f"python{found[1]}" if found else "python3"
    packages = env.get("packages")
    known = packages if isinstance(packages, dict) else {}
    requirements, homeless, remarks, has_project = _requirements(known, _projects(detail, tree))
    lacks = [] if found or not env else ["no version of Python"]
    lacks += [] if known or not env else ["no packages"]
    lacks += [f"no index that has package {name}" for name in homeless]
    lines = [
        f"python=${{PYTHON:-{python}}}",
        'command -v "$python" >/dev/null || stop "$python is not here: install it, or name another (PYTHON=...)"',
        '"$python" -m venv $site "$here/env"',
        "python=$here/env/bin/python",
        'export PATH="$here/env/bin:$PATH"',
    ]
    if requirements:
        lines += document('cat >"$here/requirements.txt"', "".join(f"{line}\n" for line in requirements))
    if any(not line.startswith("#") for line in requirements):
        lines.append('"$python" -m pip install -r "$here/requirements.txt"')
    if has_project:
        lines.append(_INSTALLED)
    return Step(
        "env",
        f"environment: {python}" + (f", {len(known)} package{'s' * (len(known) > 1)}" if known else ""),
        tuple(lines) if env else (),
        tuple(lacks),
        tuple(remarks),
        tuple(_comments(detail)),
        {"python": python, "requirements": [line for line in requirements if not line.startswith("#")]},
    )


def _requirements(
    packages: Mapping[str, Json], projects: frozenset[str]
) -> tuple[list[str], list[str], list[str], bool]:
    """Lines for pip, names that pip can find nowhere, remarks on those that are not as they were, and whether the
    project is to be installed from the clone."""
    lines, homeless, remarks, has_project = list[str](), list[str](), list[str](), False
    for name, value in sorted(packages.items(), key=lambda item: item[0].lower()):
        said = text_of(value)
        origin = _ORIGIN.fullmatch(said)
        version = origin["version"] if origin else said
        found = _VERSION.fullmatch(version)
        if not _NAME.fullmatch(name) or not (found or (origin and not version)):
            remarks.append(f"package {name} {said or value} is left out: that is no name and version")
        elif _plain(name) in projects:
            has_project = True
            lines.append(f"# {name}=={version} is the project itself: it is installed from the clone")
        elif origin and _COMMIT.fullmatch(origin["url"] or ""):
            lines.append(f"{name} @ {origin['url']}")
        elif origin:
            homeless.append(name)
            has_project |= (origin["mark"] or "").startswith("editable")  # which may be the project under another name
            where = "install it into `env` from where it is, or run with --system-site-packages"
            lines.append(f"# {name} {clean(said)} came from no index: {where}")
        elif found and (local := found[1]):
            public = version.removesuffix(local)
            remarks.append(f"package {name} {version}, a build of its own: {public} is taken, see requirements.txt")
            lines += [f"# {name}=={version} needs the index that has this build (PIP_EXTRA_INDEX_URL)"]
            lines.append(f"{name}=={public}")
        else:
            lines.append(f"{name}=={version}")
    return lines, homeless, remarks, has_project


def _projects(detail: RunDetail, tree: Tree) -> frozenset[str]:
    """What the project may be called: as it says itself, as its folder, as its repository.

    From an index a stranger's of the same name would come.
    """
    remote = text_of((detail.code or {}).get("remote")).rstrip("/").removesuffix(".git")
    names = (_own_name(tree.root), PurePosixPath(tree.root).name, re.split(r"[/:]", remote)[-1])
    return frozenset(_plain(name) for name in names if name)


def _own_name(root: str) -> str:
    """What the project calls itself, where its work tree is on this machine."""
    try:
        with (Path(root) / "pyproject.toml").open("rb") as file:
            return str(tomllib.load(file)["project"]["name"]) if root else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _plain(name: str) -> str:
    """As names of packages are compared."""
    return re.sub(r"[-_. ]+", "-", name).lower()


def _comments(detail: RunDetail) -> Iterator[str]:
    """What the machine was, which no script brings back."""
    env, hardware = detail.env or {}, detail.hardware or {}
    for key in ("python", "implementation", "platform", "cuda", "container"):
        if env.get(key):
            yield f"{key}: {env[key]}"
    for key in ("cpu", "gpus"):
        if hardware.get(key):
            yield f"{key}: {hardware[key]}"
