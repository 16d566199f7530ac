"""Synthetic run directories for benchmarks and tests: curves like those of trainings, the same from the same seed."""
