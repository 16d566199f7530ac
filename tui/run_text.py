"""All that is known of one run, as text to read. Pure functions of the store's answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import localtime, strftime

from rich.text import Text

from labtop.store.model import Event, Json, Metric, Param, Run, RunDetail
from labtop.tui import format as fmt
from labtop.tui.run_style import run_color, run_marker

MOST_EVENTS = 100
_LABEL = 13


def run_text(detail: RunDetail, now: float) -> Text:
    """What matters most first: how it goes, what went wrong, notes, results, then what it was made of."""
    text = Text()
    _head(text, detail, now)
    _trouble(text, detail)
    _words(text, detail)
    _metrics(text, detail.metrics)
    _section(text, "Parameters", ((key, _param(param)) for key, param in sorted(detail.params.items())))
    _events(text, detail.events)
    _section(text, "Code", _mapping(detail.code))
    for item in detail.data or ():
        _section(text, "Data", _mapping(item))
    _section(text, "Environment", (*_mapping(detail.env), *_mapping(detail.hardware)))
    _section(text, "Process", _process(detail))
    _section(text, "Attributes", _mapping(detail.attributes))
    _section(
        text,
        "Artifacts",
        ((item.name, _joined(item.path, item.kind, fmt.bytes_(item.size))) for item in detail.artifacts),
    )
    _section(text, "Files", ((name, "") for name in detail.files))
    if detail.missing:
        _title(text, "Not recorded")
        text.append(f"  {fmt.clean(', '.join(detail.missing))}\n", "yellow")
    text.rstrip()
    return text


def trouble_text(detail: RunDetail) -> Text:
    """The error and the traceback, line by line; empty without either."""
    text = Text()
    if detail.run.error:
        text.append(f"{fmt.clean(detail.run.error)}\n\n", "bold red")
    for line in (detail.traceback or "").splitlines():
        text.append(f"{fmt.clean(line)}\n")
    return text


def _head(text: Text, detail: RunDetail, now: float) -> None:
    run = detail.run
    mark, style = fmt.STATUS_MARKS[run.status]
    text.append(run_marker(run.number), run_color(run.number)).append(f" {fmt.clean(run.name)}\n", "bold")
    text.append(f"{mark} {run.status}", style).append(f"  {_progress(run)}\n")
    rows = [
        ("id", fmt.clean(run.id) if run.id != run.name else ""),
        ("began", _moment(run.started, now, run.estimated)),
        ("last line", _moment(run.updated, now, run.estimated)),
        ("took", fmt.duration(run.duration_s)),
        ("speed", f"{fmt.number(run.steps_per_s)} steps/s" if run.steps_per_s else ""),
        ("attempts", str(run.attempts) if run.attempts > 1 else ""),
        ("group", fmt.clean(run.group or "")),
        ("tags", fmt.clean(", ".join(run.tags))),
    ]
    _rows(text, ((label, value) for label, value in rows if value))


def _progress(run: Run) -> str:
    if run.step is None:
        return ""
    total = f" of {fmt.step(run.total_steps)}" if run.total_steps else ""
    line = f"step {fmt.step(run.step)}{total}"
    if run.progress is not None:
        line += f"  {fmt.progress_bar(run.progress, 12)} {fmt.percent(run.progress)}"
    if run.eta_s is not None and run.status == "running":
        line += f"  {fmt.duration(run.eta_s)} left"
    return line


def _moment(time: float | None, now: float, estimated: bool) -> str:
    if time is None:
        return ""
    ago = fmt.age(now - time)
    moment = strftime("%Y-%m-%d %H:%M:%S", localtime(time))
    return f"{'about ' if estimated else ''}{moment}  {ago}{'' if ago == 'now' else ' ago'}"


def _trouble(text: Text, detail: RunDetail) -> None:
    if not (detail.run.error or detail.traceback):
        return
    _title(text, "Error")
    text.append(f"  {fmt.clean(detail.run.error or _last_line(detail.traceback or ''))}\n", "bold red")
    if detail.traceback:
        text.append("  E shows the traceback\n", "dim")


def _last_line(lines: str) -> str:
    return next((line for line in reversed(lines.splitlines()) if line.strip()), "")


def _words(text: Text, detail: RunDetail) -> None:
    for title, words in (("Hypothesis", detail.hypothesis), ("Notes", detail.run.notes)):
        if words:
            _title(text, title)
            for line in words.splitlines():
                text.append(f"  {fmt.clean(line)}\n")


def _metrics(text: Text, metrics: Mapping[str, Metric]) -> None:
    if not metrics:
        return
    _title(text, "Metrics")
    width = min(32, max(len(name) for name in metrics))
    text.append(f"  {'':<{width}} {'last':>9}  {'best':>9} {'at step':<9} {'min':>9} {'max':>9}\n", "dim")
    for name, metric in sorted(metrics.items()):
        text.append(f"  {fmt.clean(name, width):<{width}} {fmt.number(metric.last):>9}  ")
        text.append(f"{fmt.number(metric.best):>9} {fmt.step(metric.best_step):<9} ", "bold")
        text.append(f"{fmt.number(metric.min):>9} {fmt.number(metric.max):>9}")
        text.append(f"  {metric.nan} not finite\n" if metric.nan else "\n", "bold red")


def _param(param: Param) -> str:
    source = {"name": "from the name", "constant": "never changes in the log"}.get(param.source, "")
    notes = _joined(source, "changed during the run" if param.changed else "")
    return fmt.value(param.value) + (f"  ({notes})" if notes else "")


def _events(text: Text, events: tuple[Event, ...]) -> None:
    if not events:
        return
    _title(text, "Log" if len(events) <= MOST_EVENTS else f"Log, the last {MOST_EVENTS} of {len(events)}")
    for event in events[-MOST_EVENTS:]:
        clock = "" if event.time is None else strftime("%H:%M:%S", localtime(event.time))
        text.append(f"  {clock:<8} ", "dim").append(f"{fmt.clean(event.event)} ", "bold")
        text.append(f"{fmt.clean(event.text) or _flat(event.data)}\n")


def _process(detail: RunDetail) -> Iterable[tuple[str, str]]:
    rows = (
        ("command", " ".join(detail.command or ())),
        ("user", _joined(detail.user, sep="")),
        ("host", _joined(detail.host)),
        ("pid", "" if detail.pid is None else str(detail.pid)),
        ("seed", "" if detail.seed is None else fmt.value(detail.seed)),
        ("exit code", "" if detail.exit_code is None else str(detail.exit_code)),
    )
    return tuple((label, fmt.clean(value)) for label, value in rows if value)


def _mapping(mapping: Mapping[str, Json] | None) -> tuple[tuple[str, str], ...]:
    return tuple((key, fmt.value(value)) for key, value in sorted((mapping or {}).items()))


def _flat(mapping: Mapping[str, Json]) -> str:
    return _joined(*(f"{fmt.clean(key)}={fmt.value(value)}" for key, value in mapping.items()), sep="  ")


def _joined(*parts: str | None, sep: str = ", ") -> str:
    return sep.join(part for part in parts if part)


def _section(text: Text, title: str, rows: Iterable[tuple[str, str]]) -> None:
    found = tuple(rows)
    if found:
        _title(text, title)
        _rows(text, found)


def _title(text: Text, title: str) -> None:
    text.append(f"\n{title}\n", "bold underline")


def _rows(text: Text, rows: Iterable[tuple[str, str]]) -> None:
    for label, value in rows:
        text.append(f"  {fmt.clean(label):<{_LABEL}} ", "dim").append(f"{fmt.clean(value)}\n")
