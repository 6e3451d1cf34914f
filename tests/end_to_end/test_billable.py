"""Billable expenses and recurring templates through a restore: what the service makes by itself stands again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.twin.conftest import Books, ref

from .conftest import PASSPHRASE, Scene, staged


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.twin.close()


@pytest.fixture
def scene(books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str]) -> Iterator[Scene]:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    with staged(tmp_path, books.twin, out) as made:
        yield made


def billable(books: Books) -> str:
    line = books.spend(18)
    line["AccountBasedExpenseLineDetail"] |= {"BillableStatus": "Billable", "CustomerRef": ref(books.ann)}
    return books.made("Bill", {"VendorRef": ref(books.lumber), "Line": [line]})


def gone_and_back(scene: Scene, entity: str, record_id: str) -> None:
    scene.good("capture")
    body = scene.twin.get(entity, record_id)
    assert body is not None
    scene.twin.delete(entity, {"Id": record_id, "SyncToken": body["SyncToken"]})
    file = scene.planned("--record", f"{entity}:{record_id}")
    rehearsed = scene.good("plan", "rehearse", str(file))
    assert rehearsed["ok"] is True
    assert scene.good("plan", "execute", str(file))["state"] == "complete"


def test_a_bill_comes_back_with_one_charge(scene: Scene, books: Books) -> None:
    bill = billable(books)
    gone_and_back(scene, "Bill", bill)
    charges = [body for key, body in scene.content().items() if key.startswith("ReimburseCharge:")]
    assert [(body["Amount"], body["HasBeenInvoiced"]) for body in charges] == [(18, False)]


def test_a_charge_in_scope_is_left_to_its_bill(scene: Scene, books: Books) -> None:
    bill = billable(books)
    scene.good("capture")
    scene.twin.delete("Bill", {"Id": bill, "SyncToken": "0"})
    scene.good("capture")
    file = scene.planned("--record", f"ReimburseCharge:{int(bill) + 1}")
    (note,) = scene.good("plan", "show", str(file))["by_hand"]
    assert "billable expense" in note["what"]


def test_an_invoice_comes_back_and_its_charge_is_named_for_a_person(scene: Scene, books: Books) -> None:
    bill = billable(books)
    charge = str(int(bill) + 1)
    sale = books.sale(books.ann, 18)
    sale["Line"][0]["LinkedTxn"] = [{"TxnId": charge, "TxnType": "ReimburseCharge"}]
    invoice = books.made("Invoice", sale)
    gone_and_back(scene, "Invoice", invoice)
    after = scene.content()
    assert after[f"ReimburseCharge:{charge}"]["HasBeenInvoiced"] is False
    assert after[f"Bill:{bill}"]["Line"][0]["AccountBasedExpenseLineDetail"]["BillableStatus"] == "Billable"
    shown = scene.good("plan", "show", str(scene.folder / "restore.plan"))
    assert f"ReimburseCharge:{charge}" in json.dumps(shown["by_hand"])


def test_a_template_comes_back(scene: Scene, books: Books) -> None:
    info = {"Name": "Rent", "RecurType": "Automated", "ScheduleInfo": {"IntervalType": "Monthly", "DayOfMonth": 1}}
    body = {"Invoice": {**books.sale(books.ann, 25), "RecurringInfo": info}}
    made = books.twin.create("RecurringTransaction", body)["Invoice"]
    scene.good("capture")
    scene.twin.delete("RecurringTransaction", {"Invoice": {"Id": made["Id"], "SyncToken": "0"}})
    file = scene.planned("--record", f"RecurringTransaction:{made['Id']}")
    rehearsed = scene.good("plan", "rehearse", str(file))
    assert rehearsed["ok"] is True
    assert scene.good("plan", "execute", str(file))["state"] == "complete"
    (again,) = [body["Invoice"] for key, body in scene.content().items() if key.startswith("RecurringTransaction:")]
    assert again["RecurringInfo"] == made["RecurringInfo"]
