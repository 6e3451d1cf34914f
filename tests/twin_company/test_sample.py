from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.instants import parse_date, parse_instant
from akika_forensics.model.money import cents, money
from akika_forensics.model.payload import decode
from akika_forensics.model.record import RecordKey
from akika_forensics.model.references import links_of
from akika_forensics.twin import Twin, sample
from akika_forensics.twin.documents.totals import disagreement
from akika_forensics.twin.sample.timeline import CLOSED, FOUNDED

NAMES = {
    ("Customer", "1"): "Amy's Bird Sanctuary",
    ("Customer", "8"): "0969 Ocean View Road",
    ("Customer", "23"): "Barnett Design",
    ("Customer", "29"): "Weiskopf Consulting",
    ("Vendor", "30"): "Books by Bessie",
    ("Vendor", "53"): "United States Treasury",
    ("Vendor", "57"): "Squeaky Kleen Car Wash",
    ("Employee", "54"): "John Johnson",
    ("Employee", "55"): "Emily Platt",
    ("Item", "1"): "Services",
    ("Item", "5"): "Rock Fountain",
    ("Item", "18"): "Trimming",
    ("Account", "33"): "Accounts Payable (A/P)",
    ("Account", "67"): "Job Expenses:Job Materials:Sprinklers and Drip Systems",
    ("Account", "84"): "Accounts Receivable (A/R)",
    ("Account", "90"): "Board of Equalization Payable",
    ("Term", "3"): "Net 30",
    ("PaymentMethod", "5"): "Discover",
    ("TaxRate", "1"): "AZ State tax",
    ("TaxCode", "3"): "Tucson",
    ("TaxAgency", "2"): "Board of Equalization",
}
IDS = {
    "Estimate": "41 46 48 100",
    "SalesReceipt": "11 17 38 47",
    "RefundReceipt": "66",
    "CreditMemo": "73",
    "PurchaseOrder": "45 114 125",
    "Deposit": "4 5 62 102 121",
    "Customer": " ".join(map(str, range(1, 30))),
    "Item": "1 2 3 4 5 6 7 8 9 10 11 13 14 15 16 17 18",
    "TimeActivity": "1 2 3 4 5",
}
BALANCES = {
    "4": "2062.52",
    "33": "-1602.67",
    "35": "1201.00",
    "36": "800.00",
    "38": "13495.00",
    "41": "-157.72",
    "43": "-4000.00",
    "44": "-25000.00",
    "81": "596.25",
    "84": "5281.52",
    "89": "0",
    "90": "-370.94",
}


def bodies(twin: Twin) -> dict[RecordKey, dict[str, Any]]:
    return {RecordKey(*key): decode(payload) for key, payload in twin.dump().items()}


def test_stock_ids_and_names_are_those_of_the_sandbox_company(company: Twin) -> None:
    for (entity, record_id), name in NAMES.items():
        body = company.get(entity, record_id)
        assert body is not None, (entity, record_id)
        assert name in {body.get("DisplayName"), body.get("Name"), body.get("FullyQualifiedName")}
    for entity, ids in IDS.items():
        assert {key[1] for key in company.dump() if key[0] == entity} == set(ids.split()), entity


def test_invoices_carry_the_stock_numbers(company: Twin) -> None:
    invoices = {key.id: body for key, body in bodies(company).items() if key.entity == "Invoice"}
    assert len(invoices) == 31
    assert invoices["9"]["DocNumber"] == "1001"
    assert invoices["129"]["DocNumber"] == "1036"
    assert invoices["130"]["DocNumber"] == "1037"
    assert invoices["130"]["TotalAmt"] == Decimal("362.07")
    assert invoices["13"]["Balance"] == Decimal("4.00")


def test_recorded_account_balances_come_out(company: Twin) -> None:
    for account, balance in BALANCES.items():
        body = company.get("Account", account)
        assert body is not None
        assert money(body["CurrentBalance"]) == Decimal(balance), body["Name"]


def test_the_books_balance_on_every_day(company: Twin) -> None:
    days = {parse_date(body["TxnDate"]) for body in bodies(company).values() if "TxnDate" in body}
    assert min(days) == FOUNDED
    assert FOUNDED < max(days) <= CLOSED
    for day in sorted(days):
        assert sum(company.store.balances(until=day.isoformat()).values()) == 0
    assert company.store.out_of_balance() == []


