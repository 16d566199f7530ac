"""The line above a comparison: of which runs it is, what of them, in which order."""

from __future__ import annotations

from labtop.tui import format as fmt
from labtop.tui.comparing.look import CompareLook
from labtop.tui.comparing.rows import CompareTable
from labtop.tui.shown import Shown


def heading(shown: Shown, table: CompareTable, look: CompareLook) -> str:
    """In few words, the least needed last."""
    count = len(table.runs)
    what = str(shown) or f"{count} run{'s' * (count != 1)}"
    if count < len(shown.numbers):
        what = f"the first {count} of {len(shown.numbers)} marked"
    more = "" if shown.marked and count > 1 else "; mark others with Space in Runs"
    parts = [
        "everything" if look.show_all else "what differs",
        f"keys/{fmt.clean(look.part, 30)}" if look.part else "",
        f"sorted by {look.order.by.words}" if look.order else "",
        f"best and {'last' if look.aggregate == 'best' else look.aggregate} of metrics",
    ]
    return f" {what}{more}: {', '.join(filter(None, parts))}"
