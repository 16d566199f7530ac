"""Lines that a run writes, in this process."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import pytest

import labtop
from labtop.recording import joining
from tests.recording.conftest import lines_of, written


def begin(**more: object) -> labtop.Run:
    return labtop.init("runs", capture=False, hooks=False, **more)  # type: ignore[arg-type]


def values(run: labtop.Run) -> list[dict[str, object]]:
    """Its metrics lines, without the time."""
    return [{k: v for k, v in each.items() if k != "time"} for each in lines_of(run.path) if "event" not in each]


def test_a_run_from_begin_to_end() -> None:
    run = labtop.init(
        "runs", name="first", params={"lr": 3e-4, "model": {"width": 256}}, tags=["baseline"], total_steps=3
    )
    for step in range(3):
        run.log({"loss": 1 / (step + 1), "val/acc": step / 3}, step=step)
    run.finish()

    first, *_, last = lines_of(Path("runs/first/events.jsonl"))
    assert (first["event"], first["params"], first["tags"], first["total_steps"]) == (
        "run",
        {"lr": 3e-4, "model": {"width": 256}},
        ["baseline"],
        3,
    )
    assert values(run) == [{"step": at, "loss": 1 / (at + 1), "val/acc": at / 3} for at in range(3)]
    assert (last["event"], last["status"]) == ("end", "finished")


def test_a_line_is_in_the_file_when_log_returns() -> None:
    run = begin()

    run.log({"loss": 0.5}, step=7)

    assert values(run) == [{"step": 7, "loss": 0.5}]


def test_steps_count_by_themselves_and_go_where_they_are_told() -> None:
    run = begin()

    run.log({"loss": 1.0})
    run.log({"loss": 2.0}, step=10)
    run.log({"loss": 3.0})
    run.log({"loss": 4.0, "step": 20})
    run.log({"loss": 5.0, "trainer/global_step": 30})
    run.log({"loss": 6.0}, step=5)  # it falls: the reader judges it

    assert [each["step"] for each in values(run)] == [0, 10, 11, 20, 30, 5]


def test_names_that_mean_something_else_get_another_one(capsys: pytest.CaptureFixture[str]) -> None:
    run = begin()

    run.log({"time": 0.3, "run": 4, "global_step": 99, "loss": 1.0}, step=3)

    assert values(run) == [{"step": 3, "time_": 0.3, "run_": 4, "global_step_": 99, "loss": 1.0}]


def test_odd_input_is_told_of_once_and_raises_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run = begin()

    for _ in range(3):
        run.log({"loss": math.nan, "model": object()}, step=1)
        run.log([1, 2])  # type: ignore[arg-type]
        run.log({"loss": 1.0}, step="two")  # type: ignore[arg-type]
    run.metric("loss", goal="low")  # type: ignore[arg-type]
    run.finish()
    run.log({"loss": 2.0})
    run.note("late")

    assert [each["loss"] for each in values(run)] == ["NaN", 1.0] * 3
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 5
    assert all(each.startswith("labtop: ") for each in told)
    assert "finished" in told[-1]


@pytest.mark.parametrize(
    "odd",
    [
        {"tags": None},
        {"tags": 5},
        {"name": 3},
        {"id": Path("a")},
        {"heartbeat_s": None},
        {"heartbeat_s": "often"},
        {"system_metrics": "yes"},
        {"capture": 5},
        {"capture": ["gpus"]},
        {"root": 7},
        {"root": "a\0b"},
        {"params": 5},
        {"params": {"dtype": float, "lr": 0.1}},
        {"data": {"train": object()}},
        {"seed": object()},
    ],
)
def test_odd_arguments_raise_nothing_and_spoil_no_other(odd: dict[str, object]) -> None:
    run = labtop.init(**{"root": "runs", "notes": "kept", "hooks": False, "capture": False} | odd)  # type: ignore[arg-type]
    run.params.update(5)
    run.tag(remove=None)  # type: ignore[arg-type]
    run.log({"loss": 1.0})
    run.finish()

    first, *_, last = lines_of(run.path)
    assert (first["notes"], last["status"]) == ("kept", "finished")
    assert (first["params"]["lr"] == 0.1) if "params" in first else True


def test_a_status_that_there_is_not_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    begin().finish(status="done-ish")

    assert "not as 'done-ish'" in capsys.readouterr().err


def test_secrets_are_masked_in_whatever_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin(params={"api_key": "planted-0001-param"}, notes="with planted-0002-later")
    monkeypatch.setenv("LATE_API_TOKEN", "planted-0002-later")
    run.alert("401", "for planted-0002-later")
    run.note("planted-0002-later")
    run.log({"text": "planted-0002-later", "loss": float("nan")})
    run.finish(error="planted-0002-later")

    text = run.path.read_text()
    assert "planted-0001" not in text
    assert text.count("planted-0002") == 1  # it was none when it was noted


def test_without_a_run_nothing_is_recorded_and_nothing_raised(capsys: pytest.CaptureFixture[str]) -> None:
    labtop.log({"loss": 1.0})
    labtop.finish()

    assert not Path("runs").exists()


def test_a_run_that_another_one_follows_rests_until_it_logs_again(capsys: pytest.CaptureFixture[str]) -> None:
    first = begin(name="a")
    first.log({"loss": 1.0})
    second = begin(name="b")
    labtop.log({"loss": 2.0})
    first.log({"loss": 3.0})
    assert [each.get("status", each.get("loss")) for each in lines_of(first.path)] == [None, 1.0, "finished", 3.0]

    second.finish()
    assert labtop.active_run() is first  # it was woken
    first.finish()
    joining.COMPLAINTS.over("no run")
    labtop.log({"loss": 4.0})

    assert [each["loss"] for each in values(second)] == [2.0]
    assert [each.get("status") for each in lines_of(first.path)][-1] == "finished"
    assert "without a run" in capsys.readouterr().err


def test_trials_stand_beside_the_run_that_they_belong_to() -> None:
    study = begin(name="study")
    trial = begin(name="trial", parent=study.id)
    trial.finish()

    assert labtop.active_run() is study
    assert [each["event"] for each in lines_of(study.path)] == ["run"]


def test_a_second_init_of_the_same_id_is_the_same_run() -> None:
    run = begin(id="sweep/7")

    assert begin(id="sweep/7", params={"lr": 1}) is run
    assert begin(id="sweep/7", tags="again") is run
    assert [each["event"] for each in lines_of(run.path)] == ["run", "run", "run"]
    assert dict(run.params) == {"lr": 1}


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert [begin(name="base").id for _ in range(3)] == ["base", "base-2", "base-3"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/b", "a/b"),
        ("../../etc/passwd", "etc/passwd"),
        (".hidden", "hidden"),
        ("mit Leerzeichen\n\x1b[31m", "mit-Leerzeichen-31m"),
        ("logs", "logs-run"),
        ("...", "run"),
        ("x" * 500, "x" * 120),
    ],
)
def test_no_name_leads_out_of_the_directory_or_is_passed_over(name: str, expected: str) -> None:
    run = begin(name=name)

    assert run.id == expected
    assert Path("runs", expected, "events.jsonl").is_file()


def test_a_name_that_is_no_id_is_kept_as_it_is() -> None:
    run = begin(name="first try: äöü")

    assert run.id == "first-try-äöü"
    assert lines_of(run.path)[0]["name"] == "first try: äöü"
    assert "name" not in lines_of(begin(name="plain").path)[0]


def test_params_are_written_when_they_are_set() -> None:
    run = begin(params={"lr": 0.1})

    run.params["lr"] = 0.2
    run.params.update({"depth": 3}, width=4)

    assert dict(run.params) == {"lr": 0.2, "depth": 3, "width": 4}
    assert [each["params"] for each in lines_of(run.path)] == [{"lr": 0.1}, {"lr": 0.2}, {"depth": 3, "width": 4}]


def test_what_else_is_said_of_a_run() -> None:
    run = begin()
    run.tag("a", "b", remove=["c"])
    run.note("looks good")
    run.text("epoch done")
    run.alert("loss is NaN", "at step 3")
    run.metric("val/acc", goal="max", unit="%", x="epoch")

    said = [{k: v for k, v in each.items() if k != "time"} for each in lines_of(run.path)[1:]]
    assert said == [
        {"event": "tag", "add": ["a", "b"], "remove": ["c"]},
        {"event": "note", "text": "looks good"},
        {"event": "log", "level": "info", "text": "epoch done"},
        {"event": "alert", "level": "warning", "title": "loss is NaN", "text": "at step 3"},
        {"event": "metric", "name": "val/acc", "goal": "max", "unit": "%", "x": "epoch"},
    ]


def test_threads_share_a_run() -> None:
    run = begin()

    def work(name: str) -> None:
        for at in range(500):
            run.log({name: at})

    threads = [threading.Thread(target=work, args=(f"m{at}",)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    lines = values(run)
    assert len(lines) == 2000
    assert sorted(each["step"] for each in lines) == list(range(2000))  # type: ignore[type-var]


def test_a_directory_that_cannot_be_made_is_told_once_and_ends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("runs").write_text("a file stands in the way")

    run = begin(name="first")
    run.log({"loss": 1.0})
    run.finish()

    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "cannot write" in told[0]
    assert "are lost" in told[1]


def test_as_a_context_a_run_ends_by_itself() -> None:
    with begin(name="good") as run:
        run.log({"loss": 1.0})
    with pytest.raises(ZeroDivisionError), begin(name="bad"):
        _ = 1 / 0
    with pytest.raises(SystemExit), begin(name="exit"):
        raise SystemExit(3)

    ends = {name: written(Path("runs", name))[-1] for name in ("good", "bad", "exit")}
    assert ends["good"]["status"] == "finished"
    assert (ends["bad"]["status"], ends["bad"]["error"]) == ("failed", "ZeroDivisionError: division by zero")
    assert "_ = 1 / 0" in ends["bad"]["traceback"]
    assert (ends["exit"]["status"], ends["exit"]["exit_code"]) == ("failed", 3)
