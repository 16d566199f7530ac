"""scikit-learn: a run for each candidate of a search."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.tree import DecisionTreeClassifier

from labtop.callbacks.sklearn import record_search
from labtop.store.model import Status

POINTS = np.random.default_rng(3).random((90, 3))
TARGETS = POINTS.sum(axis=1)
CLASSES = (POINTS[:, 0] > 0.5).astype(int)


def test_a_grid_is_a_group_of_runs(read: Any) -> None:
    search = GridSearchCV(Ridge(random_state=1), {"alpha": [0.1, 1.0, 10.0]}, cv=3, return_train_score=True).fit(
        POINTS, TARGETS
    )
    group = record_search(search, tags=["grid"])
    runs = read()
    assert sorted(runs) == [f"{group}/candidate-{number}" for number in range(3)]
    results = search.cv_results_
    for number in range(3):
        detail = runs[f"{group}/candidate-{number}"]
        assert {name: each.value for name, each in detail.params.items()} == {**results["params"][number], "seed": 1}
        assert (detail.run.status, detail.run.group, detail.missing) == (Status.FINISHED, group, ("code", "data"))
        assert ("best" in detail.run.tags) == (number == search.best_index_)
        for name in ("mean_test_score", "std_test_score", "split2_test_score", "mean_train_score", "mean_fit_time"):
            assert detail.metrics[name].last == pytest.approx(results[name][number])
        assert detail.metrics["mean_test_score"].goal == "max"
        assert detail.metrics["rank_test_score"].goal == "min"


def test_several_scores_keep_their_names(read: Any) -> None:
    scoring = ["r2", "neg_mean_squared_error"]
    search = RandomizedSearchCV(Ridge(), {"alpha": [0.1, 1.0, 10.0]}, n_iter=2, scoring=scoring, refit=False, cv=2)
    record_search(search.fit(POINTS, TARGETS), group="random")
    runs = read()
    assert sorted(runs) == ["random/candidate-0", "random/candidate-1"]
    assert runs["random/candidate-0"].metrics["mean_test_neg_mean_squared_error"].goal == "max"


def test_a_halving_search_gives_curves_over_resources(read: Any, curve: Any) -> None:
    depths = {"max_depth": [1, 2, 3, 4]}
    search = HalvingGridSearchCV(DecisionTreeClassifier(random_state=1), depths, cv=2, factor=2, random_state=1)
    group = record_search(search.fit(POINTS, CLASSES))
    runs = read()
    assert len(runs) == 4
    (best,) = (name for name, detail in runs.items() if "best" in detail.run.tags)
    assert best.startswith(group)
    assert [step for step, _ in curve(best, "mean_test_score")] == search.n_resources_[: search.n_iterations_]
    assert runs[best].params["max_depth"].value == search.best_params_["max_depth"]


def test_candidates_whose_fits_failed_are_failed_runs(read: Any) -> None:
    search = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [2, -5]}, cv=2).fit(POINTS, CLASSES)
    group = record_search(search)
    runs = read()
    assert runs[f"{group}/candidate-0"].run.status is Status.FINISHED
    failed = runs[f"{group}/candidate-1"].run
    assert (failed.status, failed.error) == (Status.FAILED, "2 of 2 scores are NaN: fits failed")


def test_what_was_not_fitted_is_told() -> None:
    with pytest.raises(TypeError, match=r"call its fit\(X, y\) first"):
        record_search(GridSearchCV(Ridge(), {"alpha": [1.0]}))


def test_the_example_of_the_docs(read: Any, documented: Any) -> None:
    documented("scikit-learn search", GridSearchCV=GridSearchCV, Ridge=Ridge, x=POINTS, y=TARGETS)
    assert len(read()) == 3
