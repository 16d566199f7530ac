"""What of a command's output is recorded: text as log lines, within limits, and JSON as metrics."""

from __future__ import annotations

from collections import deque
from time import monotonic, time
from typing import Any, Final, Protocol

from labtop.running.escapes import MainScreen, lines_up, text_of
from labtop.running.last_words import Tail, error_in, traceback_in
from labtop.running.limits import LINES_A_SECOND, TEXT_AN_HOUR, Allowance
from labtop.running.lines import Lines
from labtop.running.objects import is_event, object_of, timed

_LONGEST: Final = 4000  # characters of a line
_LAST_LINES: Final = 50
_FRAME_S: Final = 1.0


class Record(Protocol):
    """The run that is written to."""

    def event(self, event: str, /, **fields: Any) -> None:
        """Append an event."""

    def text(self, text: str) -> None:
        """Append a line of its log."""

    def lines(self, lines: bytes, /) -> None:
        """Append lines that are objects of the format already."""


class Transcript:
    """Records one stream of a command. Of what goes beyond the limits the last lines are kept until it ends."""

    def __init__(self, record: Record, *, lines: Allowance, text: Allowance, has_objects: bool) -> None:
        self.tail = Tail()
        self._record = record
        self._allowed_lines, self._allowed_text = lines, text
        self._has_objects = has_objects
        self._screen = MainScreen()
        self._lines = Lines()
        self._last: deque[bytes] = deque(maxlen=_LAST_LINES)
        self._left_out = 0
        self._shown = ""  # the last state of a line that is written again and again
        self._frame = -_FRAME_S
        self._is_frame_due = True
        self._redrawn = 0  # lines that a display of several bars draws again

    def feed(self, data: bytes) -> None:
        """Record what came."""
        data = self._screen.visible(data)
        if not data:
            return
        self.tail.feed(data)
        block = self._lines.feed(data)
        if block:
            self._take(block)
        self.show()

    def show(self) -> None:
        """Record the state of a progress bar, once a second."""
        now = monotonic()
        if now - self._frame >= _FRAME_S and (state := text_of(self._lines.rewritten())) and state != self._shown:
            self._frame, self._shown = now, state
            self._say(state)

    @property
    def is_changing(self) -> bool:
        """Whether there is a progress bar, which may be due to be shown again."""
        return bool(self._lines.rewritten())

    def finish(self) -> None:
        """Record what is left: a line without an end, and the last lines."""
        rest = self._screen.rest()
        self.tail.feed(rest)
        if block := self._lines.feed(rest) + self._lines.rest():
            self._take(block.removesuffix(b"\n") + b"\n")
        last = [*self._last]
        self._left_out -= len(last)
        self._remark()
        for line in last:
            self._say(text_of(line))

    def _take(self, block: bytes) -> None:
        """Record whole lines; what is too many is only counted, which is fast."""
        now = monotonic()
        self._allowed_lines.renew(now)
        self._allowed_text.renew(now)
        if self._has_objects and b"{" in block:
            self._take_apart(block.removesuffix(b"\n").split(b"\n"), now)
            return
        most = max(self._allowed_lines.left, 0) if self._allowed_text.left > 0 else 0
        *lines, rest = block.split(b"\n", most)
        for line in lines:
            self._log(line, now)
        if rest:
            self._leave_out(rest)

    def _take_apart(self, lines: list[bytes], now: float) -> None:
        """Record lines of which some are objects. Metrics that follow each other are written at once."""
        metrics: list[bytes] = []
        for line in lines:
            found = object_of(line)
            if found is not None and not is_event(found):
                metrics.append(timed(line, found, time()))
                continue
            self._write(metrics)
            if found is None:
                self._log(line, now)
            else:
                self._record.event(found.pop("event"), **found)
        self._write(metrics)

    def _write(self, metrics: list[bytes]) -> None:
        if metrics:
            self._record.lines(b"".join(metrics))
            metrics.clear()

    def _log(self, line: bytes, now: float) -> None:
        if self._is_drawn_again(line, now):
            return
        text, shown = text_of(line), self._shown
        self._shown = ""
        if not text or text == shown:
            return
        if self._allowed_lines.left <= 0 or self._allowed_text.left <= 0:
            self._leave_out(line + b"\n")
            return
        self._remark()
        self._say(text)

    def _is_drawn_again(self, line: bytes, now: float) -> bool:
        """Whether it belongs to a display of several bars of which a state was recorded within the last second."""
        up = lines_up(line)
        if up and (not self._redrawn or now - self._frame >= _FRAME_S):
            self._is_frame_due = now - self._frame >= _FRAME_S
            self._frame = now if self._is_frame_due else self._frame
        is_drawn = up > 0 or self._redrawn > 0
        self._redrawn = max(self._redrawn + up - 1, 0)
        return is_drawn and not self._is_frame_due

    def _leave_out(self, block: bytes) -> None:
        self._left_out += block.count(b"\n") + (not block.endswith(b"\n"))
        self._last.extend(
            line[: 4 * _LONGEST] for line in block.rstrip(b"\n").rsplit(b"\n", _LAST_LINES)[-_LAST_LINES:]
        )

    def _remark(self) -> None:
        if self._left_out > 0:
            self._record.text(f"... {self._left_out:,} lines left out ...")
        self._left_out = 0
        self._last.clear()

    def _say(self, text: str) -> None:
        if len(text) > _LONGEST:
            text = f"{text[:_LONGEST]} ... ({len(text):,} characters)"
        self._allowed_lines.left -= 1
        self._allowed_text.left -= len(text)
        self._record.text(text)


class Transcripts:
    """Records what a command says, in one stream or in two that are apart."""

    def __init__(self, record: Record) -> None:
        limits = {"lines": Allowance(LINES_A_SECOND, 1.0), "text": Allowance(TEXT_AN_HOUR, 3600.0)}
        self.out = Transcript(record, **limits, has_objects=True)
        self.err = Transcript(record, **limits, has_objects=False)

    def show(self) -> None:
        """Record progress bars that stand still."""
        for each in (self.out, self.err):
            each.show()

    @property
    def is_changing(self) -> bool:
        """Whether there is a progress bar."""
        return self.out.is_changing or self.err.is_changing

    def finish(self) -> None:
        """Record what is left."""
        for each in (self.out, self.err):
            each.finish()

    def last_words(self) -> tuple[str | None, str | None]:
        """The line that names the error, and the traceback: of the stream that has one, else of the errors."""
        said = [text for text in (self.err.tail.text(), self.out.tail.text()) if text]
        for text in said:
            if trace := traceback_in(text):
                return error_in(text), trace
        return (error_in(said[0]) if said else None), None
