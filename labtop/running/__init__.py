"""Running a command: its output passed through as it is, and what of it is recorded. The standard library only."""
