"""Nested: values out of JSON as text, however deeply they are nested and from however deep a call it is asked."""

from __future__ import annotations

_END = object()


def as_text(value: object) -> str:
    """A text as it is, all else as its `repr`."""
    return value if isinstance(value, str) else nested_repr(value)


def nested_repr(value: object) -> str:
    """The `repr` of a value."""
    try:
        return repr(value)
    except RecursionError:
        return _written_out(value)


def _written_out(value: object) -> str:
    """The `repr` without a call for each level. `left` is what is still to be written, the next one last: a text, and
    the value behind it."""
    written: list[str] = []
    left: list[tuple[str, object]] = [("", value)]
    while left:
        before, each = left.pop()
        written.append(before)
        if isinstance(each, dict):
            inner = [(f"{key!r}: ", item) for key, item in each.items()]
            left += [("}", _END), *_with_commas("{", inner)]
        elif isinstance(each, list):
            left += [("]", _END), *_with_commas("[", [("", item) for item in each])]
        elif each is not _END:
            written.append(repr(each))
    return "".join(written)


def _with_commas(begin: str, inner: list[tuple[str, object]]) -> list[tuple[str, object]]:
    """What stands between brackets, from its end."""
    if not inner:
        return [(begin, _END)]
    (first, value), *others = inner
    return [*((f", {text}", item) for text, item in reversed(others)), (begin + first, value)]
