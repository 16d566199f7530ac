"""Lightning, by both of its names: a line fitted through points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint

import labtop
from labtop.callbacks.lightning import LabtopLogger
from labtop.store.model import RunDetail, Status

One = Callable[[], RunDetail]


class Line(LightningModule):  # type: ignore[misc]
    """Fails at a batch, where one is named."""

    def __init__(self, lr: float = 0.1, fails_at: int | None = None) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(2, 1)

    def _loss(self, batch: Any) -> Any:
        points, targets = batch
        return torch.nn.functional.mse_loss(self.layer(points)[:, 0], targets)

    def training_step(self, batch: Any, index: int) -> Any:
        if self.global_step == self.hparams.fails_at:
            raise ValueError("no more")
        loss = self._loss(batch)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: Any, index: int) -> None:
        self.log("val_loss", self._loss(batch))

    def test_step(self, batch: Any, index: int) -> None:
        self.log("test_loss", self._loss(batch))

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), self.hparams.lr)


def data() -> Any:
    points = torch.linspace(0, 1, 32).reshape(16, 2)
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(points, points.sum(dim=1)), batch_size=4)


def trainer(logger: Any, folder: Path, **arguments: Any) -> Trainer:
    quiet = {"accelerator": "cpu", "devices": 1, "enable_progress_bar": False, "enable_model_summary": False}
    return Trainer(logger=logger, default_root_dir=folder, max_epochs=2, log_every_n_steps=2, **quiet, **arguments)


def test_a_fit_is_a_run_of_its_own(tmp_path: Path, only: One, curve: Any, runs: Path) -> None:
    keep = ModelCheckpoint(monitor="val_loss", mode="min")
    trainer(LabtopLogger(name="line"), tmp_path, callbacks=[keep]).fit(Line(), data(), data())
    detail = only()
    assert (detail.run.id, detail.run.status, detail.run.total_steps) == ("line", Status.FINISHED, 8)
    assert detail.params["lr"].value == 0.1
    assert [step for step, _ in curve("line", "train_loss")] == [1, 3, 5, 7]
    assert [step for step, _ in curve("line", "val_loss")] == [3, 7]
    assert detail.metrics["val_loss"].goal == "min"
    assert Path(keep.best_model_path).parent == runs / "line/checkpoints"


def test_a_test_after_the_training_belongs_to_it(tmp_path: Path, only: One) -> None:
    fitted = trainer(LabtopLogger(name="line"), tmp_path, enable_checkpointing=False)
    fitted.fit(model := Line(), data(), data())
    (result,) = fitted.test(model, data(), verbose=False)
    detail = only()
    assert detail.run.status is Status.FINISHED
    assert detail.metrics["test_loss"].last == pytest.approx(result["test_loss"])
    assert detail.metrics["train_loss"].count == 4


def test_an_active_run_is_used_and_left_open(tmp_path: Path, only: One) -> None:
    with labtop.init(name="mine") as run:
        logger = LabtopLogger()
        assert logger.experiment is run
        trainer(logger, tmp_path, enable_checkpointing=False).fit(Line(), data())
        run.log({"probe": 1.0})
    detail = only()
    assert (detail.run.id, detail.run.status) == ("mine", Status.FINISHED)
    assert {"train_loss", "probe"} <= detail.metrics.keys()


def test_a_training_that_raises_has_failed_at_once(tmp_path: Path, only: One) -> None:
    with pytest.raises(ValueError, match="no more"):
        trainer(LabtopLogger(), tmp_path, enable_checkpointing=False).fit(Line(fails_at=5), data())
    detail = only()
    assert (detail.run.status, detail.run.error) == (Status.FAILED, "ValueError: no more")
    assert "training_step" in (detail.traceback or "")


def test_a_rank_beyond_the_first_logs_nothing(tmp_path: Path, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lightning.fabric.utilities.rank_zero import rank_zero_only

    monkeypatch.setattr(rank_zero_only, "rank", 1)
    logger = LabtopLogger()
    logger.log_metrics({"loss": 1.0}, 1)
    logger.log_hyperparams({"lr": 1.0})
    logger.finalize("success")
    assert not runs.exists()


def test_it_goes_by_its_other_name_too(fails: Any, only: One) -> None:
    """As the tests above, in a process that imports `pytorch_lightning` alone."""
    pytest.importorskip("pytorch_lightning")
    text = Path(__file__).read_text(encoding="utf-8").replace("lightning.pytorch", "pytorch_lightning")
    fails(
        text
        + "\nimport sys\nassert isinstance(LabtopLogger(), sys.modules['pytorch_lightning'].loggers.Logger)\n"
        + "trainer(LabtopLogger(), Path()).fit(Line(fails_at=5), data(), data())\n"
    )
    detail = only()
    assert (detail.run.status, detail.run.error, detail.run.total_steps) == (Status.FAILED, "ValueError: no more", 8)
    assert detail.metrics["val_loss"].count == 1


def test_the_example_of_the_docs(only: One, documented: Any) -> None:
    documented("Lightning", Trainer=Trainer, model=Line(), train=data(), val=data())
    assert (only().run.status, only().metrics["val_loss"].count) == (Status.FINISHED, 2)
