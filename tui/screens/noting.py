"""Noting: what a person says of runs on the screen is appended to a file, where everybody else sees it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from textual import on

from labtop.store.model import Annotation, Json, Run, StoreError
from labtop.tui import format as fmt
from labtop.tui.inquiry import Said
from labtop.tui.screens.asking import Asking
from labtop.tui.screens.decision import Decision, DecisionScreen
from labtop.tui.screens.view import ON_ITS_WAY, GroupAsked
from labtop.tui.tags import as_begun, from_text
from labtop.tui.widgets.prompt import Prompt

Saying = Literal["hide", "note", "tags", "decide"]
_NO_RUN = "no run is under the cursor"
_DONE = {"note": "noted", "tag": "tagged", "decision": "decided"}


class Noting(Asking):
    """Notes, tags, decisions, hiding. A run that is gone meanwhile is noted of all the same: it may come back."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._noted_of: Run | None = None

    def action_say_of(self, what: Saying) -> None:
        """Ask what is to be said of the run under the cursor, or say it. At once: keys that follow are the line's."""
        number = self.current.run_under_cursor()
        run = self.known.get(-1 if number is None else number)
        if run is None:
            is_group = number is None and bool(self.table_groups)
            self.say(
                "that is for one run: Enter unfolds a group" if is_group else _NO_RUN if number is None else ON_ITS_WAY
            )
            return
        self._noted_of = run
        name = fmt.clean(run.name, 30)
        if what == "hide":
            self._annotate(run, {"hide": {"hidden": not run.hidden}})
        elif what == "note":
            self.prompt.open("note", f" note on {name}: ", "")
        elif what == "tags":
            self.prompt.open("tags", f" tags of {name}, commas between: ", as_begun(run.tags))
        else:
            screen = DecisionScreen(run.name, run.hypothesis or "")
            self.app.push_screen(screen, lambda decision: self._decided(run, decision))

    @property
    def prompt(self) -> Prompt:
        """The line at the bottom."""
        return self.query_one(Prompt)

    @on(GroupAsked)
    def _group_asked(self, event: GroupAsked) -> None:
        group = event.group
        if event.act == "open":
            self.unfolded ^= {group.id}
        elif event.act == "mark":
            if set(group.runs) <= set(self.marks):
                self.marks = tuple(mark for mark in self.marks if mark not in group.runs)
            else:
                self.mark(group.runs)
        else:
            self.say("that is for one run: Enter unfolds the group")

    @on(Prompt.Submitted)
    def _submitted(self, event: Prompt.Submitted) -> None:
        run = self._noted_of
        if run is None:
            return
        if event.purpose == "note" and event.text.strip():
            self._annotate(run, {"note": {"text": event.text.strip()}})
        elif event.purpose == "tags":
            wanted = from_text(event.text)
            add: list[Json] = [tag for tag in wanted if tag not in run.tags]
            remove: list[Json] = [tag for tag in run.tags if tag not in wanted]
            if add or remove:
                self._annotate(run, {"tag": {"add": add, "remove": remove}})

    def _decided(self, run: Run, decision: Decision | None) -> None:
        if decision is None:
            return
        said: dict[str, dict[str, Json]] = {}
        if decision.hypothesis and decision.hypothesis != run.hypothesis:
            said["hypothesis"] = {"text": decision.hypothesis}
        self._annotate(run, said | {"decision": {"verdict": decision.verdict, "why": decision.why}})

    def _annotate(self, run: Run, said: Mapping[str, Mapping[str, Json]]) -> None:
        """Append it in a thread: the disk may be slow."""
        annotations = [Annotation((run.id,), event, fields) for event, fields in said.items()]

        def write() -> None:
            try:
                noted = self._store.annotate(annotations)
                is_there = bool(self._store.named((run.id,)))
            except StoreError as error:
                self.post_message(Said(str(error)))
                return
            gone = "" if is_there else ", whose log is gone: it counts when the run comes back"
            where = (
                f"; the directory cannot be written ({noted.why}), so only here: {noted.path}" if noted.beside else ""
            )
            self.post_message(Said(_done(said, run.name) + gone + where))

        self.run_worker(write, group="annotate", thread=True)


def _done(said: Mapping[str, Mapping[str, Json]], name: str) -> str:
    """What was done, in a line."""
    event = [*said][-1]
    if event == "hide":
        is_hidden = said[event]["hidden"]
        return f"{name} is hidden: the filter is:hidden shows it" if is_hidden else f"{name} is shown again"
    return f"{_DONE[event]}: {name}"
