"""Four real trainings to watch: small numpy networks that learn spirals, each in a process of its own.

The parent's side (`recipe`, `trainings`) is stdlib only; numpy is loaded by the training processes.
"""
