"""Runs side by side: what counts as the same, and how rows come of what each run has."""
