"""Models: the registry. Above a row a version, below it all that is known of the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.widgets import Static

from labtop.store.model import Activity, Model, ModelVersion
from labtop.store.questions import Questions
from labtop.tui.inquiry import Inquiry, Said
from labtop.tui.keys import bindings
from labtop.tui.models_text import HOW_TO, READING, find_version, model_columns, model_rows, version_text
from labtop.tui.place_changed import PlaceChanged
from labtop.tui.refreshed import once_refreshed
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.view import RunAsked, View
from labtop.tui.session.session import Place
from labtop.tui.widgets.grid import Grid

_HEADER, _LEAST_ROWS = 1, 3


class ModelsView(View):
    """Which model is in production, and why; the grid takes no more of the height than it needs, and half at most."""

    BINDINGS = bindings("models")

    revision: reactive[int] = reactive(0, repaint=False)
    activity: reactive[Activity] = reactive(Activity(), repaint=False)

    def __init__(self, store: Questions, *, id: str) -> None:
        super().__init__(id=id)
        self._store = store
        self._charset = terminal_charset()
        self._models: tuple[Model, ...] | None = None
        self._text = Text()
        self._inquiry = Inquiry[str, tuple[Model, ...]](self, "models", self._fetch, self._take)

    def compose(self) -> ComposeResult:
        """The grid, and what is known of one version."""
        yield Grid(ascii_only=self._charset == "ascii")
        with VerticalScroll():
            yield Static(id="version", markup=False)

    @property
    def grid(self) -> Grid:
        """The versions."""
        return self.query_one(Grid)

    @property
    def under_cursor(self) -> tuple[Model, ModelVersion] | None:
        """The version under the cursor, and its model."""
        return find_version(self._models or (), self.grid.cursor_key)

    def run_under_cursor(self) -> int | None:
        """The run that made the version, where its log is there."""
        found = self.under_cursor
        return None if found is None or found[1].run is None else found[1].run.number

    def enter(self) -> None:
        """The focus to the grid."""
        self.screen.set_focus(self.grid, scroll_visible=False)

    def _place(self) -> Place:
        return Place(row=self.grid.row_gone_to)

    def return_to(self, place: Place) -> None:
        """The same version."""
        self.grid.return_to(place.row, None)

    def stay(self) -> None:
        """The cursor stays."""
        self.grid.stay()

    def _ask(self) -> None:
        if self._in_sight:
            self._inquiry.ask("", self.revision)

    def _fetch(self, _: str) -> Iterator[tuple[Model, ...]]:
        yield self._store.models()

    def _take(self, _: str, models: tuple[Model, ...]) -> None:
        if models != self._models:
            self._models = models
            rows = model_rows(models)
            self.grid.set_content(model_columns(), rows, frozen=2)
            self._fit()
            self._tell()

    def on_resize(self) -> None:
        """Lines of another length."""
        self._fit()
        once_refreshed(self, self._tell)

    def _fit(self) -> None:
        rows = sum(len(model.versions) for model in self._models or ())
        self.grid.styles.height = _HEADER + min(rows, max(_LEAST_ROWS, self.size.height // 2 - _HEADER))

    def _tell(self) -> None:
        if self._models is None:
            return
        found, scroll = self.under_cursor, self.query_one(VerticalScroll)
        width = scroll.scrollable_content_region.width
        text = Text("" if found is None and not self.activity.complete else HOW_TO)
        if found is not None:
            text = version_text(*found, width, self._charset)
        if not self.activity.complete:
            text = Text(READING).append("\n\n").append(text)
        if text != self._text:
            self._text = text
            self.query_one("#version", Static).update(text)

    @on(PlaceChanged)
    def _gone_to(self) -> None:
        self._tell()
        self.query_one(VerticalScroll).scroll_home(animate=False)

    @on(Grid.Chosen)
    def _chosen(self, event: Grid.Chosen) -> None:
        event.stop()
        run = self.run_under_cursor()
        self.post_message(Said("the log of that run is gone") if run is None else RunAsked("open", run))

    def watch_activity(self, before: Activity, now: Activity) -> None:
        """Once all is read, what is shown is all there is."""
        if before.complete != now.complete:
            self._tell()

    watch_revision = _ask
