"""Runs are told apart by colour, marker and dash, also by people who see no or other colours."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from rich.cells import cell_len

from labtop.store.model import Floats
from labtop.tui.charts.dots import terminal_dots
from labtop.tui.run_style import COLORS, run_color, run_dashes, run_marker, terminal_charset

SIGHT = {  # Machado, Oliveira and Fernandes 2009, full severity, on linear RGB
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_LMS = [[0.41222147, 0.53633254, 0.05144599], [0.2119035, 0.68069955, 0.10739696], [0.08830246, 0.28171884, 0.629979]]
TO_LAB = [
    [0.21045426, 0.79361779, -0.00407205],
    [1.9779985, -2.4285922, 0.45059371],
    [0.0259040, 0.78277177, -0.8086758],
]


def linear(color: str) -> Floats:
    part = np.array([int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    bright, dark = sorted((float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (a, b)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("sight", SIGHT)
def test_colours_differ_for_all_kinds_of_sight(sight: str) -> None:
    seen = [np.clip(np.asarray(SIGHT[sight]) @ linear(color), 0, 1) for color in COLORS]
    labs = [np.asarray(TO_LAB) @ np.cbrt(np.asarray(TO_LMS) @ light) for light in seen]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(labs, 2)) > (0.12 if sight == "normal" else 0.075)


@pytest.mark.parametrize("color", COLORS)
def test_colours_stand_out_from_dark_and_light(color: str) -> None:
    assert contrast(color, "#1E1E1E") > 2.8
    assert contrast(color, "#E0E0E0") > 2


@pytest.mark.parametrize("charset", ["braille", "ascii"])
def test_neighbouring_runs_have_different_markers_without_colour(charset: str) -> None:
    markers = [run_marker(number, "ascii" if charset == "ascii" else "braille") for number in range(120)]
    assert all(len(set(markers[start : start + 15])) == 15 for start in range(105))
    assert len({(run_color(number), markers[number]) for number in range(120)}) == 120
    assert all(cell_len(marker) == 1 for marker in markers)
    assert all(marker.isascii() for marker in markers) == (charset == "ascii")


def test_dashes_start_after_the_first_eight() -> None:
    assert run_dashes([0, 7, 8, 15, 16, 24, 32]) == [0, 0, 1, 1, 2, 3, 0]


def test_no_line_is_broken_unless_another_has_its_colour() -> None:
    assert run_dashes([9, 12, 30]) == [0, 0, 0]
    assert run_dashes([17, 9, 17]) == [1, 0, 1]


def test_a_linux_console_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    assert terminal_charset() == "ascii"


@pytest.mark.parametrize(
    ("encoding", "charset"), [("UTF-8", "braille"), ("utf8", "braille"), ("ANSI_X3.4-1968", "ascii")]
)
def test_the_charset_follows_the_locale(monkeypatch: pytest.MonkeyPatch, encoding: str, charset: str) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("locale.getencoding", lambda: encoding)
    assert terminal_charset() == charset


@pytest.mark.parametrize(
    ("wanted", "term", "encoding", "dots"),
    [
        ("", "xterm-256color", "UTF-8", "braille"),
        ("", "linux", "UTF-8", "blocks"),
        ("", "linux", "ANSI_X3.4-1968", "ascii"),
        ("", "xterm", "ISO-8859-1", "ascii"),
        ("blocks", "xterm-256color", "UTF-8", "blocks"),
        ("ascii", "xterm-256color", "UTF-8", "ascii"),
        ("braille", "linux", "UTF-8", "braille"),
        ("Braile", "linux", "UTF-8", "blocks"),
    ],
)
def test_what_plots_are_made_of(
    monkeypatch: pytest.MonkeyPatch, wanted: str, term: str, encoding: str, dots: str
) -> None:
    monkeypatch.setenv("LABTOP_DOTS", wanted)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("locale.getencoding", lambda: encoding)
    assert terminal_dots() == dots
