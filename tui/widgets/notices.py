"""What the person should know of ingest: a few lines, there only while there is something to say."""

from __future__ import annotations

from textwrap import wrap

from rich.text import Text
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from labtop.store.model import Activity
from labtop.tui import format as fmt
from labtop.tui.run_style import terminal_charset

_MOST_LINES = 3
_LEAD = " ! "


class Notices(Widget):
    """The store's notices, the newest first, each wrapped; what has no room is counted."""

    activity: reactive[Activity] = reactive(Activity(), repaint=False)
    notices: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), layout=True)

    def watch_activity(self, activity: Activity) -> None:
        """Only another text is a reason to draw."""
        self.notices = activity.notices
        self.display = bool(activity.notices)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the text takes."""
        return max(1, len(notice_lines(self.notices, width)))

    def render(self) -> Text:
        """The newest notices."""
        more = "~" if terminal_charset() == "ascii" else "…"
        lines = notice_lines(self.notices, self.size.width, more)
        return Text("\n".join(lines), no_wrap=True, overflow="crop")


def notice_lines(notices: tuple[str, ...], width: int, more: str = "…") -> list[str]:
    """At most three lines of `width` cells: as many whole notices as fit, the newest at least in part."""
    lines: list[str] = []
    left = len(notices)
    for notice in reversed(notices):
        wrapped = wrap(fmt.clean(notice), max(8, width - len(_LEAD) - 1), break_on_hyphens=False) or [""]
        if lines and len(lines) + len(wrapped) > _MOST_LINES:
            break
        left -= 1
        lines += [(_LEAD if not place else " " * len(_LEAD)) + words for place, words in enumerate(wrapped)]
    if lines:
        cut = len(lines) > _MOST_LINES
        end = more * cut + f"  (+{left} more)" * bool(left)
        lines[_MOST_LINES:] = []
        lines[-1] = fmt.cut(lines[-1], width - len(end), "" if cut else more) + end
    return lines
