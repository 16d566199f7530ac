"""`labtop reproduce`: its scripts bring runs back, in an empty folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from labtop.capture import at_once, process, slowly, variables
from labtop.cli import main
from labtop.cli.reproducing.code import is_source

Captured = pytest.CaptureFixture[str]
Append = Callable[[Path, str, Iterable[object]], None]

REPOSITORY = Path(__file__).resolve().parents[2]

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
        value = (value * net_scale.BY + data[step % len(data)] + int(os.environ["OMP_NUM_THREADS"])) % 1009
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
            "python": f"{sys.version_info[0]}.{sys.version_info[1]}.0", "packages": {"My_net": "0.1"},
            "variables": {"OMP_NUM_THREADS": "2", "LD_PRELOAD": "/tmp/x.so", "PYTHONPATH": f"/x y:{net}/lib"},
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
    environ = {**os.environ, "LABTOP_DIR": str(first), "OMP_NUM_THREADS": "2", "PYTHONPATH": str(net / "lib")}
    subprocess.run([sys.executable, *about["command"][1:]], cwd=net / "src", env=environ, check=True)
    wanted = _values(first / "again" / "events.jsonl")
    script = tmp_path / "again.sh"
    status, out, err = _reproduce(capsys, record(about), "-o", str(script))
    assert (status, out, _said(err)) == (
        0, f"{script}\n", ["variable LD_PRELOAD is not set by the script: set it yourself if the run needs it"]
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
    variables = {"A;touch hacked": "1", "OMP_NUM_THREADS": "2'; touch hacked '", "PATH": "/tmp"}
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
        "data far is not compared: it is at s3://b/x",
        "variable PATH is not set",
        "the run was one of 8 processes",
    ):
        assert words in err
    requirements = out[out.index("cat >") :].split("LABTOP_END")[1].strip().splitlines()
    assert [line for line in requirements if line.strip("'\n")[:1] not in ("", "#")] == ["pip==26.0", "torch==2.13.0"]
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


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_log_sets_no_variable_that_the_script_or_its_shell_has(
    capsys: Captured, tmp_path: Path, about: dict[str, Any], record: Callable[[Mapping[str, Any]], Path], shell: str
) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell}")
    of_the_script = ("work", "python", "tree", "here", "site", "run", "SECRET_1", "LABTOP_DIR")
    of_the_shell = ("UID", "EUID", "PPID", "SHELLOPTS", "BASHOPTS", "IFS", "PATH", "PS4", "NODE_OPTIONS")
    said = dict.fromkeys((*of_the_script, *of_the_shell), "/") | {"NCCL_$(touch hacked)": "1", "OMP_NUM_THREADS": "3"}
    command = ["python", "-c", "import os; print(os.getcwd(), os.environ['OMP_NUM_THREADS'])"]
    env = about["env"] | {"variables": said}
    _, out, err = _reproduce(capsys, record(about | {"env": env, "command": command}), "--no-env", "--no-data")
    script = tmp_path / "a.sh"
    script.write_text(out)
    place = tmp_path / "place"
    place.mkdir()
    done = subprocess.run(
        [shell, str(script)], cwd=place, env=os.environ | {"PYTHON": sys.executable}, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, f"{place}/code/src 3\n"), done.stderr
    refused = [line.split()[1] for line in _said(err) if line.startswith("variable ")]
    assert sorted(refused) == sorted(name.split("(")[0] + "(touch" * ("(" in name) for name in said if name[0] != "O")


def test_what_was_masked_or_cut_is_incomplete(
    capsys: Captured,
    tmp_path: Path,
    about: dict[str, Any],
    record: Callable[[Mapping[str, Any]], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XLA_FLAGS", "x" * 9000)
    words = ["python", "-c", "import sys; print(sys.argv[1:])", "***", "--url=http://***@h/'***'"]
    known = about["env"]["variables"] | variables.variables() | {"MLFLOW_TRACKING_URI": "https://***@host"}
    env = about["env"] | {"variables": known}
    script = tmp_path / "a.sh"
    status, _, err = _reproduce(capsys, record(about | {"command": words, "env": env}), "-o", str(script))
    assert (status, [line for line in _said(err) if line.startswith("incomplete")]) == (
        1,
        [
            "incomplete: a command with masked words",
            "incomplete: a masked value of variable MLFLOW_TRACKING_URI",
            "incomplete: a cut value of variable XLA_FLAGS",
        ],
    )
    done = _sh(script, tmp_path / "a", "--no-env", "--no-data", SECRET_1="a b", SECRET_2="$(c)")
    assert (done.returncode, done.stderr) == (
        1, "stopped: the command has a word that was masked: say it, SECRET_3=... sh THIS-FILE\n"
    )  # fmt: skip
    assert not (tmp_path / "a" / "code").exists()
    done = _sh(script, tmp_path / "a", "--no-env", "--no-data", SECRET_1="a b", SECRET_2="$(c)", SECRET_3="")
    assert done.stdout == f"{['a b', chr(45) * 2 + 'url=http://$(c)@h/' + chr(39) * 2]}\n", done.stderr

    for long in (["python", "x" * 9000], ["python"] * 9000):
        monkeypatch.setattr(sys, "orig_argv", long)
        status, out, err = _reproduce(capsys, record(about | {"command": process.command()}))
        assert status == 1
        assert "incomplete: a command that was cut where it was recorded" in err
        assert "\nexec " not in out


def test_a_package_of_no_index_is_the_project_or_of_its_commit_or_lacking(
    capsys: Captured, about: dict[str, Any], record: Callable[[Mapping[str, Any]], Path]
) -> None:
    commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    packages = {
        "my-net": "0.1 (editable)", "numpy": "2.4.0",
        "a": f"1.2 @ git+https://host/ana/a.git@{commit}", "b": f"1 @ git+ssh://git@host:22/b@{commit}",
        "c": "0.3 (from a folder)", "d": f"1 @ git+https://***@host/d@{commit}", "e": f"1 @ git+file:///e@{commit}",
        "f": f"1 @ hg+https://host/f@{commit}", "g": f"1 @ git+ssh://-oProxyCommand=x/g@{commit}", "h": "(editable)",
        "i": f"1 @ git+https://host/${{HOME}}@{commit}", "j": "1 (a\n-r /etc/passwd)", "k": "1 @ git+https://host/k@main",
    }  # fmt: skip
    env = about["env"] | {"packages": packages}
    status, out, err = _reproduce(capsys, record(about | {"env": env}))
    requirements = out[out.index("cat >") :].split("LABTOP_END")[1].strip("'\n").splitlines()
    assert [line for line in requirements if not line.startswith("#")] == [
        f"a @ git+https://host/ana/a.git@{commit}", f"b @ git+ssh://git@host:22/b@{commit}", "numpy==2.4.0"
    ]  # fmt: skip
    assert "# my-net==0.1 is the project itself: it is installed from the clone" in requirements
    where = "install it into `env` from where it is, or run with --system-site-packages"
    assert f"# c 0.3 (from a folder) came from no index: {where}" in requirements
    assert '-m pip install --no-deps -e "$tree"' in out
    assert status == 1
    lacks = [line for line in _said(err) if line.startswith("incomplete:")]
    assert lacks == [f"incomplete: no index that has package {name}" for name in "cdefghijk"]


_SCRIPT = """\
import os, sys
import labtop

