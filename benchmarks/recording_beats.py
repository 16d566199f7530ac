"""`python recording_beats.py FOLDER SECONDS`: microseconds of a processor that a heartbeat takes, as JSON."""

from __future__ import annotations

import json
import sys
import time

import labtop

_EVERY_S = 0.5


def main() -> None:
    folder, seconds = sys.argv[1:]
    run = labtop.init(folder, capture=False, heartbeat_s=_EVERY_S)
    before = time.process_time()
    time.sleep(float(seconds))
    taken = time.process_time() - before
    beats = run.path.read_text().count('"heartbeat"')
    assert beats > 0
    print(json.dumps({"beat_us": 1e6 * taken / beats}))
    run.finish()


if __name__ == "__main__":
    main()
