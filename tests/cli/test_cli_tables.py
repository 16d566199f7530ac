"""Tables for people, spreadsheets and documents."""

from __future__ import annotations

import csv
import io

import pytest

from labtop.cli.tables import Cell, Table, aligned, as_csv, as_markdown, cell, escaped


def _table() -> Table:
    rows = (
        (cell("low"), cell(0.5), Cell("failed", "failed", colour="red")),
        (cell("模型"), cell(12.25), Cell("finished", "finished")),
    )
    return Table(("name", "loss", "status"), rows)


def test_columns_stand_below_each_other_numbers_to_the_right() -> None:
    assert aligned(_table()).splitlines() == [
        "name   loss  status",
        "low     0.5  failed",
        "模型  12.25  finished",
    ]


def test_colour_comes_only_when_asked_for() -> None:
    assert "\x1b" not in aligned(_table())
    assert "\x1b[31mfailed\x1b[0m" in aligned(_table(), colour=True)


def test_wide_columns_are_cut_in_their_middle_to_fit() -> None:
    rows = ((cell("a" * 50), cell("b" * 50), cell(1)),)
    head, line = aligned(Table(("one", "two", "three"), rows), within=42).splitlines()
    assert len(line) == len(head) == 42
    assert line.split() == ["a" * 9 + "…" + "a" * 10, "bbbbbb…bbbbbb", "1"]
    assert line.endswith(" 1")


def test_columns_that_still_do_not_fit_are_counted() -> None:
    rows = (tuple(cell("x" * 20) for _ in range(5)),)
    head, line, note = aligned(Table(("a", "b", "c", "d", "e"), rows), within=40).splitlines()
    assert head.split() == ["a", "b"]
    assert line.split() == ["x" * 20, "xxxxx…xxxxxx"]
    assert note == "(+3 columns: --format csv has all)"
    assert max(map(len, (head, line, note))) <= 40


def test_a_whole_table_is_never_cut() -> None:
    table = Table(("", "value"), ((cell("error"), cell("x" * 200)),), "run", whole=True)
    assert aligned(table, within=40).splitlines() == ["run", f"error  {'x' * 200}"]


def test_csv_reads_back_with_all_digits() -> None:
    rows = ((cell('a,"b"\nc'), cell(1 / 3), Cell("-", None)),)
    text = as_csv([Table(("name", "loss", "lr"), rows)])
    assert list(csv.reader(io.StringIO(text))) == [["name", "loss", "lr"], ['a,"b" c', str(1 / 3), ""]]


def test_several_tables_become_one_csv_of_sections() -> None:
    tables = [
        Table(("", "value"), ((cell("name"), cell("low")),), "run"),
        Table(("name", "last", "best"), ((cell("loss"), cell(0.5), cell(0.25)),), "metrics"),
    ]
    assert list(csv.reader(io.StringIO(as_csv(tables)))) == [
        ["section", "key", "field", "value"],
        ["run", "name", "value", "low"],
        ["metrics", "loss", "last", "0.5"],
        ["metrics", "loss", "best", "0.25"],
    ]


def test_markup_in_names_is_escaped_in_markdown() -> None:
    text = as_markdown([Table(("name",), ((cell("a|b`c`<i>*x*"),),))])
    assert text.splitlines() == ["| name |", "| --- |", "| a\\|b\\`c\\`\\<i\\>\\*x\\* |"]


def test_a_title_is_cleaned_and_no_markup() -> None:
    titled = Table(("", "value"), ((cell("why"), cell("best")),), "<img> [x](y)\n# \u202eabc")
    assert as_markdown([titled]).splitlines()[0] == "## \\<img\\> \\[x\\](y) \\# abc"
    assert aligned(titled).splitlines()[0] == "<img> [x](y) # abc"
    assert as_csv([titled]).splitlines()[1] == "<img> [x](y) # abc,why,value,best"


def test_no_spreadsheet_runs_a_text_of_a_csv() -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(1)", "  =1", "\x1b[31m=1"):
        one = as_csv([Table((text, "loss"), ((cell(text), cell(-1.5)),))])
        several = as_csv([Table(("", text), ((cell(text), cell(text)),), text)])
        rows = [*csv.reader(io.StringIO(one)), *csv.reader(io.StringIO(several))]
        texts = [rows[0][0], rows[1][0], *rows[3]]
        assert [each[:2].rstrip() for each in texts] == [texts[0][:2].rstrip()] * 6
        assert texts[0][0] == "'"
        assert rows[1][1] == "-1.5"


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("@all, recall@5, a@b.org, @ 5", "\\@all, recall\\@5, a\\@b.org, @ 5"),
        ("x^2^", "x\\^2\\^"),
        (":+1: 9:smile: :1234: :a_b:", "\\:+1: 9\\:smile: \\:1234: \\:a\\_b:"),
        ("2025-10-09 12:30:45 lr: 0.1", "2025-10-09 12:30:45 lr: 0.1"),
    ],
)
def test_what_markdown_readers_add_is_escaped_and_plain_text_stays(text: str, markdown: str) -> None:
    assert escaped(text) == markdown


def test_a_long_value_of_a_whole_table_moves_its_own_line_only() -> None:
    rows = ((cell("short"), cell("v" * 300), cell("run")), (cell("lr"), cell("x"), cell("run")))
    lines = aligned(Table(("name", "value", "source"), rows, whole=True)).splitlines()
    assert lines[1] == f"short  {'v' * 300}  run"
    assert len(lines[2]) < 80
