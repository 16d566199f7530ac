"""All of one row, to be read: the value of each run, long ones word by word against the baseline's."""

from __future__ import annotations

from rich.text import Text

from labtop.store.answers.comparing.same import same
from labtop.store.model import CompareRow, Metric, Missing, Run
from labtop.tui import format as fmt
from labtop.tui.comparing.look import Told
from labtop.tui.comparing.words import WordDiff

_LONG = 24  # letters of a value that is read word by word


def whole_text(runs: tuple[Run, ...], row: CompareRow, base: int | None) -> Text:
    """The runs and what each has; `base` is the place of the baseline, else that is the first.

    Long texts are told against the baseline's, or where it has none against the first that there is.
    """
    base = 0 if base is None else base
    first = next((value for value in row.values if isinstance(value, (str, list))), None)
    reference = first if isinstance(row.values[base], Missing) else row.values[base]
    against = WordDiff(_text(reference)) if isinstance(reference, (str, list)) else None
    text = Text()
    for at, (run, value) in enumerate(zip(runs, row.values, strict=True)):
        text.append(fmt.clean(run.name), "bold").append(" [base]\n" if at == base else "\n")
        if isinstance(value, Metric):
            text.append(_metric(value, reference if at != base and isinstance(reference, Metric) else None))
        elif value is not reference and same(value, reference) and len(_text(value)) > _LONG:
            text.append("the same", "dim")
        elif value is not reference and against and isinstance(value, (str, list)) and len(_text(value)) > _LONG:
            text.append(against(_text(value)))
        elif isinstance(value, Told):
            text.append(value.text)
        else:
            text.append(_lines(value), "dim" if isinstance(value, Missing) else "")
        if row.types_differ and not isinstance(value, Missing):
            text.append(f"  ({_type(value)})", "yellow")
        text.append("\n\n")
    text.rstrip()
    return text


def _text(value: object) -> str:
    return value if isinstance(value, str) else fmt.value(value)


def _lines(value: object) -> str:
    if not isinstance(value, str):
        return fmt.value(value)
    return "\n".join(map(fmt.clean, value.split("\n"))) or '""'


def _type(value: object) -> str:
    """As a reader of the log calls it."""
    names: dict[type, str] = {bool: "boolean", str: "text", list: "list", dict: "object", type(None): "null"}
    return names.get(type(value), "number")


def _metric(metric: Metric, base: Metric | None) -> Text:
    parts = [f"last {fmt.number(metric.last)} at step {fmt.step(metric.step)}"]
    parts += [f"min {fmt.number(metric.min)} at {fmt.step(metric.min_step)}"] if metric.min is not None else []
    parts += [f"max {fmt.number(metric.max)} at {fmt.step(metric.max_step)}"] if metric.max is not None else []
    parts.append(f"{metric.count} values" + (f", {metric.nan} not finite" if metric.nan else ""))
    text = Text(", ".join(parts))
    if base is not None:
        for name, one, other in (("last", metric.last, base.last), ("best", metric.best, base.best)):
            change = fmt.delta(one, other)
            share = fmt.delta(one, other, relative=True)
            if change:
                text.append(f"\n{name}: {change}{f' ({share})' if share not in ('', '=') else ''} from the baseline")
    return text
