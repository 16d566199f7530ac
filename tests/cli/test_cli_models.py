"""`labtop models`, `promote` and `rollback` on real files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from labtop.cli import main
from labtop.cli.models import overview
from labtop.cli.tables import aligned
from labtop.store.store import Store

Captured = pytest.CaptureFixture[str]
Append = Callable[[Path, str, Iterable[object]], None]
WHY = ["--why", "it is\n[best]", "--approved-by", "Bo L."]


@pytest.fixture
def shop(runs: Path, append: Append, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`high` and `low` have a file of the model each, and no owner."""
    monkeypatch.setenv("LABTOP_USER", "ana")
    for run, digest in (("high", "5ec1"), ("low", "5ec2")):
        append(runs, run, [{"event": "artifact", "name": "m.pt", "sha256": digest}])
    return runs


def _said(capsys: Captured, root: Path, command: str, *words: str) -> tuple[int, str, str]:
    status = main([command, "-d", str(root), *words])
    out, err = capsys.readouterr()
    assert err.count("\n") == bool(err)
    return status, out, err


def test_no_model_says_how_to_make_one(capsys: Captured, shop: Path) -> None:
    status, out, err = _said(capsys, shop, "models")
    assert (status, out) == (0, "")
    assert "labtop promote RUN MODEL staging" in err
    assert _said(capsys, shop, "models", "--json") == (0, "[]\n", err)


def test_a_refusal_is_status_1_and_force_is_noted(capsys: Captured, shop: Path) -> None:
    status, out, err = _said(capsys, shop, "promote", "low", "shop", "production", *WHY)
    assert (status, out) == (1, "")
    assert err == (
        "labtop: low is not fit for production: no data, no environment, no owner; "
        "--force promotes it all the same, and notes this\n"
    )
    status, out, _ = _said(capsys, shop, "promote", "low", "shop", "production", *WHY, "--force")
    assert (status, out) == (
        0,
        "shop v1 is now in production, run low, file m.pt; forced: no data, no environment, no owner\n",
    )


def test_the_table_and_all_that_is_known_of_a_model(capsys: Captured, shop: Path) -> None:
    for run in ("low", "high"):
        _said(capsys, shop, "promote", run, "shop", "production", *WHY, "--force")
    _, out, _ = _said(capsys, shop, "models", "--format", "csv")
    assert [line.split(",")[:4] for line in out.splitlines()] == [
        ["model", "version", "stage", "run"],
        ["shop", "2", "production", "high"],
        ["shop", "1", "archived", "low"],
    ]
    _, out, _ = _said(capsys, shop, "models", "shop")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    for known in ("why it is [best]", "approved by Bo L.", "sha256 5ec1", "file m.pt", "val_loss best 0.25 last 0.3"):
        assert known in lines
    assert "reproducible no: no data, no environment, no owner" in lines
    assert lines[-1].endswith("v1 archived low ana Bo L. replaced by v2")


def test_in_80_columns_the_date_and_the_record_stay(capsys: Captured, shop: Path) -> None:
    _said(capsys, shop, "promote", "low", "shop", "production", *WHY, "--force")
    with Store.open(shop) as store:
        store.catch_up()
        table = overview(store.models())
    lines = aligned(table, within=80).splitlines()
    assert lines[0].split()[:6] == ["model", "version", "stage", "run", "since", "record"]
    assert re.search(r"low +\d{4}-\d\d-\d\d \d\d:\d\d +incomplete", lines[1])


def test_rolling_back_and_its_json(capsys: Captured, shop: Path) -> None:
    for run in ("low", "high"):
        _said(capsys, shop, "promote", run, "shop", "production", *WHY, "--force")
    status, out, _ = _said(capsys, shop, "rollback", "shop", "--why", "too slow", "--json")
    done = json.loads(out)
    assert (status, done["version"], done["archived"], done["run"]) == (0, "1", "2", "low")
    model = json.loads(_said(capsys, shop, "models", "shop", "--json")[1])
    now, before = model["versions"]
    assert (now["stage"], now["why"], now["approved_by"]) == ("production", "rolled back from v2: too slow", "ana")
    assert (before["stage"], len(model["history"])) == ("archived", 5)
    assert model["history"][-2]["rolled_back_from"] == "2"
    status, _, err = _said(capsys, shop, "rollback", "shop")
    assert (status, err) == (1, "labtop: no version of shop was in production before v1: promote another\n")


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["promote", "nix", "shop", "staging", *WHY], 3, "no run 'nix'"),
        (["promote", "low", "shop", "live", *WHY], 2, "invalid choice: 'live'"),
        (["promote", "low", "shop", "staging", "--why", "x"], 2, "required: --approved-by"),
        (["promote", "low", "shop", "staging", *WHY, "--why", " ", "--force"], 1, "the why is empty"),
        (["promote", "copy", "shop", "staging", *WHY], 1, "copy has logged no artifact"),
        (["rollback", "shop"], 3, "no model 'shop'"),
        (["models", "shop"], 3, "no model 'shop': labtop promote"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    capsys: Captured, shop: Path, words: list[str], status: int, says: str
) -> None:
    found, out, err = _said(capsys, shop, *words)
    assert (found, out) == (status, "")
    assert says in err
    assert not (shop / ".labtop").exists()


def test_of_several_versions_of_a_run_one_is_named(capsys: Captured, shop: Path, append: Append) -> None:
    words = ["promote", "low", "sh\u200bop", "staging", *WHY, "--force"]
    _said(capsys, shop, *words)
    append(shop, "low", [{"event": "artifact", "name": "m.pt", "sha256": "77"}])
    _said(capsys, shop, *words)
    words[3] = "archived"
    status, _, err = _said(capsys, shop, *words)
    assert (status, err) == (1, "labtop: which version of shop? low is v2, v1: name one with --version V\n")
    assert _said(capsys, shop, *words, "--version", "v1")[1] == "shop v1 is now in the archive, run low, file m.pt\n"
    history = json.loads(_said(capsys, shop, "models", " shop", "--json")[1])["history"]
    assert [(each["version"], each["stage"]) for each in history] == [
        ("1", "staging"), ("2", "staging"), ("1", "archived"),
    ]  # fmt: skip


def test_several_files_ask_for_a_name(capsys: Captured, shop: Path, append: Append) -> None:
    append(shop, "low", [{"event": "artifact", "name": "vocab", "sha256": "77"}])
    status, _, err = _said(capsys, shop, "promote", "low", "shop", "staging", *WHY, "--force")
    assert status == 1
    assert err.endswith("There are m.pt, vocab: name one with --artifact NAME\n")
    assert _said(capsys, shop, "promote", "low", "shop", "staging", *WHY, "--force", "--artifact", "m.pt")[0] == 0
