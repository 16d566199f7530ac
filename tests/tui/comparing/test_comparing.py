"""Trees of keys, word by word differences, the order of runs: without a screen."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtop.store.answers.comparing.ignoring import Ignored, pattern
from labtop.store.model import MISSING, CompareRow, Comparison, Run, Status
from labtop.tui.comparing.files import ENDINGS, content
from labtop.tui.comparing.look import CompareLook, Order, RowId, row_id
from labtop.tui.comparing.rows import CompareTable, in_order
from labtop.tui.comparing.tree import Folder, Leaf, lines_of
from labtop.tui.comparing.words import WORK, WordDiff


def run(number: int) -> Run:
    nothing = dict.fromkeys(("started", "updated", "step", "total_steps", "progress", "eta_s", "steps_per_s"))
    return Run(number, f"r{number}", f"r{number}", Status.FINISHED, **nothing, estimated=False, attempts=1, group=None,  # type: ignore[arg-type]
               tags=(), notes=None, error=None)  # fmt: skip


def params(**values: tuple[object, ...]) -> Comparison:
    """Runs side by side that differ in all of these."""
    rows = tuple(CompareRow(key.replace("__", "."), given, differs=True) for key, given in values.items())
    return Comparison(tuple(map(run, range(len(rows[0].values)))), rows, (), (), (), ())


def drawn(comparison: Comparison, look: CompareLook | None = None) -> list[str]:
    """The lines of parameters, indented."""
    lines = lines_of(comparison, look or CompareLook())
    return [
        f"{'  ' * line.depth}{line.label}" for line in lines if isinstance(line, (Folder, Leaf)) and "param" in line.id
    ]


def test_keys_alone_in_a_folder_need_none() -> None:
    found = drawn(params(a__b__c=(1, 2), a__b__d=(1, 2), e__f__g=(1, 2), h=(1, 2)))
    assert found == ["a.b.", "  c", "  d", "e.f.g", "h"]


@pytest.mark.parametrize("key", ["", ".", "a.", ".a", "a..b", "a//b", "/", "." * 3000, "a." * 3000, "1.5", "a\nb"])
def test_any_key_is_one_line_beside_others(key: str) -> None:
    rows = tuple(CompareRow(each, (1, 2), differs=True) for each in (key, "a.b", "a.c"))
    leaves = [line for line in lines_of(Comparison((run(0), run(1)), rows, (), (), (), ()), CompareLook())
              if isinstance(line, Leaf) and line.row_id.section == "params"]  # fmt: skip
    assert sorted(leaf.row_id.key for leaf in leaves) == sorted([key, "a.b", "a.c"])


@given(st.dictionaries(st.text("ab./", max_size=8), st.booleans(), min_size=1, max_size=12))
def test_folders_and_labels_together_are_the_key(differing: dict[str, bool]) -> None:
    keys = [key for key, differs in differing.items() if differs]
    rows = tuple(CompareRow(key, (1, 2), differs) for key, differs in sorted(differing.items()))
    above: list[str] = []
    found = []
    for line in lines_of(Comparison((run(0), run(1)), rows, (), (), (), ()), CompareLook()):
        if isinstance(line, (Folder, Leaf)) and "param" in line.id:
            del above[line.depth :]
            if isinstance(line, Leaf):
                assert "".join(above) + line.label == line.row_id.key
                found.append(line.row_id.key)
            else:
                above.append(line.label)
    assert sorted(found) == sorted(keys)


def test_the_id_of_a_row_is_read_again() -> None:
    for row in (RowId("params", "a:b"), RowId("metrics", "val/acc", "best"), RowId("env", "")):
        assert row_id(str(row)) == row
    for text in ("", "x", "nothing::a", "metrics:worst:a"):
        assert row_id(text) is None


def test_runs_in_order_numbers_first_what_lacks_last_in_both_directions() -> None:
    found = params(lr=(MISSING, "x", 0.3, math.nan, "0.1"))
    for descending, numbers in ((False, [4, 2]), (True, [2, 4])):
        look = CompareLook(order=Order(RowId("params", "lr"), descending))
        assert [each.number for each in in_order(found, look).runs] == [*numbers, 3, 1, 0]
    names = params(name=("b", MISSING, "c", "a"))
    for descending, order in ((False, [3, 0, 2, 1]), (True, [2, 0, 3, 1])):
        look = CompareLook(order=Order(RowId("params", "name"), descending))
        assert [each.number for each in in_order(names, look).runs] == order
    look = CompareLook(baseline=1, order=Order(RowId("params", "lr")))
    assert [each.number for each in in_order(found, look).runs] == [1, 4, 2, 3, 0]


def test_patterns_take_signs_of_keys_literally() -> None:
    ignored = Ignored((pattern("params", "a[0]*"), pattern("env", "packages.", and_below=True)))
    assert ignored("params", "a[0]*")
    assert not ignored("params", "a0x")
    assert ignored("env", "packages.torch")
    assert not ignored("params", "packages.torch")


def test_cells_out_of_sight_are_not_made() -> None:
    values = tuple(range(200))
    table = CompareTable(params(lr=values), CompareLook(width=80))
    row = next(row for row in table.rows if not row.section and row.key.startswith("params"))
    made = row.cells._made  # type: ignore[attr-defined]
    assert row.cells[3] == "2"
    assert list(made) == [3]
    assert [str(cell) for cell in row.cells[1:]] == [str(value) for value in values]


@given(st.text("ab \n.", max_size=40), st.text("ab \n.", max_size=40))
def test_a_word_difference_holds_both_texts(base: str, text: str) -> None:
    told = WordDiff(base)(text).plain
    new = told.replace("{+", "\x00").replace("+}", "\x00").replace("-]", "[-").split("[-")
    assert "".join(new[::2]).replace("\x00", "") == text
    old = told.replace("[-", "\x00").replace("-]", "\x00").replace("+}", "{+").split("{+")
    assert "".join(old[::2]).replace("\x00", "") == base


def test_a_difference_of_a_megabyte_is_one_piece() -> None:
    words = WordDiff("same " + "a b " * 100_000 + "end")
    told = words("same " + "c d " * 100_000 + "end").plain
    assert told.count("{+") == told.count("[-") == 1
    assert words._left == WORK


def test_steps_stand_in_order_of_their_numbers() -> None:
    runs = tuple(replace(run(number), step=step) for number, step in enumerate((800_000.0, 2.5e6, 10e6, 1.28e6)))
    comparison = Comparison(runs, (), (), (), (), ())
    found = in_order(comparison, CompareLook(order=Order(RowId("run", "step"))))
    assert [each.number for each in found.runs] == [0, 3, 1, 2]


def test_files_hold_what_is_folded_and_nothing_that_is_ignored() -> None:
    comparison = params(a__x=(1, 2), a__y=(1, 2), b=(1, 2))
    look = CompareLook(folded=frozenset({"folder params:a."}), ignored=Ignored(("params.b",)), part="")
    assert len(drawn(comparison, look)) == 1
    for ending in ENDINGS:
        text = content(comparison, look, ending)
        assert "a.x" in text
        assert "a.y" in text
        assert '"b"' not in text
        assert "\n| b |" not in text
