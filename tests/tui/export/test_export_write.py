"""Charts in files: none is overwritten, none is half there."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from labtop.tui.charts.draw import draw
from labtop.tui.charts.spec import ChartSpec, Curve, Look
from labtop.tui.export.error import ExportError
from labtop.tui.export.png import png
from labtop.tui.export.text import text
from labtop.tui.export.write import write
from labtop.tui.run_style import run_color

Bytes = NDArray[np.uint8]
VALUES = np.linspace(3, 1, 40)
SPEC = ChartSpec("loss", (Curve("名", 0, np.arange(40.0), VALUES, np.zeros(40, np.int32)),))


@pytest.mark.parametrize(
    ("name", "starts"), [("a.svg", "<svg "), ("a.SVG", "<svg "), ("a.csv", "run,step,value"), ("a.txt", "─ loss ──")]
)
def test_the_ending_says_what_is_written(tmp_path: Path, name: str, starts: str) -> None:
    path = write(SPEC, tmp_path / name)
    assert path == tmp_path / name
    assert path.read_text(encoding="utf-8").startswith(starts)


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    place = tmp_path / "my.loss.csv"
    place.write_text("mine")
    assert [write(SPEC, place).name for _ in range(2)] == ["my.loss-2.csv", "my.loss-3.csv"]
    assert place.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my.loss-2.csv", "my.loss-3.csv", "my.loss.csv"]


def test_the_file_may_be_read_by_whom_the_umask_lets(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.touch()
    assert write(SPEC, tmp_path / "a.svg").stat().st_mode == made.stat().st_mode


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("no/such/a.svg", "cannot be written: No such file or directory"),
        ("a.pdf", "the ending says what to write: .svg, .png, .csv, .txt"),
        ("a", "the ending says what to write"),
        ("x" * 300 + ".svg", "cannot be written: File name too long"),
    ],
)
def test_what_cannot_be_written_is_one_line_and_leaves_nothing(tmp_path: Path, place: str, says: str) -> None:
    with pytest.raises(ExportError) as error:
        write(SPEC, tmp_path / place)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_long_name_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    name = "x" * 251 + ".svg"
    assert write(SPEC, tmp_path / name).name == name
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_several_charts_in_one_file(tmp_path: Path) -> None:
    assert write([SPEC, SPEC], tmp_path / "a.svg").read_text().count("<clipPath ") == 2
    assert len(write([SPEC, SPEC], tmp_path / "a.txt", columns=40, rows=9).read_text().splitlines()) == 18
    with pytest.raises(ExportError, match=r"a \.csv holds one chart"):
        write([SPEC, SPEC], tmp_path / "a.csv")


def test_text_is_the_cells_of_the_terminal() -> None:
    drawn = [strip.text.rstrip() for strip in draw(SPEC, 50, 10, Look(colors="none"))]
    assert text(SPEC, 50, 10) == "".join(f"{line}\n" for line in drawn)
    plain = text(SPEC, 50, 10, "ascii")
    assert plain.isascii()
    assert "o ?? 1" in plain.splitlines()[-1]


def test_a_png_has_the_runs_colour_in_its_pixels() -> None:
    pytest.importorskip("resvg_py")
    picture = png(SPEC, width=120, height=100)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, pixels = _pixels(picture)
    assert (width, height > 200) == (240, True)
    assert bytes.fromhex(run_color(0)[1:]) in pixels


def _pixels(picture: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height and the colours of an RGBA picture without interlace, by https://www.w3.org/TR/png/."""
    width, height, depth, kind = struct.unpack(">IIBB", picture[16:26])
    assert (depth, kind) == (8, 6)
    packed, at = b"", 8
    while at < len(picture):
        length, name = struct.unpack(">I4s", picture[at : at + 8])
        packed += picture[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += 12 + length
    lines = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + 4 * width)
    before, colours = np.zeros(4 * width, np.uint8), set()
    for line in lines:
        before = _unfiltered(int(line[0]), line[1:].copy(), before)
        colours |= {bytes(pixel[:3]) for pixel in np.unique(before.reshape(-1, 4), axis=0)}
    return width, height, colours


def _unfiltered(kind: int, line: Bytes, above: Bytes) -> Bytes:
    if kind == 2:
        line += above
        return line
    for at in range(len(line) if kind in (1, 3, 4) else 0):
        left, up, corner = (
            (int(line[at - 4]), int(above[at]), int(above[at - 4])) if at >= 4 else (0, int(above[at]), 0)
        )
        guess = left + up - corner
        likely = min((left, up, corner), key=lambda each: abs(guess - each))
        line[at] = (int(line[at]) + {1: left, 3: (left + up) // 2, 4: likely}[kind]) % 256
    return line


def test_without_the_renderer_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ExportError) as error:
        png(SPEC)
    assert str(error.value) == "PNG needs a renderer: pip install 'labtop[png]', or write .svg"
