from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from labtop.store.model import MISSING, Status
from labtop.tui import format as fmt


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name", "plain name"),
        ("[/bold] [red]x", "[/bold] [red]x"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0;2;0;0;0\x1b\\sixel", "sixel"),
        ("\x9b31mC1", "C1"),
        ("an open \x1b]52;c;string", "an open "),
        ("cut off \x1b[", "cut off "),
        ("\x1bcreset", "reset"),
        ("two\nlines\r\nthree\x85four\u2028five", "two⏎lines⏎three⏎four⏎five"),
        ("tab\there", "tab here"),
        ("bell\x07 null\x00 back\x08", "bell null back"),
        ("user\u202egpj.exe \u2066x\u2069 \u200fy", "usergpj.exe x y"),
        ("\u200bzero\u200dwidth\ufeff", "zerowidth"),
        ("half \ud83d a pair", "half  a pair"),
        ("❤\ufe0f", "❤"),
        ("é è 日本 μ", "é è 日本 μ"),
        (12.5, "12.5"),
        (None, "None"),
    ],
)
def test_clean_leaves_nothing_that_a_terminal_obeys(text: object, shown: str) -> None:
    assert fmt.clean(text) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("日本語の", 8, "日本語の"),
        ("日本語の", 7, "日本語…"),
        ("日本語の", 6, "日本…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("word and", 6, "word…"),
    ],
)
def test_clean_cuts_by_cells(text: str, limit: int, shown: str) -> None:
    assert fmt.clean(text, limit) == shown


@given(st.text(st.characters() | st.sampled_from("\x1b\x9b\x90[]P;0m\\\x07\u202e\u200d日")), st.integers(0, 30))
def test_clean_is_safe_and_fits_whatever_comes(text: str, limit: int) -> None:
    shown = fmt.clean(text, limit)
    assert cell_len(shown) <= limit
    assert not {unicodedata.category(each) for each in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert fmt.clean(shown, limit) == shown


def test_clean_of_a_huge_text_keeps_its_beginning() -> None:
    shown = fmt.clean("\x1b[1m" + "start " + "x" * 5_000_000, 20)
    assert shown == "start xxxxxxxxxxxxx…"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (0.3124, "0.31240"),
        (0.012345678, "0.012346"),
        (0.00012345, "0.0001234"),
        (1.23e-05, "1.230e-05"),
        (3.14159265, "3.1416"),
        (9.999999, "10.000"),
        (12030.0, "12030"),
        (12030.4, "12030"),
        (123456.7, "123457"),
        (123456789, "123456789"),
        (1234567890, "1.235e+09"),
        (7, "7"),
        (-1, "-1"),
        (1.0, "1"),
        (0.0, "0"),
        (-0.0, "0"),
        (-0.31242, "-0.31242"),
        (1e300, "1.00e+300"),
        (math.nan, "NaN"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
    ],
)
def test_number(value: float | None, shown: str) -> None:
    assert fmt.number(value) == shown


@given(st.floats(-1e300, 1e300) | st.sampled_from([math.inf, -math.inf, math.nan]))
def test_number_fits_and_is_near(value: float) -> None:
    shown = fmt.number(value)
    assert len(shown) <= 9
    assert float(shown) == pytest.approx(value, rel=0.06, nan_ok=True)


def test_number_fits_a_narrower_column() -> None:
    assert [fmt.number(value, 6) for value in (0.31242, 12345.6, 1234567.0, 1.234e-5)] == [
        "0.3124",
        "12346",
        "1e+06",
        "1e-05",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (math.nan, ""),
        (0.0, "0"),
        (12030.0, "12030"),
        (999_999.0, "999999"),
        (1_000_000, "1.00M"),
        (1_283_000, "1.28M"),
        (999_999_999, "1.00G"),
        (3.4e9, "3.40G"),
        (0.25, "0.25"),
        (1e300, "1.00e+300"),
    ],
)
def test_step(value: float | None, shown: str) -> None:
    assert fmt.step(value) == shown


