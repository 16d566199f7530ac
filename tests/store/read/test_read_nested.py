"""Nested values as text: the same however deep they are, and however deep the call is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labtop.store.read.nested import _written_out, as_text, nested_repr

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(VALUES)
def test_written_out_as_repr_does(value: object) -> None:
    assert _written_out(value) == repr(value)


def test_a_text_is_as_it_is() -> None:
    assert [as_text("it's"), as_text(["it's"]), as_text(1.5)] == ["it's", '["it\'s"]', "1.5"]


def test_levels_that_no_call_reaches() -> None:
    deep: object = 1
    for _ in range(5_000):
        deep = {"a": [deep]}
    assert as_text(deep) == nested_repr(deep) == "{'a': [" * 5_000 + "1" + "]}" * 5_000
