"""What is read out of the logs of tools that train on images, and of CSV loggers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labtop.store.model import RunDetail, Series

Of = Callable[[str, str], RunDetail]
Curve = Callable[[str, str, str], Series]
Check = Callable[..., None]

LOGS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "detectron2, JSON lines in metrics.json": (
        "detectron2",
        "mask_rcnn",
        {
            "metrics": {
                "total_loss": (5, 1.375, 1.25, 79),
                "bbox/AP": (2, 38.25, 38.25, 99),
                "time": (5, 0.31),
                "data_time": (5, 0.004),
            },
            "curves": {
                "total_loss": ([19, 39, 59, 79, 99], [2.5, 2.0, 1.5, 1.25, 1.375]),
                "bbox/AP": ([59, 99], [31.5, 38.25]),
            },
            "name": "mask_rcnn",
            "step": 99,
            "absent": ["iteration"],
        },
    ),
    "DETR, a restart appended": (
        "detr",
        "coco",
        {
            "metrics": {
                "train_loss": (5, 7.0, 7.0, 1),
                "test_coco_eval_bbox/0": (5, 0.25),
                "test_coco_eval_bbox/11": (5, 0.36),
            },
            "curves": {"train_loss": ([0, 1, 2, 0, 1], [9.0, 8.0, 7.5, 8.5, 7.0])},
            "params": {"n_parameters": 41302368},
            "attempts": 2,
            "absent": ["test_coco_eval_bbox/12"],
        },
    ),
    "MAE": (
        "mae",
        "pretrain",
        {
            "metrics": {"train_loss": (4, 0.5625, 0.5, 2)},
            "curves": {"train_loss": ([0, 1, 2, 3], [0.75, 0.625, 0.5, 0.5625])},
        },
    ),
    "MAE, finetuned": (
        "mae",
        "finetune",
        {
            "metrics": {"test_acc1": (3, 52.0, 52.0, 2), "test_loss": (3, 3.0, 3.0, 2)},
            "params": {"n_parameters": 86567656, "train_lr": 0.0001},
        },
    ),
    "mmcv, iter begins anew with each epoch": (
        "mmcv",
        "segmenter/20220101_120000",
        {
            "metrics": {"train/loss": (6, 0.9, 0.9, 150), "val/mIoU": (3, 0.6, 0.6, 150), "train/time": (6, 0.66)},
            "curves": {
                "train/loss": ([25, 50, 75, 100, 125, 150], [1.4, 1.3, 1.2, 1.1, 1.0, 0.9]),
                "val/mIoU": ([50, 100, 150], [0.4, 0.5, 0.6]),
            },
            "params": {"exp_name": "fcn_tiny.py", "seed": 0, "mmseg_version": "0.20.2+0123abc"},
            "name": "20220101_120000",
            "step": 150,
        },
    ),
    "mmcv, a validation loader longer than an epoch": (
        "mmcv",
        "detector/20220202_090000",
        {
            "metrics": {"train/loss": (6, 0.9, 0.9, 150), "val/bbox_mAP": (3, 0.6, 0.6, 150)},
            "curves": {"val/bbox_mAP": ([50, 100, 150], [0.4, 0.5, 0.6])},
            "step": 150,
        },
    ),
    "mmcv, None.log.json, its first line empty": (
        "mmcv",
        "detector/None",
        {
            "metrics": {"train/loss": (4, 1.1, 1.1, 100), "val/bbox_mAP": (2, 0.5, 0.5, 100)},
            "curves": {"val/bbox_mAP": ([50, 100], [0.4, 0.5])},
            "name": "None",
        },
    ),
    "mmengine, validation lines say step = epoch": (
        "mmengine",
        "cascade/20230303_101112",
        {
            "metrics": {"loss": (6, 0.5, 0.5, 300), "accuracy/top1": (3, 70.25, 72.0, 200)},
            "curves": {
                "loss": ([50, 100, 150, 200, 250, 300], [1.75, 1.5, 1.25, 1.0, 0.75, 0.5]),
                "accuracy/top1": ([100, 200, 300], [61.5, 72.0, 70.25]),
            },
            "step": 300,
        },
    ),
    "mmengine, the same lines in a second file": (
        "mmengine",
        "twin/20230404_121314",
        {
            "metrics": {"loss": (4, 1.25, 1.25, 100), "coco/bbox_mAP": (2, 0.375, 0.375, 100)},
            "curves": {"coco/bbox_mAP": ([50, 100], [0.25, 0.375])},
            "step": 100,
        },
    ),
    "open_clip, evaluations only": (
        "open_clip",
        "logs/vitb32",
        {
            "metrics": {"imagenet-zeroshot-val-top1": (3, 0.39), "clip_val_loss": (3, 2.125, 2.125, 3)},
            "curves": {"imagenet-zeroshot-val-top1": ([1, 2, 3], [0.31, 0.4, 0.39])},
            "name": "vitb32",
        },
    ),
    "Lightning, sparse cells and Python tags": (
        "lightning",
        "lightning_logs/version_0",
        {
            "metrics": {
                "train_loss": (4, 0.375, 0.375, 39),
                "val_loss": (2, 0.4375, 0.4375, 39),
                "epoch": (6, 1.0),
            },
            "curves": {
                "train_loss": ([9, 19, 29, 39], [0.588, 0.485, 0.441, 0.375]),
                "val_loss": ([19, 39], [0.512, 0.4375]),
            },
            "params": {
                "lr": 0.001,
                "hidden": 64,
                "activation": "torch.nn.ReLU",
                "betas": [0.9, 0.999],
                "args.accelerator": "gpu",
                "args.max_epochs": 2,
            },
            "name": "version_0",
            "step": 39,
            "absent": ["step"],
        },
    ),
    "Lightning, a monitor of the learning rate in lines of its own": (
        "lightning",
        "lightning_logs/version_1",
        {
            "metrics": {"train_loss_epoch": (2, 0.625, 0.625, 19), "lr-Adam": (2, 0.005)},
            "curves": {
                "lr-Adam": ([0, 10], [0.01, 0.005]),
                "train_loss_step": ([9, 19], [0.75, 0.5]),
            },
            "params": {"lr": 0.01},
        },
    ),
    "Ultralytics, header and cells padded": (
        "ultralytics",
        "runs/detect/train",
        {
            "metrics": {
                "train/box_loss": (4, 1.3125, 1.25, 2),
                "metrics/mAP50(B)": (4, 0.5, 0.5625, 2),
                "metrics/precision(B)": (4, 0.6875, 0.75, 2),
                "lr/pg0": (4, 0.0034),
            },
            "curves": {"train/box_loss": ([0, 1, 2, 3], [1.6858, 1.5, 1.25, 1.3125])},
            "params": {"lr0": 0.01, "epochs": 4, "model": "yolov8n.pt"},
            "name": "train",
            "absent": [" "],
        },
    ),
    "Keras CSVLogger, a value not there": (
        "keras",
        "mnist",
        {
            "metrics": {
                "loss": (4, 0.375, 0.375, 3),
                "accuracy": (4, 0.890625, 0.890625, 3),
                "val_loss": (3, 0.453125, 0.4375, 1),
                "val_accuracy": (3, 0.859375, 0.875, 1),
            },
            "curves": {"val_loss": ([0, 1, 2], [0.625, 0.4375, 0.453125])},
            "name": "mnist",
        },
    ),
}


@pytest.mark.parametrize(("tool", "run", "expected"), LOGS.values(), ids=LOGS)
def test_a_log_is_read_as_its_tool_meant_it(check: Check, tool: str, run: str, expected: dict[str, Any]) -> None:
    check(tool, run, **expected)


def test_seconds_an_iteration_are_no_clock(of: Of) -> None:
    found = of("detectron2", "mask_rcnn")
    assert found.run.estimated
    assert found.metrics["time"].goal is None


def test_an_average_precision_that_is_not_a_number_is_counted(of: Of) -> None:
    cup = of("detectron2", "mask_rcnn").metrics["bbox/AP-cup"]
    assert (cup.count, cup.nan, cup.best) == (2, 2, None)


def test_a_restart_that_was_appended_is_another_attempt(curve: Curve) -> None:
    assert curve("detr", "coco", "train_loss").attempt.tolist() == [0, 0, 0, 1, 1]
