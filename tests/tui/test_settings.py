"""What a team's file and the user's own file say, and what is said of files that are wrong."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtop.store.answers.column_names import LATE_FIELDS, RUN_FIELDS
from labtop.store.read.settings_files import LARGEST, MOST_DOTS, TEAM_FILE, user_file
from labtop.tui.settings.files import load, wrong
from labtop.tui.settings.reading import MOST_NAMES, Complaints, settings_of
from labtop.tui.settings.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")


def team(folder: Path, text: str) -> tuple[Settings, tuple[str, ...]]:
    """What a team's file with this text says."""
    (folder / TEAM_FILE).write_text(text, encoding="utf-8")
    return load(folder, None)


def complaint(folder: Path, text: str) -> str:
    """The one thing that is wrong in a team's file; nothing of it holds."""
    found, lines = team(folder, text)
    assert found == Settings()
    (line,) = lines
    assert line.startswith("labtop.toml: ")
    return line.removeprefix("labtop.toml: ")


def test_the_example_of_the_page_is_a_user_s_file(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    own = tmp_path / "config.toml"
    own.write_text(example, encoding="utf-8")
    assert load(tmp_path, own) == (
        Settings(
            pins=("val/loss", "val/acc"),
            columns=("params.lr", "best(val/acc)", "tags", "attributes.host"),
            sort=("val/loss", "started:desc"),
            aggregate="best",
            group_by=("config",),
            tolerance=0.001,
            theme="nord",
            ignore=("env.packages.*", "params.out_dir"),
            goals=(("val/loss", "min"),),
            filters=(("good", "val/acc > 0.9 -debug"),),
        ),
        (),
    )


def test_the_page_names_every_key_and_every_field() -> None:
    keys = re.findall(r"^\| `\[?(\w+)\]?` \|", PAGE, re.MULTILINE)
    assert keys == list(Settings.__dataclass_fields__)
    (fields,) = re.findall(r"a field of the run \(`([^`]*)`\)", PAGE)
    assert set(fields.split()) == {*RUN_FIELDS, *LATE_FIELDS}
    assert f"{LARGEST >> 10} kB" in PAGE
    assert f"{MOST_DOTS} dots" in PAGE


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, None) == (Settings(), ())
    assert load(tmp_path / "gone", tmp_path / "gone" / "config.toml") == (Settings(), ())
    (tmp_path / "events.jsonl").write_text("{}")
    assert load(tmp_path / "events.jsonl", tmp_path / "events.jsonl" / "config.toml") == (Settings(), ())


def test_a_watched_file_has_the_settings_of_its_folder(tmp_path: Path) -> None:
    found, _ = team(tmp_path, 'pins = ["loss"]')
    log = tmp_path / "events.jsonl"
    log.write_text("{}")
    assert load(log, None)[0] == found == Settings(pins=("loss",))


def test_the_user_s_keys_win_whole_and_tables_are_put_together_by_name(tmp_path: Path) -> None:
    own = tmp_path / "config.toml"
    own.write_text('pins = []\nsort = ["a"]\ntolerance = 0\n[goals]\nb = "max"\nc = "max"\n[filters]\ng = "own"\n')
    (tmp_path / TEAM_FILE).write_text(
        'pins = ["x"]\ncolumns = ["y"]\nsort = ["b", "c"]\ntolerance = 0.5\naggregate = "min"\n'
        '[goals]\na = "min"\nb = "min"\n[filters]\nf = "team"\ng = "team"\n'
    )
    found, lines = load(tmp_path, own)
    assert lines == ()
    assert (found.pins, found.columns, found.sort, found.tolerance, found.aggregate) == ((), ("y",), ("a",), 0, "min")
    assert dict(found.goals) == {"a": "min", "b": "max", "c": "max"}
    assert dict(found.filters) == {"f": "team", "g": "own"}


