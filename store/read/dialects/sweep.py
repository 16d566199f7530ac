"""Sweeps: a file of results in which every line is a finished trial, with its parameters and no step."""

from __future__ import annotations

from labtop.store.read.dialects.dialect import Judgement, Parse
from labtop.store.read.dialects.json_lines import JsonLines
from labtop.store.read.flatten import flatten
from labtop.store.read.goals import is_counter
from labtop.store.read.keys import (
    CLOCK_KEYS,
    ELAPSED_KEYS,
    PARAM_OBJECT_KEYS,
    PREFIX_KEYS,
    RUN_KEY,
    RUN_KEYS,
    STEP_KEYS,
    is_id_key,
    words,
)
from labtop.store.read.lines import Parsed, parse, split
from labtop.store.read.scalars import number, step_number

_LINES = 20
_PLACED = frozenset((*ELAPSED_KEYS, RUN_KEY, *RUN_KEYS, "event"))
_NO_SETTING = frozenset((*CLOCK_KEYS, *PREFIX_KEYS))
_SCHEDULED = words("lr learning_rate momentum temperature temp beta tau eps epsilon")
_SETTINGS = _SCHEDULED | words(
    "bs batch_size train_batch_size seed wd weight_decay width depth layers n_layers num_layers heads n_heads "
    "num_heads dim hidden hidden_size hidden_dim embed_dim dropout epochs n_epochs num_epochs max_epochs num_steps "
    "max_steps optimizer optim opt gamma alpha lambda l1 l2 rank lora_rank k n fold model model_name arch architecture "
    "dataset data task warmup warmup_length warmup_steps warmup_ratio ls label_smoothing clip grad_clip scheduler "
    "n_estimators max_depth min_samples_leaf min_child_weight subsample colsample_bytree num_leaves c kernel degree"
)


class Sweep:
    """A log whose lines each hold a result and settings, all combinations of which differ, in more than what a schedule
    changes while one run trains."""

    kind = "sweep"
    rank = 0
    line_is_run = True
    has_headers = False
    is_rewritten = False

    def judge(self, head: bytes, *, whole: bool) -> Judgement:
        """By the first lines; two at least."""
        lines, consumed = split(head)
        if whole:
            lines = [*lines, head[consumed:]]
        parsed = [parse(line) for line in lines[:_LINES] if line.strip()]
        if len(parsed) < 2 or any(len(each.objects) != 1 for each in parsed):
            return "none"
        trials = [each.objects[0] for each in parsed]
        if JsonLines().judge(head, whole=whole) != "log" or not all(map(_is_trial, trials)):
            return "none"
        settings = [_settings(trial) for trial in trials]
        if len({repr(sorted(each.items())) for each in settings}) < len(settings):
            return "none"
        telling = {repr([value for key, value in each.items() if key.lower() not in _SCHEDULED]) for each in settings}
        return "log" if len(telling) > 1 else "none"

    def parser(self, head: bytes) -> Parse:
        """The settings as parameters, the others as metrics, of a run that is finished."""
        return _parse_trial


def _parse_trial(line: bytes) -> Parsed:
    parsed = parse(line)
    trials: list[dict[str, object]] = []
    for obj in parsed.objects:
        settings = _settings(obj)
        results = {key: value for key, value in obj.items() if key not in settings}
        trials += [{"params": settings, **results}, {"event": "end", "status": "finished"}]
    return Parsed(tuple(trials), parsed.reason)


def _settings(trial: dict[str, object]) -> dict[str, object]:
    """The parameters of a trial: known names, texts, truths, lists and objects of parameters."""
    settings: dict[str, object] = {}
    for key, value in trial.items():
        lower = key.lower()
        if lower in PARAM_OBJECT_KEYS and isinstance(value, dict):
            settings.update(value)
        elif lower in _NO_SETTING or is_id_key(key):
            continue
        elif lower in _SETTINGS or _is_no_result(value):
            settings[key] = value
    return settings


def _is_no_result(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, str) for item in value)
    return isinstance(value, bool) or (isinstance(value, str) and number(value) is None)


def _is_trial(obj: dict[str, object]) -> bool:
    """Whether a line has settings, one of them a known number, and a result, and nothing that places it in time or in
    a run."""
    flat = flatten(obj)
    if any(key.lower() in _PLACED for key in flat) or any(
        key.lower() in STEP_KEYS and step_number(value) is not None for key, value in flat.items()
    ):
        return False
    settings = _settings(obj)
    known = sum(key.lower() in _SETTINGS and number(value) is not None for key, value in settings.items())
    results = (key for key, value in flat.items() if key not in settings and number(value) is not None)
    return known > 0 and len(settings) > 1 and any(not is_id_key(key) and not is_counter(key) for key in results)
