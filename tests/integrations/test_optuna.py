"""Optuna: a run for each trial."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import optuna
import pytest

import labtop
from labtop.callbacks.optuna import LabtopCallback
from labtop.store.model import Status

optuna.logging.set_verbosity(optuna.logging.ERROR)


def study(**arguments: Any) -> optuna.Study:
    """Trials are drawn with a seed; what reports is pruned when it is worse than another was."""
    sampler = optuna.samplers.RandomSampler(seed=3)
    return optuna.create_study(study_name="search", sampler=sampler, **arguments)


def objective(trial: optuna.Trial) -> float:
    x: float = trial.suggest_float("x", 0, 1)
    kind = trial.suggest_categorical("kind", ["a", "b"])
    for step in range(3):
        trial.report(x / (step + 1), step)
    return x if kind == "a" else x + 1


def test_a_study_is_a_group_of_runs(read: Any, curve: Any) -> None:
    made = study(direction="maximize")
    made.optimize(objective, n_trials=4, callbacks=[LabtopCallback(tags=["sweep"])])
    runs = read()
    assert sorted(runs) == [f"search/trial-{number}" for number in range(4)]
    for trial in made.trials:
        detail = runs[f"search/trial-{trial.number}"]
        assert {name: each.value for name, each in detail.params.items()} == trial.params
        assert (detail.run.status, detail.run.group, detail.run.tags) == (Status.FINISHED, "search", ("sweep",))
        assert (detail.metrics["value"].last, detail.metrics["value"].goal) == (trial.value, "max")
        assert dict(curve(detail.run.id, "intermediate_value")) == trial.intermediate_values


def test_pruned_and_failed_trials_say_so(read: Any) -> None:
    def gives_up(trial: optuna.Trial) -> float:
        trial.suggest_int("x", 1, 9)
        if trial.number == 0:
            trial.report(0.5, 3)
            raise optuna.TrialPruned
        raise ValueError("no more")

    study().optimize(gives_up, n_trials=2, callbacks=[LabtopCallback()], catch=ValueError)
    runs = read()
    pruned, failed = runs["search/trial-0"], runs["search/trial-1"]
    assert (pruned.run.status, pruned.run.tags) == (Status.FINISHED, ("pruned",))
    assert (pruned.metrics["intermediate_value"].last, pruned.metrics["intermediate_value"].step) == (0.5, 3)
    assert failed.run.status is Status.FAILED
    assert "x" in failed.params


def test_a_tracked_objective_logs_to_its_trial(read: Any, curve: Any) -> None:
    def logs(trial: optuna.Trial) -> float:
        x: float = trial.suggest_float("x", 0, 1)
        for step in range(3):
            labtop.log({"loss": x - step}, step=step)
            assert callback.run is labtop.active_run()
        if trial.number == 1:
            raise ValueError("no more")
        if trial.number == 2:
            raise optuna.TrialPruned
        return x if trial.number == 0 else math.nan

    callback = LabtopCallback()
    made = study()
    made.optimize(callback.track(logs), n_trials=4, callbacks=[callback], catch=ValueError)
    runs = read()
    assert len(runs) == 4
    assert (runs["search/trial-3"].run.status, runs["search/trial-3"].run.error) == (
        Status.FAILED,
        "the objective returned no number",
    )
    first, failed, pruned = (runs[f"search/trial-{number}"] for number in range(3))
    assert (first.metrics["value"].last, first.metrics["value"].goal) == (made.trials[0].value, "min")
    assert curve("search/trial-0", "loss") == [(step, made.trials[0].params["x"] - step) for step in range(3)]
    assert (failed.run.status, failed.run.error) == (Status.FAILED, "ValueError: no more")
    assert "value" not in failed.metrics
    assert (pruned.run.status, pruned.run.tags) == (Status.FINISHED, ("pruned",))


def test_an_error_that_ends_the_study_is_the_trial_s(read: Any) -> None:
    def fails(trial: optuna.Trial) -> float:
        trial.suggest_float("x", 0, 1)
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        study().optimize(LabtopCallback().track(fails), n_trials=3)
    (detail,) = read().values()
    assert (detail.run.status, detail.run.error) == (Status.FAILED, "ValueError: no more")
    assert "x" in detail.params


def test_several_objectives_have_names_and_goals(read: Any) -> None:
    made = study(directions=["minimize", "maximize"])
    made.set_metric_names(["latency", "quality"])
    made.optimize(lambda trial: (trial.suggest_float("x", 0, 1), 2.0), n_trials=1, callbacks=[LabtopCallback()])
    (detail,) = read().values()
    assert {name: (each.last, each.goal) for name, each in detail.metrics.items()} == {
        "latency": (made.trials[0].params["x"], "min"),
        "quality": (2.0, "max"),
    }


def test_trials_in_threads_do_not_mix(read: Any, curve: Any) -> None:
    xgboost = pytest.importorskip("xgboost")
    from labtop.callbacks.xgboost import LabtopCallback as Trees

    def trains(trial: optuna.Trial) -> float:
        depth, rounds = trial.suggest_int("depth", 1, 3), 2 + trial.number
        data = xgboost.DMatrix([[0.0], [1.0], [2.0]], [0, 1, 2])
        given: dict[str, Any] = {"evals": [(data, "train")], "verbose_eval": False, "callbacks": [Trees()]}
        xgboost.train({"max_depth": depth}, data, rounds, **given)
        return float(rounds)

    study().optimize(LabtopCallback().track(trains), n_trials=6, n_jobs=2)
    runs = read()
    assert {name: each.metrics["train/rmse"].count for name, each in runs.items()} == {
        f"search/trial-{number}": 2 + number for number in range(6)
    }
    assert {each.run.status for each in runs.values()} == {Status.FINISHED}


def test_the_active_run_is_the_parent_and_goes_on(read: Any, runs: Path) -> None:
    with labtop.init(name="all") as run:
        made = study()
        made.optimize(objective, n_trials=2, callbacks=[LabtopCallback()])
        run.log({"best": made.best_value})
    found = read()
    assert sorted(found) == ["all", "search/trial-0", "search/trial-1"]
    assert found["all"].metrics["best"].last == made.best_value
    first = (runs / "search/trial-0/events.jsonl").read_text().splitlines()[0]
    assert json.loads(first)["parent"] == "all"


def test_the_examples_of_the_docs(read: Any, documented: Any) -> None:
    documented("Optuna", study=study(), objective=objective)
    runs = read()
    assert len(runs) == 40
    assert {detail.run.status for detail in runs.values()} == {Status.FINISHED}
    assert sum("loss" in detail.metrics for detail in runs.values()) == 20