@pytest.mark.parametrize(
    ("seconds", "lasting", "ago"),
    [
        (None, "", ""),
        (math.inf, "", ""),
        (-5.0, "0s", "now"),
        (0, "0s", "now"),
        (0.42, "0.5s", "now"),
        (3.9, "3s", "now"),
        (59.9, "59s", "now"),
        (60, "1m00s", "1m"),
        (252, "4m12s", "4m"),
        (7500, "2h05m", "2h"),
        (86_399, "23h59m", "23h"),
        (76 * 3600, "3d4h", "3d"),
    ],
)
def test_times(seconds: float | None, lasting: str, ago: str) -> None:
    assert (fmt.duration(seconds), fmt.age(seconds)) == (lasting, ago)


@given(st.floats(-1e3, 1e7))
def test_an_age_lasts_until_it_reads_differently(seconds: float) -> None:
    lasts = fmt.age_lasts(seconds)
    assert lasts > 0
    assert fmt.age(seconds + 0.99 * lasts) == fmt.age(seconds)
    assert fmt.age(seconds + lasts + 0.01) != fmt.age(seconds)


@pytest.mark.parametrize(
    ("fraction", "bar", "ascii_bar"),
    [
        (None, "    ", "    "),
        (0, "░░░░", "...."),
        (0.125, "▌░░░", "...."),
        (0.5, "██░░", "##.."),
        (0.999, "███▉", "###."),
        (1, "████", "####"),
        (7, "████", "####"),
        (-1, "░░░░", "...."),
    ],
)
def test_progress_bar(fraction: float | None, bar: str, ascii_bar: str) -> None:
    assert fmt.progress_bar(fraction, 4) == bar
    assert fmt.progress_bar(fraction, 4, ascii_only=True) == ascii_bar


def test_percent_says_100_only_when_done() -> None:
    assert [fmt.percent(each) for each in (None, 0, 0.29, 0.999, 1)] == ["", "0%", "29%", "99%", "100%"]


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (0.001, "0.001"),
        (1e-05, "1e-05"),
        (64, "64"),
        (True, "true"),
        (None, "null"),
        ("adamw", "adamw"),
        ("two\nlines", "two⏎lines"),
        ([1, 2, {"a": "日本"}], '[1,2,{"a":"日本"}]'),
        ({"\x1b[1m": "\x1b"}, r'{"\u001b[1m":"\u001b"}'),
        (math.nan, "NaN"),
        (MISSING, "–"),
    ],
)
def test_value(item: object, shown: str) -> None:
    assert fmt.value(item) == shown


def test_quoted_values_tell_text_from_numbers() -> None:
    assert (fmt.value("1", quoted=True), fmt.value(1, quoted=True)) == ('"1"', "1")


def test_value_nested_deeper_than_python_goes() -> None:
    item: list[object] = []
    for _ in range(100_000):
        item = [item]
    assert fmt.value(item) == "…"


@pytest.mark.parametrize(
    ("count", "shown"),
    [(None, ""), (0, "0 B"), (512, "512 B"), (1234, "1.23 kB"), (45_600_000, "45.6 MB"), (999_999, "1.00 MB")],
)
def test_bytes(count: float | None, shown: str) -> None:
    assert fmt.bytes_(count) == shown


@pytest.mark.parametrize(
    ("item", "baseline", "absolute", "relative"),
    [
        (0.30, 0.31, "-0.0100", "-3.23%"),
        (0.31, 0.30, "+0.0100", "+3.33%"),
        (-1, -2, "+1.00", "+50.0%"),
        (12345, 3, "+12342", "+411400%"),
        (5, 5, "=", "="),
        (5, 0, "+5.00", ""),
        (None, 5, "", ""),
        (5, None, "", ""),
        (math.nan, 5, "", ""),
    ],
)
def test_delta(item: float | None, baseline: float | None, absolute: str, relative: str) -> None:
    assert fmt.delta(item, baseline) == absolute
    assert fmt.delta(item, baseline, relative=True) == relative


@pytest.mark.parametrize("marks", [fmt.STATUS_MARKS, fmt.ASCII_STATUS_MARKS])
def test_every_status_has_a_mark_of_its_own(marks: dict[Status, tuple[str, str]]) -> None:
    assert set(marks) == set(Status)
    assert len({mark for mark, _ in marks.values()}) == len(Status)
    assert all(cell_len(mark) == 1 for mark, _ in marks.values())


def test_ascii_marks_are_ascii() -> None:
    assert "".join(mark for mark, _ in fmt.ASCII_STATUS_MARKS.values()).isascii()