seed = int(sys.argv[1].split("=")[1])
with labtop.init(seed=seed, data={"numbers": "data/numbers.txt"}) as run:
    value, by = seed, int(os.environ["OMP_NUM_THREADS"])
    for number in open("data/numbers.txt").read().split():
        value = (value * by + int(number) + len(sys.argv[3])) % 1009
        run.log({"value": value})
"""


def test_what_labtop_recorded_of_a_training_brings_it_back_without_its_secrets(
    capsys: Captured, tmp_path: Path, net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = ("planted-0of5-word", "planted-1of5-value")
    (net / "train.py").write_text(_SCRIPT.replace("1009", "1"))
    _git(net, "add", "train.py")
    _git(net, "commit", "-qm", "two", "train.py")
    (net / "train.py").write_text(_SCRIPT)
    monkeypatch.setenv("NET_API_TOKEN", secrets[1])
    monkeypatch.setenv("OMP_NUM_THREADS", "31")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.delenv("LABTOP_RUN_ID", raising=False)
    command = [sys.executable, "train.py", "--seed=5", "--api-key", secrets[0], f"--header=x {secrets[1]}"]
    environ = os.environ | {"LABTOP_DIR": str(tmp_path / "runs"), "LABTOP_CAPTURE": ""}
    subprocess.run(command, cwd=net, env=environ, check=True, timeout=60)
    (first,) = (tmp_path / "runs").rglob("*.jsonl")
    script = tmp_path / "again.sh"
    status = main(["reproduce", "-d", str(tmp_path / "runs"), first.parent.name, "-o", str(script)])
    lacks = [line for line in _said(capsys.readouterr().err) if line.startswith("incomplete:")]
    of_the_tests = "incomplete: no index that has package "  # whatever runs these
    assert (status, [line for line in lacks if not line.startswith(of_the_tests)]) == (
        1, ["incomplete: a command with masked words"]
    )  # fmt: skip
    (net / "train.py").write_text("raise SystemExit('the old tree')")
    monkeypatch.delenv("NET_API_TOKEN")
    monkeypatch.delenv("OMP_NUM_THREADS")
    said = {"SECRET_1": secrets[0], "SECRET_2": secrets[1], "LABTOP_CAPTURE": ""}
    done = _sh(script, tmp_path / "again", "--no-env", **said)
    assert done.returncode == 0, done.stderr
    (second,) = (tmp_path / "again" / "runs").rglob("*.jsonl")
    assert (len(_values(first)), _values(second)) == (5, _values(first))
    for path in (first, second, script):
        assert not [secret for secret in secrets if secret in path.read_text()], path
