"""DecisionScreen: what is decided of a run, why, and what was expected of it."""

from __future__ import annotations

from dataclasses import dataclass

from labtop.store.model import VERDICTS, Verdict
from labtop.tui.screens.form import Form
from labtop.tui.widgets.choice_row import ChoiceRow
from labtop.tui.widgets.prompt_field import FormField

_KEYS = "Left, Right or first letter; Tab next, ctrl+s done, Esc leaves"
_WHY_MISSING = "Say why: a decision is kept with its reason"


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


class DecisionScreen(Form[Decision | None]):
    """Asks for a decision on the run of this name. Esc leaves without one."""

    def __init__(self, run: str, hypothesis: str | None = None) -> None:
        self._verdict = VerdictRow()
        self._why = FormField("required")
        self._hypothesis = FormField("what was expected")
        parts = {"verdict": self._verdict, "why": self._why, "hypothesis": self._hypothesis}
        super().__init__(f"Decision on {run}", parts, self._verdict, _KEYS)
        self._hypothesis.put(hypothesis or "")

    def action_confirm(self) -> None:
        """Leave with the decision, if it has a reason."""
        why = self._why.value.strip()
        if why:
            self.dismiss(Decision(self._verdict.verdict, why, self._hypothesis.value.strip()))
            return
        self.set_focus(self._why)
        self._complain(_WHY_MISSING)
