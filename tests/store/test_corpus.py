"""Real logs of other tools, where they lie beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtop.store import Store

CORPUS = Path(__file__).parents[3] / "shared/corpus"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real logs is not beside this checkout"),
]


def test_a_published_sweep_opens_as_its_authors_logged_it(tmp_path: Path) -> None:
    with Store.open(CORPUS / "cs336-sweep", index=tmp_path / "index.duckdb") as store:
        store.catch_up()
        outline = store.outline()
        details = {detail.run.name: detail for detail in store.details()}
        assert (outline.runs, store.activity.rejected) == (53, 0)
    assert {metric.name for metric in outline.metrics if metric.goal == "min"} == {"train_loss", "val_loss"}
    assert set(outline.varying_params) >= {"lr", "batch_size", "experiment"}
    one = details["token-tango-b1-lr1e-2-327m"]
    assert (one.params["batch_size"].value, one.params["batch_size"].source) == (1, "constant")
    assert (one.params["lr"].value, one.params["lr"].source) == (0.01, "name")
    assert one.params["experiment"].value == "lr_batch_token_matched"
    assert one.run.attempts == 2
    diverged = details["q7_layernorm_no_rmsnorm_lr0p0028_1777044469"]
    assert diverged.metrics["val_loss"].nan > 40


def test_every_file_of_the_corpus_is_read(tmp_path: Path) -> None:
    with Store.open(CORPUS, index=tmp_path / "index.duckdb") as store:
        store.catch_up()
        details = {detail.run.id: detail for detail in store.details()}
        assert store.activity.rejected == 0
    assert len(details) >= 80
    assert details["llamafactory-c"].metrics["loss"].step == 6750
    assert details["detectron2-a"].metrics["total_loss"].goal == "min"
    assert details["detr-a"].metrics["test_coco_eval_bbox/0"].count == 100
    assert details["mmengine"].run.step == 1500
    assert "not-jsonl-dict/logs/progress" not in details
