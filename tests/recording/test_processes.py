"""One run of several processes: forked, spawned, pickled, ranks of a job, a script within a script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.recording.conftest import Train, lines_of, written

GUARD = '\nif __name__ == "__main__":\n'


def counted(root: Path = Path("runs")) -> dict[str, list[int]]:
    """The steps of each metric, over all files of a run."""
    found: dict[str, list[int]] = {}
    for each in written(root):
        for name in each.keys() - {"step", "time"} if "event" not in each else ():
            found.setdefault(name, []).append(each["step"])
    return found


def test_a_forked_process_writes_a_file_of_its_own(train: Train) -> None:
    ended = train("""
import os, labtop
run = labtop.init("runs", name="it", params={"lr": 1})
pid = os.fork()
for step in range(100):
    labtop.log({"child" if pid == 0 else "parent": step}, step=step)
if pid:
    os.waitpid(pid, 0)
""")

    files = sorted(path.name for path in Path("runs/it").iterdir())
    assert ended.returncode == 0, ended.stderr
    assert len(files) == 2
    assert files[1] == "events.jsonl"
    assert files[0].startswith("events-")
    assert counted() == {"child": list(range(100)), "parent": list(range(100))}
    assert [each["event"] for each in lines_of(Path("runs/it/events.jsonl")) if "event" in each] == ["run", "end"]
    assert not any("event" in each for each in lines_of(Path("runs/it", files[0])))


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing_log_into_the_run_of_their_parent(train: Train, method: str) -> None:
    ended = train(
        """
import multiprocessing, labtop
def by_name(name):
    run = labtop.init()
    run.log({name: 1.0})
def by_object(run):
    run.log({"given": 2.0})
def by_module(_):
    labtop.log({"module": 3.0})
"""
        + GUARD
        + f"""
    context = multiprocessing.get_context({method!r})
    run = labtop.init("runs", name="it")
    for act, what in ((by_name, "named"), (by_object, run), (by_module, None)):
        child = context.Process(target=act, args=(what,))
        child.start(); child.join()
        assert child.exitcode == 0
    run.log({{"parent": 4.0}})
"""
    )

    assert ended.returncode == 0, ended.stderr
    assert [path.name for path in Path("runs").iterdir()] == ["it"]
    if method == "forkserver":  # its children have another parent: those that get the run have it
        assert {"given", "parent"} <= counted().keys()
    else:
        assert counted().keys() == {"named", "given", "module", "parent"}


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_child_that_fails_says_why(train: Train, method: str) -> None:
    train(
        """
import multiprocessing, labtop
def shares():
    labtop.log({"a": 1.0})
    raise ValueError("in the shared run")
def has_its_own():
    labtop.init("runs", name="own").log({"b": 1.0})
    raise ValueError("in its own run")
"""
        + GUARD
        + f"""
    context = multiprocessing.get_context({method!r})
    run = labtop.init("runs", name="it")
    for act in (shares, has_its_own):
        child = context.Process(target=act)
        child.start(); child.join()
"""
    )

    own = written(Path("runs/own"))[-1]
    assert (own["status"], own["error"]) == ("failed", "ValueError: in its own run")
    assert lines_of(Path("runs/it/events.jsonl"))[-1]["status"] == "finished"
    told = next(each for each in written(Path("runs/it")) if each.get("event") == "log")
    assert "in the shared run" in told["text"]


def test_nobody_joins_a_run_that_has_ended(train: Train) -> None:
    train(
        """
import copy, multiprocessing, pickle, labtop
def work():
    labtop.init("runs", name="new" if labtop.active_run() is None else None).log({"child": 1.0})
"""
        + GUARD
        + """
    run = labtop.init("runs", name="it")
    kept = pickle.dumps(run)
    run.finish()
    copy.deepcopy(run).log({"late": 1.0})
    pickle.loads(kept).log({"late": 1.0})
    child = multiprocessing.get_context("spawn").Process(target=work)
    child.start(); child.join()
"""
    )

    assert "late" not in counted(Path("runs/it"))
    assert counted(Path("runs/new")) == {"child": [0]}


def test_eight_processes_write_into_one_run_and_no_line_is_torn(train: Train) -> None:
    ended = train(
        """
