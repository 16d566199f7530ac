"""A comparison that leaves the screen: into the clipboard, into a file, and the code of two runs to be read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

from labtop.store.model import CodeDiff, Comparison
from labtop.store.questions import Questions
from labtop.tui.comparing.look import CompareLook
from labtop.tui.comparing.rows import in_order
from labtop.tui.inquiry import Inquiry, Said
from labtop.tui.screens.picker import Choice, Picker
from labtop.tui.screens.reader import Reader
from labtop.tui.screens.view import View

_MOST_COPIED: Final = 70_000
"""Bytes: terminals take no more than some 100,000 of base64 at once."""
_FORMATS: Final = (
    Choice(".md", "Markdown: as on the screen"),
    Choice(".csv", "CSV: exact values, a line a key"),
    Choice(".json", "JSON: as labtop diff --json"),
)


class ComparingFiles(View):
    """What keys do with the comparison that is on the screen."""

    _comparison: Comparison | None

    def __init__(self, store: Questions, *, id: str) -> None:
        super().__init__(id=id)
        self._store = store
        self._presses = count()
        self._code = Inquiry[tuple[int, int, int], CodeDiff](self, "code", self._fetch_code, self._take_code)

    def _look(self) -> CompareLook:
        """How the comparison is dressed."""
        raise NotImplementedError

    def _base(self) -> int | None:
        """The run that others are compared with."""
        raise NotImplementedError

    def action_copy_markdown(self) -> None:
        """What is on the screen, as a Markdown table, into the clipboard."""
        if self._comparison is None:
            return
        from labtop.tui.comparing.files import content  # what the first frame does not need

        text = content(self._comparison_shown(), self._look(), ".md")
        size = len(text.encode())
        if size > _MOST_COPIED:
            self._say(f"{size:,} bytes are too many for a clipboard over a terminal: e writes a file")
            return
        self.app.copy_to_clipboard(text)
        self._say(f"copied as Markdown: {len(self._comparison.runs)} runs, {size:,} bytes")

    def action_export(self) -> None:
        """Into a file, in a format that is asked for."""
        if self._comparison is None:
            return
        runs = len(self._comparison.runs)
        self.app.push_screen(Picker(f"Export the comparison of {runs} runs as", list(_FORMATS)), self._picked)

    def _picked(self, ending: str | None) -> None:
        if ending is not None and self._comparison is not None:
            comparison, look = self._comparison_shown(), self._look()
            self.run_worker(lambda: self._write(comparison, look, ending), group="export", thread=True)

    def _write(self, comparison: Comparison, look: CompareLook, ending: str) -> None:
        """In a thread."""
        from labtop.tui.comparing.files import content
        from labtop.tui.export.write import placed

        path = Path(f"labtop-compare{ending}")
        try:
            folder = Path.cwd()
            written = placed(content(comparison, look, ending).encode("utf-8", "replace"), path)
        except OSError as error:  # also where the folder is gone
            self._say(f"{path} cannot be written into the working directory: {error.strerror or error}")
        else:
            self._say(f"written: {written} in {folder}")

    def action_code(self) -> None:
        """What git says of the commits of two runs, and their patches."""
        runs = [run.number for run in self._comparison.runs] if self._comparison else []
        base, under = self._base(), self.run_under_cursor()
        if under is None or under == base:
            others = [run for run in runs if run != base]
            under = others[0] if len(others) == 1 else None
        if base is None or under is None:
            self._say("of more than two runs h l choose the one whose code is compared with the baseline's")
            return
        self._code.ask((base, under, next(self._presses)), 0)

    def _fetch_code(self, asked: tuple[int, int, int]) -> Iterator[CodeDiff]:
        yield self._store.code_diff(*asked[:2])

    def _take_code(self, _: tuple[int, int, int], diff: CodeDiff) -> None:
        from labtop.tui.comparing.code_text import code_text

        if self._in_sight and self.app.screen is self.screen:
            self.app.push_screen(Reader("Code, from the baseline on", code_text(diff)))

    def _comparison_shown(self) -> Comparison:
        assert self._comparison is not None
        return in_order(self._comparison, self._look())

    def _say(self, text: str) -> None:
        self.post_message(Said(text))
