"""Sweeps: a file of results in which every line is a finished trial, with its parameters and no step."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

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
from labtop.store.read.nested import nested_repr
from labtop.store.read.scalars import number, step_number

_LINES = 20
_PLACED = frozenset((*ELAPSED_KEYS, RUN_KEY, *RUN_KEYS, "event"))
_NO_SETTING = frozenset((*CLOCK_KEYS, *PREFIX_KEYS))
_SCHEDULED = words("lr learning_rate momentum temperature temp beta tau eps epsilon bs batch_size train_batch_size")
_SETTINGS = _SCHEDULED | words(
    "seed wd weight_decay width depth layers n_layers num_layers heads n_heads num_heads dim hidden hidden_size "
    "hidden_dim embed_dim dropout epochs n_epochs num_epochs max_epochs num_steps max_steps optimizer optim opt gamma "
    "alpha lambda l1 l2 lora_rank fold model model_name arch architecture dataset warmup warmup_length warmup_steps "
    "warmup_ratio ls label_smoothing clip grad_clip scheduler n_estimators max_depth min_samples_leaf "
    "min_child_weight subsample colsample_bytree num_leaves kernel"
)
_KNOWN = 2  # settings of these names that make a trial: one alone stands in data sets too
_DATA = words("text title question answer prompt completion instruction response messages sentence review")
_LONG_TEXT = 80  # characters; longer ones, or of more words, are no settings but what a data set is made of
_MANY_WORDS = 4


class Sweep:
    """A log whose lines each hold a result and settings, which differ in more than what a schedule changes while one
    run trains. Where settings repeat, as with another random start, nothing may count up meanwhile: that is a training.
    """

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
        if _hold_data(trials) or _count_up(trials):
            return "none"
        telling = {
            nested_repr([value for key, value in _known(trial) if key.lower() not in _SCHEDULED]) for trial in trials
        }
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


def _known(trial: dict[str, object]) -> list[tuple[str, object]]:
    """The settings that are known by their name, or by that of the object in which they stand."""
    said = {key for key, value in trial.items() if key.lower() in PARAM_OBJECT_KEYS and isinstance(value, dict)}
    inner = {name for key in said if isinstance(held := trial[key], dict) for name in held}
    settings = _settings(trial).items()
    return [(key, value) for key, value in settings if key in inner or key.lower() in _SETTINGS]


def _hold_data(trials: Sequence[dict[str, object]]) -> bool:
    """Whether the lines are of a data set: they hold prompts, titles, or texts of many words that all differ."""
    texts: dict[str, list[str]] = {}
    for trial in trials:
        for key, value in trial.items():
            if key.lower() in _DATA:
                return True
            if isinstance(value, str):
                texts.setdefault(key, []).append(value)
    return any(len(set(each)) == len(each) > 1 and any(map(_is_long, each)) for each in texts.values())


def _is_long(text: str) -> bool:
    return len(text) > _LONG_TEXT or len(text.split()) > _MANY_WORDS


def _count_up(trials: Sequence[dict[str, object]]) -> bool:
    """Whether a whole number that counts rises from line to line wherever the settings stay the same."""
    repeats = [(one, other) for one, other in pairwise(trials) if _settings(one) == _settings(other)]
    return any(
        all(_rises(one.get(key), other.get(key)) for one, other in repeats)
        for key in (repeats[0][0] if repeats else ())
        if is_counter(key)
    )


def _rises(before: object, after: object) -> bool:
    return type(before) is int and type(after) is int and before < after


def _is_no_result(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, str) for item in value)
    return isinstance(value, bool) or (isinstance(value, str) and number(value) is None)


def _is_trial(obj: dict[str, object]) -> bool:
    """Whether a line has known settings, one of them a number, and a result, and nothing that places it in time or in a
    run."""
    flat = flatten(obj)
    if any(key.lower() in _PLACED for key in flat) or any(
        key.lower() in STEP_KEYS and step_number(value) is not None for key, value in flat.items()
    ):
        return False
    settings, known = _settings(obj), _known(obj)
    results = (key for key, value in flat.items() if key not in settings and number(value) is not None)
    if len(known) < _KNOWN or all(number(value) is None for _, value in known):
        return False
    return any(not is_id_key(key) and not is_counter(key) for key in results)
