"""The job that this process is a part of."""

import os


def rank() -> int:
    """Which of them it is."""
    return int(os.environ.get("RANK", "0"))


def world_size() -> int:
    """How many there are."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def job_key() -> str | None:
    """The same in all of them."""
    return os.environ.get("TORCHELASTIC_RUN_ID")
