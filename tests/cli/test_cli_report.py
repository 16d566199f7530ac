"""`labtop report` on real files: what it says, that it is one file, and that no name is markup."""

from __future__ import annotations

import argparse
import base64
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from labtop.cli import main
from labtop.cli.errors import CommandError
from labtop.cli.report import command
from tests.cli.conftest import START, training

Captured = pytest.CaptureFixture[str]
Append = Callable[[Path, str, Iterable[object]], None]
SHOWN = "<img src=x onerror=alert(1)> | `x` **b** [a](http://x) www.x.org $y$ &lt; @all x^2^ :+1: 🚀"
EVIL = f"{SHOWN}\x1b[31m\u202e"


class _Page(HTMLParser):
    """The elements of a page, what they refer to, and the texts of its cells, headings, paragraphs and items."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.references: list[str] = []
        self.texts = [""]
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.references += [value or "" for key, value in attrs if key in ("src", "href", "xlink:href", "data")]
        assert not any(key.startswith("on") or key == "style" for key, _ in attrs)
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data


def _report(root: Path, path: Path, *words: str) -> str:
    assert main(["report", "-d", str(root), "-o", str(path), *words]) == 0
    return path.read_text(encoding="utf-8")


def _asked(root: Path, path: Path) -> argparse.Namespace:
    """The arguments, for a command that is given its clock; the index is one of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir")
    parser.set_defaults(poll=False, index=str(path.with_name(f"index-{path.name}")))
    command.add_arguments(parser)
    return parser.parse_args(["--dir", str(root), "-o", str(path)])


def _tables(text: str) -> dict[str, list[list[str]]]:
    """The rows of each table of a Markdown report, by the heading before it; the heads and rules are left out."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if line.startswith("| "):
            found.setdefault(heading, []).append([each.strip() for each in re.split(r"(?<!\\)\|", line)[1:-1]])
    return {name: rows[2:] for name, rows in found.items()}


@pytest.fixture
def decided(runs: Path, append: Append, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`runs`, one more that failed, and what ana said of `high`."""
    error = "ValueError: loss is not finite\n  at line 3"
    failed = [{"step": 10, "time": START + 5, "val_loss": 0.95}, {"event": "end", "status": "failed", "error": error}]
    append(runs, "bad", [{"event": "run", "time": START, "params": {"lr": 9}, "hypothesis": "too hot"}, *failed])
    monkeypatch.setenv("LABTOP_USER", "ana")
    for words in (["keep", "--why", "the best"], ["repeat", "--why", "one seed only\n- and luck"]):
        assert main(["decide", "-d", str(runs), "high", *words]) == 0
    return runs


def test_it_says_what_came_of_the_runs_in_this_order(decided: Path, tmp_path: Path) -> None:
    text = _report(decided, tmp_path / "r.md")
    headings = re.findall(r"^## (.*)", text, re.MULTILINE)
    assert headings == ["Best runs", "Runs", "What differs", "Charts", "Decisions", "What failed or diverged"]
    assert text.splitlines()[2] == "# Report of sweep"
    assert "- **Runs:** 4 in all, 4 in this report, 0 running, 1 failed" in text
    tables = _tables(text)
    (best,) = tables["Best runs"]
    assert best[:6] == ["val\\_loss", "lowest", "0.25", "high", "20", "finished"]
    assert best[6] == "lr=0.1"
    assert [(row[0], row[5]) for row in tables["Runs"]] == [
        ("high", "0.25\\*"),
        ("copy", "0.5"),
        ("low", "0.5"),
        ("bad", "0.95"),
    ]
    assert ["lr", "0.1", "0.001", "0.001", "9"] in tables["Parameters"]
    assert [row[0] for row in tables["What failed or diverged"]] == ["bad"]
    assert tables["What failed or diverged"][0][-1] == "ValueError: loss is not finite"
    said = text[text.index("## Decisions") : text.index("## What failed")]
    assert re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "WHEN", said).split("\n")[2:] == [
        "### high",
        "",
        "- **decision: repeat**, WHEN, ana\\",
        "  one seed only\\",
        "  \\- and luck",
        "- **decision: keep**, WHEN, ana\\",
        "  the best",
        "",
        "### bad",
        "",
        "- **hypothesis**\\",
        "  too hot",
        "",
        "",
    ]


