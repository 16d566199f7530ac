"""Pages of charts: how many there are on one, and how they stand."""

from __future__ import annotations

LARGEST_GRID = 5
"""So many rows and columns of charts there are at most."""


def best_shape(count: int, width: int, height: int, *, min_width: int = 30, min_height: int = 8) -> tuple[int, int]:
    """Rows and columns of a grid for `count` charts: as many as fit, each as large as can be and wide (3:1)."""
    columns_fit, rows_fit = max(1, width // min_width), max(1, height // min_height)
    best, best_score = (1, 1), (0, 0.0)
    for columns in range(1, min(columns_fit, LARGEST_GRID) + 1):
        rows = min(rows_fit, LARGEST_GRID, -(-count // columns))
        size = min(width / columns, 3.0 * height / rows)
        score = (min(count, rows * columns), size)
        if score > best_score:
            best, best_score = (rows, columns), score
    return best


def resized(shape: tuple[int, int], more: int) -> tuple[int, int]:
    """The next larger grid, `more` being 1, or the next smaller one: columns grow before rows."""
    rows, columns = shape
    if more > 0:
        wider = columns <= rows
        return min(rows + (not wider), LARGEST_GRID), min(columns + wider, LARGEST_GRID)
    narrower = columns > rows
    return max(rows - (not narrower), 1), max(columns - narrower, 1)
