"""Charts as text: pure functions from values to terminal cells. `spec` says what, `draw` draws it."""
