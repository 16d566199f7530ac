"""How far the first reading is, and how it stands with ingest: the header and the notices."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from rich.cells import cell_len

from labtop.store.model import Activity
from labtop.tui.screens.asking import Ingested
from labtop.tui.widgets.header import Header
from labtop.tui.widgets.notices import notice_lines
from labtop.tui.widgets.reading import Reading, lines_per_s, reading_text

Open = Callable[..., AbstractAsyncContextManager[Any]]
Write = Callable[..., None]
LONG = "another labtop holds the index of this directory: this one works on a copy of its own, and reads what is new"


async def tell(ui: Any, **activity: Any) -> list[str]:
    """Let the app hear how ingest stands; the lines of the screen."""
    ui.app.screen.post_message(Ingested(Activity(**activity)))
    await ui.settle()
    lines: list[str] = ui.text().split("\n")
    return lines


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ingest does not begin: what it says is told by the test."""
    monkeypatch.setattr("labtop.tui.app.LabtopApp._start", lambda app: None)


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("size", [(140, 45), (80, 24)])
async def test_a_bar_shows_how_far_reading_is_and_goes(open_app: Open, train: Write, size: tuple[int, int]) -> None:
    train("one", 2.0, 1.0)
    async with open_app(size) as ui:
        assert "looking for logs" in (await tell(ui))[0]
        line = (await tell(ui, backlog=200_000_000, lines_per_s=162_000.0))[0]
        assert "reading ░░░░░░░░░░   0%  200 MB left" in line
        assert "1 run" in line
        half = (await tell(ui, backlog=100_000_000, lines_per_s=162_000.0))[0]
        assert "reading █████░░░░░  50%  100 MB left" in half
        assert half.index("reading") == line.index("reading")
        done = (await tell(ui, complete=True, watch="events"))[0]
        assert "reading" not in done
        assert "watching" in done
        assert "polling" in (await tell(ui, complete=True))[0]


@pytest.mark.usefixtures("still")
async def test_figures_of_speed_rest_and_go_to_nothing(open_app: Open, train: Write) -> None:
    train("one", 2.0, 1.0)
    async with open_app() as ui:
        await tell(ui, complete=True)
        assert "41 lines/s" in (await tell(ui, complete=True, lines=41, lines_per_s=41.0))[0]
        assert "41 lines/s" in (await tell(ui, complete=True, lines=84, lines_per_s=43.0))[0]
        assert "lines/s" not in (await tell(ui, complete=True, lines=84, lines_per_s=0.0))[0]


@pytest.mark.usefixtures("still")
async def test_figures_of_speed_go_when_no_line_comes(
    open_app: Open, train: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    train("one", 2.0, 1.0)
    monkeypatch.setattr(Header, "LEAST_QUIET_S", 0.3)
    async with open_app() as ui:
        await tell(ui, complete=True)
        fast = {"complete": True, "lines": 900, "lines_per_s": 976.0, "lag_s": 0.06}
        assert "976 lines/s  lag 60 ms" in (await tell(ui, **fast))[0]
        await ui.until("lines/s", gone=True)
        assert "lag" not in ui.text()
        line = (await tell(ui, **fast | {"lines": 800, "lines_per_s": 700.0}))[0]  # a file is gone
        assert "lines/s" not in line
        assert "lag 60 ms" in (await tell(ui, **fast | {"lines": 801}))[0]


@pytest.mark.parametrize("charset", ["braille", "ascii"])
def test_the_bar_keeps_its_width_and_fits(charset: Any) -> None:
    for width in (250, 140, 80, 70, 60, 40):
        readings = [Reading(done, left, 1e5 * done) for done, left in ((0.0, 10**12), (0.3, 999_499), (0.999, 7))]
        texts = [reading_text(reading, width, charset) for reading in readings]
        assert len({cell_len(text) for text in texts}) == 1
        assert cell_len(texts[0]) <= width - 30 or width == 40
        assert all("%" in text for text in texts)
        assert charset == "braille" or all(text.isascii() for text in texts)


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0.84, "0.8 lines/s"), (412.4, "412 lines/s"), (162_300, "162k lines/s"), (2.1e6, "2.1M lines/s")],
)
def test_speeds_are_short(rate: float, text: str) -> None:
    assert lines_per_s(rate) == text


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("size", [(140, 45), (80, 24)])
async def test_a_notice_is_read_whole_and_goes(open_app: Open, train: Write, size: tuple[int, int]) -> None:
    train("one", 2.0, 1.0)
    async with open_app(size) as ui:
        before = await tell(ui, complete=True)
        lines = await tell(ui, complete=True, notices=(LONG,))
        assert LONG in " ".join(" ".join(line.split()) for line in lines).replace("! ", "")
        assert await tell(ui, complete=True) == before


def test_of_many_notices_the_newest_are_shown_and_others_counted() -> None:
    few = notice_lines(("old", "newer"), 80)
    assert [line.strip() for line in few] == ["! newer", "! old"]
    many = notice_lines((LONG, LONG, "newest"), 80)
    assert many[0].endswith("newest")
    assert "(+1 more)" not in many[0]
    cut = notice_lines(("old", LONG * 3), 40)
    assert len(cut) == 3
    assert cut[-1].endswith("…  (+1 more)")
    assert all(cell_len(line) <= 40 for line in cut)
    assert notice_lines((), 80) == []
