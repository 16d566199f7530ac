"""Optuna: a run for each trial, in a group for the study.

callback = LabtopCallback("runs")
study.optimize(objective, callbacks=[callback])              # recorded when the trial is over
study.optimize(callback.track(objective), n_trials=20)       # recorded meanwhile: the objective logs to the trial's run
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import labtop
from labtop.callbacks.alike import Alike
from labtop.callbacks.needs import needs
from labtop.callbacks.training import TRIAL
from labtop.recording.outcome import outcome_of

with needs("optuna", install="optuna"):
    from optuna import Study, Trial, TrialPruned
    from optuna.study import StudyDirection
    from optuna.trial import FrozenTrial, TrialState

Objective = Callable[[Trial], Any]
_NO_NUMBER: Final = "returned no number"


class LabtopCallback:
    """Records trials: suggested params as params, `value` (of several objectives the study's `metric_names`, or
    `values_0`, `values_1` ...) with the study's direction as its goal, what was reported as `intermediate_value` at the
    steps reported. A pruned trial is finished and has the tag `pruned`.

    Arguments are those of `labtop.init`. The run that is active, if there is one, is the parent of all.
    """

    def __init__(self, root: str | os.PathLike[str] | None = None, **options: Any) -> None:
        self._runs = Alike(root, options)
        self._tracked: set[tuple[str, int]] = set()

    def __call__(self, study: Study, trial: FrozenTrial) -> None:
        """Record a trial that is over; Optuna calls this."""
        key = (study.study_name, trial.number)
        if key in self._tracked:
            self._tracked.discard(key)
            return
        run = self._begin(study, trial.number, heartbeat_s=0)
        _write(run, study, trial, trial.values)
        if trial.state == TrialState.FAIL:
            run.finish("failed", error=f"the objective raised an error, or {_NO_NUMBER}")
        else:
            run.finish()

    def track(self, objective: Objective) -> Objective:
        """The objective with a run around each call, to which `labtop.log` and the other callbacks log meanwhile."""

        @wraps(objective)
        def tracked(trial: Trial) -> Any:
            self._tracked.add((trial.study.study_name, trial.number))
            run = self._begin(trial.study, trial.number)
            token = TRIAL.set(run)
            try:
                value = objective(trial)
            except BaseException as error:
                _end(run, trial, None, error)
                raise
            finally:
                TRIAL.reset(token)
            _end(run, trial, value)
            return value

        return tracked

    @property
    def run(self) -> labtop.Run | None:
        """Within a tracked objective its trial's run, also where `n_jobs` trials run side by side."""
        return TRIAL.get()

    def _begin(self, study: Study, number: int, **more: Any) -> labtop.Run:
        return self._runs.init(study.study_name, name=f"trial-{number}", **more)


def _end(run: labtop.Run, trial: Trial, value: Any, error: BaseException | None = None) -> None:
    """End the run of an objective that returned, or raised."""
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    frozen = trial.study.get_trials(deepcopy=False)[trial.number]
    _write(run, trial.study, frozen, values if error is None else None)
    if error is not None and not isinstance(error, TrialPruned):
        run.end(outcome_of(error))
        return
    if error is not None:
        run.tag("pruned")
    are_numbers = error is not None or all(each == each and each is not None for each in values)
    if are_numbers:
        run.finish()
    else:
        run.finish("failed", error=f"the objective {_NO_NUMBER}")


def _write(run: labtop.Run, study: Study, trial: FrozenTrial, values: list[Any] | None) -> None:
    """Params, reported values and, where there are any, the values that the objective returned."""
    run.params.update(trial.params)
    run.describe(attributes={**trial.user_attrs, "trial": trial.number})
    if trial.state == TrialState.PRUNED:
        run.tag("pruned")
    several = len(study.directions) > 1
    for step, value in sorted(trial.intermediate_values.items()):
        run.log({"intermediate_value": value}, step)
    names = study.metric_names or ([f"values_{i}" for i in range(len(study.directions))] if several else ["value"])
    for name, direction in zip(names, study.directions, strict=True):
        goal = "max" if direction == StudyDirection.MAXIMIZE else "min"
        run.metric(name, goal=goal)  # type: ignore[arg-type]
        if trial.intermediate_values and not several:
            run.metric("intermediate_value", goal=goal)  # type: ignore[arg-type]
    if values is not None:
        run.log(dict(zip(names, values, strict=False)), max(trial.intermediate_values, default=0))
