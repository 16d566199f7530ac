"""A chart as a file: the same values, drawn as vectors, as pixels, as text, or as numbers. No Textual widgets."""
