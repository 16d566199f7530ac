"""What the store answers with: frozen values that can cross threads. No database, no screen."""

from labtop.store.model.across import Histogram, HistogramQuery, Scatter, ScatterQuery
from labtop.store.model.annotations import VERDICTS, Annotation, Noted, Verdict
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
from labtop.store.model.filter import Completion, FilterError
from labtop.store.model.groups import Band, BandQuery, Bands, Group, Spread
from labtop.store.model.lines import Lines
from labtop.store.model.news import News, NewsQuery, Place, Reached, Seen, Written
from labtop.store.model.outline import MetricInfo, Outline
from labtop.store.model.series import AtQuery, Clip, Curves, Line, Series, SeriesQuery, Window, XAxis, XMetric
from labtop.store.model.standing import Change, Standing, StandingQuery
from labtop.store.model.table import (
    Aggregate,
    Column,
    Run,
    RunGroup,
    RunTable,
    SortKey,
    Status,
    Summary,
    TableQuery,
)
from labtop.store.model.values import Floats, Goal, Json, JsonScalar, NotThere, StoreError

__all__ = [
    "MISSING",
    "VERDICTS",
    "Activity",
    "Aggregate",
    "Annotation",
    "Artifact",
    "AtQuery",
    "Band",
    "BandQuery",
    "Bands",
    "Change",
    "Clip",
    "Column",
    "CompareRow",
    "Comparison",
    "Completion",
    "Curves",
    "Event",
    "FilterError",
    "Floats",
    "Goal",
    "Group",
    "Histogram",
    "HistogramQuery",
    "IndexInfo",
    "Json",
    "JsonScalar",
    "Line",
    "Lines",
    "LookedAt",
    "Metric",
    "MetricInfo",
    "Missing",
    "News",
    "NewsQuery",
    "NotThere",
    "Noted",
    "Outline",
    "Param",
    "Place",
    "Reached",
    "Rejected",
    "Remark",
    "Run",
    "RunDetail",
    "RunGroup",
    "RunTable",
    "Scatter",
    "ScatterQuery",
    "Seen",
    "Series",
    "SeriesQuery",
    "SortKey",
    "Spread",
    "Standing",
    "StandingQuery",
    "Status",
    "StoreError",
    "Summary",
    "TableQuery",
    "Verdict",
    "WatchMode",
    "Window",
    "Written",
    "XAxis",
    "XMetric",
]
