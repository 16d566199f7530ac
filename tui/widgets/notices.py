"""What the person should know of ingest: one line, there only while there is something to say."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from labtop.store.model import Activity
from labtop.tui import format as fmt


class Notices(Widget):
    """The store's notices; of several, the newest and how many more."""

    activity: reactive[Activity] = reactive(Activity(), repaint=False)
    notices: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), layout=True)

    def watch_activity(self, activity: Activity) -> None:
        """Only another text is a reason to draw."""
        self.notices = activity.notices
        self.display = bool(activity.notices)

    def render(self) -> Text:
        """The newest notice."""
        if not self.notices:
            return Text()
        more = f"  (+{len(self.notices) - 1} more)" if len(self.notices) > 1 else ""
        return Text(f" ! {fmt.clean(self.notices[-1])}{more}", no_wrap=True, overflow="ellipsis")
