"""Answers to why one run is better than another, and whether it is."""
