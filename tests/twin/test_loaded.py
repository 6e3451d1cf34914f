"""Records put in as received: bytes, postings that wait, balances that move by what changes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload
from akika_forensics.twin import Twin
from tests.twin.conftest import Clock


def copied(books: Any, *, backwards: bool = False) -> Twin:
    """Another twin that holds the same payloads."""
    other = Twin(clock=books.clock, realm_id=books.twin.realm_id)
    for (entity, _), text in sorted(books.twin.dump().items(), reverse=backwards):
        other.put_raw(entity, text)
    return other


@pytest.fixture
def busy(books: Any) -> Any:
    twin = books.twin
    invoice = twin.create("Invoice", books.sale(books.ann, 27, item=books.pump, qty=3))
    twin.create("Payment", {"CustomerRef": {"value": books.ann}, **books.pays(30, ("Invoice", invoice["Id"], 27))})
    twin.create("Bill", {"VendorRef": {"value": books.power}, "Line": [books.spend(12), books.stock_up(2, 8)]})
    return books


@pytest.mark.parametrize("backwards", [False, True])
def test_a_copy_serves_the_same_bytes_and_posts_the_same_documents(busy: Any, backwards: bool) -> None:
    other = copied(busy, backwards=backwards)
    assert other.dump() == busy.twin.dump()
    assert other.unposted == ()
    assert other.dump() == busy.twin.dump(), "posting what was loaded changes no record"
    mine, theirs = busy.twin.store.balances(until="9999"), other.store.balances(until="9999")
    opening = {busy.stock: 4000, busy.account("Opening Balance Equity"): -4000}
    assert {key: value - opening.get(key, 0) for key, value in mine.items() if value - opening.get(key, 0)} == {
        key: value for key, value in theirs.items() if value
    }
    other.post_opaque(date(2025, 12, 31), {key: Decimal(value) / 100 for key, value in opening.items()}, "stock")
    assert other.report("TrialBalance")["Rows"] == busy.twin.report("TrialBalance")["Rows"]
    assert other.store.out_of_balance() == []


def test_a_copy_behaves_like_the_company(busy: Any) -> None:
    other = copied(busy)
    for twin in (busy.twin, other):
        twin.delete("Invoice", {"Id": "1", "SyncToken": "0"})
        twin.create("Invoice", busy.sale(busy.bob, 18, item=busy.pump, qty=2, DocNumber="77"))
    for entity, record_id in other.dump():
        mine, theirs = busy.twin.get(entity, record_id), other.get(entity, record_id)
        assert {**mine, "MetaData": None} == {**theirs, "MetaData": None}, (entity, record_id)


def test_what_says_too_little_is_listed_and_kept(books: Any) -> None:
    odd = b'{"Id":"70","TxnDate":"2026-01-01","TotalAmt":81,"Line":[],"CustomerRef":{"value":"1"},"SyncToken":"0"}'
    lost = b'{"Id":"71","TxnDate":"2026-01-01","Amount":5,"FromAccountRef":{"value":"1"},"ToAccountRef":{"value":"99"}}'
    books.twin.put_raw("Invoice", odd)
    books.twin.put_raw("Transfer", lost)
    assert {(left.entity, left.id) for left in books.twin.unposted} == {("Invoice", "70"), ("Transfer", "71")}
    assert books.twin.payload("Invoice", "70") == odd
    assert books.twin.create("Invoice", books.sale(books.ann, 1))["Id"] == "72"


def test_a_refused_request_after_loading_does_not_lose_the_loaded_postings(busy: Any) -> None:
    other = copied(busy)
    with pytest.raises(Exception, match="2020"):
        other.create("Invoice", {})
    assert other.store.balances(until="9999")


def test_loading_twice_counts_once(busy: Any) -> None:
    other = copied(busy)
    once = other.store.balances(until="9999")
    for (entity, _), text in sorted(busy.twin.dump().items()):
        other.put_raw(entity, text)
    assert other.store.balances(until="9999") == once
    assert len(other.store.movements_of(busy.pump)) == 3


def test_an_opening_entry_must_balance_and_name_accounts(books: Any) -> None:
    with pytest.raises(WrongUse, match="balance"):
        books.twin.post_opaque(date(2026, 1, 1), {books.checking: Decimal(1)}, "x")
    with pytest.raises(WrongUse, match="no account 99"):
        books.twin.post_opaque(date(2026, 1, 1), {books.checking: Decimal(1), "99": Decimal(-1)}, "x")
    with pytest.raises(WrongUse, match="Id"):
        books.twin.put_raw("Customer", b'{"DisplayName":"x"}')


def test_a_company_in_a_file_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "company.db"
    first = Twin(path, clock=Clock(), realm_id="42", company_name="Kept")
    made = first.create("Customer", {"DisplayName": "Ann"})
    first.close()
    again = Twin(path, clock=Clock())
    assert (again.realm_id, again.company_name) == ("42", "Kept")
    assert again.get("Customer", made["Id"]) == made
    assert again.create("Vendor", {"DisplayName": "V"})["Id"] == "2"
    again.close()
    with pytest.raises(WrongUse, match="company 42"):
        Twin(path, realm_id="43")


def test_every_recorded_record_is_admitted_by_the_schema_and_kept_in_its_order(shared: Path) -> None:
    from akika_forensics.twin import schema

    seen = 0
    for file in sorted((shared / "data" / "real_records").glob("*.jsonl")):
        for line in file.read_bytes().splitlines():
            body = payload.decode(line)
            schema.admit(file.stem, body)
            assert list(schema.ordered(file.stem, body)) == list(json.loads(line))
            seen += 1
    assert seen > 100


def test_recorded_sales_forms_written_anew_come_to_the_same_total(shared: Path) -> None:
    """Totals and open balances of real invoices, computed by our own rules from what a client would send."""
    from akika_forensics.twin import loading

    folder = shared / "data" / "real_records"
    twin = Twin()
    loading.load_folder(twin, folder)
    checked = 0
    for line in (folder / "Invoice.jsonl").read_bytes().splitlines():
        body = payload.decode(line)
        lines = [row for row in body["Line"] if row["DetailType"] != "SubTotalLineDetail"]
        if not lines or any("LinkedTxn" in row for row in lines):
            continue
        kept = {name: body[name] for name in ("CustomerRef", "TxnDate", "TxnTaxDetail", "ApplyTaxAfterDiscount")}
        made = twin.create("Invoice", {**kept, "Line": lines})
        assert (made["TotalAmt"], made["TxnTaxDetail"]["TotalTax"]) == (
            body["TotalAmt"],
            body["TxnTaxDetail"]["TotalTax"],
        )
        checked += 1
    assert checked > 20
    assert twin.store.out_of_balance() == []
