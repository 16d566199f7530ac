"""How a metric is distributed over runs."""

from __future__ import annotations

import duckdb
import numpy as np

from labtop.store.answers.across.bins import edges_around
from labtop.store.answers.across.numbers import numbers
from labtop.store.answers.known import Known
from labtop.store.model import Histogram, HistogramQuery, StoreError


def histogram(cursor: duckdb.DuckDBPyConnection, query: HistogramQuery, known: Known) -> Histogram:
    """How many runs have which value of the metric; where none has a finite one there are no edges.

    Raises `StoreError` for what is no metric.
    """
    if query.column.kind != "metric":
        raise StoreError(f"{query.column.key!r} is no metric, and only values of a metric are counted")
    runs, (column,) = numbers(cursor, [query.column], query.where, known)
    finite = np.isfinite(column.value)
    values = column.value[finite]
    edges = edges_around(values, query.bins)
    return Histogram(
        edges=edges,
        counts=np.histogram(values, edges)[0] if len(edges) else np.zeros(0, np.int64),
        values=dict(zip(runs[finite].tolist(), values.tolist(), strict=True)),
        lost=int((column.has & ~finite).sum()),
    )
