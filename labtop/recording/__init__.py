"""The logger: what a training imports. It loads the standard library only, and never raises into a training."""
