"""`python -m benchmarks.charts_asking DIR INDEX METRIC`: ask for the curve of a huge run and draw it, print the times.

Printed is a JSON object of milliseconds: `first`, the first question with its drawing; `again` and `zoomed`, those
after it, in turns; `drawn`, the drawing alone.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from labtop.store import Store
from labtop.store.model import Series, SeriesQuery, Window
from labtop.tui.charts.draw import draw
from labtop.tui.charts.spec import ChartSpec, Curve, Look

_SIZE = (160, 48)
_TURNS = 5


def main() -> None:
    directory, index, metric = sys.argv[1:]
    with Store.open(Path(directory), index=Path(index)) as store:
        series, first, drawn = _shown(store, metric, None)
        last = float(series.x[-1])
        again, zoomed, drawings = [], [], [drawn]
        for turn in range(_TURNS):
            begin = last * (turn + 1) / (_TURNS + 2)
            _, taken, _ = _shown(store, metric, (begin, begin + last / 100))
            zoomed.append(taken)
            _, taken, drawn = _shown(store, metric, None)
            again.append(taken)
            drawings.append(drawn)
    print(json.dumps({"first": first, "again": again, "zoomed": zoomed, "drawn": drawings}))


def _shown(store: Store, metric: str, window: Window | None) -> tuple[Series, float, float]:
    """The curve, the milliseconds of all, and of the drawing alone."""
    began = time.perf_counter()
    (curves,) = store.several_curves([SeriesQuery((0,), metric, window=window, buckets=_SIZE[0])])
    (series,) = curves.series
    asked = time.perf_counter()
    curve = Curve("run", 0, series.x, series.value, series.attempt)
    draw(ChartSpec(metric, (curve,), window=window), *_SIZE, Look())
    end = time.perf_counter()
    return series, 1000 * (end - began), 1000 * (end - asked)


if __name__ == "__main__":
    main()
