"""What the store answers with: frozen values that can cross threads. No database, no screen."""

from labtop.store.model.detail import (
    MISSING,
    Artifact,
    CompareRow,
    Comparison,
    Event,
    Metric,
    Missing,
    Param,
    RunDetail,
)
from labtop.store.model.files import Activity, IndexInfo, LookedAt, Rejected, Remark, WatchMode
from labtop.store.model.news import News, NewsQuery, Place, Reached, Seen, Written
from labtop.store.model.outline import MetricInfo, Outline
from labtop.store.model.series import Series, SeriesQuery, XAxis
from labtop.store.model.table import Aggregate, Column, Run, RunTable, SortKey, Status, TableQuery
from labtop.store.model.values import Floats, Goal, Json, JsonScalar, NotThere, StoreError

__all__ = [
    "MISSING",
    "Activity",
    "Aggregate",
    "Artifact",
    "Column",
    "CompareRow",
    "Comparison",
    "Event",
    "Floats",
    "Goal",
    "IndexInfo",
    "Json",
    "JsonScalar",
    "LookedAt",
    "Metric",
    "MetricInfo",
    "Missing",
    "News",
    "NewsQuery",
    "NotThere",
    "Outline",
    "Param",
    "Place",
    "Reached",
    "Rejected",
    "Remark",
    "Run",
    "RunDetail",
    "RunTable",
    "Seen",
    "Series",
    "SeriesQuery",
    "SortKey",
    "Status",
    "StoreError",
    "TableQuery",
    "WatchMode",
    "Written",
    "XAxis",
]
