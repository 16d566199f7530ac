"""Hostile text is harmless, and cells are counted as a terminal does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtop.cli.text import clean, cut, width


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07name", "name"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jgone", "gone"),
        ("\x1bPq sixel \x1b\\rest", "rest"),
        ("\x1bcreset", "reset"),
        ("one\r\n\ttwo", "one two"),
        ("\x00\x08\x7fbell\x07", "bell"),
        ("abc\u202edcba\u2066", "abcdcba"),
        ("half \ud800", "half \ufffd"),
        ("[/bold] [b]", "[/bold] [b]"),
        ("größe 模型 🙂", "größe 模型 🙂"),
    ],
)
def test_escape_sequences_and_control_codes_are_taken_out(hostile: str, harmless: str) -> None:
    assert clean(hostile) == harmless


@given(st.text())
def test_no_control_code_is_left_of_any_text(text: str) -> None:
    cleaned = clean(text)
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in cleaned)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")


def test_wide_and_combining_characters_are_counted_in_cells() -> None:
    assert width("loss") == 4
    assert width("模型") == 4
    assert width("e\u0301") == 1


@given(st.text(), st.integers(min_value=0, max_value=30))
def test_a_cut_text_is_never_wider_than_asked(text: str, cells: int) -> None:
    assert width(cut(clean(text), cells)) <= cells


def test_both_ends_of_a_cut_name_stay() -> None:
    assert cut("token-tango-b128-lr1e-4-327m", 13) == "token-…4-327m"
    assert cut("short", 5) == "short"
