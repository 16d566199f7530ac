"""Session: what a person has set on the screen, kept for each run directory from one start to the next."""
