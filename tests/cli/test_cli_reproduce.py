"""`labtop reproduce`: its scripts bring runs back, in an empty folder."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from labtop.capture import at_once, slowly
from labtop.cli import main
from labtop.cli.reproducing.code import is_source

Captured = pytest.CaptureFixture[str]
Append = Callable[[Path, str, Iterable[object]], None]

_TRAINING = """\
import json, os, pathlib, sys
import net_scale

steps, seed = int(sys.argv[1].split("=")[1]), int(sys.argv[3])
data = [int(word) for word in pathlib.Path("../data/numbers.txt").read_text().split()]
log = pathlib.Path(os.environ["LABTOP_DIR"], os.environ.get("LABTOP_RUN_ID", "again"), "events.jsonl")
log.parent.mkdir(parents=True, exist_ok=True)
value = seed
with log.open("a") as file:
    for step in range(steps):
        value = (value * net_scale.BY + data[step % len(data)] + int(os.environ["NET_BIAS"])) % 1009
        file.write(json.dumps({"step": step, "value": value}) + chr(10))
"""
# Lines that a shell, or a patch that was changed on its way, would stumble over.
_CHANGE = """\
# $(touch hacked) `touch hacked` LABTOP_END 'é' \\
LABTOP_END
"""


def _git(folder: Path, *words: str) -> str:
    fixed = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *fixed, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def net(tmp_path: Path) -> Path:
    """A repository with a training in `src`, changed since its commit, and data that git does not have."""
    root = tmp_path / "my net"
    (root / "src").mkdir(parents=True)
    (root / "data").mkdir()
    (root / "src" / "train.py").write_text(_TRAINING)
    (root / "lib").mkdir()
    (root / "lib" / "net_scale.py").write_text("BY = 31\n")
    (root / "notes.txt").write_text("one\n")
    (root / ".gitignore").write_text("data\n")
    _git(root, "init", "-q")
    _git(root, "add", ".")
    _git(root, "commit", "-qm", "one")
    (root / "src" / "train.py").write_text(_TRAINING.replace("% 1009", "% 1013"))
    (root / "notes.txt").write_text(_CHANGE, encoding="utf-8")
    (root / "data" / "numbers.txt").write_text("3 1 4 1 5\n")
    return root


@pytest.fixture
def about(net: Path) -> dict[str, Any]:
    """The `run` event of a training in it that is wholly recorded."""
    data = net / "data" / "numbers.txt"
    digest = hashlib.sha256(data.read_bytes()).hexdigest()
    command = ["/usr/lib/venv/bin/python3", str(net / "src" / "train.py"), "--steps=9", "--seed", "5"]
    return {
        "event": "run", "time": 1.76e9, "params": {"steps": 9}, "seed": 5, "user": "ana", "command": command,
        "git": {
            "commit": _git(net, "rev-parse", "HEAD").strip(), "branch": "main", "remote": "file:///gone/net.git",
            "dirty": True, "diff": _git(net, "diff", "HEAD"), "root": str(net), "prefix": "src/", "untracked": [],
        },
        "data": [{"name": "numbers", "digest": f"sha256:{digest}", "uri": str(data)}],
        "env": {
            "python": f"{sys.version_info[0]}.{sys.version_info[1]}.0", "packages": {"My_net": "0.1 (editable)"},
            "variables": {"NET_BIAS": "2", "LD_PRELOAD": "/tmp/x.so", "PYTHONPATH": f"/x y:{net}/lib"},
        },
    }  # fmt: skip


def _values(log: Path) -> list[int]:
    return [json.loads(line)["value"] for line in log.read_text().splitlines() if '"value"' in line]


def _sh(script: Path, folder: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir(exist_ok=True)
    return subprocess.run(
        ["sh", str(script), *options],
        cwd=folder,
        env={**os.environ, "PYTHON": sys.executable, **variables},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def _reproduce(capsys: Captured, root: Path, *words: str) -> tuple[int, str, str]:
    status = main(["reproduce", "-d", str(root), "one", *words])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def _said(err: str) -> list[str]:
    return [line.removeprefix("labtop: ") for line in err.splitlines()]


@pytest.fixture
def record(tmp_path: Path, append: Append) -> Callable[[Mapping[str, Any]], Path]:
    """A run directory with the run `one`, which says this of itself."""

    def write(event: Mapping[str, Any]) -> Path:
        append(tmp_path / "runs", "one", [event, {"step": 0, "value": 1.5}])
        return tmp_path / "runs"

    return write


def test_a_run_comes_to_the_same_in_an_empty_folder(
    capsys: Captured, tmp_path: Path, net: Path, about: dict[str, Any], record: Callable[[Mapping[str, Any]], Path]
) -> None:
    first = tmp_path / "first"
    environ = {**os.environ, "LABTOP_DIR": str(first), "NET_BIAS": "2", "PYTHONPATH": str(net / "lib")}
    subprocess.run([sys.executable, *about["command"][1:]], cwd=net / "src", env=environ, check=True)
    wanted = _values(first / "again" / "events.jsonl")
    script = tmp_path / "again.sh"
    status, out, err = _reproduce(capsys, record(about), "-o", str(script))
    assert (status, out, _said(err)) == (
        0, f"{script}\n", ["variable LD_PRELOAD is not set: it is none that a script should set"]
    )  # fmt: skip
    for name in ("src/train.py", "lib/net_scale.py"):
        (net / name).write_text("raise SystemExit('the old tree')")
    bare = _sh(script, tmp_path / "bare", "--no-env")
    assert bare.returncode == 0, bare.stderr
    assert _values(tmp_path / "bare" / "runs" / "again" / "events.jsonl") == wanted
    assert (tmp_path / "bare" / "code" / "notes.txt").read_text("utf-8") == _CHANGE
    assert _git(tmp_path / "bare" / "code", "remote", "get-url", "origin") == "file:///gone/net.git\n"
    assert not list(tmp_path.rglob("hacked"))
    whole = _sh(script, tmp_path / "whole", "--system-site-packages", LABTOP_RUN_ID="outer")
    assert (whole.returncode, _values(tmp_path / "whole" / "runs" / "again" / "events.jsonl")) == (0, wanted)
    assert "# My_net==0.1 is the project itself" in (tmp_path / "whole" / "requirements.txt").read_text()

    (net / "data" / "numbers.txt").write_text("3 1 4 1 6\n")
    other = _sh(script, tmp_path / "other", "--no-env")
    assert other.returncode == 1
    assert "data numbers" in other.stderr
    assert "is not what the run read" in other.stderr
    assert not (tmp_path / "other" / "runs").exists()
    assert _sh(script, tmp_path / "other", "--no-code", "--no-env", "--no-data").returncode == 0
    assert _values(tmp_path / "other" / "runs" / "again" / "events.jsonl") not in ([], wanted)


def test_a_script_that_git_does_not_have_yet_is_brought_back(
    capsys: Captured, tmp_path: Path, net: Path, about: dict[str, Any], record: Callable[[Mapping[str, Any]], Path]
) -> None:
    (net / "src" / "new.py").write_text("import sub.part\n")
    (net / "src" / "sub").mkdir()
    (net / "src" / "sub" / "part.py").write_text("open('made', 'w').close()\n")
    parts = frozenset({"git"})
    git = slowly(parts, net / "src", at_once(parts, net / "src"))["git"]
    root = record(about | {"git": git, "command": ["python", "new.py"]})
    assert _reproduce(capsys, root, "-o", str(tmp_path / "new.sh"))[0] == 0
    done = _sh(tmp_path / "new.sh", tmp_path / "there", "--no-env", "--no-data")
    assert (done.returncode, (tmp_path / "there" / "code" / "src" / "made").exists()) == (0, True), done.stderr


_ODD = "x'; touch hacked; '$(touch hacked)`touch hacked`\x1b[31m\n$(touch hacked)\nLABTOP_END\n"


def test_what_a_log_says_stays_a_word_and_what_it_lacks_is_told(
    capsys: Captured, tmp_path: Path, about: dict[str, Any], record: Callable[[Mapping[str, Any]], Path]
) -> None:
    git = about["git"] | {
        "remote": "ext::sh -c touch% hacked",
        "branch": _ODD,
        "remarks": [_ODD],
        "root": "/gone\n;hacked",
    }
    packages = {"torch": "2.13.0+cpu", "a b": "1", "-r/etc/passwd": "1", "numpy": "2.4\n-i http://x", "pip": "26.0"}
    packages |= {"mine": "1.0 (from a folder)", "far": "2.0 @ https://h/far.zip", "odd": "1 (from nowhere)"}
    variables = {"A;touch hacked": "1", "NET_BIAS": "2'; touch hacked '", "PATH": "/tmp"}
    odd = about | {
        "name": _ODD, "user": _ODD, "host": _ODD, "seed": None, "git": git, "command": ["python", "-c", _ODD],
        "env": {"python": "3.12; touch hacked", "platform": _ODD, "packages": packages, "variables": variables},
        "data": [
            {"name": _ODD, "digest": "sha256:" + "0" * 64, "uri": _ODD}, {"name": "far", "digest": "md5:1", "uri": "s3://b/x"},
            {"name": "none"}, {"name": "quoted'", "digest": "sha256:" + "0" * 64, "uri": "/no'where; touch hacked"},
        ],
        "launcher": {"WORLD_SIZE": "8"},
    }  # fmt: skip
    status, out, err = _reproduce(capsys, record(odd))
    assert status == 1
    assert "\x1b" not in out + err
    assert [line for line in _said(err) if line.startswith("incomplete:")] == [
        "incomplete: no seed",
        "incomplete: code that is not wholly recorded",
        "incomplete: no remote to clone from",
        "incomplete: no place of data none",
        "incomplete: a command with control characters",
    ]
    for words in (
        "the remote 'ext::sh -c touch% hacked' is not used",
        "package torch 2.13.0+cpu, a build of its own: 2.13.0 is taken",
        "package a b 1 is left out",
        "package -r/etc/passwd 1 is left out",
        "package numpy 2.4 -i http://x is left out",
        "package odd 1 (from nowhere) is left out: that is no name and version",
        "package far 2.0 @ https://h/far.zip comes from no index and is left out",
        "package mine 1.0 (from a folder) comes from no index and is left out: install it into env, or run with",
        "data far is not compared: it is at s3://b/x",
        "variable PATH is not set",
        "the run was one of 8 processes",
    ):
        assert words in err
    requirements = out[out.index("cat >") :].split("LABTOP_END")[1].strip().splitlines()
    assert [line for line in requirements if line.strip("'\n")[:1] not in ("", "#")] == ["pip==26.0", "torch==2.13.0"]
    assert "# mine 1.0 (from a folder) comes from no index and is left out: install it into env" in "".join(
        requirements
    )
    script = tmp_path / "odd.sh"
    script.write_text(out, encoding="utf-8")
    done = _sh(script, tmp_path / "odd", "--no-env")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        1, "stopped: data quoted': /no'where; touch hacked is not there"
    )  # fmt: skip
    assert not list(tmp_path.rglob("*hacked*"))


@pytest.mark.parametrize("letters", ["\x1b]0;\x07\r", "\u202e", "LABTOP_END\n+LABTOP_END_2"])
def test_a_patch_is_applied_as_it_was(
    capsys: Captured, tmp_path: Path, net: Path, about: dict[str, Any],
    record: Callable[[Mapping[str, Any]], Path], letters: str,
) -> None:  # fmt: skip
    diff = f"--- a/notes.txt\n+++ b/notes.txt\n@@ -1 +1,{1 + letters.count(chr(10))} @@\n-one\n+{letters}\n"
    diff += "LABTOP_END\ntouch hacked\nLABTOP_END_2\n"  # behind the last hunk git passes over all
    root = record(about | {"git": about["git"] | {"diff": diff}})
    assert _reproduce(capsys, root, "-o", str(tmp_path / "a.sh"), "--no-run")[0] == 0
    done = _sh(tmp_path / "a.sh", tmp_path / "a", "--no-env", "--no-data")
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.rglob("hacked"))
    wanted = letters.replace("\n+", "\n").encode() + b"\n"
    assert (tmp_path / "a" / "code" / "notes.txt").read_bytes() == wanted


@pytest.mark.parametrize(
    ("remote", "used"),
    [
        ("https://host/a.git", True), ("ssh://git@host:22/a", True), ("git@host:ana/net.git", True), ("host:net", True),
        ("ext::sh", False), ("fd::17", False),
        ("-u/tmp/x", False), ("ssh://-oProxyCommand=x/a", False), ("/gone", False),
        ("ssh://a@-oProxyCommand=x/a", False), ("-oProxyCommand=x:a", False), ("host:-x", False),
        ("ext::ssh://h/a", False),
        ("https://host/a\nb", False), ("http::https://h/a", False), ("../net", False),
    ],
)  # fmt: skip
def test_only_plain_addresses_are_cloned_from(remote: str, used: bool) -> None:
    assert is_source(remote) is used


def test_the_steps_as_data_and_what_is_left_out(
    capsys: Captured, tmp_path: Path, about: dict[str, Any], record: Callable[[Mapping[str, Any]], Path]
) -> None:
    root = record({key: value for key, value in about.items() if key not in ("git", "seed", "command")})
    status, out, err = _reproduce(capsys, root, "--json", "--no-env")
    found = json.loads(out)
    lacks = ["no code", "no seed", "no command"]
    assert (status, found["complete"], found["lacks"]) == (1, False, lacks)
    assert _said(err)[:3] == [f"incomplete: {lack}" for lack in lacks]
    assert [(step["step"], step["left_out"]) for step in found["steps"]] == [
        ("code", False), ("env", True), ("data", False), ("run", False)
    ]  # fmt: skip
    assert found["steps"][2]["data"][0]["name"] == "numbers"
    (tmp_path / "mine.sh").write_text("precious")
    assert _reproduce(capsys, root, "-o", str(tmp_path / "mine.sh"))[0] == 2
    assert (tmp_path / "mine.sh").read_text() == "precious"
    assert main(["reproduce", "-d", str(root), "nobody"]) == 3


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("/opt/bin/python3.12 -u {root}/src/a.py --out={root}/out", 'exec "$python" -u a.py --out=../out'),
        ("python -m net.train --seed 5", 'exec "$python" -m net.train --seed 5'),
        ("/opt/conda/bin/torchrun {root}/src/a.py", "exec torchrun a.py"),
        ("{root}/src/run.sh /elsewhere/x", "exec ./run.sh /elsewhere/x"),
        ("{root}/bin/run {root}-old/x", "exec ../bin/run {root}-old/x"),
        ("bash -c a;$b", "exec bash -c 'a;$b'"),
    ],
)
def test_the_command_is_called_as_it_is_in_the_new_tree(
    capsys: Captured, about: dict[str, Any], record: Callable[[Mapping[str, Any]], Path], command: str, line: str
) -> None:
    git = about["git"] | {"root": "/home/ana/net"}
    words = command.format(root="/home/ana/net").split(" ")
    _, out, _ = _reproduce(capsys, record(about | {"git": git, "command": words}))
    assert line.format(root="/home/ana/net") in out.splitlines()
