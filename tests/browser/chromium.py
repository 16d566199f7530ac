"""A Chromium that works. A name on the path is not enough: it may be a stub, or a snap, which may not read /tmp."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_WORDS = "it works"
_SECONDS = 30.0


def working() -> str:
    """The path of the first that shows a page of a folder such as the tests have; $CHROME, where set, is the only one.

    Raises `LookupError` with what became of each, on one line.
    """
    named = os.environ.get("CHROME")
    found = [path for name in ([named] if named else _NAMES) if (path := shutil.which(name))]
    why = [f"no {named}" if named else f"no {', '.join(_NAMES)} on the path"] if not found else []
    for path in found:
        try:
            _try(path)
        except Exception as error:
            why.append(f"{path} does not work: {(str(error).splitlines() or [repr(error)])[0]}")
        else:
            return path
    raise LookupError("; ".join(why))


def _try(path: str) -> None:
    """Open a file in it, as the tests do. Raises what the browser, or playwright, has against it."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder, "page.html")
        file.write_text(f"<p>{_WORDS}</p>", encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=path, timeout=_SECONDS * 1000)
        try:
            page = browser.new_page()
            page.goto(file.as_uri(), timeout=_SECONDS * 1000)
            if page.inner_text("p", timeout=_SECONDS * 1000) != _WORDS:
                raise LookupError("it does not show a page")
        finally:
            browser.close()


if __name__ == "__main__":
    try:
        print(working())
    except LookupError as error:
        sys.exit(f"no Chromium that works: {error}")
