"""What a person says of runs, written down: a line a run, appended, never changed."""

from labtop.store.annotating.noting import annotate, annotate_all, user

__all__ = ["annotate", "annotate_all", "user"]