def test_ledgers_agree_with_what_records_show(company: Twin) -> None:
    everything = bodies(company)
    receivable = company.store.party_balances(["84"])
    payable = company.store.party_balances(["33"])
    for key, body in everything.items():
        if key.entity == "Customer":
            assert receivable.get(str(key), 0) == cents(money(body["Balance"])) * 100
        elif key.entity == "Vendor":
            assert -payable.get(str(key), 0) == cents(money(body["Balance"])) * 100
    opened: Counter[str] = Counter()
    for key, body in everything.items():
        if key.entity == "Invoice":
            opened[body["CustomerRef"]["value"]] += int(money(body["Balance"]) * 100)
    assert {customer: amount for customer, amount in opened.items() if amount} == {
        key.id: int(money(body["Balance"]) * 100)
        for key, body in everything.items()
        if key.entity == "Customer" and money(body["Balance"])
    }


def test_stock_and_its_value_agree(company: Twin) -> None:
    stocked = [body for key, body in bodies(company).items() if key.entity == "Item" and body["Type"] == "Inventory"]
    assert {body["Name"]: body["QtyOnHand"] for body in stocked} == {
        "Rock Fountain": 2,
        "Pump": 25,
        "Sprinkler Heads": 25,
        "Sprinkler Pipes": 31,
    }
    value = sum(money(body["QtyOnHand"]) * money(body["PurchaseCost"]) for body in stocked)
    assert value * 100 == company.store.balances(until="9999")["81"]


def test_every_reference_resolves_to_an_active_record(company: Twin) -> None:
    everything = bodies(company)
    checked = 0
    for key, body in everything.items():
        for link in links_of(key.entity, body):
            assert link.target is not None, (key, link.path)
            if link.by_code:
                assert link.target.id == "USD"
                continue
            assert link.target in everything, (key, link.path, link.target)
            assert everything[link.target].get("Active") is not False
            checked += 1
    assert checked > 600


def test_links_stand_on_both_sides(company: Twin) -> None:
    everything = bodies(company)

    def header(entity: str, record_id: str) -> set[tuple[str, str]]:
        links = everything[RecordKey(entity, record_id)].get("LinkedTxn", [])
        return {(link["TxnType"], link["TxnId"]) for link in links}

    assert header("Invoice", "9") == {("Payment", "31")}
    assert header("Payment", "31") == {("Deposit", "102")}
    assert header("Estimate", "100") == {("Invoice", "130")}
    assert header("Invoice", "106") == {("TimeActivity", "4"), ("TimeActivity", "5")}
    assert ("Payment", "74") in header("CreditMemo", "73")
    assert ("BillPaymentCheck", "82") in header("Bill", "3")
    assert ("BillPaymentCreditCard", "118") in header("Bill", "25")
    assert ("BillPaymentCheck", "85") in header("VendorCredit", "53")
    assert ("Bill", "127") in header("PurchaseOrder", "125")
    assert everything[RecordKey("PurchaseOrder", "45")]["POStatus"] == "Open"
    assert everything[RecordKey("PurchaseOrder", "114")]["POStatus"] == "Closed"
    assert everything[RecordKey("TimeActivity", "5")]["BillableStatus"] == "HasBeenBilled"


def test_there_is_something_for_every_kind_of_incident(company: Twin) -> None:
    everything = bodies(company)
    deposited = {
        link["TxnId"]
        for key, body in everything.items()
        if key.entity == "Deposit"
        for line in body["Line"]
        for link in line.get("LinkedTxn", [])
        if link["TxnType"] == "Payment"
    }
    payments = {key.id for key in everything if key.entity == "Payment"}
    assert payments - deposited
    assert payments & deposited
    assert any(key.entity == "Invoice" and not body["LinkedTxn"] for key, body in everything.items())


def test_documents_add_up(company: Twin) -> None:
    for key, body in bodies(company).items():
        assert disagreement(key.entity, body) is None, key


def test_creation_times_rise_with_the_ids_of_a_sequence(company: Twin) -> None:
    times: dict[str, list[tuple[int, datetime]]] = {}
    for key, body in bodies(company).items():
        created = parse_instant(body["MetaData"]["CreateTime"])
        assert created.utcoffset() is not None
        assert body["MetaData"]["CreateTime"].endswith("-07:00")
        row = CATALOGUE[key.entity]
        if row.is_transaction and key.entity != "TimeActivity":
            times.setdefault("transactions", []).append((int(key.id), created))
        elif key.entity in {"Customer", "Vendor", "Employee"}:
            times.setdefault("names", []).append((int(key.id), created))
    for rows in times.values():
        ordered = [created for _, created in sorted(rows)]
        assert ordered == sorted(ordered)
        assert len({number for number, _ in rows}) == len(rows)


def test_it_is_the_same_company_every_time(company: Twin) -> None:
    again = Twin()
    sample.build(again)
    assert again.dump() == company.dump()


@pytest.mark.parametrize(
    "entity", ["Class", "Department", "Attachable", "CreditCardPayment", "Transfer", "JournalEntry"]
)
def test_the_rarer_kinds_are_there(company: Twin, entity: str) -> None:
    assert company.count(entity, inactive=True) > 0
