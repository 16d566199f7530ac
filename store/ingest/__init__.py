"""Ingest: following files and committing what they gave."""
