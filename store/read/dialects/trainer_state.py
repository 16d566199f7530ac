"""`trainer_state.json` of the Hugging Face Trainer: the whole history as one document, rewritten at each checkpoint."""

from __future__ import annotations

from labtop.store.read.dialects.dialect import Broken, Judgement
from labtop.store.read.lines import parse, split

_HISTORY = "log_history"
_BEGINS = b"\0 \t\r\n\xef\xbb\xbf"
_LOOKED_AT = 64 << 10
_PARAMS = ("num_train_epochs", "train_batch_size", "logging_steps", "eval_steps", "save_steps")


class TrainerState:
    """A document is one object with a list `log_history`; its keys are sorted, so that list is not far."""

    kind = "trainer_state"
    rank = 2
    is_rewritten = True

    def judge(self, head: bytes, *, whole: bool) -> Judgement:
        """By the key, in an object that does not end with its first line unless that is the only one."""
        if not head.lstrip(_BEGINS).startswith(b"{"):
            return "undecided" if not head.strip(_BEGINS) and not whole else "none"
        lines, consumed = split(head)
        first = next((line for line in lines if line.strip()), None)
        if first is not None and parse(first).objects:
            alone = len(lines) == 1 and not head[consumed:].strip()
            return "log" if alone and isinstance(parse(first).objects[0].get(_HISTORY), list) else "none"
        if f'"{_HISTORY}"'.encode() in head[:_LOOKED_AT]:
            return "log" if first is not None or whole else "undecided"
        return "none" if whole or len(head) >= _LOOKED_AT else "undecided"

    def objects(self, data: bytes) -> list[dict[str, object]]:
        """What the Trainer logged, line for line, behind what it says of the run."""
        parsed = parse(data)
        if parsed.reason is not None or not parsed.objects:
            begun = data.lstrip(_BEGINS)[:1] in (b"", b"{")
            raise (Broken if begun else ValueError)(parsed.reason or "empty")
        state = parsed.objects[0]
        history = state.get(_HISTORY)
        if not isinstance(history, list):
            raise ValueError(f"no list {_HISTORY}")
        params = {key: state[key] for key in _PARAMS if state.get(key) is not None}
        run: dict[str, object] = {"event": "run", "total_steps": state.get("max_steps"), "params": params}
        return [run, *(line for line in history if isinstance(line, dict))]
