"""Questions to the index, each answered by frozen values."""