def test_the_page_says_the_same_and_refers_to_nothing(decided: Path, tmp_path: Path) -> None:
    page = _Page(_report(decided, tmp_path / "r.html"))
    cells = [row for rows in _tables(_report(decided, tmp_path / "r.md")).values() for row in rows]
    plain = {text.strip() for text in page.texts}
    assert {re.sub(r"\\(.)", r"\1", each) for row in cells for each in row} <= plain
    assert {"decision: repeat", "one seed only", "- and luck", "too hot"} <= plain
    assert page.references == ["data:,"]


def test_charts_stand_in_the_file(decided: Path, tmp_path: Path) -> None:
    text = _report(decided, tmp_path / "r.md", "--metrics", "val_loss,lr_now")
    images = re.findall(r"^!\[(.*)\]\(data:image/svg\+xml;base64,([\w+/=]+)\)$", text, re.MULTILINE)
    assert [re.sub(r"\\", "", words).split(";")[0] for words, _ in images] == [
        "Curves of val_loss by step",
        "Curves of lr_now by step",
    ]
    for _, data in images:
        assert ET.fromstring(base64.b64decode(data)).get("role") == "img"
    page = _report(decided, tmp_path / "r.html", "--metrics", "val_loss,lr_now")
    names = re.findall(r'<clipPath id="([^"]+)"', page)
    assert len(names) == len(set(names)) == 2
    assert page.count("<figure><svg ") == 2


@pytest.fixture
def evil(tmp_path: Path, append: Append) -> Path:
    """Two runs that failed, whose every name, value and text would be markup."""
    for number in range(2):
        about = {
            "name": f"{EVIL}{number}",
            "params": {EVIL: f"{EVIL}{number}"},
            "hypothesis": f"- {EVIL}\n: x\n===\n1. x\n(a) y",
        }
        steps = [{"step": step, "time": START + step, EVIL: step, "val_loss": step} for step in (1, 2)]
        end = {"event": "end", "status": "failed", "error": EVIL}
        append(tmp_path / "evil", f"r{number}", [{"event": "run", "time": START, **about}, *steps, end])
    return tmp_path / "evil"


def test_no_name_value_or_note_is_an_element(evil: Path, tmp_path: Path) -> None:
    text = _report(evil, tmp_path / "r.html", "--title", EVIL)
    page = _Page(text)
    assert page.elements.isdisjoint({"img", "b", "a", "i"})
    assert page.references == ["data:,"]
    assert {SHOWN, f"{SHOWN}0", f"- {SHOWN}"} <= {each.strip() for each in page.texts}
    assert not re.search("[\x1b\u202e]", text)


def test_no_name_value_or_note_is_markdown(evil: Path, tmp_path: Path) -> None:
    text = _report(evil, tmp_path / "r.md", "--title", EVIL)
    reader = MarkdownIt("commonmark").enable("table")
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    blocks = reader.parse(text)
    inner = {child.type for block in blocks for child in block.children or []}
    assert inner == {"text", "strong_open", "strong_close", "image", "hardbreak"}
    assert [block.content for block in blocks if block.type == "html_block"] == ["<!-- a report of labtop -->\n"]
    assert {block.level for block in blocks if block.type.endswith("list_open")} == {0}
    assert sum(block.type == "heading_open" for block in blocks) == len(re.findall("^#+ ", text, re.MULTILINE))
    assert SHOWN in {"".join(child.content for child in block.children or []) for block in blocks}
    assert "\\: x\\\n  \\===\\\n  1\\. x\\\n  (a\\) y\n" in text
    assert not re.search(r"[\x1b\u202e]|(?<!\\)(\$|://|@|\^|:\+1)|www\.", re.sub(r"\(data:[^)]*\)", "", text))


