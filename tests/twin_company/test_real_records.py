"""167 records as the real service sent them: shapes of a company, not whole books."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.model.catalogue import UNREADABLE_LINKED_TXN
from akika_forensics.model.money import cents, money
from akika_forensics.model.payload import decode
from akika_forensics.model.placeholder import is_placeholder
from akika_forensics.model.record import RecordKey
from akika_forensics.model.references import links_of
from akika_forensics.twin import Twin, loading
from akika_forensics.twin.loading.load_report import LoadReport

type Loaded = tuple[Twin, LoadReport, dict[RecordKey, bytes]]


@pytest.fixture
def loaded(real_records: Path) -> Loaded:
    twin = Twin()
    report = loading.load_folder(twin, real_records)
    lines = {
        RecordKey(path.stem, str(decode(line)["Id"])): line
        for path in sorted(real_records.glob("*.jsonl"))
        for line in path.read_bytes().splitlines()
    }
    return twin, report, lines


def bodies(twin: Twin) -> dict[RecordKey, dict[str, Any]]:
    return {RecordKey(*key): decode(payload) for key, payload in twin.dump().items()}


def test_what_was_recorded_is_served_byte_for_byte(loaded: Loaded) -> None:
    twin, report, lines = loaded
    assert report.records == len(lines) == 167
    for key, line in lines.items():
        assert twin.payload(*key) == line


def test_no_reference_dangles(loaded: Loaded) -> None:
    everything = bodies(loaded[0])
    for key, body in everything.items():
        for link in links_of(key.entity, body):
            if link.target is None:
                assert link.name in UNREADABLE_LINKED_TXN
            elif not link.by_code:
                assert link.target in everything, (key, link.path, link.target)


def test_every_stand_in_is_labelled_and_listed(loaded: Loaded) -> None:
    twin, report, lines = loaded
    made = set(bodies(twin)) - set(lines)
    listed = {note.keys[0] for note in report.placeholders}
    entry = {line.keys[0] for line in report.openings}
    settings = {RecordKey("CompanyInfo", "1"), RecordKey("Preferences", "1")}
    assert made == listed | entry | settings
    assert len(entry) == 1
    for key in listed | entry:
        body = twin.get(*key)
        assert body is not None
        assert is_placeholder(body), key
    for note in report.placeholders:
        assert note.what.startswith(str(note.keys[0]))
        assert note.what.endswith(".")


def test_stand_ins_are_named_by_the_stock_company(loaded: Loaded) -> None:
    twin = loaded[0]
    for entity, record_id, field, value in (
        ("Account", "33", "Name", "Accounts Payable (A/P)"),
        ("Account", "48", "FullyQualifiedName", "Landscaping Services:Job Materials:Fountains and Garden Lighting"),
        ("Account", "89", "Name", "Arizona Dept. of Revenue Payable"),
        ("Item", "14", "Name", "Sod"),
        ("Item", "10", "Name", "Pest Control"),
    ):
        body = twin.get(entity, record_id)
        assert body is not None
        assert body[field] == value


def test_amounts_of_stand_ins_follow_from_what_cites_them(loaded: Loaded) -> None:
    twin = loaded[0]
    totals = {"31": "108", "32": "300", "33": "50", "40": "103.55", "61": "694", "94": "460.4", "97": "226.75"}
    for payment, total in totals.items():
        body = twin.get("Payment", payment)
        assert body is not None
        assert body["TotalAmt"] == Decimal(total)
        assert money(body["UnappliedAmt"]) == 0
        applied = sum(money(line["Amount"]) for line in body["Line"])
        assert applied == Decimal(total)
    first = twin.get("Payment", "31")
    assert first is not None
    assert first["CustomerRef"]["value"] == "1"
    assert first["PaymentRefNum"] == "6552"
    assert first["LinkedTxn"] == [{"TxnId": "102", "TxnType": "Deposit"}]
    shared = [twin.get("Payment", number) for number in ("72", "74")]
    assert sum(money(body["TotalAmt"]) for body in shared if body) == 205
    bill = twin.get("Bill", "24")
    assert bill is not None
    assert (bill["TotalAmt"], money(bill["Balance"]), bill["VendorRef"]["value"]) == (Decimal(900), 0, "40")


def test_settled_documents_are_settled_by_what_cites_them(loaded: Loaded) -> None:
    everything = bodies(loaded[0])
    paid: dict[RecordKey, Decimal] = {}
    for key, body in everything.items():
        if key.entity in {"Payment", "BillPayment"}:
            for line in body["Line"]:
                for link in line["LinkedTxn"]:
                    target = RecordKey(link["TxnType"], link["TxnId"])
                    paid[target] = paid.get(target, Decimal(0)) + money(line["Amount"])
    for key, body in everything.items():
        if key.entity in {"Invoice", "Bill"}:
            assert money(body["TotalAmt"]) - money(body["Balance"]) == paid.get(key, Decimal(0)), key


def test_the_books_balance_and_recorded_balances_hold(loaded: Loaded) -> None:
    twin, _, lines = loaded
    posted = twin.store.balances(until="9999-12-31")
    assert sum(posted.values()) == 0
    assert twin.store.out_of_balance() == []
    receivable, payable = twin.store.party_balances(["84"]), twin.store.party_balances(["33"])
    for key, line in lines.items():
        body = decode(line)
        if key.entity == "Account":
            assert posted.get(key.id, 0) == cents(money(body["CurrentBalance"])) * 100, key
        elif key.entity == "Customer":
            assert receivable.get(str(key), 0) == cents(money(body["Balance"])) * 100, key
        elif key.entity == "Vendor":
            assert -payable.get(str(key), 0) == cents(money(body["Balance"])) * 100, key


def test_the_opening_entry_is_one_balanced_labelled_document(loaded: Loaded) -> None:
    twin, report, _ = loaded
    entry = twin.get(*report.openings[0].keys[0])
    assert entry is not None
    sides = {"Debit": 1, "Credit": -1}
    details = [(line["JournalEntryLineDetail"], line["Amount"]) for line in entry["Line"]]
    assert sum(sides[detail["PostingType"]] * amount for detail, amount in details) == 0
    for detail, _ in details:
        if detail["AccountRef"]["value"] in {"33", "84"}:
            assert detail["Entity"]["EntityRef"]["value"]
    assert details[-1][0]["AccountRef"]["value"] == "34"


def test_oddities_are_announced(loaded: Loaded) -> None:
    said = [note.what for note in loaded[1].announcements]
    assert any("README.md" in what for what in said)
    assert any("Invoice:42 cites StatementCharge" in what for what in said)
    assert any("Invoice:42 does not add up" in what for what in said)
    assert any("Invoice:71 was settled by Payment:72 and Payment:74" in what for what in said)
    assert any("CompanyInfo" in what for what in said)
    assert loaded[0].unposted != ()


def test_a_loaded_company_loads_again_as_it_is(loaded: Loaded, tmp_path: Path) -> None:
    twin = loaded[0]
    for (entity, _), payload in sorted(twin.dump().items()):
        with (tmp_path / f"{entity}.jsonl").open("ab") as file:
            file.write(payload + b"\n")
    again = Twin()
    report = loading.load_folder(again, tmp_path)
    assert again.dump() == twin.dump()
    assert (report.placeholders, report.openings) == ([], [])
    assert again.store.balances(until="9999-12-31") == twin.store.balances(until="9999-12-31")
