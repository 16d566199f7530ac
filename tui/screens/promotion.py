"""PromotionScreen: which model a run's file is to be, in which stage, why, and who approved it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Input, Label

from labtop.store.model import STAGES, Model, Promotion, Refused, Run, Stage, StoreError
from labtop.tui import format as fmt
from labtop.tui.keys import ALWAYS
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.keyed import KeyedModal
from labtop.tui.widgets.choice_row import ChoiceRow
from labtop.tui.widgets.prompt_field import FormField

_KEYS = "Tab next, Left, Right stage, ctrl+s done, Esc leaves"
_FORCE = ": ctrl+f ticks the box, ctrl+s again promotes"
_FRAME_CELLS = 4
_WIDEST = 76


class PromotionScreen(KeyedModal[None]):
    """Asks how `run` is to be promoted, and has `promote` do it. What is refused is said in it, and may be tried again;
    what can be overruled stands beside a box to tick. Esc leaves without a change.

    Without a `model` the one is proposed that the run is a version of, or the only one of `models`, as soon as these
    are known, unless something is typed by then.
    """

    CSS_PATH = "promotion.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        Binding("escape", "dismiss(None)", show=False),
        Binding("tab,down", "go(1)", show=False),
        Binding("shift+tab,up", "go(-1)", show=False),
        Binding("ctrl+s", "confirm", show=False),
        Binding("ctrl+f", "force", show=False, priority=True),  # before the line takes it
    ]

    def __init__(
        self,
        run: Run,
        promote: Callable[[Promotion], None],
        models: Callable[[], tuple[Model, ...]],
        model: str = "",
        stage: Stage = "staging",
    ) -> None:
        self._model = FormField("its name; a new one begins a model")
        self._stage = ChoiceRow(STAGES, stage)
        super().__init__(self._stage if model else self._model)
        self._model.put(model)
        self._why = FormField("required")
        self._approved_by = FormField("required")
        self._artifact = FormField("which file is the model, if there are several")
        self._run = run
        self._promote = promote
        self._models = models
        self._overruled: tuple[str, ...] = ()
        self._forced = self._busy = False

    def compose(self) -> ComposeResult:
        """A line for each part."""
        with Vertical():
            yield Label(id="title", markup=False)
            for name, part in zip(("model", "stage", "why", "approved by", "artifact"), self._parts, strict=True):
                with Horizontal():
                    yield Label(name, classes="what", markup=False)
                    yield part
            yield Label(id="force", markup=False)
            yield Label(_KEYS, id="said", markup=False)

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

    @property
    def _parts(self) -> list[Widget]:
        return [self._model, self._stage, self._why, self._approved_by, self._artifact]

    def on_resize(self, event: Resize) -> None:
        """As much of the name as there is room for."""
        more = "~" if terminal_charset() == "ascii" else "…"
        room = min(event.size.width, _WIDEST) - _FRAME_CELLS
        self.query_one("#title", Label).update(fmt.cut(f"Promote {fmt.clean(self._run.name)}", room, more))

    def action_go(self, step: int) -> None:
        """The focus to the next part, or the one before."""
        place = self._parts.index(self.focused) if self.focused in self._parts else 0
        self.set_focus(self._parts[(place + step) % len(self._parts)])

    @on(Input.Submitted)
    def _entered(self) -> None:
        if self.focused is self._artifact:
            self.action_confirm()
        else:
            self.action_go(1)

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
        self._busy = True
        asked = Promotion(
            self._run.number,
            self._model.value.strip(),
            self._stage.chosen,
            self._why.value.strip(),
            self._approved_by.value.strip(),
            self._forced,
            self._artifact.value.strip() or None,
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
        said = self.query_one("#said", Label)
        said.add_class("-refused")
        said.update(f"Not fit for {self._stage.chosen} as it is{_FORCE}" if overruled else fmt.clean(error))