def test_the_same_runs_give_the_same_bytes(decided: Path, tmp_path: Path) -> None:
    def at(now: float, name: str) -> str:
        path = tmp_path / name
        assert command.run(_asked(decided, path), lambda: now) == 0
        return path.read_text()

    for ending in ("md", "html"):
        first, again, later = (at(now, f"{n}.{ending}") for n, now in enumerate((START, START, START + 86400)))
        assert first == again
        changed = [line for line in zip(first.split("\n"), later.split("\n"), strict=True) if len(set(line)) > 1]
        assert len(changed) == 1
        assert "Written" in changed[0][0]


def test_a_filter_narrows_all_of_it(decided: Path, tmp_path: Path) -> None:
    text = _report(decided, tmp_path / "r.md", "--where", "lr < 1", "--columns", "name,lr", "--title", "Cool *ones*")
    assert "# Cool \\*ones\\*" in text
    assert "- **Filter:** lr \\< 1" in text
    assert "4 in all, 3 in this report, 0 running, 0 failed" in text
    assert _tables(text)["Runs"] == [["high", "0.1"], ["copy", "0.001"], ["low", "0.001"]]
    assert "No run failed, and none diverged." in text
    assert "too hot" not in text


def test_metrics_without_a_goal_and_runs_without_params_are_no_error(tmp_path: Path, append: Append) -> None:
    append(tmp_path / "one", "only", [{"step": step, "time": START + step, "weight": step / 3} for step in (1, 2)])
    text = _report(tmp_path / "one", tmp_path / "r.md")
    assert "No metric of these runs has a goal, so no run is the best." in text
    assert "There is one run: nothing to compare." in text
    assert _tables(text)["Runs"][0][0] == "only"
    assert text.count("data:image/svg") == 1


def test_what_the_log_itself_says_stands_once_the_newest_first(tmp_path: Path, append: Append) -> None:
    said = [
        {"event": "run", "time": START, "hypothesis": "wider is better", "notes": "on the old data"},
        {"event": "hypothesis", "time": START + 1, "text": "wider is no better", "by": "bo"},
        {"event": "note", "time": START + 2, "text": "stopped early"},
        {"step": 1, "time": START + 3, "val_loss": 1.0},
    ]
    append(tmp_path / "own", "only", said)
    text = _report(tmp_path / "own", tmp_path / "r.md")
    remarks = re.findall(r"^- \*\*(\w+)\*\*(?:, [\d: -]+)?(?:, (\w+))?\\\n  (.*)", text, re.MULTILINE)
    assert remarks == [
        ("note", "", "stopped early"),
        ("hypothesis", "bo", "wider is no better"),
        ("note", "", "on the old data"),
    ]


def test_of_much_that_was_said_of_a_run_the_newest_stands(tmp_path: Path, append: Append) -> None:
    notes = [{"event": "note", "time": START + n, "text": f"word {n}"} for n in range(60)]
    append(tmp_path / "own", "only", [{"step": 1, "time": START, "val_loss": 1.0}, *notes])
    text = _report(tmp_path / "own", tmp_path / "r.md")
    assert re.findall(r"word (\d+)", text) == [str(n) for n in range(59, 9, -1)]
    assert "10 earlier remarks on this run are not listed." in text
    assert "10 earlier remarks on this run are not listed." in _report(tmp_path / "own", tmp_path / "r.html")