def test_what_is_wrong_in_the_user_s_file_leaves_what_the_team_s_says(tmp_path: Path) -> None:
    own = tmp_path / "config.toml"
    own.write_text('pins = "loss"\ntheme = "nord"\n')
    (tmp_path / TEAM_FILE).write_text('pins = ["loss"]\n')
    found, (line,) = load(tmp_path, own)
    assert found == Settings(pins=("loss",), theme="nord")
    assert line == f"{own}: pins: a list of texts is expected, not 'loss'"


def test_the_user_s_file_is_in_the_config_folder_and_named_from_home_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    path = user_file()
    assert path.is_relative_to(tmp_path)
    assert path.parts[-2:] == ("labtop", "config.toml")
    path.parent.mkdir(parents=True)
    path.write_text("a")
    _, (line,) = load(tmp_path, path)
    assert line.startswith(f"~/{path.relative_to(tmp_path)}: is no TOML: ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('pin = ["a"]', "'pin' is no setting; pins is meant?"),
        ("Group-By = []", "'Group-By' is no setting; group_by is meant?"),
        ("zzzzzz = 1", "'zzzzzz' is no setting; there are pins, columns, sort,"),
        ("bogus = 1", "'bogus' is no setting; there are pins, columns, sort,"),
        ("colors = 1", "'colors' is no setting; there are pins, columns, sort,"),
        ("tolerances = 1", "'tolerances' is no setting; tolerance is meant?"),
        ("groupby = []", "'groupby' is no setting; group_by is meant?"),
        ("[pins]\na = 1", "pins: a list of texts is expected, not a table"),
        ("pins = [3]", "pins: a list of texts is expected, and in it 3 is none"),
        ('pins = [" "]', "pins: a list of texts is expected, and in it ' ' is none"),
        ("columns = [1979-05-27]", "columns: a list of texts is expected, and in it 1979-05-27 is none"),
        ("columns = 1979-05-27T07:32:00Z", "columns: a list of texts is expected, not 1979-05-27 07:32:00+00:00"),
        (f"columns = {[str(n) for n in range(MOST_NAMES + 1)]}", f"columns: at most {MOST_NAMES} texts are expected"),
        (f"sort = {list('abcdefghi')}", "sort: at most 8 texts are expected"),
        ('aggregate = "count"', "aggregate: 'last', 'best', 'min', 'max' or 'mean' is expected, not 'count'"),
        ("aggregate = true", "aggregate: 'last', 'best', 'min', 'max' or 'mean' is expected, not true"),
        (
            'group_by = ["min(loss)"]',
            "group_by: params, attributes, 'group' and 'config' are expected, and 'min(loss)'",
        ),
        ('group_by = ["status"]', "group_by: params, attributes, 'group' and 'config' are expected, and 'status'"),
        ("tolerance = 1.5", "tolerance: a number from 0 to 1 is expected, not 1.5"),
        ("tolerance = nan", "tolerance: a number from 0 to 1 is expected, not nan"),
        ("tolerance = true", "tolerance: a number from 0 to 1 is expected, not true"),
        ('tolerance = "0.1"', "tolerance: a number from 0 to 1 is expected, not '0.1'"),
        (f"tolerance = 0x{'F' * 9000}", "tolerance: a number from 0 to 1 is expected, not a huge number"),
        ('theme = "nord"', "theme: this file is everybody's; put it into your own config.toml"),
        ('goals = "min"', "goals: a table [goals] of metrics and 'min' or 'max' is expected, not 'min'"),
        ('[goals]\nloss = "down"', "goals.'loss': 'min' or 'max' is expected, not 'down'"),
        ("[filters]\nold = 2020-01-01", "filters.'old': a text is expected, not 2020-01-01"),
        ('[filters]\n"" = "a"', "filters.'': a text is expected"),
        ("[filters.good]\na = 1", "filters.'good': a text is expected, not a table"),
        ('"\\u001b[2J\\u202e" = 1', r"'\x1b[2J\u202e' is no setting"),
        (f"{'x' * 5000} = 1", "'" + "x" * 39 + "... is no setting"),
        ('pins = ["a"', "is no TOML: "),
        ("a = 1\na = 2", "is no TOML: Cannot overwrite a value"),
        (f"a = {'9' * 9000}", "is no TOML: "),
        ("a = " + "[" * 60_000, "is nested too deeply"),
        ("a" + ".a" * (MOST_DOTS + 1) + " = 1", f"is not read: a line of it has more than {MOST_DOTS} dots"),
        ("#" * (LARGEST + 1), "is not read: it has more than 64 kB"),
        ("#" * (1 << 21), "is not read: it has more than 64 kB"),
    ],
)
def test_one_line_says_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    line = complaint(tmp_path, text)
    assert line.startswith(says)
    assert line.isprintable()
    assert len(line) < 200


