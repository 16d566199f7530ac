"""Which form a file is taken for: logs of trainings are claimed, data sets and logs of requests are not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labtop.store.read.dialects.dialect import HEAD_BYTES
from labtop.store.read.dialects.prefixed import parse_prefixed
from labtop.store.read.dialects.registry import judge, lines_of


def lines(*objects: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in objects)


def behind_text(*objects: dict[str, Any]) -> bytes:
    return b"".join(b"INFO handled " + json.dumps(each).encode() + b"\n" for each in objects)


def rows(header: str, *rows_below: str) -> bytes:
    return "\n".join([header, *rows_below, ""]).encode()


SWEEPS = {
    "every combination of settings": lines(
        *({"lr": lr, "width": width, "acc": lr * width} for lr in (0.1, 0.2) for width in (8, 16))
    ),
    "settings that repeat, as with other random starts": lines(
        *({"lr": 0.1, "width": width, "acc": acc} for width in (8, 16) for acc in (0.5, 0.75, 0.625))
    ),
    "settings in an object": lines(*({"config": {"units": n, "act": "relu"}, "acc": 0.5} for n in (8, 16))),
    "long paths that repeat": lines(
        *({"depth": depth, "wd": 0.1, "load": "/models/" + "x" * 90, "acc": 0.5} for depth in (1, 2))
    ),
}
NO_SWEEPS = {
    "a ranking": lines(*({"rank": rank, "title": f"film {rank}", "rating": 9.3} for rank in range(9))),
    "prompts of one setting": lines(
        *({"prompt": f"{n} + {n}", "temperature": 0.7, "seed": 1, "score": n / 30} for n in range(30))
    ),
    "prompts that are drawn": lines(
        *({"prompt": f"{n} + {n}", "temperature": 0.7, "seed": n, "score": n / 30} for n in range(30))
    ),
    "long texts under any name": lines(
        *({"hint": f"tell me all of number {n}", "depth": 1, "seed": n, "score": n / 30} for n in range(30))
    ),
    "retrieval": lines(*({"k": k, "dataset": data, "recall": 0.5} for k in (1, 5) for data in ("a", "b"))),
    "one training with a schedule": lines(
        *({"lr": 0.1 / (n + 1), "batch_size": 32 << n // 10, "loss": 1 / (n + 1)} for n in range(30))
    ),
    "one training after the other, which count": lines(
        *({"lr": 0.1, "width": w, "current_epoch": epoch, "acc": 0.5} for w in (8, 16) for epoch in range(3))
    ),
}


@pytest.mark.parametrize("head", SWEEPS.values(), ids=SWEEPS)
def test_each_line_is_a_run(head: bytes) -> None:
    assert judge(head, whole=True) == "sweep"


@pytest.mark.parametrize("head", NO_SWEEPS.values(), ids=NO_SWEEPS)
def test_lines_that_are_no_runs(head: bytes) -> None:
    assert judge(head, whole=True) == "jsonl"


TABLES = {
    "a step": rows("step,loss", "1,0.5"),
    "a strong step beside a text": rows("epoch,model,loss", "1,net,0.5"),
    "an elapsed time": rows("elapsed,loss", "1.5,0.5", "3,0.4", "4.5,0.45"),
    "a clock and a mode": rows("timestamp,mode,acc", "1.7e9,train,0.5", "1700000009,val,0.4", "1700000009,val,0.4"),
    "rounds": rows("round,client_id,acc", "1,a,0.5", "1,b,0.4", "2,a,0.45"),
}
NO_TABLES = {
    "posts": rows("id,title,score,num_comments", "1,a b,3,4", "2,c,4,5", "3,d,4,5"),
    "files": rows("name,size,score", "a,3,4", "b,4,5", "c,5,6"),
    "sales": rows("date,product,return", "2024-01-01,a,3", "2024-01-02,a,3", "2024-01-03,b,4"),
    "words": rows("word,count,f1", "a,3,4", "b,4,5", "c,5,6"),
    "requests": rows("elapsed,label,latency", "3,a,3", "4,b,4", "5,c,4"),
    "requests without a label": rows("elapsed,code,latency", "3,200,3", "2,200,4", "5,200,4"),
    "matches": rows("round,team,points", "1,a,3", "2,b,4", "3,c,5"),
    "matches in numbers": rows("round,wins,points", "1,1,3", "2,2,4", "3,2,5"),
    "always the same round": rows("round,score", "1,1", "1,2", "1,2"),
}


@pytest.mark.parametrize("head", TABLES.values(), ids=TABLES)
def test_tables_of_trainings(head: bytes) -> None:
    assert judge(head, whole=True) == "csv"
    assert judge(head, whole=False) == "csv"


@pytest.mark.parametrize("head", NO_TABLES.values(), ids=NO_TABLES)
def test_tables_that_are_data(head: bytes) -> None:
    assert judge(head, whole=True) == "none"
    assert judge(head, whole=False) != "csv"


def test_more_rows_of_a_table_do_not_change_what_it_is() -> None:
    table = rows("elapsed,loss", "1,0.5", "2,0.4", "3,0.4", "1,0.5", "what,now")
    assert [judge(b"\n".join(table.split(b"\n")[:n]) + b"\n", whole=False) for n in (3, 4, 5, 6)] == [
        "undecided",
        *["csv"] * 3,
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1,0.5\rrest", "not CSV: new-line character seen in unquoted field"),
        (b'1,"' + b"x" * 140_000 + b'"', "not CSV: field larger than field limit (131072)"),
        (b"1,2,3", "3 cells under a header of 2"),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected_with_a_reason(row: bytes, reason: str) -> None:
    parse = lines_of("csv").parser(b"step,loss\n1,0.5\n")
    assert parse(row) == ((), reason)
    assert parse(b"2,0.25").objects == ({"step": 2, "loss": 0.25},)


def test_a_table_may_begin_with_a_broken_line() -> None:
    assert judge(b"step,lo\rss\n1,0.5\n", whole=True) == "none"


LOGS_BEHIND_TEXT = {
    "a strong step": behind_text({"num_updates": 3, "gnorm": 1.5}),
    "a weak step beside a strong one": behind_text({"epoch": 1, "batch": 9, "gnorm": 1.5}),
    "a weak step that counts": behind_text(*({"batch": n, "loss": 0.5} for n in (1, 1, 2))),
}
NO_LOGS_BEHIND_TEXT = {
    "requests": behind_text(*({"batch": n, "rows": 100} for n in range(30))),
    "requests that are timed": behind_text(*({"batch": n % 7, "latency": 0.5} for n in range(5, 30))),
    "batches of one size": behind_text(*({"batch": 32, "latency": 0.5} for _ in range(30))),
}


@pytest.mark.parametrize("head", LOGS_BEHIND_TEXT.values(), ids=LOGS_BEHIND_TEXT)
def test_objects_behind_text_of_a_training(head: bytes) -> None:
    assert judge(head, whole=True) == "prefixed"


@pytest.mark.parametrize("head", NO_LOGS_BEHIND_TEXT.values(), ids=NO_LOGS_BEHIND_TEXT)
def test_objects_behind_text_of_a_service(head: bytes) -> None:
    assert judge(head, whole=True) == "none"


def test_a_long_line_of_text_takes_no_time() -> None:
    # A search that goes back from each character would not end while anybody waits.
    assert judge(b"x " * (HEAD_BYTES // 2 - 1) + b"\n", whole=False) in ("none", "undecided")
    assert parse_prefixed(b"x" * 1000 + b'{"step": 1, "loss": 2}').objects == ()
