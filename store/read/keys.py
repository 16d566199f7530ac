"""The keys that the event format names: which of them is a step, a clock, a prefix, a run, a set of parameters.

All are lower case; keys of lines are compared in lower case.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


MOST_KEYS = 10_000
"""Metrics of a file, and attributes of a run in it, that are kept; what further keys hold is left out and counted."""

EVENT_NAMES = words(
    "run metrics params metric system log artifact heartbeat note tag hide hypothesis decision alert stage end"
)
"""Values of `event` that are labtop's own."""

STEP_KEYS = (
    "_step",
    "global_step",
    "global_step/max_steps",
    "trainer/global_step",
    "current_steps",
    "step",
    "step_count",
    "iteration",
    "iter",
    "num_updates",
    "train_num_updates",
    "valid_num_updates",
    "training_iteration",
    "time/total_timesteps",
    "timesteps_total",
    "total/steps",
    "update",
    "batch",
    "round",
    "epoch",
)
"""The first one present with a number is the step of a line."""

WEAK_STEP_KEYS = frozenset(("update", "batch", "round"))
"""Steps by which other programs count too, as requests in a batch."""

TOTAL_STEP_KEYS = ("total_steps", "max_steps", "num_training_steps", "total_iterations", "max_iters")
"""How many steps the run will have, where a line says so."""

CLOCK_KEYS = ("_timestamp", "timestamp", "ts", "time", "datetime", "date", "created_at", "wall_time", "ts_iso")
"""May hold a moment; only a value that looks like one counts."""

ELAPSED_KEYS = (
    "_runtime",
    "elapsed_time",
    "time_total_s",
    "time_elapsed",
    "time/time_elapsed",
    "wall",
    "wall_time_sec",
    "elapsed",
)
"""Time since the run began."""

DONE_KEYS = frozenset(("done", "training_iteration"))
"""Ray says with the first that a trial is over; without the second it is an episode that is."""

REMAINING_KEYS = ("remaining_time", "eta_seconds", "eta")
"""Time until the run ends, as the writer estimates it."""

PREFIX_KEYS = ("mode", "split", "phase", "stage", "subset")
"""With a text value, these go before the names of the line's metrics."""

PRIVATE_KEYS = frozenset(("_wandb",))
"""What a tool notes for itself."""

RUN_KEY = "run"
"""Names the run below the whole root."""

RUN_KEYS = ("run_id", "trial_id", "run_name")
"""Name the run within the folder of the file."""

PARAM_OBJECT_KEYS = frozenset(("config", "params", "hparams", "args", "cfg"))
"""An object under one of these is a set of parameters."""

WRAPPER_KEYS = frozenset(("data", "metrics", "scalars", "log"))
"""An object under one of these is the line itself, one level down."""

GENERIC_NAMES = words(
    "events metrics metric log logs train_log train_logs trainer_log training_log train_metrics training_metrics "
    "eval_log eval_metrics val_log val_metrics validation_log validation_metrics test_log test_metrics train "
    "training val valid validation eval evaluation logging progress result results scalars history trainer_state "
    "wandb-history wandb-summary wandb-events checkpoints timing_spans system stdout stderr stats"
)
"""File names, without extension, that say nothing: the folder names the run."""

_ID_KEYS = words("id pid ppid uuid guid node_ip ip ip_address host hostname node nodename user username")


def is_id_key(key: str) -> bool:
    """Whether a value under `key` identifies something (a process, a host, a trial) and so is never a metric."""
    leaf = key.rpartition("/")[2].lower()
    return leaf in _ID_KEYS or leaf.endswith(("_id", "_pid", "_uuid"))
