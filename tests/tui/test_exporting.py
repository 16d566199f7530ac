"""Charts into files by a key: what is on the screen, under a name that is safe, beside what is there already."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labtop.tui.charts.spec import ChartSpec, HistogramSpec, ScatterSpec
from labtop.tui.export.name import file_name
from labtop.tui.export.numbers import csv
from labtop.tui.widgets.chart import Chart

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(autouse=True)
def two(train: Write) -> None:
    """Two runs with three metrics."""
    train("one", 4.0, 1.5, lr=0.1)
    train("two", 3.0, 1.25, lr=0.01)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


SMALL = (110, 24)


async def export(ui: Any, letter: str) -> str:
    """Press the key and choose the format by its first letter; the bottom line."""
    await ui.type(f"e{letter}")
    return bottom(await ui.press("enter"))


def bottom(text: str) -> str:
    return text.rstrip().split("\n")[-1].strip()


async def test_the_focused_chart_becomes_a_file_that_the_bottom_line_names(
    open_app: Open, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = here / "a-folder-with-a-long-name" / "and-another-one-within-it" / "here"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    async with open_app(SMALL) as ui:
        await ui.press("tab")
        assert "Export val/loss as" in await ui.press("e")
        await ui.press("escape")
        assert names(deep) == []
        assert (await export(ui, "s")).startswith("written: labtop-val_loss.svg in ")
        assert (deep / "labtop-val_loss.svg").read_text().count("<clipPath ") == 1
        said = await export(ui, "s")
        assert said.startswith("written: labtop-val_loss-2.svg in ")
        assert said.endswith("/here")
        assert names(deep) == ["labtop-val_loss-2.svg", "labtop-val_loss.svg"]


async def test_numbers_and_text_are_what_is_on_the_screen_whatever_is_drawn(open_app: Open, here: Path) -> None:
    async with open_app(SMALL) as ui:
        await ui.press("space", "2", "plus")
        await export(ui, "t")
        drawn = (here / "labtop-train_loss.txt").read_text().splitlines()
        assert len(drawn) > 8
        shown = ui.text().split("\n")[1:]
        assert all(line.startswith(each) for each, line in list(zip(drawn, shown, strict=False))[1:])
        await export(ui, "c")
        chart = next(chart for chart in ui.app.screen.query(Chart) if chart.has_focus)
        rows = (here / "labtop-train_loss.csv").read_text()
        assert rows == csv(chart.spec)
        assert "\ntwo,5," in rows
        assert "\ntwo,0," not in rows, "outside of the window"
        await ui.press("i")
        await export(ui, "c")
        assert "run,lr,train/loss" in (here / "labtop-train_loss-2.csv").read_text()
        await ui.press("i")
        await export(ui, "c")
        assert (here / "labtop-train_loss-3.csv").read_text().startswith("low,high,count")
        await export(ui, "s")
        assert "train/loss (last)" in (here / "labtop-train_loss.svg").read_text()


async def test_from_the_table_all_charts_of_the_page_are_written(open_app: Open, here: Path) -> None:
    async with open_app(SMALL) as ui:
        assert "Export 2 charts as" in await ui.press("e")
        await ui.press("enter")
        assert (here / "labtop-2-charts.svg").read_text().count("<clipPath ") == 2
        said = await export(ui, "c")
        assert said.startswith("written: labtop-val_loss.csv, labtop-train_loss.csv in")
        assert names(here) == ["labtop-2-charts.svg", "labtop-train_loss.csv", "labtop-val_loss.csv"]
        await ui.press("z")
        assert "no chart is in sight" in bottom(await ui.press("e"))


async def test_what_cannot_be_written_is_said(open_app: Open, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resvg_py")
    async with open_app(SMALL) as ui:
        await ui.press("tab")
        assert "written: labtop-val_loss.png" in await export(ui, "p")
        assert (here / "labtop-val_loss.png").read_bytes().startswith(b"\x89PNG")
        monkeypatch.setitem(sys.modules, "resvg_py", None)
        assert "pip install 'labtop[png]'" in await ui.press("e")
        await ui.press("escape")
        assert (await export(ui, "p")).startswith("PNG needs a renderer: pip install 'labtop[png]'")
        assert names(here) == ["labtop-val_loss.png"]
        shutil.rmtree(here)
        assert (await export(ui, "s")) == "labtop-val_loss.svg cannot be written: No such file or directory"


def spec(title: str) -> ChartSpec:
    return ChartSpec(title, ())


def test_names_are_those_of_metrics_without_what_files_cannot_have() -> None:
    assert file_name([spec("val/loss")], ".svg") == "labtop-val_loss.svg"
    assert file_name([spec("../../etc/passwd")], ".csv") == "labtop-_.._etc_passwd.csv"
    assert file_name([spec(".hidden")], ".txt") == "labtop-hidden.txt"
    assert file_name([spec("...")], ".txt") == "labtop-chart.txt"
    assert file_name([spec("損失 $(rm)")], ".svg") == "labtop-損失___rm_.svg"
    assert file_name([spec("a"), spec("b")], ".svg") == "labtop-2-charts.svg"
    none = np.array([])
    dots = ScatterSpec("acc (top5) (best)", "lr", none.astype(np.int32), none, none)
    bars = HistogramSpec("loss (last)", none, none.astype(np.int64))
    assert [file_name([each], ".csv") for each in (dots, bars)] == ["labtop-acc__top5_.csv", "labtop-loss.csv"]
    assert file_name([replace(dots, title="odd")], ".csv") == "labtop-odd.csv"


@given(st.text(st.characters(), max_size=200))
@example("\ud800/\x00\n")
@example("😀" * 90)
@example("字" * 90)
def test_no_name_leaves_the_folder_or_is_too_long(metric: str) -> None:
    name = file_name([spec(metric)], ".svg")
    assert Path(name).name == name
    assert len(name) <= 80
    assert len(name.encode()) <= 210
    assert name.isprintable()
    assert name.startswith("labtop-")
    assert name.endswith(".svg")
    assert not name.removeprefix("labtop-").startswith(".")


async def test_a_file_says_what_the_header_says_of_smoothing_and_logarithms(open_app: Open, here: Path) -> None:
    async with open_app(SMALL) as ui:
        await ui.press("tab", "right_curly_bracket", "L")
        await export(ui, "s")
        (name,) = names(here)
        assert "smooth 0.3, log<" in (here / name).read_text()
