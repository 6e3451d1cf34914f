"""An exported company comes back as it was: the same records, the same ledger on every day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.money import cents, money
from akika_forensics.model.record import RecordKey
from akika_forensics.twin import Twin, incidents, loading, sample

type Export = Callable[[dict[tuple[str, str], bytes]], Path]
DAYS = ("2026-06-30", "2026-07-01", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "9999-12-31")


def same_ledger(one: Twin, other: Twin) -> None:
    for day in DAYS:
        assert one.store.balances(until=day) == other.store.balances(until=day), day
    for control in (["84"], ["33"]):
        assert one.store.party_balances(control) == other.store.party_balances(control)
    assert (
        one.report("TrialBalance", end_date="2026-10-31")["Rows"]
        == other.report("TrialBalance", end_date="2026-10-31")["Rows"]
    )


def test_an_exported_company_comes_back_byte_for_byte(company: Twin, export: Export) -> None:
    again = Twin()
    report = loading.load_folder(again, export(company.dump()))
    assert again.dump() == company.dump()
    assert report.records == len(company.dump())
    assert (report.placeholders, report.openings, report.announcements) == ([], [], [])
    same_ledger(company, again)


def test_a_damaged_company_comes_back_too(export: Export) -> None:
    damaged = Twin()
    sample.build(damaged)
    incidents.run(damaged, "demo")
    again = Twin()
    report = loading.load_folder(again, export(damaged.dump()))
    assert again.dump() == damaged.dump()
    assert report.placeholders == []
    same_ledger(damaged, again)


def test_a_reloaded_company_goes_on_as_the_first_would(company: Twin, export: Export) -> None:
    again = Twin()
    loading.load_folder(again, export(company.dump()))
    first = Twin()
    sample.build(first)
    for twin in (first, again):
        body = twin.get("Invoice", "10")
        assert body is not None
        twin.delete("Invoice", {"Id": "10", "SyncToken": body["SyncToken"]})
    for key in (("Payment", "76"), ("Customer", "2"), ("Account", "84")):
        one, other = first.get(*key), again.get(*key)
        assert one is not None
        assert other is not None
        for body in (one, other):
            body.pop("MetaData")
        assert one == other
    assert first.store.balances(until="9999-12-31") == again.store.balances(until="9999-12-31")


def test_a_snapshot_sets_the_stage_of_a_rehearsal(company: Twin) -> None:
    stage = Twin()
    records = [(entity, payload) for (entity, _), payload in sorted(company.dump().items(), reverse=True)]
    report = loading.load_records(stage, records)
    assert stage.dump() == company.dump()
    assert (report.placeholders, report.openings, report.announcements) == ([], [], [])
    same_ledger(company, stage)


def test_what_no_document_explains_enters_as_one_opaque_posting(company: Twin) -> None:
    stage = Twin()
    records = [(entity, payload) for (entity, _), payload in company.dump().items()]
    opening = {"35": Decimal("-120.10"), "17": Decimal("120.10")}
    report = loading.load_records(stage, records, opening=opening, opening_date=date(2026, 10, 30))
    assert stage.dump() == company.dump()
    assert [line.amount for line in report.openings] == [Decimal("-120.10"), Decimal("120.10")]
    before, after = company.store.balances(until="2026-10-31"), stage.store.balances(until="2026-10-31")
    assert {k: after[k] - before[k] for k in after if after[k] != before[k]} == {"35": -12010, "17": 12010}
    assert company.store.balances(until="2026-10-29") == stage.store.balances(until="2026-10-29")


def test_an_opening_that_does_not_balance_is_balanced_by_opening_equity(company: Twin) -> None:
    stage = Twin()
    records = [(entity, payload) for (entity, _), payload in company.dump().items()]
    loading.load_records(stage, records, opening={"35": Decimal(5)}, opening_date=date(2026, 10, 30))
    moved = stage.store.balances(until="9999-12-31")["34"] - company.store.balances(until="9999-12-31")["34"]
    assert moved == -500


def test_a_snapshot_without_equity_refuses_an_opening_that_does_not_balance(company: Twin) -> None:
    payload = company.dump()["Account", "35"]
    with pytest.raises(WrongUse, match="Opening Balance Equity"):
        loading.load_records(Twin(), [("Account", payload)], opening={"35": Decimal(5)})


def test_a_snapshot_with_gaps_announces_them_and_makes_nothing_up(company: Twin) -> None:
    dump = company.dump()
    gone = ("Payment", "31")
    stage = Twin()
    report = loading.load_records(stage, [(key[0], payload) for key, payload in dump.items() if key != gone])
    assert stage.dump() == {key: payload for key, payload in dump.items() if key != gone}
    assert {note.keys[0] for note in report.announcements} == {RecordKey("Invoice", "9"), RecordKey("Deposit", "102")}
    assert {line.account: line.amount for line in report.openings} == {"4": Decimal(108), "84": Decimal(-108)}
    assert sum(stage.store.balances(until="9999-12-31").values()) == 0


@pytest.mark.parametrize(
    "lost",
    [
        ("Payment", "31"),
        ("Payment", "120"),
        ("Bill", "24"),
        ("BillPayment", "82"),
        ("Deposit", "121"),
        ("Invoice", "67"),
        ("Estimate", "41"),
        ("PurchaseOrder", "114"),
        ("Purchase", "115"),
        ("CreditMemo", "73"),
        ("VendorCredit", "53"),
        ("SalesReceipt", "38"),
        ("TimeActivity", "4"),
        ("Account", "17"),
        ("Account", "84"),
        ("Account", "33"),
        ("Account", "34"),
        ("Item", "6"),
        ("Item", "5"),
        ("Customer", "7"),
        ("Customer", "9"),
        ("Vendor", "40"),
        ("Employee", "55"),
        ("Term", "3"),
        ("Class", "5000000000000000101"),
        ("Department", "1"),
        ("TaxCode", "2"),
        ("TaxRate", "3"),
        ("TaxAgency", "2"),
    ],
    ids=lambda key: ":".join(key),
)
def test_any_one_lost_record_gets_a_placeholder_and_the_books_hold(
    company: Twin, export: Export, lost: tuple[str, str]
) -> None:
    kept = {key: payload for key, payload in company.dump().items() if key != lost}
    again = Twin()
    report = loading.load_folder(again, export(kept))
    assert lost in {tuple(note.keys[0]) for note in report.placeholders}
    assert again.unposted == ()
    after = again.dump()
    assert {key: after[key] for key in kept} == kept
    assert sum(again.store.balances(until="9999-12-31").values()) == 0
    assert again.store.out_of_balance() == []
    shown = {key[1]: payloads.decode(p) for key, p in after.items() if key[0] == "Account"}
    for account, posted in again.store.balances(until="9999-12-31").items():
        body = shown[account]
        if body["Classification"] in {"Asset", "Liability"}:
            assert cents(money(body["CurrentBalance"])) * 100 == posted, body["FullyQualifiedName"]
    receivable = again.store.party_balances([a for a, b in shown.items() if b["AccountType"] == "Accounts Receivable"])
    for key, payload in after.items():
        if key[0] == "Customer":
            balance = cents(money(payloads.decode(payload)["Balance"])) * 100
            assert receivable.get(f"Customer:{key[1]}", 0) == balance, key
