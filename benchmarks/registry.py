"""The benchmarks by name, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks import (
    across,
    charts_bytes,
    charts_frame,
    charts_keys,
    charts_leet,
    charts_store,
    compare,
    ingest,
    late,
    live,
    memory,
    recording,
    recording_shared,
    scale,
    screen,
    several,
    table_keys,
    table_live,
    watching,
    why,
)
from benchmarks.harness import Figure
from benchmarks.place import Place

BENCHMARKS: Final[dict[str, Callable[[Place], list[Figure]]]] = {
    "sweep": screen.sweep,
    "append": screen.append_to_screen,
    "keys": screen.key_to_repaint,
    "ingest": ingest.set_a,
    "points": ingest.ten_million_points,
    "late": late.measure,
    "frame-set-a": scale.set_a,
    "frame-files": scale.many_files,
    "frame-runs": scale.many_runs,
    "several": several.measure,
    "across": across.measure,
    "why": why.measure,
    "live": live.measure,
    "logging": recording.lines,
    "logging-begin": recording.begin,
    "logging-beats": recording.beats,
    "logging-shared": recording_shared.measure,
    "quiet": watching.measure,
    "memory": memory.measure,
    "charts-frame": charts_frame.measure,
    "charts-zoom": charts_keys.zoom,
    "charts-huge": charts_store.huge,
    "charts-refresh": charts_store.refresh,
    "charts-key": charts_keys.key,
    "charts-bytes": charts_bytes.measure,
    "charts-leet": charts_leet.measure,
    "table-keys": table_keys.ten_thousand,
    "table-runs": table_keys.many,
    "table-live": table_live.measure,
    "compare": compare.measure,
}
