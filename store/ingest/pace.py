"""Pace: how soon what stands below the root is looked at again. Seconds, on a clock that is never set back."""

from __future__ import annotations

RECENT_S = 60.0
"""What changed since then is looked at every time."""

LOOK_S = 0.01
"""What one look may take for the rest; what it does not come to goes first in the next."""

COSTLY = 50.0
"""A folder is not listed again before so many times what listing it took are over."""

_PARTS = 60.0  # a change is seen within one part in so many of the time that nothing happened
_LONGEST_S = 60.0  # but no later than this
_FOLDERS_PER_S = 1000.0  # as many are asked for their times: new files are found by them
_GRAIN_S = 2.0  # two changes of a folder nearer to each other than this may leave the same time
_AHEAD_S = 3600.0  # file servers' clocks may be ahead of ours; a time later than this is no time
_RELIST_S = 30.0  # a folder is listed again though nothing speaks for it: some file systems keep no times
_LISTING_PARTS = 400.0  # all such listings together may take one part in so many of the time
_GOLDEN = 0.6180339887498949


class Pace:
    """Spreads looks over time, so that what was met at once is not looked at all at once for ever."""

    def __init__(self) -> None:
        self._turn = 0.0

    def file(self, quiet: float) -> float:
        """The wait until a file is looked at again that has been quiet for so long; 0: every time."""
        return 0.0 if quiet < RECENT_S else self._spread(min(quiet / _PARTS, _LONGEST_S))

    def folder(self, quiet: float, folders: int) -> float:
        """The same for one of so many folders."""
        return (
            0.0 if quiet < RECENT_S else self._spread(min(quiet / _PARTS, _LONGEST_S, (1 + folders) / _FOLDERS_PER_S))
        )

    def listing(self, took: float) -> float:
        """The wait until a folder is listed again without cause, when listing all of them takes so long."""
        return self._spread(max(_RELIST_S, took * _LISTING_PARTS))

    def _spread(self, wait: float) -> float:
        self._turn = (self._turn + _GOLDEN) % 1.0
        return wait * (0.5 + self._turn / 2)


def is_restless(age: float, noticed: float) -> bool:
    """Whether a folder may change again without its time telling: it is `age` old (less than 0: ahead of our clock),
    and its last change was noticed so long ago."""
    return -_AHEAD_S < age < _GRAIN_S or noticed < _GRAIN_S
