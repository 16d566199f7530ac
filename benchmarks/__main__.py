"""`make bench`: measure, print the table; status 1 when an aim is missed or a benchmark fails, 130 after ctrl+c."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from benchmarks.harness import Figure, machine, show
from benchmarks.place import Place
from benchmarks.registry import BENCHMARKS


def main() -> int:
    args = _parser().parse_args()
    signal.signal(signal.SIGTERM, _end)
    print(f"{machine()}\n", flush=True)
    figures: list[Figure] = []
    failed = interrupted = False
    try:
        with _place(args) as place:
            for name in args.only:
                failed |= not _measure(name, place, figures)
    except KeyboardInterrupt:
        interrupted = True
        _end_children()
    print(show(figures))
    missed = failed or any(figure.verdict == "missed" for figure in figures)
    return 128 + signal.SIGINT if interrupted else int(missed)


def _measure(name: str, place: Place, figures: list[Figure]) -> bool:
    """Add the figures of a benchmark, and tell how long it took. False when it failed: the others go on."""
    began = time.perf_counter()
    try:
        figures += BENCHMARKS[name](place)
    except (TimeoutError, AssertionError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        print(f"{name} failed: {error}", file=sys.stderr)
        return False
    print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return True


def _end_children() -> None:
    """What was started in the very moment of the interruption has nobody else to end it."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()
            child.wait()


@contextmanager
def _place(args: argparse.Namespace) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="labtop-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        kept: Path = args.keep or folder / "kept"
        kept.mkdir(parents=True, exist_ok=True)
        yield Place(folder, kept.resolve(), args.quick, args.sweep)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", metavar="NAME,..", type=_names, default=list(BENCHMARKS), help=f"some of {', '.join(BENCHMARKS)}"
    )
    parser.add_argument("--quick", action="store_true", help="fewer turns, and without what takes minutes")
    parser.add_argument("--sweep", metavar="DIR", type=Path, help="logs to open for `sweep`, not some that are made")
    parser.add_argument(
        "--keep", metavar="DIR", type=Path, help="keep the run directories and their indexes here for the next time"
    )
    return parser


def _names(text: str) -> Sequence[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no benchmark {unknown[0]!r}: there are {', '.join(BENCHMARKS)}")
    return names


def _end(number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
