"""Answers that lay all runs side by side, one value a run."""
