"""The same simple script for W&B itself, offline, and for `labtop.compat.wandb`: what was logged is the same."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("wandb")

_SCRIPT = """
import argparse
import IMPORT as wandb

with wandb.init(project="cats", name="same", config={"lr": 0.1, "model": {"width": 8}}, tags=["a"]) as run:
    wandb.define_metric("acc", summary="max")
    wandb.config.update(argparse.Namespace(depth=3))
    wandb.config.seed = 7
    for epoch in range(4):
        wandb.log({"acc": epoch / 4}, commit=False)
        wandb.log({"loss": 1 / (epoch + 1), "val": {"acc": epoch / 8}})
    wandb.log({"loss": 0.01}, step=10)
    wandb.log({"acc": 0.9}, step=10)
    wandb.log({"loss": 5.0}, step=3)
    wandb.log({"late": 1.0}, step=12, commit=True)
    wandb.log({"later": 2.0})
    wandb.log({"last": 3.0}, commit=False)
    run.summary["best"] = 0.95
"""


def _run(folder: Path, module: str) -> None:
    script = folder / f"{module.rpartition('.')[2]}_{'labtop' in module}.py"
    script.write_text(_SCRIPT.replace("IMPORT", module), encoding="utf-8")
    quiet = {"WANDB_MODE": "offline", "WANDB_DIR": str(folder), "LABTOP_DIR": str(folder / "runs")}
    if "labtop" in module:
        del quiet["WANDB_DIR"]
    done = subprocess.run(
        [sys.executable, str(script)], cwd=folder, env=os.environ | quiet, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {name: value}
    return {key: each for part, inner in value.items() for key, each in _flat(inner, f"{name}/{part}").items()}


def _records(log: bytes) -> Iterator[bytes]:
    """Of a log in LevelDB's format: blocks of 32 kB, in them parts of records, each behind a checksum, its length, and
    which part it is: whole (1), first (2), middle (3) or last (4). W&B puts seven bytes before all."""
    whole, place = b"", 7
    while place + 7 <= len(log):
        if (left := 32768 - place % 32768) < 7:
            place += left
            continue
        length, part = struct.unpack_from("<HB", log, place + 4)
        whole += log[place + 7 : place + 7 + length]
        place += 7 + length
        if part in (1, 4):
            yield whole
            whole = b""


def _wandb_wrote(folder: Path) -> tuple[dict[tuple[str, int], float], dict[str, Any], dict[str, Any]]:
    """Points by name and step, config and summary, out of the file of an offline run."""
    from wandb.proto import wandb_internal_pb2

    (path,) = folder.glob("wandb/offline-run-*/*.wandb")
    points: dict[tuple[str, int], float] = {}
    config: dict[str, Any] = {}
    summary: dict[str, Any] = {}
    for data in _records(path.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        items = {"/".join(item.nested_key) or item.key: json.loads(item.value_json) for item in record.history.item}
        for name, value in _flat({k: v for k, v in items.items() if not k.startswith("_")}).items():
            points[name.strip("/"), items["_step"]] = value
        for part in (record.run.config, record.config):
            config |= {item.key or item.nested_key[0]: json.loads(item.value_json) for item in part.update}
        for item in record.summary.update:
            summary[item.key or "/".join(item.nested_key)] = json.loads(item.value_json)
    config.pop("_wandb", None)
    return points, _flat(config), summary


def test_what_is_logged_is_what_wandb_logs(tmp_path: Path, only: Any, curve: Any) -> None:
    _run(tmp_path, "wandb")
    _run(tmp_path, "labtop.compat.wandb")
    points, config, summary = _wandb_wrote(tmp_path)
    detail = only()
    ours = {(name, step): y for name in detail.metrics for step, y in curve(detail.run.id, name) if name != "best"}
    assert points["loss", 10] == 0.01
    assert ours == points
    assert {f"/{name.replace('.', '/')}": param.value for name, param in detail.params.items()} == config
    assert detail.metrics["best"].last == summary["best"] == 0.95
    assert detail.metrics["acc"].goal == "max"
