"""Promoting: models come to their stages from the screen, and production goes back."""

from __future__ import annotations

from labtop.store.model import ModelVersion, Promotion, Run, StoreError, version_name
from labtop.tui.inquiry import Said
from labtop.tui.screens.models import ModelsView
from labtop.tui.screens.noting import Noting
from labtop.tui.screens.view import ON_ITS_WAY

_NO_VERSION = "no version is here yet: W on a run promotes it"


class Promoting(Noting):
    """How to promote is asked in a screen of its own; what was done is said in the bottom line."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self._is_rolling_back = False

    def action_promote(self) -> None:
        """Ask how the run under the cursor is to be promoted; in Models that of the version, as the same model."""
        if isinstance(self.current, ModelsView):
            found = self.current.under_cursor
            if found is None or found[1].run is None:
                self.say(_NO_VERSION if found is None else "the log of that run is gone: it cannot be promoted")
                return
            self._ask_how(found[1].run, found[0].name, found[1])
            return
        number = self.current.run_under_cursor()
        run = self.known.get(-1 if number is None else number)
        if run is None:
            self.say("that is for one run: put the cursor on one" if number is None else ON_ITS_WAY)
            return
        self._ask_how(run)

    def _ask_how(self, run: Run, model: str = "", version: ModelVersion | None = None) -> None:
        from labtop.tui.screens.promotion import PromotionScreen  # what the first frame does not need

        now = (version.version, version.stage) if version else ()
        self.app.push_screen(PromotionScreen(run, self._promote, self._store.models, model, *now))

    def _promote(self, asked: Promotion) -> None:
        """In a thread. What was done is said also where the screen that asked was left meanwhile."""
        self.post_message(Said(self._store.promote(asked).told))

    def action_roll_back(self) -> None:
        """Production of the model under the cursor to the version before, at once; not twice while it is under way."""
        found = self.current.under_cursor if isinstance(self.current, ModelsView) else None
        if found is None:
            self.say(_NO_VERSION)
        elif not self._is_rolling_back:
            self._is_rolling_back = True
            self.run_worker(lambda: self._roll_back(found[0].name), group="roll back", thread=True)

    def _roll_back(self, model: str) -> None:
        """In a thread: it reads, and the disk may be slow."""
        try:
            done = self._store.rollback(model)
            now, before = version_name(done.version), version_name(done.archived or done.version)
            left = f", {before} is archived" if done.archived else ""
            where = "".join(f"; {each}" for each in done.remarks)
            where += f"; only in {done.noted.path}" if done.noted.beside else ""
            said = f"{model} {now} is in production again{left}; to undo it, > on {before}{where}"
        except StoreError as error:
            said = str(error)
        self.post_message(Said(said))
        self.call_later(self._rolled_back)

    def _rolled_back(self) -> None:
        self._is_rolling_back = False
