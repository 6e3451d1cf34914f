"""A figure of a captured company, down to the bytes that QuickBooks sent and the snapshot that brought them."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.case.statements import Figure, books_of, drill

from .conftest import Scene

MINUTE = timedelta(minutes=1)
END = date(2030, 12, 31)
REFUSED = {
    ("balance-sheet", "s2", "--drill", "35", "--column", "yesterday"): "no column",
    ("trial-balance", "s2", "--documents"): "Of which figure",
    ("trial-balance", "s2", "--column", "debit"): "Of which figure",
    ("trial-balance", "s2", "--drill", "no such account"): "no account",
    ("profit-and-loss", "s2", "--drill", "Total Equity"): "no row",
    ("receivables", "s2", "--drill", "Invoice:none"): "not open",
}


@pytest.fixture
def captured(scene: Scene) -> Iterator[Scene]:
    """Two snapshots; between them an invoice got another number. Payroll stands in the reports alone."""
    employee = next(key[1] for key in scene.twin.dump() if key[0] == "Employee")
    scene.twin.screens.paycheck(employee, "35", "2026-10-30", 900, withheld=100, employer_taxes=70)
    scene.good("capture")
    invoice = json.loads(scene.twin.dump()["Invoice", "130"])
    scene.twin.update("Invoice", {**invoice, "DocNumber": "=1+1"})
    scene.good("capture")
    return scene


def payloads(scene: Scene, ref: str, to: Path) -> dict[tuple[str, str], bytes]:
    """Each record's bytes as an export gives them."""
    scene.good("export", ref, "--to", str(to), "--format", "jsonl")
    found = {}
    for file in to.glob("*.jsonl"):
        for line in file.read_bytes().splitlines():
            body = json.loads(line)
            found[file.stem, str(body.get("Id", "1"))] = line
    return found


def test_documents_are_told_with_the_digests_of_their_bytes(captured: Scene, tmp_path: Path) -> None:
    books = books_of(captured.case.vault, captured.case.snapshot("s2"))
    receivable = next(one.id for one in books.ledger.chart.accounts.values() if one.type == "Accounts Receivable")
    drilled = drill(captured.case.vault, books, Figure(statement="register", end=END, account=receivable))
    assert drilled.total == books.ledger.balances()[receivable] != 0
    assert drilled.opening + drilled.moved == drilled.total
    documents = drilled.documents
    assert documents["counts"].sum() == drilled.total
    held = payloads(captured, "s2", tmp_path / "out")
    assert len(documents) > 10
    for row in documents.iter_rows(named=True):
        payload = held[row["entity"], row["id"]]
        assert row["sha256"] == hashlib.sha256(payload).hexdigest()
        assert row["length"] == len(payload)
    index = {(entity, key): digest.hex() for entity, key, digest in captured.case.snapshot("s2").index().iter_rows()}
    assert {index[one] for one in documents.select("entity", "id").iter_rows()} == set(documents["digest"])
    changed = documents.filter((documents["entity"] == "Invoice") & (documents["id"] == "130"))
    assert changed.select("number", "brought_by").rows() == [("=1+1", "s2")]
    assert set(documents["brought_by"]) == {"s1", "s2"}
    assert set(documents["remark"]) == {""}
    assert documents["answer_sha256"].str.len_chars().eq(64).all()
    assert documents["intuit_tid"].str.len_chars().gt(8).all()
    times = {info.id: (info.taken_at, info.finished_at) for info in captured.case.snapshots()}
    for snapshot, at in documents.select("brought_by", "requested_at").iter_rows():
        begun, ended = times[snapshot]
        assert begun - MINUTE <= at <= ended + MINUTE
    assert "Requests" not in captured.case.snapshot("s1").info.controls
    assert captured.case.snapshot("s1").requests()

    # Of payroll no general ledger of s2 tells, because no document of its days changed: it is as s1 has it.
    for ref in ("s1", "s2"):
        books = books_of(captured.case.vault, captured.case.snapshot(ref))
        drilled = drill(captured.case.vault, books, Figure(statement="register", end=END, account="35"))
        without = drilled.documents.filter(drilled.documents["digest"].is_null())
        assert set(without["entity"]) == {"Payroll Check"}
        assert without["remark"].str.contains("general ledger").all()
        assert drilled.documents["counts"].sum() == drilled.total != Decimal(0)