def test_other_keys_and_names_go_on_to_hold(tmp_path: Path) -> None:
    found, lines = team(
        tmp_path,
        'pins = 3\ncolumns = ["a", "b", "a"]\nof_tomorrow = 1\n[goals]\nx = "max"\ny = 3\n[filters]\nf = "a"\n',
    )
    assert found == Settings(columns=("a", "b"), goals=(("x", "max"),), filters=(("f", "a"),))
    assert [line.split(":")[1].split()[0] for line in lines] == ["pins", "'of_tomorrow'", "goals.'y'"]


def test_many_complaints_are_all_told_with_their_files(tmp_path: Path) -> None:
    own = tmp_path / "config.toml"
    own.write_text("pins = 1\n")
    (tmp_path / TEAM_FILE).write_text("".join(f"key{number} = 1\n" for number in range(1000)))
    told = wrong(tmp_path, own)
    assert [name for name, _ in told] == ["labtop.toml"] * 1000 + [str(own)]
    assert load(tmp_path, own)[1] == tuple(f"{name}: {text}" for name, text in told)


def test_a_byte_order_mark_and_dos_lines_are_read(tmp_path: Path) -> None:
    (tmp_path / TEAM_FILE).write_bytes(b'\xef\xbb\xbfpins = ["a"]\r\naggregate = "max"\r\n')
    assert load(tmp_path, None) == (Settings(pins=("a",), aggregate="max"), ())


@pytest.mark.parametrize("content", [b'pins = ["\xff"]', b"\xff\xfep\x00i\x00", b"\x00" * 10])
def test_bytes_that_are_no_text_are_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TEAM_FILE).write_bytes(content)
    found, (line,) = load(tmp_path, None)
    assert found == Settings()
    assert line.startswith(("labtop.toml: is no UTF-8, from byte ", "labtop.toml: is no TOML: "))


def test_what_is_no_ordinary_file_keeps_nobody_waiting(tmp_path: Path) -> None:
    folder, pipe, loop = (tmp_path / name for name in ("folder", "pipe", "loop"))
    folder.mkdir()
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    for path in (folder, pipe, loop, Path("/dev/zero"), Path("a\0b")):
        found, (line,) = load(tmp_path, path)
        assert found == Settings()
        assert ": cannot be read (" in line
        assert line.isprintable()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    own = tmp_path / "config.toml"
    own.write_text("pins = []")
    own.chmod(0)
    found, (line,) = load(tmp_path, own)
    assert found == Settings()
    assert line == f"{own}: cannot be read (Permission denied)"


TEXTS = st.sampled_from(["a", "last", "status", "min(a)", "group", "max", "\x1b", "", "nord"])
SCALARS = st.booleans() | st.integers() | st.floats() | TEXTS | st.dates() | st.times() | st.datetimes()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(list(Settings.__dataclass_fields__)) | st.text(max_size=6)


@given(st.dictionaries(KEYS, VALUES, max_size=6))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_each_key_of_a_file_holds_or_is_told(table: dict[str, object]) -> None:
    complaints = Complaints()
    found = settings_of(table, complaints, is_own=True)
    told = " ".join(complaints.lines)
    for key, value in table.items():
        holds = getattr(found, key, None) not in (None, ()) or value in ([], {})
        assert holds or repr(key)[1:-1][:20] in told
    assert all(line.isprintable() for line in complaints.lines)
