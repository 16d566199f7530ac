"""`labtop tail`: new values as plain lines, like `tail -f`."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from labtop.cli import formats, output, values
from labtop.cli.errors import NOT_THERE, CommandError, nearest
from labtop.cli.reading import explain_emptiness, opened, tell_notices
from labtop.cli.show import RUN_HELP
from labtop.cli.text import clean, width
from labtop.store import Store
from labtop.store.answers.to_json import written_json
from labtop.store.model import Activity, News, NewsQuery, NotThere, Run, TableQuery, Written

_LINES: Final = 10
_GAP: Final = "  "
_WIDEST: Final = 40
_DIGITS: Final = 18  # of a number of lines: any longer one means all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop tail`."""
    what = f"only these runs and metrics; a run is its {RUN_HELP}"
    parser.add_argument("words", metavar="RUN | METRIC", nargs="*", help=what)
    parser.add_argument(
        "-n", "--lines", metavar="N", type=_count, default=_LINES, help="first the last N (default: 10)"
    )
    parser.add_argument("--no-follow", action="store_true", help="print these and end")
    parser.add_argument("--json", action="store_true", help="an object a line: run, step, time, metrics")


def run(args: argparse.Namespace) -> int:
    """Print the last lines, then each new one, until ctrl+C or until nobody reads them."""
    with opened(args) as store:
        query = chosen(store, args.words)
        if args.no_follow and not store.outline().runs:
            explain_emptiness(store)
        lines = _as_json if args.json else Lines(store).text
        news = store.newest(query, args.lines)
        if output.write(lines(news.lines)) and not args.no_follow:
            _follow(store, query, news, lines)
    return 0


def chosen(store: Store, words: Sequence[str]) -> NewsQuery:
    """The runs and metrics that the words name. One that names neither ends the command with status 3."""
    metrics = [info.name for info in store.outline().metrics] if words else []
    runs: list[str] = []
    wanted: list[str] = []
    for word in words:
        run = _run(store, word, metrics)
        if run is None:
            wanted.append(word)
        else:
            runs.append(run.id)
    return NewsQuery(tuple(runs), tuple(wanted))


class Lines:
    """Lines for people: time, run, step, values; columns grow with what they hold, and stay."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._runs: dict[str, Run] = {}
        self._name = self._step = 0

    def text(self, lines: Sequence[Written]) -> str:
        """The lines, each ended."""
        if any(line.run not in self._runs for line in lines):
            self._runs = {run.id: run for run in self._store.table(TableQuery()).runs}
        names = [self._name_of(line.run) for line in lines]
        steps = [values.progress(line.step, None) for line in lines]
        self._name = max([self._name, *(min(width(name), _WIDEST) for name in names)])
        self._step = max([self._step, *map(len, steps)])
        return "".join(map(self._line, lines, names, steps))

    def _line(self, line: Written, name: str, step: str) -> str:
        time = values.clock(line.time, estimated=line.estimated)
        said = (f"{clean(metric)}={values.number(value)}" for metric, value in line.metrics.items())
        padded = f"{name}{' ' * (self._name - width(name))}"
        return f"{_GAP.join([time, padded, step.rjust(self._step), *said])}\n"

    def _name_of(self, run: str) -> str:
        return clean(self._runs[run].name if run in self._runs else run)


def _as_json(lines: Iterable[Written]) -> str:
    return "".join(formats.as_json(written_json(line), indent=None) for line in lines)


def _follow(store: Store, query: NewsQuery, news: News, text: Callable[[Sequence[Written]], str]) -> None:
    """Print what is new each time that something is, until nobody reads it."""
    changed, gone = threading.Event(), threading.Event()

    def on_change(_activity: Activity) -> None:
        changed.set()

    def on_end() -> None:
        gone.set()
        changed.set()

    told = store.activity.notices
    output.when_unread(on_end)
    store.start(on_change)
    while True:
        changed.wait()
        changed.clear()
        if gone.is_set():
            return
        told = tell_notices(store, told)
        news = store.since(query, news.place)
        if news.lines and not output.write(text(news.lines)):
            return


def _run(store: Store, word: str, metrics: Sequence[str]) -> Run | None:
    """The run that the word names; None where it names a metric, which a mere part of a run's name does not beat."""
    try:
        run = store.detail(store.find(word)).run
    except NotThere as error:
        if word in metrics:
            return None
        raise CommandError(_neither(store, word, metrics, str(error)), NOT_THERE) from error
    return None if word in metrics and word not in (run.id, run.name) else run


def _neither(store: Store, word: str, metrics: Sequence[str], error: str) -> str:
    """Why a word names nothing: several runs fit, or none and no metric either."""
    runs = store.table(TableQuery()).runs
    if word.startswith("@") or any(word.casefold() in f"{run.id}\n{run.name}".casefold() for run in runs):
        return error
    names = list(dict.fromkeys([*metrics, *(name for run in runs for name in (run.name, run.id))]))
    return f"no run or metric {word!r}{nearest(word, names) or '; labtop ls shows what there is'}"


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lines")
    return int(text) if len(text) <= _DIGITS else sys.maxsize
