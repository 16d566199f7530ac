import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtop.store.read.dialects.dialect import HEAD_BYTES, Judgement
from labtop.store.read.dialects.json_lines import JsonLines


def judge(head: bytes, *, whole: bool) -> Judgement:
    return JsonLines().judge(head, whole=whole)


def lines(*objects: object) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in objects)


@pytest.mark.parametrize(
    "head",
    [
        lines({"step": 0, "loss": 1.5}),
        lines({"epoch": 0, "step": 1}),
        lines({"event": "log", "text": "hello"}),
        lines({"step": 0, "spans": [{"name": "get_batch", "duration": 0.007}]}),
        lines({"data": {"actor": {"loss": 1}}}),
        lines({"step": "1", "loss": "0.5"}),
        lines({"env_info": "...", "config": "..."}, {"mode": "train", "iter": 1, "loss": 1.0}),
        lines({}, {"step": 1}, {"step": 2}, {"time": 0.31}),
        lines(*({"step": step} for step in range(19)), {"step": 19, "loss": 1}),
        b'\xef\xbb\xbf\r\n{"loss": NaN}\r\n',
        b"\0" * 100 + b'{"loss": 1}\n',
        b'{"loss": 1}\n{"half',
        b'{"step": 1}{"loss": 1}\n',
        lines({"step": 1, **{f"key{index}": index for index in range(20_000)}}),
    ],
)
def test_logs(head: bytes) -> None:
    assert judge(head, whole=False) == "log"
    assert judge(head, whole=True) == "log"


@pytest.mark.parametrize(
    "head",
    [
        b'{\n  "best_metric": null,\n  "log_history": [{"loss": 1}]\n}\n',
        b"[1, 2, 3]\n",
        b"[\n  1.0,\n",
        b"Epoch 1\n" + lines({"loss": 1}),
        b"Epoch 1",
        b"epoch,loss\n0,1.5\n",
        lines("text", {"loss": 1}),
        lines(*[{"messages": [{"role": "user", "content": "hi"}]}] * 20),
        lines(*[{"prompt": "2 + 2", "answer": "4", "ok": True}] * 20),
        lines(*({"step": step} for step in range(20)), {"loss": 1}),
        lines(*[{"time": 1.7e9, "host_id": 3, "text": "started"}] * 20),
        lines(*[{}] * 20),
    ],
)
def test_what_is_no_log(head: bytes) -> None:
    assert judge(head, whole=False) == "none"
    assert judge(head, whole=True) == "none"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\n\n",
        b"\0" * 4096,
        b'{"step": 1, "lo',
        b'  {"messages": ["h',
        lines({}),
        lines({"step": 1}, {"step": 2}),
        lines({"env_info": "...", "config": "..."}),
        lines({"messages": [{"role": "user", "content": "hi"}]}),
    ],
)
def test_undecided_until_there_is_more(head: bytes) -> None:
    assert judge(head, whole=False) == "undecided"


def test_a_last_line_without_newline_counts_in_a_whole_file() -> None:
    assert judge(b'{"loss": 1}', whole=True) == "log"
    assert judge(b'{"loss": 1}', whole=False) == "undecided"
    assert judge(b'{"loss": 1', whole=True) == "undecided"


def test_a_full_head_that_tells_nothing_is_no_log() -> None:
    assert judge(b'{"image": "' + b"x" * HEAD_BYTES, whole=False) == "none"


@given(
    st.lists(
        st.sampled_from(
            [{}, {"step": 1}, {"prompt": "x"}, {"loss": 1.0}, {"event": "run"}, {"event": "x"}, [1], "text"]
        ),
        max_size=25,
    ),
    st.data(),
)
def test_more_bytes_never_change_a_decision(objects: list[object], data: st.DataObject) -> None:
    whole = lines(*objects)
    early = judge(whole[: data.draw(st.integers(0, len(whole)))], whole=data.draw(st.booleans()))
    assert early in ("undecided", judge(whole, whole=True))
