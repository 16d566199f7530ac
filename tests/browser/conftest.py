"""A real Chromium, and a report of runs whose names, values and notes are as bad as they get."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from labtop.cli import main
from tests.browser.chromium import working

HOSTILE = "<img src=x onerror=\"window.pwned='name'\">"
LOSSES = {"ten": 10.0, "nine": 9.0, "hundred": 100.0, HOSTILE: 0.5, "lost": float("nan")}
_START = 1_760_000_000.0


@dataclass
class Opened:
    """A page, and what it complained about or asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


Open = Callable[..., Opened]


@pytest.fixture(scope="module")  # while it is open a loop runs, which tests of the screen do not bear
def browser() -> Iterator[Browser]:
    path = working()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path)
        yield opened
        opened.close()


def _events(name: str, number: int) -> Iterator[object]:
    params = {"lr": 10.0 ** -(number % 4), "</script><script>window.pwned='key'</script>": number, "text": "x" * 900}
    yield {"event": "run", "time": _START + number, "name": name, "params": params, "total_steps": 20}
    for step in range(1, 21):
        loss = {"val_loss": LOSSES[name] + 20 - step} if name in LOSSES else {}
        yield {"step": step, "time": _START + number + step, "train_acc": step / 20 - number / 99, **loss}
    failed = {"status": "failed", "error": "<script>window.pwned='error'</script>\nat line 2"}
    yield {"event": "end", "time": _START + 60, **(failed if name == HOSTILE else {"status": "finished"})}


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with report.html and report.md: runs with a loss, one of them NaN, and without, one of a long name.

    The home is its own, as in the tests of the commands: no setting of the user's is in a report.
    """
    place = tmp_path_factory.mktemp("report")
    for number, name in enumerate((*LOSSES, "without", "long-" * 60)):
        folder = place / "runs" / f"r{number}"
        folder.mkdir(parents=True)
        lines = (json.dumps(event) for event in _events(name, number))
        (folder / "events.jsonl").write_text("\n".join(lines) + "\n")
    home = place / "home"
    home.mkdir()
    where = ["-d", str(place / "runs"), "--index", str(place / "index")]
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"):
            patch.setenv(name, str(home))
        for name in ("LABTOP_DIR", "LABTOP_DEBUG", "NO_COLOR", "COLUMNS"):
            patch.delenv(name, raising=False)
        patch.chdir(home)
        assert main(["decide", *where, "r3", "keep", "--why", "<script>window.pwned='why'</script>\n- best"]) == 0
        for name in ("report.html", "report.md"):
            assert main(["report", *where, "--metrics", "val_loss,train_acc", "-o", str(place / name)]) == 0
    return place


@pytest.fixture
def open_page(browser: Browser, written: Path) -> Iterator[Open]:
    """Open the report in a window so many pixels wide; what else is wanted of it is an argument of a browser's page."""
    pages: list[Page] = []

    def start(width: int = 1200, **wanted: object) -> Opened:
        page = browser.new_page(viewport={"width": width, "height": 900}, **wanted)
        pages.append(page)
        opened = Opened(page)
        page.on("console", lambda message: opened.complaints.append(message.text))
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        page.on("request", lambda request: opened.requests.append(request.url))
        page.goto((written / "report.html").as_uri())
        return opened

    yield start
    for page in pages:
        page.close()
