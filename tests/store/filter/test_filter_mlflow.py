"""Every search of MLflow's own documentation works unchanged, and finds what it finds there."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import pytest

from tests.store.filter.conftest import NOW, Filtered

ALL = " ".join(f"r{number}" for number in range(10)) + " alpha beta gamma"


@pytest.fixture(scope="module")
def guide() -> Iterator[Filtered]:
    """The ten runs that MLflow's guide makes, and three more with what its other examples name."""
    shelf = Filtered()
    for number in range(10):
        _guide_run(shelf, number)
    for name, model, learner in (
        ("alpha", "sklearn.svm", "logistic"),
        ("beta", "CNN", "Logistic"),
        ("gamma", "Inception", "tree"),
    ):
        run = shelf.run(name, started=1_664_067_852.747, updated=1_664_067_853.0, end_status="finished")
        shelf.param(run, "model", model)
        for key, value in (
            ("alpha", 0.3),
            ("lambda", "0.001"),
            ("layers", 10),
            ("model-type", "deep"),
            ("random_state", 8888),
        ):
            shelf.param(run, key, value)
        shelf.param(run, "1st_iteration_timestamp", "2022-01-01")
        for key, value in (("model", model), ("type", learner), ("production", "true")):
            shelf.attribute(run, key, value, changed=True)
        for metric, value in (
            ("error", 0.04),
            ("rmse", 0.5),
            ("accuracy_score", 99.0),
            ("prediction accuracy", 0.95),
            ("error rate", 0.5),
            ("2019-04-02 error rate", 0.5),
            ("cross-entropy-loss", 0.4),
            ("batch_size", 32.0),
        ):
            shelf.metric(run, metric, [value])
    shelf.lay()
    yield shelf
    shelf.connection.close()