def test_of_many_runs_it_says_how_many_more_there_are(tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    lines = ({"run": f"r{n}", "step": step, "val_loss": n + step} for n in range(203) for step in (1, 2))
    (tmp_path / "many" / "log.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    text = _report(tmp_path / "many", tmp_path / "r.md")
    assert "By val\\_loss, the best first. \\* marks the best value of a metric. 3 more runs are not listed." in text
    assert [row[0] for row in _tables(text)["Runs"]] == [f"r{n}" for n in range(200)]
    assert "The first 8 of 203 runs." in text


@pytest.fixture
def lost(tmp_path: Path, append: Append) -> Path:
    """Runs that ended in NaN and infinity beside one that did well, one that failed, and one that has no params."""
    root, nan = tmp_path / "lost", float("nan")
    append(root, "well", training(1, 0.1, [0.9, 0.4]))
    append(root, "blown", training(1, 0.2, [0.9, 0.3, nan]))
    append(root, "soon", training(1, 0.2, [float("inf")]))
    append(root, "bare", [{"step": 1, "time": START, "val_loss": 0.8}, {"event": "end", "status": "finished"}])
    append(root, "both", [*training(1, 0.2, [0.7, nan])[:-1], {"event": "end", "status": "failed", "error": "no"}])
    return root


@pytest.mark.parametrize("where", [[], ["--where", "best(val_loss) < 0.35", "--columns", "name,best(val_loss)"]])
def test_a_metric_that_ended_in_nan_is_flagged_beside_its_best_value(
    lost: Path, tmp_path: Path, where: list[str]
) -> None:
    text = _report(lost, tmp_path / "r.md", "--metrics", "val_loss", *where)
    tables = _tables(text)
    assert tables["Best runs"][0][2:4] == ["0.3, last NaN", "blown"]
    shown = {row[0]: row[1 if where else 5] for row in tables["Runs"]}
    all_of_them = {"well": "0.4", "bare": "0.8", "both": "0.7, last NaN", "soon": "NaN"}
    star = "" if where else "\\*"
    assert shown == {"blown": f"0.3{star}, last NaN", **({} if where else all_of_them)}


def test_runs_that_diverged_stand_below_those_that_failed(lost: Path, tmp_path: Path) -> None:
    text = _report(lost, tmp_path / "r.md")
    assert [(row[0], row[-1]) for row in _tables(text)["What failed or diverged"]] == [
        ("both", "no; the last val\\_loss is NaN"),
        ("blown", "the last val\\_loss is NaN"),
        ("soon", "the last val\\_loss is inf"),
    ]
    assert "5 in all, 5 in this report, 0 running, 1 failed, 3 diverged" in text


def test_a_param_that_some_runs_lack_is_no_difference(lost: Path, tmp_path: Path) -> None:
    text = _report(lost, tmp_path / "r.md")
    assert _tables(text)["Best runs"][0][-1] == "lr=0.2"
    heads = next(line for line in text.splitlines() if line.startswith("| name | status"))
    assert heads == "| name | status | step | started | duration | best(val\\_loss) | lr |"


@pytest.fixture
def promoted(tmp_path: Path, append: Append, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of three runs `high` and then `low` came to production, `copy` to staging as another model."""
    root = tmp_path / "shop"
    monkeypatch.setenv("LABTOP_USER", "ana")
    data = [{"name": EVIL, "version": 3, "path": "/data"}]
    for run, model, stage in (("high", "shop", "production"), ("low", "shop", "production"), ("copy", EVIL, "staging")):
        file = {"event": "artifact", "name": "m.pt", "sha256": f"{run.encode().hex()}0123456789"}
        *steps, end = training(1, 0.1, [0.9], git={"commit": "abc"}, data=data)
        append(root, run, [*steps, file, end])
        words = ["--why", EVIL, "--approved-by", "Bo L.", "--force"]
        assert main(["promote", "-d", str(root), run, model, stage, *words]) == 0
    return root


def test_models_of_the_runs_and_in_production_are_there(promoted: Path, tmp_path: Path) -> None:
    text = _report(promoted, tmp_path / "r.md", "--where", "name:low")
    assert text.index("## Decisions") < text.index("## Models") < text.index("## What failed")
    rows = _tables(text)["Models"]
    assert [row[:4] for row in rows] == [["shop", "v2", "production", "low"], ["shop", "v1", "archived", "high"]]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", rows[0][4])
    assert rows[0][5:7] == ["ana", "Bo L."]
    assert rows[0][8:10] == ["no environment, no owner", "6c6f77012345"]
    assert rows[0][10].endswith(", version 3")
    assert rows[0][11] == "incomplete: no environment, no owner"
    assert "/data" not in rows[0][10]
    assert [row[1:4] for row in _tables(_report(promoted, tmp_path / "all.md"))["Models"]] == [
        ["v1", "staging", "copy"],
        ["v2", "production", "low"],
        ["v1", "archived", "high"],
    ]


def test_what_is_said_of_a_model_is_no_markup(promoted: Path, tmp_path: Path) -> None:
    page = _Page(_report(promoted, tmp_path / "r.html"))
    assert page.elements.isdisjoint({"img", "b", "a", "i"})
    assert {SHOWN, f"{SHOWN}, version 3"} <= {each.strip() for each in page.texts}
    blocks = MarkdownIt("commonmark").enable("table").parse(_report(promoted, tmp_path / "r.md"))
    inner = {child.type for block in blocks for child in block.children or []}
    assert inner == {"text", "strong_open", "strong_close"}


def test_of_many_versions_those_in_production_stand(runs: Path, tmp_path: Path, append: Append) -> None:
    stages = [{"event": "stage", "model": "a", "version": n, "stage": "archived"} for n in range(60)]
    append(runs, "low", [*stages, {"event": "stage", "model": "z", "version": 1, "stage": "production"}])
    text = _report(runs, tmp_path / "r.md")
    rows = [row[:3] for row in _tables(text)["Models"]]
    assert rows == [*(["a", f"v{n}", "archived"] for n in range(59, 10, -1)), ["z", "v1", "production"]]
    assert "11 more versions are not listed." in text


def test_standard_output_is_a_file_too(runs: Path, capsys: Captured) -> None:
    assert main(["report", "-d", str(runs), "-o", "-", "--format", "md"]) == 0
    assert capsys.readouterr().out.startswith("<!-- a report of labtop -->\n\n# Report of sweep\n")


def test_only_an_earlier_report_gives_way(runs: Path, tmp_path: Path, append: Append, capsys: Captured) -> None:
    path, link = tmp_path / "r.html", tmp_path / "link.html"
    link.symlink_to(path)
    assert "newer" not in _report(runs, path)
    path.chmod(0o640)
    append(runs, "newer", training(2, 0.5, [0.1]))
    assert "newer" in _report(runs, link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    path.write_text("# My own words")
    capsys.readouterr()
    assert main(["report", "-d", str(runs), "-o", str(path)]) == 2
    assert capsys.readouterr().err == (
        f"labtop: {path} is there and is no report of labtop: name another file, or remove it\n"
    )
    assert path.read_text() == "# My own words"


def test_what_came_while_the_runs_were_read_stays(runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "r.md"

    def meanwhile() -> float:
        path.write_text("# My own words")
        return START

    with pytest.raises(CommandError, match="is no report of labtop: name another file"):
        command.run(_asked(runs, path), meanwhile)
    assert path.read_text() == "# My own words"


def test_an_empty_file_gives_way(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "r.md").touch()
    assert "# Report of sweep" in _report(runs, tmp_path / "r.md")


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["-o", "r.pdf"], 2, "r.pdf: the ending says what to write: .md, .html, .htm; or say --format"),
        (["-o", "-"], 2, "standard output has no ending: say --format md or --format html"),
        (["-o", "no/such/r.md"], 2, "no/such/r.md cannot be written: No such file or directory"),
        (["-o", ".", "--format", "md"], 2, "is no regular file"),
        (["-o", "r.md", "--where", "lr > 5"], 3, "no run passes 'lr > 5' (3 without --where): no report is written"),
        (["-o", "r.md", "--where", "lr >"], 2, "expected"),
        (["-o", "r.md", "--metrics", "val_los"], 3, "no metric 'val_los'; near: val_loss"),
        (["-o", "r.md", "--metrics", ","], 2, "--metrics names no metric"),
        (["-o", "r.md", "--columns", "stats"], 2, "no column 'stats'; near: status"),
        ([], 2, "required: -o/--output"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    runs: Path, capsys: Captured, words: list[str], status: int, says: str
) -> None:
    assert main(["report", "-d", str(runs), *words]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err.splitlines()[0]
    assert not Path("r.md").exists()


def test_a_place_without_runs_is_status_3(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["report", "-d", str(tmp_path / "empty"), "-o", "r.md"]) == 3
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert not Path("r.md").exists()
