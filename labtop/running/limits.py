"""How much text is logged: so much in so long a time."""

from __future__ import annotations

from time import monotonic
from typing import Final

LINES_A_SECOND: Final = 200
TEXT_AN_HOUR: Final = 1 << 20


class Allowance:
    """An amount that is there anew in each period."""

    def __init__(self, amount: int, period_s: float) -> None:
        self._amount = self.left = amount
        self._period_s = period_s
        self._renewed = monotonic()

    def renew(self, now: float) -> None:
        """Let time pass: `now` on the monotonic clock."""
        if now - self._renewed >= self._period_s:
            self._renewed, self.left = now, self._amount