def _guide_run(shelf: Filtered, number: int) -> None:
    data = {"name": "custom" if number < 5 else "also custom", "context": "train" if number < 5 else "test"}
    if number < 2:
        data["digest"] = ("s8ds293b", "jks834s2")[number]
    facts = {"data": [data], "user": "user1" if number < 3 else "Monkey D Luffy"}
    end = {7: "failed", 8: "killed"}.get(number, "finished")
    share = {"end_status": None if number == 9 else end, "started": NOW - 100.0 + number, "updated": NOW - 50.0}
    run = shelf.run(f"r{number}", facts=json.dumps(facts), heard=NOW, **share)
    shelf.param(run, "batch_size", "2" if number < 5 else "4")
    shelf.param(run, "learning rate", 0.001 if number % 2 == 0 else 0.01)
    shelf.param(run, "model", ("GPT-2", "GPT-3", "GPT-3.5", "GPT-4", *["None"] * 6)[number])
    shelf.attribute(run, "task", ("classification", "regression", "causal lm", *["None"] * 7)[number], changed=True)
    shelf.attribute(run, "environment", "notebook" if number < 5 else "None", changed=True)
    loss = 1 - 0.1 * number
    shelf.metric(run, "loss", [loss])
    shelf.metric(run, "accuracy", [0.1 * number])
    shelf.metric(run, "log-scale-loss", [math.log(loss)])
    shelf.metric(run, "f1 score", [0.1 * number])


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ALL),
        ("metrics.loss > 0.8", "r0 r1"),
        ("metric.loss < 1", "r1 r2 r3 r4 r5 r6 r7 r8 r9"),
        ("metrics.accuracy > 0.92", ""),
        ("metrics.accuracy > 0.72", "r8 r9"),
        ('metrics."accuracy" > 0.72', "r8 r9"),
        ("metrics.accuracy != 0.15", "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9"),
        ("metrics.loss <= 0.15", "r9"),
        ("metrics.`log-scale-loss` <= 0", "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9"),
        ('metrics."log-scale-loss" <= 0', "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9"),
        ("metrics.`f1 score` >= 0.5", "r5 r6 r7 r8 r9"),
        ('metrics."f1 score" >= 0.5', "r5 r6 r7 r8 r9"),
        ("metrics.`f1 score` > 0.5", "r6 r7 r8 r9"),
        ("metrics.accuracy > 0.72 AND metrics.loss <= 0.15", "r9"),
        ("metrics.accuracy > 0.72 AND metrics.batch_size != 0", ""),
        ("metrics.batch_size != 0", "alpha beta gamma"),
        ("metrics.accuracy > 0.72 AND metrics.batch_size != 0 AND attributes.run_id IN ('a1b2c3d4', 'e5f6g7h8')", ""),
        ("metrics.loss <= 0.15 AND metrics.loss >= 0.05", "r9"),
        ("metrics.`error rate` = 0.5", "alpha beta gamma"),
        ('metrics."2019-04-02 error rate" = 0.5', "alpha beta gamma"),
        ("metrics.`cross-entropy-loss` < 0.5", "alpha beta gamma"),
        ('metric."cross-entropy-loss" < 0.5', "alpha beta gamma"),
        ("metrics.accuracy_score < 99.90", "alpha beta gamma"),
        ("metrics.rmse < 0.9 and tags.production = 'true'", "alpha beta gamma"),
        ('params.batch_size = "2"', "r0 r1 r2 r3 r4"),
        ('params.batch_size != "None"', "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9"),
        ('params.model = "GPT-4o"', ""),
        ('params.model LIKE "GPT%"', "r0 r1 r2 r3"),
        ('params.model LIKE "gpt%"', ""),
        ('params.model ILIKE "gPt%"', "r0 r1 r2 r3"),
        ('params.model LIKE "GPT%" AND params.batch_size = "2"', "r0 r1 r2 r3"),
        ("params.\"learning rate\" IN ('0.001', '0.01')", "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9"),
        ('params.`1st_iteration_timestamp` = "2022-01-01"', "alpha beta gamma"),
        ('params."model-type" = "deep"', "alpha beta gamma"),
        ('params.`random_state` = "8888"', "alpha beta gamma"),
        ("params.model = 'Inception'", "gamma"),
        ("params.model = 'CNN' and params.layers = '10' and metrics.`prediction accuracy` >= 0.945", "beta"),
        ('params.alpha = "0.3" and params.lambda = "0.001" and metrics.error <= 0.05', "alpha beta gamma"),
        ('tags."environment" = "notebook"', "r0 r1 r2 r3 r4"),
        ('tags.environment = "notebook"', "r0 r1 r2 r3 r4"),
        ('tags."environment" == "notebook"', "r0 r1 r2 r3 r4"),
        ('tag.environment = "notebook"', "r0 r1 r2 r3 r4"),
        ('tags.task = "Classification"', ""),
        ('tags.task ILIKE "classif%"', "r0"),
        ("tags.task IN ('classification', 'regression')", "r0 r1"),
        ("tags.environment = 'notebook' AND tags.task ILIKE 'classif%'", "r0"),
        ("tags.`model` LIKE 'sklearn%'", "alpha"),
        ("tags.`type` ILIKE '%Logistic%'", "alpha beta"),
        ('tags."mlflow.user" == "Monkey D Luffy"', "r3 r4 r5 r6 r7 r8 r9"),
        ("tags.`mlflow.user` = 'john@mlflow.com'", ""),
        ('datasets.name LIKE "custom"', "r0 r1 r2 r3 r4"),
        ("datasets.name IN ('custom', 'also custom', 'another custom name')", "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9"),
        ("datasets.digest IN ('s8ds293b', 'jks834s2')", "r0 r1"),
        ('datasets.context = "train"', "r0 r1 r2 r3 r4"),
        ('datasets.context == "train"', "r0 r1 r2 r3 r4"),
        ("dataset.name = 'custom' AND dataset.context = 'test'", ""),
        ('attributes.status = "ACTIVE"', "r9"),
        ("attributes.status = 'RUNNING'", "r9"),
        ('attributes.status = "FINISHED"', "r0 r1 r2 r3 r4 r5 r6 alpha beta gamma"),
        ('attributes.status = "FAILED"', "r7"),
        ("attr.status = 'killed'", "r8"),
        ('attributes.user_id LIKE "user1"', "r0 r1 r2"),
        ("attributes.user_id = 'user1'", "r0 r1 r2"),
        ('attributes.run_name = "my-run"', ""),
        ("attributes.`run_name` IN ('alpha', 'beta', 'gamma')", "alpha beta gamma"),
        ("attributes.`run name` IN ('alpha', 'beta', 'gamma')", "alpha beta gamma"),
        ("attributes.`Run name` IN ('alpha', 'beta', 'gamma')", "alpha beta gamma"),
        ("attributes.`Run Name` IN ('alpha', 'beta', 'gamma')", "alpha beta gamma"),
        ('attributes.`Run name` ILIKE "%ALPHA%"', "alpha"),
        ('attributes.run_id = "a1b2c3d4"', ""),
        ("attributes.run_id IN ('a1b2c3d4', 'r4')", "r4"),
        ("run_id IN ('alpha', 'r4')", "r4 alpha"),
        ("attributes.artifact_uri = 'models:/mymodel/1'", ""),
        ("attributes.start_time >= 1664067852747", ALL),
        ("attributes.start_time > 1664067852747", "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9"),
        ("attributes.created > 1670628787527", "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9"),
        ("attributes.Created > 1670628787527", "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9"),
        ("attributes.end_time < 1664067852747", ""),
        ("attributes.end_time > 1664067852747", "r0 r1 r2 r3 r4 r5 r6 r7 r8 alpha beta gamma"),
        (
            "\nattributes.run_id IN ('r5','r6')\n  AND metrics.loss > 0.3\n  AND metrics.\"f1 score\" < 0.55\n"
            '  AND params.model LIKE "No%"\n',
            "r5",
        ),
    ],
)
def test_a_search_of_mlflow_finds_its_runs(guide: Filtered, search: str, found: str) -> None:
    assert guide.shown(search) == found
