"""A training in a cell of a notebook: IPython goes on when it failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from labtop.store.model import Status

_BEGIN = """
from labtop.callbacks.training import Training
training = Training("test", name="cell")
training.begin({"lr": 1.0}, 3)
training.log({"loss": 0.5}, 1)
"""


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    made = InteractiveShell.instance()
    made.history_manager.enabled = False
    yield made
    made.history_manager.end_session()
    InteractiveShell.clear_instance()


def test_an_error_in_the_cell_is_the_run_s(shell: InteractiveShell, only: Any) -> None:
    shell.run_cell(_BEGIN + "raise ValueError('no more')")
    detail = only()
    assert (detail.run.status, detail.run.error) == (Status.FAILED, "ValueError: no more")
    assert detail.metrics["loss"].last == 0.5


def test_an_error_that_the_cell_catches_is_no_end(shell: InteractiveShell, only: Any) -> None:
    shell.run_cell(_BEGIN)
    assert (only().run.status, only().run.error) == (Status.FAILED, "the training was left before its end")


def test_a_training_that_ended_stays_finished(shell: InteractiveShell, only: Any) -> None:
    shell.run_cell(_BEGIN + "training.finish()")
    shell.run_cell("1 / 0")
    assert only().run.status is Status.FINISHED
