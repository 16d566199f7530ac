"""History: what was typed before, gone through with the arrows."""

from __future__ import annotations

from collections.abc import Sequence


class History:
    """`texts`, the newest last. What was being typed is kept, and comes after the newest."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._texts = [text for text in texts if text]
        self._place: int | None = None
        self._draft = ""

    @property
    def browsing(self) -> bool:
        """Whether the text in sight comes from here."""
        return self._place is not None

    def stop(self) -> None:
        """The text in sight was changed: it is what is being typed now."""
        self._place = None

    def older(self, text: str) -> str | None:
        """The text before `text`, the one in sight, that differs from it; None before the oldest."""
        place = len(self._texts) if self._place is None else self._place
        if self._place is None:
            self._draft = text
        while place > 0:
            place -= 1
            if self._texts[place] != text:
                self._place = place
                return self._texts[place]
        return None

    def newer(self, text: str) -> str | None:
        """The text after it, at last what was being typed; None when that is in sight."""
        if self._place is None:
            return None
        for place in range(self._place + 1, len(self._texts)):
            if self._texts[place] != text:
                self._place = place
                return self._texts[place]
        self._place = None
        return self._draft
