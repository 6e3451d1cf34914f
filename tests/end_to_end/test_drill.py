"""A figure of a captured company, down to the bytes that QuickBooks sent and the snapshot that brought them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from akika_forensics.case.statements import Figure, books_of, drill

from .conftest import Scene

END = date(2030, 12, 31)


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
    books = books_of(captured.case.snapshot("s2"))
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


def test_what_only_a_report_shows_has_no_document(captured: Scene) -> None:
    books = books_of(captured.case.snapshot("s1"))
    drilled = drill(captured.case.vault, books, Figure(statement="register", end=END, account="35"))
    without = drilled.documents.filter(drilled.documents["digest"].is_null())
    assert set(without["entity"]) == {"Payroll Check"}
    assert without["remark"].str.contains("general ledger").all()
    assert drilled.documents["counts"].sum() == drilled.total != Decimal(0)
