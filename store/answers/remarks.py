"""What is to be said of a file that is no error: a last line that is not whole, values that are not kept."""

from __future__ import annotations

import duckdb

from labtop.store.model import Remark
from labtop.store.read.keys import MOST_KEYS

_REMARKS = """
with told as (
    select path, position, (state ->> 'length')::ubigint as length, (state ->> 'left_out')::ubigint as left_out
    from files
    where kind not in ('config', 'none', 'undecided', 'unreadable') and (state ->> 'broken')::boolean is not true
)
select path, position, greatest(length, position) - position as unfinished, coalesce(left_out, 0)
from told where length > position or left_out > 0 order by path
"""


def remarks(cursor: duckdb.DuckDBPyConnection) -> tuple[Remark, ...]:
    """Of every file of which there is one, by path."""
    found = []
    for path, position, unfinished, left_out in cursor.execute(_REMARKS).fetchall():
        if unfinished:
            found.append(Remark(path, f"last line unfinished: {_counted(unfinished, 'byte')} at byte {position}"))
        if left_out:
            are = "is" if left_out == 1 else "are"
            text = f"{_counted(left_out, 'value')} of more than {MOST_KEYS:,} metrics {are} left out"
            found.append(Remark(path, text))
    return tuple(found)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
