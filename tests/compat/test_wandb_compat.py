"""Scripts written for W&B, with one import changed, and what a reader sees of their runs. W&B is not installed here."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import labtop
import labtop.compat.wandb as wandb
from labtop.compat.wandb_parts.run import COMPLAINTS
from labtop.recording import joining
from labtop.store import Store
from labtop.store.model import Json, RunDetail, SeriesQuery, Status

One = Callable[[], RunDetail]
Curve = Callable[[str], dict[float, float]]
Lay = Callable[[Path], Path]


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("LABTOP_RUN_ID", "_LABTOP_PARENT", "RANK", "WORLD_SIZE", "WANDB_MODE", "WANDB_PROJECT", "WANDB_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LABTOP_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("LABTOP_CAPTURE", "0")
    monkeypatch.chdir(tmp_path)
    COMPLAINTS.counts.clear()
    yield tmp_path / "runs"
    for run in joining.open_runs():
        run.finish()


@pytest.fixture
def store(runs: Path, tmp_path: Path, lay_index: Lay) -> Iterator[Callable[[], Store]]:
    """The run directory as it is now."""
    stores: list[Store] = []

    def open_store() -> Store:
        stores.append(Store.open(runs, index=lay_index(tmp_path / f"index{len(stores)}.duckdb"), poll=True))
        stores[-1].catch_up()
        return stores[-1]

    yield open_store
    for each in stores:
        each.close()


@pytest.fixture
def only(store: Callable[[], Store]) -> One:
    def one() -> RunDetail:
        (detail,) = store().details()
        return detail

    return one


@pytest.fixture
def curve(store: Callable[[], Store]) -> Curve:
    def points(metric: str) -> dict[float, float]:
        (series,) = store().series(SeriesQuery((0,), metric))
        return dict(zip(series.x.tolist(), series.value.tolist(), strict=True))

    return points


def params(detail: RunDetail) -> dict[str, Json]:
    return {name: param.value for name, param in detail.params.items()}


def test_a_simple_script(only: One, curve: Curve, runs: Path) -> None:
    run = wandb.init(
        project="cats",
        name="first try",
        config={"lr": 0.1, "model": {"width": 8}},
        tags=["a", "b"],
        notes="of cats",
        group="night",
        job_type="train",
    )
    for epoch in range(3):
        wandb.log({"loss": 1 / (epoch + 1), "val": {"acc": epoch / 4}})
    wandb.finish()
    detail = only()
    assert runs / detail.run.id == Path(run.dir) == runs / "cats/first-try"
    assert (detail.run.name, detail.run.status) == ("first try", Status.FINISHED)
    assert (set(detail.run.tags), detail.run.notes, detail.run.group) == ({"a", "b"}, "of cats", "night")
    assert (detail.attributes["project"], detail.attributes["job_type"]) == ("cats", "train")
    assert params(detail) == {"lr": 0.1, "model.width": 8}
    assert curve("loss") == {0: 1, 1: 0.5, 2: pytest.approx(1 / 3)}
    assert curve("val/acc") == {0: 0, 1: 0.25, 2: 0.5}


def test_steps_are_counted_as_wandb_counts_them(curve: Curve, capsys: pytest.CaptureFixture[str]) -> None:
    with wandb.init():
        wandb.log({"a": 0})
        wandb.log({"a": 1}, commit=False)
        wandb.log({"b": 1})
        wandb.log({"a": 5}, step=5)
        wandb.log({"b": 5}, step=5)
        wandb.log({"a": 3}, step=3)
        wandb.log({"a": 4}, step=4)
        wandb.log({"c": 5})
        wandb.log({"a": 6}, commit=False)
    assert curve("a") == {0: 0, 1: 1, 5: 5, 6: 6}
    assert curve("b") == {1: 1, 5: 5}
    assert curve("c") == {5: 5}
    told = capsys.readouterr().err
    assert told.count("step 3 is behind 5") == 1
    assert "step 4" not in told


class Tensor:
    """As of a library that is not installed."""

    shape = ()

    def __init__(self, value: float | None) -> None:
        self.value = value

    def item(self) -> float:
        if self.value is None:
            raise RuntimeError("it is on no device")
        return self.value


def test_nothing_that_is_logged_raises(curve: Curve, capsys: pytest.CaptureFixture[str]) -> None:
    with wandb.init() as run:
        wandb.log({"a": Tensor(0.5)}, step=Tensor(2))  # type: ignore[arg-type]
        assert type(run.summary["a"]) is float  # not what holds a graph
        wandb.log({"b": Tensor(None), "a": 1.0}, step=3)
        wandb.log({"a": 2.0}, step="much")  # type: ignore[arg-type]
        wandb.log([1.0])  # type: ignore[arg-type]
        wandb.log({7: object(), "a": 3.0})  # type: ignore[dict-item]
    assert curve("a") == {2: 0.5, 3: 2.0, 4: 3.0}
    told = capsys.readouterr().err
    assert "a step is a number, not 'much'" in told
    assert "log takes a mapping of names to values, not a list" in told


def test_what_was_gathered_is_one_line(runs: Path) -> None:
    with wandb.init(name="one"):
        wandb.log({"a": 1}, commit=False)
        wandb.log({"b": 2}, commit=False)
        assert "metrics" not in (runs / "one/events.jsonl").read_text()
        wandb.log({"c": 3})
        lines = (runs / "one/events.jsonl").read_text().splitlines()
        assert [line for line in lines if '"a"' in line] == [line for line in lines if '"c"' in line]


def test_config_by_item_and_attribute_before_and_after_init(only: One) -> None:
    config = wandb.config
    config.lr = 0.5
    config.update(argparse.Namespace(depth=3, kind="tree"))
    with wandb.init(config={"lr": 0.25, "size": 1}) as run:
        assert wandb.config is run.config is config
        assert (config.lr, config["depth"], config.get("none", 7), "size" in config) == (0.25, 3, 7, True)
        config["nested"] = {"a": {"b": 2}}
        config.setdefaults({"size": 9, "new": True})
        config.update({"size": 2}, allow_val_change=True)
        assert dict(config) == config.as_dict()
        with pytest.raises(AttributeError, match="there is no 'wrong'"):
            print(config.wrong)
    expected = {"lr": 0.25, "depth": 3, "kind": "tree", "size": 2, "new": True, "nested.a.b": 2}
    assert params(only()) == expected
    assert "lr" not in wandb.config


def test_keys_of_the_config_are_chosen(only: One) -> None:
    with wandb.init(config={"a": 1, "b": 2}, config_exclude_keys=["b"]):
        pass
    assert params(only()) == {"a": 1}


def test_summary_is_read_and_set(only: One, curve: Curve) -> None:
    with wandb.init() as run:
        run.define_metric("best", summary="max")
        for step in range(3):
            wandb.log({"loss": 3 - step})
            run.summary["best"] = step / 2
        assert (run.summary["loss"], wandb.summary.loss) == (1, 1)
        run.summary.loss = 0.5
        run.summary.update({"verdict": "good"})
    detail = only()
    assert curve("loss") == {0: 3, 1: 2, 2: 1}
    assert (detail.metrics["best"].last, detail.metrics["best"].goal) == (1.0, "max")
    assert (detail.attributes["summary/loss"], detail.attributes["summary/verdict"]) == (0.5, "good")


@pytest.mark.parametrize(
    ("said", "goal"),
    [
        ({"summary": "min"}, "min"),
        ({"summary": "max"}, "max"),
        ({"summary": "best", "goal": "maximize"}, "max"),
        ({"summary": "min,max"}, None),
        ({"goal": "minimize"}, "min"),
        ({}, None),
    ],
)
def test_a_metric_s_goal(only: One, said: dict[str, Any], goal: str | None) -> None:
    with wandb.init():
        wandb.define_metric("quality", step_metric="epoch", **said)
        wandb.log({"quality": 1.0, "epoch": 0})
    assert only().metrics["quality"].goal == goal


def test_a_goal_of_many_metrics(only: One) -> None:
    with wandb.init():
        wandb.define_metric("val/*", summary="max")
        wandb.log({"val/a": 1.0, "train/a": 1.0})
        wandb.log({"val/b": 1.0})
    goals = {name: metric.goal for name, metric in only().metrics.items()}
    assert goals == {"val/a": "max", "val/b": "max", "train/a": None}


def test_media_are_left_out_and_told_of_once(only: One, capsys: pytest.CaptureFixture[str]) -> None:
    with wandb.init():
        table = wandb.Table(columns=["a"], data=[])
        table.add_data(1)
        for _ in range(3):
            wandb.log({"loss": 1.0, "table": table, "pictures": [wandb.Image(None)], "h": wandb.Histogram([1])})
        wandb.log({"chart": wandb.plot.line(table, "x", "y")})
    assert only().metrics.keys() == {"loss"}
    assert capsys.readouterr().err.count("such values are left out") == 1


def test_files_are_recorded(only: One, tmp_path: Path) -> None:
    for name in ("model.pt", "more.pt"):
        (tmp_path / name).write_bytes(b"12345")
    with wandb.init() as run:
        assert wandb.save("*.pt") == ["model.pt", "more.pt"]
        artifact = wandb.Artifact("weights", type="model")
        artifact.add_file("model.pt")
        run.log_artifact(artifact).wait()
        wandb.alert("look", text="here", level=wandb.AlertLevel.ERROR)
    detail = only()
    assert {(each.name, each.kind, each.size) for each in detail.artifacts} == {
        ("model.pt", None, 5),
        ("more.pt", None, 5),
        ("weights", "model", 5),
    }


def test_what_needs_the_server_does_nothing(only: One) -> None:
    wandb.login(key="none")
    with wandb.init(mode="offline", entity="me", settings=wandb.Settings(quiet=True)) as run:
        wandb.watch(object(), log="all")
        run.watch(object())
        run.log_code(".")
        run.mark_preempting()
        assert (run.path.startswith("me/"), run.offline) == (True, True)
        wandb.log({"loss": math.nan})
    assert only().metrics["loss"].nan == 1


def test_what_a_script_prints_of_a_run_leads_to_it(runs: Path) -> None:
    with wandb.init(project="my cats", id="a") as run:
        wandb.log({"loss": 1.0})
        assert run.url == run.get_url() == (runs / "my-cats" / "a").as_uri()
        assert run.project_url == (runs / "my-cats").as_uri()
    with wandb.init(mode="disabled") as run:
        assert (run.url, run.get_url(), run.project_url) == (None, None, None)


def test_words_for_the_terminal_and_the_last_of_a_script(only: One, capsys: pytest.CaptureFixture[str]) -> None:
    wandb.init()
    for _ in range(2):
        wandb.termlog("one\ntwo")
        wandb.termwarn("only once", repeat=False)
    wandb.termerror("bad", prefix=False)
    wandb.teardown()
    assert only().run.status is Status.FINISHED
    said = ["labtop: one", "labtop: two", "labtop: only once", "labtop: one", "labtop: two", "labtop: bad"]
    assert capsys.readouterr().err.splitlines() == said
    assert wandb.__version__ >= "0.25"


def test_an_id_resumes(only: One, curve: Curve) -> None:
    with wandb.init(project="p", id="abc") as run:
        assert not run.resumed
        wandb.log({"loss": 1.0})
        wandb.log({"loss": 0.5})
    with wandb.init(project="p", id="abc", resume="allow") as run:
        assert (run.resumed, run.step, run.id) == (True, 2, "abc")
        wandb.log({"loss": 0.25})
    assert only().run.status is Status.FINISHED
    assert curve("loss") == {0: 1, 1: 0.5, 2: 0.25}


def test_a_second_init_returns_the_run_unless_another_is_wanted(store: Callable[[], Store]) -> None:
    first = wandb.init(name="a")
    assert wandb.init(name="b") is first
    second = wandb.init(name="b", reinit=True)
    assert wandb.run.id == second.id == "b"
    second.finish(exit_code=3)
    assert wandb.run is None
    found = {detail.run.id: (detail.run.status, detail.exit_code) for detail in store().details()}
    assert found == {"a": (Status.FINISHED, None), "b": (Status.FAILED, 3)}


def test_an_error_within_with_is_the_run_s(only: One) -> None:
    with pytest.raises(ValueError, match="no more"), wandb.init():
        raise ValueError("no more")
    assert (only().run.status, only().run.error) == (Status.FAILED, "ValueError: no more")


def test_tags_name_and_notes_change(only: One) -> None:
    with wandb.init(tags=["a", "b"]) as run:
        run.tags += ("c",)
        run.tags = tuple(tag for tag in run.tags if tag != "a")
        run.name = "better"
        run.notes = "seen"
    detail = only()
    assert (set(detail.run.tags), detail.run.name, detail.run.notes) == ({"b", "c"}, "better", "seen")


def test_disabled_writes_nothing(runs: Path) -> None:
    with wandb.init(mode="disabled", config={"lr": 1}) as run:
        wandb.log({"loss": 1.0})
        run.summary["best"] = 2
        assert (wandb.config.lr, run.summary["loss"]) == (1, 1.0)
    assert wandb.run is None
    assert not runs.exists()
    assert labtop.active_run() is None


def test_variables_of_wandb_count(only: One, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PROJECT": "cats", "NAME": "from outside", "TAGS": "a,b", "RUN_GROUP": "g"}.items():
        monkeypatch.setenv(f"WANDB_{name}", value)
    with wandb.init():
        pass
    run = only().run
    assert (run.id, run.name, set(run.tags), run.group) == ("cats/from-outside", "from outside", {"a", "b"}, "g")


def test_without_a_run_that_is_told_once(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    for _ in range(2):
        wandb.log({"loss": 1.0})
    assert capsys.readouterr().err.count("call wandb.init first") == 1
    assert not runs.exists()
    with pytest.raises(AttributeError, match="has no Api: it holds what a simple script uses"):
        print(wandb.Api)


def test_the_example_of_the_docs(only: One, curve: Curve) -> None:
    page = (Path(__file__).parents[2] / "docs/callbacks.md").read_text(encoding="utf-8")
    exec(page.partition("## Coming from W&B")[2].partition("```python\n")[2].partition("```")[0], {})
    detail = only()
    assert curve("val/acc") == {0: 0, 1: 0.25, 2: 0.5}
    assert (detail.metrics["val/acc"].goal, detail.attributes["summary/verdict"]) == ("max", "keep")
