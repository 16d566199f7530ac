"""`make bench`: measure, print the table, exit 1 when an aim is missed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import screen
from benchmarks.harness import show


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--sweep", type=Path, help="a directory of logs to open, instead of one made for the purpose")
    figures = screen.measure(parser.parse_args().sweep)
    print(show(figures))
    return int(any(figure.verdict == "missed" for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
