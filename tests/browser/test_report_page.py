"""The page of a report as a reader has it: sorted, small, dark, printed, without its script, and never a danger."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import HOSTILE, Open

_CONTRASTS = """
() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const colour = numbers(getComputedStyle(element).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("main *:not(svg, svg *)")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const pair = [light(numbers(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
    found.push([(pair[0] + 0.05) / (pair[1] + 0.05), element.tagName + " " + element.className]);
  }
  return found;
}
"""
_INTRUDE = """
async () => {
  const add = (name, fields) => document.body.append(Object.assign(document.createElement(name), fields));
  add("script", { textContent: "window.pwned = 1" });
  add("img", { src: "http://localhost:9/a.png" });
  add("iframe", { src: "http://localhost:9/" });
  await fetch("http://localhost:9/").catch(() => null);
}
"""
_WIDTH_OF_IMAGE = """
(src) => new Promise((done) => {
  const image = new Image();
  image.onload = () => done(image.naturalWidth);
  image.onerror = () => done(0);
  image.src = src;
})
"""


def _box(page: Page) -> Locator:
    return page.get_by_role("region", name="Runs", exact=True)


def _runs(page: Page) -> Locator:
    return _box(page).locator("table")


def _column(page: Page, heading: str) -> list[str]:
    """The texts below a heading of the table of runs, from the top."""
    table = _runs(page)
    at = [text.strip() for text in table.locator("thead th").all_inner_texts()].index(heading)
    return [text.rstrip("*") for text in table.locator(f"tbody tr > :nth-child({at + 1})").all_inner_texts()]


def _sorted_by(page: Page) -> list[tuple[str, str | None]]:
    heads = _runs(page).locator("thead th").all()
    return [(head.inner_text(), head.get_attribute("aria-sort")) for head in heads]


def test_it_asks_for_nothing_and_runs_no_name(open_page: Open, written: Path) -> None:
    opened = open_page()
    page = opened.page
    assert opened.requests == [(written / "report.html").as_uri()]
    assert opened.complaints == []
    assert page.evaluate("window.pwned") is None
    assert page.locator("img, main script, iframe").count() == 0
    assert page.get_by_role("rowheader", name=HOSTILE, exact=True).first.is_visible()
    assert page.get_by_text("<script>window.pwned='why'</script>").is_visible()


def test_its_policy_stops_what_would_come_in_nevertheless(open_page: Open) -> None:
    opened = open_page()
    directives = ("script-src", "img-src", "connect-src", "frame-src")

    def all_stopped(_: object) -> bool:
        return all(directive in " ".join(opened.complaints) for directive in directives)

    with opened.page.expect_console_message(all_stopped):
        opened.page.evaluate(_INTRUDE)
    assert opened.page.evaluate("window.pwned") is None


@pytest.mark.parametrize("act", ["click", "Enter", "Space"])
def test_a_heading_sorts_numbers_as_numbers_and_what_is_missing_last(open_page: Open, act: str) -> None:
    page = open_page().page
    button = _runs(page).get_by_role("button", name="best(val_loss)")

    def go() -> None:
        if act == "click":
            button.click()
        else:
            button.focus()
            page.keyboard.press(act)

    go()
    assert _column(page, "best(val_loss)") == ["0.5", "9", "10", "100", "NaN", "-", "-"]
    assert [name for name, order in _sorted_by(page) if order == "ascending"] == ["best(val_loss)"]
    go()
    assert _column(page, "best(val_loss)") == ["100", "10", "9", "0.5", "NaN", "-", "-"]
    assert [name for name, order in _sorted_by(page) if order == "descending"] == ["best(val_loss)"]
    assert _column(page, "name")[:3] == ["hundred", "ten", "nine"]
    _runs(page).get_by_role("button", name="name").click()
    assert {order for name, order in _sorted_by(page) if name != "name"} == {"none"}


def test_the_keyboard_reaches_every_heading_in_turn(open_page: Open) -> None:
    page = open_page().page
    _box(page).focus()
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
    assert reached == ["name", "status", "step"]


@pytest.mark.parametrize("width", [400, 1200])
def test_charts_fit_the_window_and_tables_move_in_their_boxes(open_page: Open, width: int) -> None:
    page = open_page(width).page
    charts = [page.get_by_role("img", name=f"Curves of {metric} by step") for metric in ("val_loss", "train_acc")]
    for chart in charts:
        box = chart.bounding_box()
        assert box is not None
        assert box["width"] > width / 3
        assert box["height"] > 100
        assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 400:
        assert page.evaluate("[...document.querySelectorAll('.box')].some((box) => box.scrollWidth > box.clientWidth)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(open_page: Open, scheme: str) -> None:
    page = open_page(color_scheme=scheme).page
    found: list[tuple[float, str]] = page.evaluate(_CONTRASTS)
    assert len(found) > 50
    assert [each for each in found if each[0] < 4.5] == []
    red, green, blue = map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor")))
    assert (red + green + blue > 600) == (scheme == "light")


def test_on_paper_it_is_light_and_whole(open_page: Open) -> None:
    page = open_page(700, color_scheme="dark").page
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 700


def test_headings_go_down_one_level_at_a_time(open_page: Open) -> None:
    page = open_page().page
    levels = [int(name[1]) for name in page.locator("h1,h2,h3,h4").evaluate_all("all => all.map((h) => h.tagName)")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.locator("html").get_attribute("lang") == "en"


def test_without_its_script_all_is_there(open_page: Open) -> None:
    with_script, without = open_page().page, open_page(java_script_enabled=False).page
    assert without.locator("main").inner_text() == with_script.locator("main").inner_text()
    assert without.get_by_role("button").count() == 0


def test_the_images_of_markdown_are_drawings_that_a_browser_shows(open_page: Open, written: Path) -> None:
    text = (written / "report.md").read_text(encoding="utf-8")
    images = re.findall(r"^!\[.*\]\((data:image/svg\+xml;base64,([\w+/=]+))\)$", text, re.MULTILINE)
    assert len(images) == 2
    page = open_page().page
    for address, data in images:
        assert ET.fromstring(base64.b64decode(data)).tag == "{http://www.w3.org/2000/svg}svg"
        size = page.evaluate(_WIDTH_OF_IMAGE, address)
        assert size == 560