def test_a_snapshot_of_changes_ties_out_with_what_only_earlier_reports_show(captured: Scene) -> None:
    assert not [one for one in captured.case.snapshot("s2").info.controls if one.startswith("GeneralLedger")]
    checked = captured.good("check", "s2")
    assert checked["complete"], checked["findings"]
    assert [row["code"] for row in checked["findings"]].count("report_only_before") == 1
    captured.twin.screens.paycheck(
        next(key[1] for key in captured.twin.dump() if key[0] == "Employee"), "35", "2026-10-31", 500
    )
    invoice = json.loads(captured.twin.dump()["Invoice", "130"])
    captured.twin.update("Invoice", {**invoice, "DocNumber": "1+2"})
    captured.good("capture")
    code, checked = captured.akika("check", "s3")
    assert (code, checked["complete"]) == (1, False), "what nobody told of is a residual, and not absorbed"
    assert {row["residual"] for row in checked["tie_out"] if row["account"] == "35"} == {"500.00"}


def told(scene: Scene, *asked: str) -> Any:
    return scene.good("statement", *asked)


def test_figures_are_drilled_from_the_command_line(captured: Scene) -> None:
    sheet = told(captured, "balance-sheet", "s2")
    (day,) = set(sheet["rows"][0]) - {"account", "name", "role"}
    for row in sheet["rows"]:
        found = told(captured, "balance-sheet", "s2", "--drill", row["account"] or row["name"])
        assert found["figure"] == row[day]
        assert sum(Decimal(one["counts"]) for one in found["rows"]) == Decimal(row[day])
    months = told(captured, "balance-sheet", "s2", "--by", "month")["rows"][-1]
    first = next(name for name in months if name[:2] == "20")
    asked = ("balance-sheet", "s2", "--by", "month", "--drill", months["name"], "--column", first)
    assert told(captured, *asked)["figure"] == months[first] != sheet["rows"][-1][day]
    owed = told(captured, "receivables", "s2")["rows"]
    total = told(captured, "receivables", "s2", "--drill", "all")
    assert Decimal(total["figure"]) == sum(Decimal(row["open"]) for row in owed)
    for way, rows in (
        (f"Customer:{owed[0]['party']}", [row for row in owed if row["party"] == owed[0]["party"]]),
        (owed[0]["bucket"], [row for row in owed if row["bucket"] == owed[0]["bucket"]]),
        (f"{owed[0]['entity']}:{owed[0]['id']}", [owed[0]]),
    ):
        found = told(captured, "receivables", "s2", "--drill", way)
        assert Decimal(found["figure"]) == sum(Decimal(row["open"]) for row in rows), way
    months = told(captured, "profit-and-loss", "s2", "--by", "month")["rows"][-1]
    month = next(name for name in months if name[-4:].isdigit() and Decimal(months[name]))
    asked = ("profit-and-loss", "s2", "--by", "month", "--drill", "Net Income", "--column", month)
    assert told(captured, *asked)["figure"] == months[month]


def test_a_file_of_a_figure_runs_nothing(captured: Scene, tmp_path: Path) -> None:
    for form, documents in product(("csv", "xlsx"), ((), ("--documents",))):
        file = tmp_path / f"drilled{len(documents)}.{form}"
        account = next(
            row["account"] for row in told(captured, "trial-balance", "s2")["rows"] if "Receiv" in row["type"]
        )
        told(captured, "register", "s2", "--drill", account, *documents, "--out", str(file))
        if form == "csv":
            rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
            assert "'=1+1" in {cell for row in rows for cell in row}
            assert not [cell for row in rows for cell in row if cell.startswith("=")]
            assert Decimal(0) != sum(Decimal(row[rows[0].index("counts")]) for row in rows[1:])
        else:
            with zipfile.ZipFile(file) as book:
                sheets = b"".join(book.read(name) for name in book.namelist() if name.endswith(".xml"))
            assert b"<f>" not in sheets
            assert b"=1+1" in sheets
    assert len(captured.case.custody.acts("exported")) == 4


def test_in_words_and_what_there_is_not(captured: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    from akika_forensics.cli import main

    where = ("--vault", str(captured.vault))
    capsys.readouterr()
    assert main(["statement", "register", "s2", "--drill", "35", "--from", "2026-11-01", *where]) == 0
    shown = capsys.readouterr().out
    assert "Register, Checking" in shown
    assert "before 2026-11-01" in shown
    assert main(["statement", "receivables", "s2", "--drill", "Invoice:130", "--documents", *where]) == 0
    shown = capsys.readouterr().out
    assert "=1+1" in shown
    assert "s2" in shown
    for asked, said in REFUSED.items():
        code, answer = captured.akika("statement", *asked)
        assert code == 2
        assert said in answer["error"]["what"]
