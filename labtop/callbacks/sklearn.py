"""scikit-learn: `record_search(search.fit(X, y))`, of GridSearchCV, RandomizedSearchCV and the halving ones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from time import localtime, strftime
from typing import Any

import labtop
from labtop.callbacks.alike import Alike


def record_search(search: Any, root: str | os.PathLike[str] | None = None, **options: Any) -> str:
    """Record a search that was fitted: a run for each candidate, in a group, whose name is returned.

    Params are the candidate's; metrics have the names of `cv_results_`: mean, deviation and fold scores, rank and fit
    time. A halving search gives each candidate a curve over its resources. The best has the tag `best`; one of which
    fits failed is a failed run. `options` are those of `labtop.init`. Raises TypeError for what was not fitted.
    """
    results = getattr(search, "cv_results_", None)
    if not isinstance(results, Mapping):
        raise TypeError("record_search takes a search that was fitted: call its fit(X, y) first")
    kind, estimator = type(search).__name__, type(search.estimator).__name__
    group = str(options.pop("group", None) or f"{estimator}-{kind}-{strftime('%Y%m%d-%H%M%S', localtime())}")
    attributes = {"estimator": estimator, "search": kind, "folds": getattr(search, "n_splits_", None)}
    runs = Alike(root, options)
    best = getattr(search, "best_index_", None)
    for number, rows in enumerate(_candidates(results)):
        params = results["params"][rows[0]]
        state = {**search.estimator.get_params(), **params}.get("random_state")
        known = {"params": params, "attributes": attributes, "seed": state if isinstance(state, int) else None}
        run = runs.init(group, name=f"candidate-{number}", heartbeat_s=0, **known)
        if best in rows:
            run.tag("best")
        _write(run, results, rows)
    return group


def _candidates(results: Mapping[str, Any]) -> Iterator[list[int]]:
    """The rows of each candidate: a halving search has one for each iteration that it came into."""
    if "iter" not in results:
        yield from ([row] for row in range(len(results["params"])))
        return
    rows: dict[str, list[int]] = {}
    for row, params in enumerate(results["params"]):
        rows.setdefault(repr(sorted(params.items(), key=lambda item: item[0])), []).append(row)
    yield from rows.values()


def _write(run: labtop.Run, results: Mapping[str, Any], rows: list[int]) -> None:
    names = [name for name in results if name != "params" and not name.startswith("param_") and name != "iter"]
    scores = [name for name in names if name.startswith("split")]
    for name in names:
        if name.startswith("mean_test_"):
            run.metric(name, goal="max")  # a scorer is greater where it is better
        elif name.startswith("rank_test_"):
            run.metric(name, goal="min")
        elif name in ("mean_fit_time", "mean_score_time"):
            run.metric(name, unit="s")
    resources = results.get("n_resources")
    for row in rows:
        run.log({name: results[name][row] for name in names}, int(resources[row]) if resources is not None else 0)
    lost = sum(1 for name in scores if results[name][rows[-1]] != results[name][rows[-1]])
    if lost:
        run.finish("failed", error=f"{lost} of {len(scores)} scores are NaN: fits failed")
    else:
        run.finish()
