"""All that is known of one run, as text to read. Pure functions of the store's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import localtime, strftime

from rich.cells import cell_len
from rich.text import Text

from labtop.store.model import (
    SAYINGS,
    Artifact,
    Event,
    Json,
    Metric,
    Param,
    Run,
    RunDetail,
    code,
    last_decision,
    said_by,
    said_words,
)
from labtop.tui import format as fmt
from labtop.tui.pins import is_validation
from labtop.tui.run_names import cut_middle
from labtop.tui.run_style import Charset, run_color, run_marker
from labtop.tui.text_page import INDENT, TextPage

MOST_EVENTS = 100
_CELL, _SHORTEST_NAME = 10, 16
_LONGEST_SPEAKER = 12
_COLUMNS: tuple[tuple[str, Callable[[Metric], str]], ...] = (
    ("last", lambda metric: fmt.number(metric.last)),
    ("best", lambda metric: fmt.number(metric.best)),
    ("at step", lambda metric: fmt.step(metric.best_step)),
    ("min", lambda metric: fmt.number(metric.min)),
    ("max", lambda metric: fmt.number(metric.max)),
    ("values", lambda metric: fmt.step(float(metric.count))),
)


def run_text(detail: RunDetail, now: float, width: int, charset: Charset = "braille") -> Text:
    """What matters most first, in lines of `width` cells: how it goes, what went wrong, notes, results, its making."""
    page = TextPage(width, charset)
    _head(page, detail, now)
    _trouble(page, detail)
    _words(page, detail)
    _metrics(page, detail.metrics)
    page.section("Parameters", ((key, _param(param)) for key, param in sorted(detail.params.items())))
    _history(page, [event for event in detail.events if event.event in SAYINGS])
    _log(page, [event for event in detail.events if event.event not in SAYINGS])
    page.section("Code", _mapping(code.told(detail.code)))
    for item in detail.data or ():
        page.section("Data", _mapping(item))
    page.section("Environment", (*_mapping(detail.env), *_mapping(detail.hardware)))
    page.section("Process", _process(detail))
    page.section("Launch", (*_mapping(detail.launcher), *_mapping(detail.slurm)))
    page.section("Attributes", _mapping(detail.attributes))
    page.section("Artifacts", ((item.name, _artifact(item)) for item in detail.artifacts))
    page.section("Files", (("", name) for name in detail.files))
    _rejected(page, detail)
    page.text.rstrip()
    return page.text


def trouble_text(detail: RunDetail) -> Text:
    """The error and the traceback, line by line; empty without either."""
    text = Text()
    if detail.run.error:
        text.append(f"{fmt.clean(detail.run.error)}\n\n", "bold red")
    for line in (detail.traceback or "").splitlines():
        text.append(f"{fmt.clean(line)}\n")
    return text


def _head(page: TextPage, detail: RunDetail, now: float) -> None:
    run = detail.run
    marks = fmt.ASCII_STATUS_MARKS if page.charset == "ascii" else fmt.STATUS_MARKS
    mark, style = marks[run.status]
    page.text.append(run_marker(run.number, page.charset), run_color(run.number)).append(
        f" {fmt.clean(run.name)}\n", "bold"
    )
    page.text.append(f"{mark} {run.status}", style).append(f"  {_progress(run, page.charset)}\n")
    timed = bool(run.steps_per_s) and not run.estimated
    speed = f"{fmt.number(run.steps_per_s).strip()} steps/s" if timed else ""
    took = fmt.duration(run.duration_s)
    rows = [
        ("step", "" if run.step is None else fmt.step(run.step) + _of(run.total_steps)),
        ("id", run.id if run.id != run.name else ""),
        ("began", _moment(run, run.started, now)),
        ("last line", _moment(run, run.updated, now)),
        ("took", _joined(f"about {took}" if took and run.estimated else took, speed)),
        ("attempts", str(run.attempts) if run.attempts > 1 else ""),
        ("group", run.group or ""),
        ("tags", ", ".join(run.tags)),
        ("record", detail.record),
    ]
    page.rows((label, value) for label, value in rows if value)


def _progress(run: Run, charset: Charset) -> str:
    if run.progress is None:
        return ""
    line = f"{fmt.progress_bar(run.progress, 12, ascii_only=charset == 'ascii')} {fmt.percent(run.progress)}"
    if run.eta_s is not None and run.status == "running":
        line += f"  {fmt.duration(run.eta_s)} left"
    return line


def _of(total: float | None) -> str:
    return f" of {fmt.step(total)}" if total else ""


def _moment(run: Run, time: float | None, now: float) -> str:
    """A moment and how long ago it was: to the second in the first minute of a run that is running."""
    if time is None:
        return ""
    seconds = now - time
    ago = f"{int(seconds)} s" if run.status == "running" and 1 <= seconds < 60 else fmt.age(seconds)
    moment = strftime("%Y-%m-%d %H:%M:%S", localtime(time))
    return f"{'about ' if run.estimated else ''}{moment}  {ago}{'' if ago == 'now' else ' ago'}"


def _trouble(page: TextPage, detail: RunDetail) -> None:
    if not (detail.run.error or detail.traceback):
        return
    page.title("Error")
    page.line(detail.run.error or _last_line(detail.traceback or ""), "bold red")
    if detail.traceback:
        page.line("E shows the traceback", "dim")


def _last_line(lines: str) -> str:
    return next((line for line in reversed(lines.splitlines()) if line.strip()), "")


def _words(page: TextPage, detail: RunDetail) -> None:
    for title, words in (
        ("Decision", _decision(detail)),
        ("Hypothesis", detail.hypothesis),
        ("Notes", detail.run.notes),
    ):
        if words:
            page.title(title)
            for line in words.splitlines():
                page.line(line)


def _decision(detail: RunDetail) -> str | None:
    """What was decided last, and why."""
    last = last_decision(detail)
    return detail.run.verdict if last is None else said_words(last)


def _metrics(page: TextPage, metrics: Mapping[str, Metric]) -> None:
    """A table with as many columns as there is room for."""
    if not metrics:
        return
    page.title("Metrics")
    columns = [column for column in _COLUMNS if column[0] != "best" or any(one.goal for one in metrics.values())]
    longest = max(cell_len(fmt.clean(name)) for name in metrics)
    lost = max((len(_lost(one)) for one in metrics.values()), default=0)
    room = page.width - INDENT - lost - min(longest, _SHORTEST_NAME)
    columns = columns[: max(1, room // _CELL)]
    width = max(1, min(longest, page.width - INDENT - lost - _CELL * len(columns)))
    page.text.append(" " * (INDENT + width) + "".join(f"{title:>{_CELL}}" for title, _ in columns) + "\n", "dim")
    for name, metric in sorted(
        metrics.items(), key=lambda item: (item[1].goal is None, not is_validation(item[0]), item[0])
    ):
        shown = cut_middle(fmt.clean(name), width)
        page.text.append(" " * INDENT + shown + " " * (width - cell_len(shown)))
        page.text.append("".join(f"{cell(metric):>{_CELL}}" for _, cell in columns))
        page.text.append(f"{_lost(metric)}\n", "bold red")


def _lost(metric: Metric) -> str:
    return f"  {metric.nan} not finite" if metric.nan else ""


def _rejected(page: TextPage, detail: RunDetail) -> None:
    """How many lines of the run's files could not be read, and the first of them."""
    if not detail.rejected:
        return
    page.line(f"{detail.rejected} {'line' if detail.rejected == 1 else 'lines'} could not be read", "yellow")
    page.rows(("", f"{each.path}, line {each.line}: {each.reason}") for each in detail.first_rejected)


