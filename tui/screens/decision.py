"""DecisionScreen: what is decided of a run, why, and what was expected of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Input, Label

from labtop.store.model import VERDICTS, Verdict
from labtop.tui import format as fmt
from labtop.tui.keys import ALWAYS
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.keyed import KeyedModal
from labtop.tui.widgets.choice_row import ChoiceRow
from labtop.tui.widgets.prompt_field import FormField

_KEYS = "Left, Right or first letter; Tab next, ctrl+s done, Esc leaves"
_WHY_MISSING = "Say why: a decision is kept with its reason"
_FRAME_CELLS = 4
_WIDEST = 76


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its reason; `hypothesis` is what was expected, "" where nobody said."""

    verdict: Verdict
    why: str
    hypothesis: str


class VerdictRow(ChoiceRow):
    """The verdicts."""

    def __init__(self) -> None:
        super().__init__(VERDICTS)

    @property
    def verdict(self) -> Verdict:
        """The chosen one."""
        return next(verdict for verdict in VERDICTS if verdict == self.chosen)


class DecisionScreen(KeyedModal[Decision | None]):
    """Asks for a decision on the run of this name. Esc leaves without one."""

    CSS_PATH = "decision.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        Binding("escape", "dismiss(None)", show=False),
        Binding("tab,down", "go(1)", show=False),
        Binding("shift+tab,up", "go(-1)", show=False),
        Binding("ctrl+s", "confirm", show=False),
    ]

    def __init__(self, run: str, hypothesis: str | None = None) -> None:
        self._verdict = VerdictRow()
        super().__init__(self._verdict)
        self._title = f"Decision on {fmt.clean(run)}"
        self._why = FormField("required")
        self._hypothesis = FormField("what was expected")
        self._hypothesis.put(hypothesis or "")

    def compose(self) -> ComposeResult:
        """A line for each part."""
        with Vertical():
            yield Label(id="title", markup=False)
            parts = (("verdict", self._verdict), ("why", self._why), ("hypothesis", self._hypothesis))
            for name, part in parts:
                with Horizontal():
                    yield Label(name, classes="what", markup=False)
                    yield part
            yield Label(_KEYS, id="said", markup=False)

    def on_resize(self, event: Resize) -> None:
        """As much of the name as there is room for."""
        more = "~" if terminal_charset() == "ascii" else "…"
        room = min(event.size.width, _WIDEST) - _FRAME_CELLS
        self.query_one("#title", Label).update(fmt.cut(self._title, room, more))

    def action_go(self, step: int) -> None:
        """The focus to the next part, or the one before."""
        parts: list[Widget] = [self._verdict, self._why, self._hypothesis]
        place = parts.index(self.focused) if self.focused in parts else 0
        self.set_focus(parts[(place + step) % len(parts)])

    @on(Input.Submitted)
    def _entered(self) -> None:
        if self.focused is self._hypothesis:
            self.action_confirm()
        else:
            self.action_go(1)

    def action_confirm(self) -> None:
        """Leave with the decision, if it has a reason."""
        why = self._why.value.strip()
        if why:
            self.dismiss(Decision(self._verdict.verdict, why, self._hypothesis.value.strip()))
            return
        self.set_focus(self._why)
        said = self.query_one("#said", Label)
        said.add_class("-missing")
        said.update(_WHY_MISSING)
