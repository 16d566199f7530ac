"""`python recording_writer.py ROOT LINES WRITER`: one of the processes that write into the run `shared` of a root."""

from __future__ import annotations

import sys

import labtop


def main() -> None:
    root, lines, writer = sys.argv[1:]
    run = labtop.init(root, id="shared", capture=False)
    for line in range(int(lines)):
        run.log({f"writer{writer}": line}, step=line)
    run.finish()


if __name__ == "__main__":
    main()
