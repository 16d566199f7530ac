"""What people said of the runs: notes, hypotheses, decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from labtop.cli import values
from labtop.cli.report.document import Block, Remark, Said, Section
from labtop.cli.report.listing import Listing
from labtop.store import Store
from labtop.store.model import Event

MOST_RUNS: Final = 100
MOST_REMARKS: Final = 50  # on a run
_LONGEST: Final = 4000  # characters of a remark


def decisions(store: Store, listing: Listing) -> Section:
    """What was said, a run after the other, of which the last word is the newest first."""
    title = "Decisions"
    found = store.said([run.number for run in listing.runs])
    if not found:
        return Section(title, ("Nothing was noted or decided of these runs.",))
    names = {run.number: run.name for run in listing.runs}
    order = sorted(found, key=lambda run: (-(found[run][0].time or 0.0), run))
    blocks = [block for run in order[:MOST_RUNS] for block in _said(names[run], found[run])]
    if len(order) > MOST_RUNS:
        blocks.append(f"What was said of {len(order) - MOST_RUNS:,} more runs is not listed.")
    return Section(title, tuple(blocks))


def _said(name: str, events: Sequence[Event]) -> Iterator[Block]:
    yield Said(name, tuple(map(_remark, events[:MOST_REMARKS])))
    if len(events) > MOST_REMARKS:
        yield f"{len(events) - MOST_REMARKS:,} earlier remarks on this run are not listed."


def _remark(event: Event) -> Remark:
    who = event.data.get("by")
    verdict, text = "", event.text
    if event.event == "decision":
        verdict, text = (str(event.data.get(key) or "") for key in ("verdict", "why"))
    return Remark(
        event.event,
        "" if event.time is None else values.clock(event.time),
        who if isinstance(who, str) else "",
        text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …",
        verdict,
    )
