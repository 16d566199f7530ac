"""What a filter can name: the params, metrics, attributes and tags of a directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from labtop.store.model import Goal


@dataclass(frozen=True, slots=True)
class MetricName:
    """A metric in the index: its number there, and in which direction it gets better."""

    number: int
    goal: Goal | None


@dataclass(frozen=True, slots=True)
class FilterNames:
    """All names that some run has, each kind in the order in which it is offered, the most frequent first.

    Without `tags` it is not known which there are: any key of a tag may then be one. `last` is the highest number of a
    run, or any above.
    """

    params: tuple[str, ...] = ()
    metrics: Mapping[str, MetricName] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    last: int = 0xFFFF


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on the rows of `sheet.runs`, with its parameters; `of_hidden`: it speaks of hidden runs itself.

    Beside the columns of that table, those of the view of runs and more, it may use these tables:

        sheet.params, sheet.attributes (run integer, key varchar, value varchar, number double, text varchar)
            a row a run and key; `value` is JSON, never null; `number` and `text`: see answers/across/meaning.py
        summaries (run, metric integer, count, nan, total, first, last, min, max)
            `last` and `first` may be NaN; min and max are over finite values, null where there are none
        shares (run, facts varchar)
            what `run` events said, one JSON object a file: data [{name, version, digest}], user, git {commit, branch}
    """

    sql: str
    parameters: tuple[object, ...] = ()
    of_hidden: bool = False
