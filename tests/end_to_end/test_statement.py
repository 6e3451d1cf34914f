"""Statements of a captured company from the command line: as QuickBooks has them, and as files that run nothing."""
# ruff: noqa: S314 - the XML is our own

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from akika_forensics.case.statements.asked import KINDS

from .conftest import Scene

HOSTILE = "=1+1"


@pytest.fixture
def captured(scene: Scene) -> Iterator[Scene]:
    account = json.loads(scene.twin.dump()["Account", "35"])
    scene.twin.update("Account", {**account, "Name": HOSTILE})
    scene.good("capture")
    return scene


def test_each_statement_is_told(captured: Scene) -> None:
    told = {}
    for kind in KINDS:
        more = ("--account", "35") if kind == "register" else ()
        told[kind] = captured.good("statement", kind, "s1", *more)
        assert told[kind]["rows"], kind
        assert told[kind]["problems"] == []
    sides = [sum(Decimal(row[side] or 0) for row in told["trial-balance"]["rows"]) for side in ("debit", "credit")]
    assert sides[0] == sides[1] > 0
    totals = {row["name"]: row for row in told["balance-sheet"]["rows"] if row["role"] == "sum"}
    (day,) = {name for row in totals.values() for name in row} - {"account", "name", "role"}
    assert totals["TOTAL ASSETS"][day] == totals["TOTAL LIABILITIES AND EQUITY"][day]
    checked = captured.good("check", "s1")
    theirs = {
        (line["account"], line["theirs"])
        for line in checked["tie_out"]
        if line["basis"] == "Accrual" and line["period"].endswith(told["trial-balance"]["as_of"])
    }
    for row in told["trial-balance"]["rows"]:
        amount = Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
        assert (row["account"], f"{amount:.2f}") in theirs
    bank = told["register"]["rows"]
    assert bank[-1]["balance"] == next(row["debit"] for row in told["trial-balance"]["rows"] if row["account"] == "35")


def test_a_balance_sheet_by_quarter_balances_at_the_end_of_each(captured: Scene) -> None:
    told = captured.good("statement", "balance-sheet", "s1", "--by", "quarter")
    totals = {row["name"]: row for row in told["rows"] if row["role"] == "sum"}
    days = set(totals["TOTAL ASSETS"]) - {"account", "name", "role"}
    assert max(days) == told["as_of"]
    assert len(days) > 1
    for day in days:
        assert totals["TOTAL ASSETS"][day] == totals["TOTAL LIABILITIES AND EQUITY"][day]
    assert (
        captured.good("statement", "balance-sheet", "s1")["rows"][-1][told["as_of"]]
        == totals["TOTAL LIABILITIES AND EQUITY"][told["as_of"]]
    )


def test_by_month_and_on_the_cash_basis(captured: Scene) -> None:
    told = captured.good("statement", "profit-and-loss", "s1", "--by", "month", "--basis", "cash")
    net = next(row for row in told["rows"] if row["name"] == "Net Income")
    months = [Decimal(value) for name, value in net.items() if name not in {"account", "name", "role", "Total"}]
    assert sum(months) == Decimal(net["Total"]) != 0


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_runs_nothing_and_is_in_custody(captured: Scene, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"balances.{form}"
    captured.good("statement", "trial-balance", "s1", "--out", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    if form == "csv":
        rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
        assert f"'{HOSTILE}" in {row[1] for row in rows}
        assert not [cell for row in rows for cell in row if cell.startswith("=")]
    else:
        with zipfile.ZipFile(file) as book:
            sheets = b"".join(book.read(name) for name in book.namelist() if name.endswith(".xml"))
        assert b"<f>" not in sheets
        assert b"=1+1" in sheets
    (act,) = captured.case.custody.acts("exported")
    assert [row["name"] for row in act.details["files"]] == [file.name]
    code, said = captured.akika("statement", "trial-balance", "s1", "--out", str(file))
    assert code == 2
    assert "there already" in said["error"]["what"]


def test_a_picture_is_a_file_of_its_own_that_asks_nobody(captured: Scene, tmp_path: Path) -> None:
    file = tmp_path / "sheet.svg"
    captured.good("statement", "balance-sheet", "s1", "--out", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    drawn = ET.fromstring(file.read_bytes())
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "What there is" in (drawn.findtext("{*}desc") or "")
    assert not [one for one in drawn.iter() if one.tag.endswith(("script", "image", "a", "use"))]
    (act,) = captured.case.custody.acts("exported")
    assert [row["name"] for row in act.details["files"]] == ["sheet.svg"]
    for words, said in (
        (("trial-balance", "s1"), "has no picture"),
        (("balance-sheet", "s1", "--drill", "35"), "has no picture"),
    ):
        code, told = captured.akika("statement", *words, "--out", str(tmp_path / "other.svg"))
        assert code == 2
        assert said in told["error"]["what"]
    assert not (tmp_path / "other.svg").exists()
    assert captured.akika("statement", "balance-sheet", "s1", "--out", str(file))[0] == 2, "nothing is written over"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("profit", "s1"), "no statement"),
        (("trial-balance", "s1", "--as-of", "yesterday"), "no day"),
        (("trial-balance", "s1", "--basis", "tax"), "no basis"),
        (("register", "s1"), "Of which account"),
        (("register", "s1", "--account", "999"), "no account"),
        (("profit-and-loss", "s1", "--by", "weekday"), "no columns"),
        (("trial-balance", "s1", "--out", "x.txt"), "neither"),
    ],
)
def test_bad_questions_are_told(captured: Scene, asked: tuple[str, ...], said: str) -> None:
    code, told = captured.akika("statement", *asked)
    assert code == 2
    assert said in told["error"]["what"]


def test_in_words(captured: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    from akika_forensics.cli import main

    capsys.readouterr()
    assert main(["statement", "balance-sheet", "s1", "--vault", str(captured.vault)]) == 0
    shown = capsys.readouterr().out
    assert "Balance sheet, as of" in shown
    assert "TOTAL LIABILITIES AND EQUITY" in shown


def test_what_only_reports_show_is_told_in_every_form(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from akika_forensics.cli import main

    employee = next(key[1] for key in scene.twin.dump() if key[0] == "Employee")
    scene.twin.screens.paycheck(employee, "35", "2026-10-30", 900, withheld=100, employer_taxes=70)
    scene.good("capture")
    (told,) = scene.good("statement", "profit-and-loss", "s1")["report_only"]
    assert told == {"kind": "Payroll Check", "transactions": 1, "amount": "970.00"}
    assert scene.good("statement", "profit-and-loss", "s1", "--as-of", "2026-10-29")["report_only"] == []
    assert scene.good("statement", "register", "s1", "--drill", "35")["report_only"] == [told]
    said = "1 transaction of the kind Payroll Check (970.00) is taken from QuickBooks' general ledger alone"
    file = tmp_path / "profit.xlsx"
    capsys.readouterr()
    assert main(["statement", "profit-and-loss", "s1", "--out", str(file), "--vault", str(scene.vault)]) == 0
    assert said in capsys.readouterr().err
    with zipfile.ZipFile(file) as book:
        sheets = b"".join(book.read(name) for name in book.namelist() if name.endswith(".xml"))
    assert b"the kind Payroll Check (970.00) is taken" in sheets
