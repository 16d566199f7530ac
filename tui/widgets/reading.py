"""How far the first reading of a directory is: a bar with figures, always of the same width. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from labtop.tui import format as fmt
from labtop.tui.run_style import Charset

_BAR = 10  # cells
_OTHERS = 30  # cells of the line that belong to the directory and to what was found


@dataclass(frozen=True, slots=True)
class Reading:
    """`done` is the share that was read, None where nobody knows yet; `left` are bytes."""

    done: float | None
    left: int
    lines_per_s: float


def reading_text(reading: Reading, width: int, charset: Charset) -> str:
    """The most that suits a line of `width` cells: bar, per cent, bytes left, speed."""
    if reading.done is None:
        wishes = ["looking for logs", "looking"]
    else:
        bar = fmt.progress_bar(reading.done, _BAR, ascii_only=charset == "ascii")
        percent = f"{fmt.percent(reading.done):>4}"
        left, speed = f"{fmt.bytes_(reading.left):>7} left", f"{lines_per_s(reading.lines_per_s):>13}"
        wishes = [f"reading {bar} {percent} {left}{speed}", f"reading {bar} {percent} {left}"]
        wishes += [f"reading {bar} {percent}", f"read{percent}"]
    return next((wish for wish in wishes if len(wish) <= width - _OTHERS), wishes[-1])


def lines_per_s(rate: float) -> str:
    """A speed in at most twelve cells: 0.8 lines/s, 412 lines/s, 162k lines/s."""
    if rate < 10:
        return f"{rate:.1f} lines/s"
    if rate < 9_999.5:
        return f"{rate:.0f} lines/s"
    return f"{rate / 1e3:.0f}k lines/s" if rate < 999_500 else f"{rate / 1e6:.1f}M lines/s"