import multiprocessing, os, labtop
def work(number):
    run = labtop.init("runs", id="shared", hooks=False)
    for step in range(1000):
        run.log({f"loss{number}": step / 7, "text": "é" * 50}, step=step)
"""
        + GUARD
        + """
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=work, args=(n,)) for n in range(8)]
    for child in children: child.start()
    for child in children: child.join()
"""
    )

    assert ended.returncode == 0, ended.stderr
    steps = counted(Path("runs/shared"))
    assert all(steps[f"loss{n}"] == list(range(1000)) for n in range(8))
    assert len(list(Path("runs/shared").iterdir())) > 1  # who comes late may have the file of one that has ended


def test_a_run_is_resumed_by_its_id_behind_its_last_step(train: Train) -> None:
    code = (
        'import labtop\nrun = labtop.init("runs", id="it", params={"lr": 1})\nfor _ in range(3): run.log({"loss": 1})\n'
    )
    train(code)
    train(code)

    assert [path.name for path in Path("runs/it").iterdir()] == ["events.jsonl"]
    assert counted() == {"loss": [0, 1, 2, 3, 4, 5]}


def test_ranks_of_a_job_share_a_run_and_do_not_mix(train: Train) -> None:
    job = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "TORCHELASTIC_RUN_ID": "job-7", "MASTER_PORT": "29500"}
    for rank in ("1", "0"):
        code = 'import labtop\nlabtop.init("runs", params={"lr": 1})\nfor _ in range(3): labtop.log({"loss": 1})\n'
        assert train(code, RANK=rank, LOCAL_RANK=rank, **job).returncode == 0
    train('import labtop\nlabtop.init("runs")\n', RANK="0", LOCAL_RANK="0", **job | {"TORCHELASTIC_RUN_ID": "job-8"})

    runs = sorted(Path("runs").iterdir(), key=lambda path: -len(list(path.iterdir())))
    assert [len(list(run.iterdir())) for run in runs] == [2, 1]
    assert counted(runs[0]) == {"loss": [0, 1, 2], "rank1/loss": [0, 1, 2]}
    ends = [each for each in written(runs[0]) if each.get("event") == "end"]
    assert len(ends) == 1  # rank 0 says how the run ended


def test_a_script_within_a_recorded_command_joins_its_run(train: Train) -> None:
    train("""
import os, subprocess, sys, labtop
run = labtop.init("runs", id="outer", hooks=False)
env = {**os.environ, "LABTOP_RUN_ID": "outer", "LABTOP_DIR": str(run.root)}
code = "import labtop\\nrun = labtop.init('elsewhere', params={'lr': 1}); run.log({'loss': 2.0}); raise ValueError('x')"
subprocess.run([sys.executable, "-c", code], env=env)
code = "import labtop\\nrun = labtop.init(name='named'); run.log({'loss': 2.0})"
subprocess.run([sys.executable, "-c", code], env=env)
run.finish()
""")

    assert sorted(path.name for path in Path("runs").iterdir()) == ["named", "outer"]
    assert not Path("elsewhere").exists()
    lines = written(Path("runs/outer"))
    assert any("ValueError: x" in each.get("text", "") for each in lines)
    assert [each["status"] for each in lines if each.get("event") == "end"] == ["finished"]
    assert sum("command" in each for each in lines) <= 1  # that of the whole
    assert written(Path("runs/named"))[0]["parent"] == "outer"


def test_a_run_of_another_script_is_not_joined(train: Train) -> None:
    """A driver that starts trainings has a run itself: each of them is its own."""
    Path("inner.py").write_text('import labtop\nlabtop.init("runs", params={"lr": 1}).log({"loss": 1})\n')
    train("""
import subprocess, sys, labtop
labtop.init("runs", name="driver")
subprocess.run([sys.executable, "inner.py"], check=True)
""")

    assert len(list(Path("runs").iterdir())) == 2
    assert json.loads(Path("runs/driver/events.jsonl").read_text().splitlines()[-1])["status"] == "finished"
