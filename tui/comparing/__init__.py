"""Runs side by side, as columns and rows of a grid, as a text to read, and as files. Pure functions."""
