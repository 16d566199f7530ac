"""What a metric's name says of it: whether less or more of it is better, or whether it merely counts."""

from __future__ import annotations

import re
from itertools import pairwise

from labtop.store.model import Goal
from labtop.store.read.keys import (
    CLOCK_KEYS,
    ELAPSED_KEYS,
    REMAINING_KEYS,
    STEP_KEYS,
    TOTAL_STEP_KEYS,
    is_id_key,
    words,
)

_SEPARATORS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_LESS = words("loss err error perplexity ppl wer cer mae mse rmse fid latency")
_MORE = words(
    "acc aacc macc accuracy f1 auc bleu rouge reward rew return map ap iou miou psnr ssim r2 precision recall score"
)
_NO_GOAL = words("lr scale time count")

_COUNTER_KEYS = frozenset((*STEP_KEYS, *CLOCK_KEYS, *ELAPSED_KEYS, *REMAINING_KEYS, *TOTAL_STEP_KEYS)) | words(
    "steps epochs iterations episodes timesteps tokens samples batch_size world_size seed rank progress percentage"
)
_COUNTER_FIRST = words("total n num elapsed remaining cumulative")
_COUNTER_LAST = words(
    "time count counts seen processed sec secs second seconds ms minutes hours runtime duration elapsed steps step "
    "epoch epochs iter iters iteration iterations episodes timesteps tokens samples examples params parameters "
    "size length total s"
)
_COUNTER_ANYWHERE = words(
    "lr time eta memory mem fps throughput timestamp utilization flops flos gpu cpu ram vram speed momentum"
)
_COUNTER_FOLDERS = words("time timing timings timer timers perf progress system sys")


def _tokens(name: str) -> list[str]:
    """The words of a name; `f1` and `r2` are words, other digits part them."""
    tokens: list[str] = []
    for word in _SEPARATORS.split(name.lower()):
        tokens += [word] if word in _MORE else [token for token in _DIGITS.split(word) if token]
    return tokens


def infer_goal(name: str) -> Goal | None:
    """The goal of a metric that nobody declared, by whole words of its name; None where no best is known."""
    tokens = _tokens(name)
    if not _NO_GOAL.isdisjoint(tokens):
        return None
    if not _LESS.isdisjoint(tokens):
        return "min"
    return None if _MORE.isdisjoint(tokens) else "max"


def is_counter(name: str) -> bool:
    """Whether a metric counts, times or schedules the training (step, lr, tokens seen, memory) and tells no result."""
    if name.lower() in _COUNTER_KEYS:
        return True
    if infer_goal(name) is not None:
        return False
    *folders, leaf = name.lower().split("/")
    tokens = _tokens(leaf) or _tokens(name)
    if leaf in _COUNTER_KEYS or is_id_key(leaf) or not _COUNTER_FOLDERS.isdisjoint(folders):
        return True
    return bool(tokens) and (
        tokens[0] in _COUNTER_FIRST
        or tokens[-1] in _COUNTER_LAST
        or not _COUNTER_ANYWHERE.isdisjoint(tokens)
        or ("learning", "rate") in pairwise(tokens)
    )
