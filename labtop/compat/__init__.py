"""Other trackers' interfaces, as far as simple scripts use them: such a script changes one import."""
