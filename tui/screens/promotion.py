"""PromotionScreen: which model a run's file is to be, in which stage, why, and who approved it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from labtop.store.model import STAGES, Model, Promotion, Refused, Run, Stage, StoreError, version_name
from labtop.tui import format as fmt
from labtop.tui.screens.form import Form
from labtop.tui.widgets.choice_row import ChoiceRow
from labtop.tui.widgets.prompt_field import FormField

_KEYS = "Tab next, Left, Right stage, ctrl+s done, Esc leaves"
_WHY_MISSING = "Say why: a stage is kept with its reason"
_FORCE = ": ctrl+f ticks, ctrl+s promotes"
_NEXT: Mapping[Stage, Stage] = {"staging": "production", "production": "archived"}
_WHICH = ", with > on it in Models"


class PromotionScreen(Form[None]):
    """Asks how `run` is to be promoted, and has `promote` do it. What is refused is said in it, and may be tried again;
    what can be overruled stands beside a box to tick. Esc leaves without a change.

    `version` is the one of `model` that is meant, unless another model is named in the screen; `now` is its stage, and
    the next one is proposed. Without a `model` the one is proposed that the run is a version of, or the only one of
    `models`, as soon as these are known, unless something is typed by then; what is typed then takes its place.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+f", "force", show=False, priority=True),  # before the line takes it
    ]

    def __init__(
        self,
        run: Run,
        promote: Callable[[Promotion], None],
        models: Callable[[], tuple[Model, ...]],
        model: str = "",
        version: str | None = None,
        now: Stage = "none",
    ) -> None:
        self._model = FormField("its name; a new one begins a model")
        self._stage = ChoiceRow(STAGES, _NEXT.get(now, "staging"))
        self._why = FormField("required")
        self._approved_by = FormField("required")
        self._artifact = FormField("which file is the model, if there are several")
        parts = {
            "model": self._model,
            "stage": self._stage,
            "why": self._why,
            "approved by": self._approved_by,
            "artifact": self._artifact,
        }
        title = f"Promote {run.name}" + (f", {version_name(version)}" if version else "")
        super().__init__(title, parts, self._stage if model else self._model, _KEYS)
        self._model.put(model)
        self._meant = self._model.value, version
        self._run = run
        self._promote = promote
        self._models = models
        self._overruled: tuple[str, ...] = ()
        self._forced = self._busy = False

    def _below(self) -> ComposeResult:
        """The box to tick."""
        yield Label(id="force", markup=False)

    def on_mount(self) -> None:
        """Ask which models there are."""
        super().on_mount()
        if not self._model.value:
            self.app.run_worker(self._look_up, group="models", thread=True)

    def _look_up(self) -> None:
        try:
            self.call_later(self._propose, self._models())
        except StoreError:
            return  # to promote will say why

    def _propose(self, models: tuple[Model, ...]) -> None:
        own = [model.name for model in models if any(each.run_id == self._run.id for each in model.versions)]
        names = own or [model.name for model in models]
        if len(names) == 1 and not self._model.value:
            self._model.put(names[0])
            self._model.action_select_all()

    def action_force(self) -> None:
        """Overrule what was said against it, or do not; nothing can be overruled unseen."""
        if self._overruled:
            self._forced = not self._forced
            self._show_force()

    def _show_force(self) -> None:
        box = f"[{'x' if self._forced else ' '}] even so (ctrl+f): {', '.join(self._overruled)}"
        self.query_one("#force", Label).update(box if self._overruled else "")

    def action_confirm(self) -> None:
        """Promote, in a thread: it reads, and the disk may be slow."""
        if self._busy:
            return
        if not self._why.value.strip():
            self.set_focus(self._why)
            self._complain(_WHY_MISSING)
            return
        self._busy = True
        model, version = self._meant
        asked = Promotion(
            self._run.number,
            self._model.value.strip(),
            self._stage.chosen,
            self._why.value.strip(),
            self._approved_by.value.strip(),
            artifact=self._artifact.value.strip() or None,
            version=version if self._model.value == model else None,
            overruled=self._overruled if self._forced else (),
        )
        self.app.run_worker(lambda: self._try(asked), group="promote", thread=True)

    def _try(self, asked: Promotion) -> None:
        try:
            self._promote(asked)
        except StoreError as error:
            self.call_later(self._refused, error)
        else:
            self.call_later(self._leave)

    def _leave(self) -> None:
        self.dismiss()

    def _refused(self, error: StoreError) -> None:
        """In the screen, with what could overrule it."""
        self._busy = False
        overruled = error.overruled if isinstance(error, Refused) else ()
        if overruled != self._overruled:
            self._overruled, self._forced = overruled, False
        self._show_force()
        which = _WHICH if isinstance(error, Refused) and error.unnamed == "version" else ""
        fit = f"Not fit for {self._stage.chosen} as it is{_FORCE}"
        self._complain(fit if overruled else fmt.clean(error) + which)