def _param(param: Param) -> str:
    source = {"name": "from the name", "constant": "the same in every line"}.get(param.source, "")
    notes = _joined(source, "changed during the run" if param.changed else "")
    return fmt.value(param.value) + (f"  ({notes})" if notes else "")


def _history(page: TextPage, events: Sequence[Event]) -> None:
    """What people said of the run, the newest last: when, who, what."""
    if not events:
        return
    page.title("History" if len(events) <= MOST_EVENTS else f"History, the last {MOST_EVENTS} of {len(events)}")
    events = events[-MOST_EVENTS:]
    more = "~" if page.charset == "ascii" else "…"
    speakers = [fmt.cut(fmt.clean(said_by(event)), _LONGEST_SPEAKER, more) for event in events]
    widest = max(map(cell_len, speakers))
    longest = max(len(event.event) for event in events)
    for event, speaker in zip(events, speakers, strict=True):
        moment = "" if event.time is None else strftime("%Y-%m-%d %H:%M", localtime(event.time))
        who = f"{moment:16}  {speaker}{' ' * (widest - cell_len(speaker))}  "
        page.said(who, f"{event.event:{longest}}", said_words(event))


def _log(page: TextPage, events: Sequence[Event]) -> None:
    if not events:
        return
    page.title("Log" if len(events) <= MOST_EVENTS else f"Log, the last {MOST_EVENTS} of {len(events)}")
    for event in events[-MOST_EVENTS:]:
        clock = "" if event.time is None else strftime("%H:%M:%S ", localtime(event.time))
        page.said(clock, fmt.clean(event.event), event.text or _flat(event.data))


def _artifact(item: Artifact) -> str:
    return _joined(item.path, item.kind, fmt.bytes_(item.size))


def _process(detail: RunDetail) -> Iterable[tuple[str, str]]:
    rows = (
        ("command", " ".join(detail.command or ())),
        ("user", detail.user or ""),
        ("host", detail.host or ""),
        ("pid", "" if detail.pid is None else str(detail.pid)),
        ("seed", "" if detail.seed is None else fmt.value(detail.seed)),
        ("exit code", "" if detail.exit_code is None else str(detail.exit_code)),
    )
    return tuple((label, value) for label, value in rows if value)


def _mapping(mapping: Mapping[str, Json] | None) -> tuple[tuple[str, str], ...]:
    return tuple((key, fmt.value(value)) for key, value in sorted((mapping or {}).items()))


def _flat(mapping: Mapping[str, Json]) -> str:
    return _joined(*(f"{fmt.clean(key)}={fmt.value(value)}" for key, value in mapping.items()), sep="  ")


def _joined(*parts: str | None, sep: str = ", ") -> str:
    return sep.join(part for part in parts if part)
