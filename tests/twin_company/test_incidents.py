"""Each incident's ground truth is the whole difference: what was struck, and what the service computes from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sample_twin import sample_twin

from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.instants import parse_instant
from akika_forensics.model.payload import canonical_value, decode, digest
from akika_forensics.twin import Twin, incidents, loading, sample

type Dump = dict[tuple[str, str], bytes]

COMPUTED = {
    "Account": {"CurrentBalance", "CurrentBalanceWithSubAccounts"},
    "Customer": {"Balance", "BalanceWithJobs"},
    "Vendor": {"Balance"},
    "Invoice": {"Balance", "LinkedTxn"},
    "Payment": {"UnappliedAmt", "Line"},
    "Item": {"QtyOnHand"},
}
"""What the service moves along on a record that nobody wrote."""


def build(kind: str, shared_data: Path) -> Twin:
    twin = Twin()
    if kind == "sample":
        sample.build(twin)
    else:
        folder = shared_data / "real_records"
        if not folder.is_dir():
            pytest.skip("recorded data is absent: no folder shared/data/real_records beside the checkout")
        loading.load_folder(twin, folder)
    return twin


@pytest.fixture(params=["sample", "real records"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def moved_fields(before: bytes, after: bytes) -> set[str]:
    one, other = decode(before), decode(after)
    return {
        field
        for field in one.keys() | other.keys()
        if field != "MetaData" and canonical_value(one.get(field)) != canonical_value(other.get(field))
    }


def check_truth(before: Dump, after: Dump, truth: dict[str, Any]) -> None:
    struck = {(row["entity"], row["id"]): row for row in truth["records"]}
    along = {(row["entity"], row["id"]) for row in truth["consequences"]}
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert differing == struck.keys() | along
    assert not struck.keys() & along
    for key, row in struck.items():
        assert row["before"] == (digest(before[key]).hex() if key in before else None)
        assert row["after"] == (digest(after[key]).hex() if key in after else None)
        assert row["before"] != row["after"]
    for key in along:
        assert moved_fields(before[key], after[key]) <= COMPUTED[key[0]], key


@pytest.mark.parametrize("name", list(incidents.PLAIN))
def test_ground_truth_is_the_actual_difference(kind: str, name: str, shared_data: Path) -> None:
    twin = build(kind, shared_data)
    before = twin.dump()
    truth = incidents.run(twin, name)
    assert truth["incident"] == name
    check_truth(before, twin.dump(), truth)
    assert twin.store.out_of_balance() == []
    assert sum(twin.store.balances(until="9999-12-31").values()) == 0


@pytest.mark.parametrize("name", list(incidents.LIBRARY))
def test_a_described_incident_strikes_any_company_or_leaves_it_alone(kind: str, name: str, shared_data: Path) -> None:
    twin = build(kind, shared_data)
    before = twin.dump()
    try:
        truth = incidents.run(twin, name)
    except WrongUse:
        assert twin.dump() == before
        with pytest.raises(WrongUse, match="The company has"):
            incidents.run(twin, name)
        return
    after = twin.dump()
    struck = {(row["entity"], row["id"]): row for row in truth["records"]}
    along = {(row["entity"], row["id"]) for row in truth["consequences"]}
    assert {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} == struck.keys() | along
    assert twin.store.out_of_balance() == []
    for key, row in struck.items():
        assert row["before"] == (digest(before[key]).hex() if key in before else None)
        assert row["after"] == (digest(after[key]).hex() if key in after else None)


@pytest.mark.parametrize("name", list(incidents.PLAIN))
def test_the_same_company_has_the_same_victims(name: str) -> None:
    chosen = []
    for _ in range(2):
        twin = Twin()
        sample.build(twin)
        chosen.append([(row["entity"], row["id"], row["what"]) for row in incidents.run(twin, name)["records"]])
    assert chosen[0] == chosen[1]


def test_a_deleted_invoice_had_lines_and_a_payment_that_can_be_linked_again(kind: str, shared_data: Path) -> None:
    twin = build(kind, shared_data)
    before = twin.dump()
    truth = incidents.run(twin, "deleted-invoice")
    (row,) = truth["records"]
    body = decode(before["Invoice", row["id"]])
    assert any(line["DetailType"] == "SalesItemLineDetail" for line in body["Line"])
    payments = {link["TxnId"] for link in body["LinkedTxn"] if link["TxnType"] == "Payment"}
    assert payments
    deposited = {
        link["TxnId"]
        for key, payload in before.items()
        if key[0] == "Deposit"
        for line in decode(payload)["Line"]
        for link in line.get("LinkedTxn", [])
    }
    assert not payments & deposited
    for payment in payments:
        left = twin.get("Payment", payment)
        assert left is not None
        assert left["UnappliedAmt"] == left["TotalAmt"]
    assert twin.get("Invoice", row["id"]) is None


def test_a_deleted_payment_opens_its_invoice(kind: str, shared_data: Path) -> None:
    twin = build(kind, shared_data)
    before = twin.dump()
    (row,) = incidents.run(twin, "deleted-payment")["records"]
    body = decode(before["Payment", row["id"]])
    (line,) = body["Line"]
    invoice = line["LinkedTxn"][0]["TxnId"]
    opened = twin.get("Invoice", invoice)
    assert opened is not None
    assert opened["Balance"] - decode(before["Invoice", invoice])["Balance"] == line["Amount"]
    assert not any(link["TxnType"] == "Deposit" for link in body.get("LinkedTxn", []))


def test_an_inactive_customer_was_active_and_is_marked(kind: str, shared_data: Path) -> None:
    twin = build(kind, shared_data)
    before = twin.dump()
    (row,) = incidents.run(twin, "inactive-customer")["records"]
    was, now = decode(before["Customer", row["id"]]), twin.get("Customer", row["id"])
    assert now is not None
    assert (was["Active"], now["Active"]) == (True, False)
    assert now["DisplayName"] == was["DisplayName"] + " (deleted)"


def test_a_changed_item_differs_in_description_and_price_alone(kind: str, shared_data: Path) -> None:
    twin = build(kind, shared_data)
    before = twin.dump()
    (row,) = incidents.run(twin, "changed-item")["records"]
    key = ("Item", row["id"])
    assert moved_fields(before[key], twin.dump()[key]) == {"Description", "UnitPrice", "SyncToken"}


def test_an_import_is_25_bills_in_one_moment_that_exist_already(kind: str, shared_data: Path) -> None:
    twin = build(kind, shared_data)
    truth = incidents.run(twin, "bad-import")
    ids = [int(row["id"]) for row in truth["records"]]
    assert ids == list(range(ids[0], ids[0] + 25))
    bills = [twin.get("Bill", str(number)) for number in ids]
    moments = {parse_instant(bill["MetaData"]["CreateTime"]) for bill in bills if bill}
    assert len(moments) == 1
    assert len({bill["DocNumber"] for bill in bills if bill}) == 25
    others = [decode(p) for key, p in twin.dump().items() if key[0] in {"Bill", "Purchase"} and int(key[1]) not in ids]
    known = {
        (line["Amount"], line.get("AccountBasedExpenseLineDetail", {}).get("AccountRef", {}).get("value"))
        for body in others
        for line in body["Line"]
    }
    for bill in bills:
        assert bill is not None
        (line,) = bill["Line"]
        assert (line["Amount"], line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"]) in known


def test_the_demo_strikes_disjoint_records(kind: str, shared_data: Path) -> None:
    twin = build(kind, shared_data)
    before = twin.dump()
    truth = incidents.run(twin, "demo")
    whats = [row["what"] for row in truth["records"]]
    assert whats[:4] == ["deleted", "deleted", "made inactive", "description and price changed"]
    assert whats[4:] == ["imported"] * 25
    invoice, payment, customer, item = [(row["entity"], row["id"]) for row in truth["records"][:4]]
    billed, paid = decode(before[invoice]), decode(before[payment])
    assert paid["Line"][0]["LinkedTxn"][0]["TxnId"] != invoice[1]
    customers = [billed["CustomerRef"]["value"], paid["CustomerRef"]["value"], customer[1]]
    assert len(set(customers)) == 3
    sold = {line.get("SalesItemLineDetail", {}).get("ItemRef", {}).get("value") for line in billed["Line"]}
    assert item[1] not in sold


def test_a_company_without_a_victim_is_left_as_it_was_with_a_plain_sentence() -> None:
    for name in incidents.INCIDENTS:
        twin = Twin()
        before = twin.dump()
        with pytest.raises(WrongUse, match="The company has no") as raised:
            incidents.run(twin, name)
        assert raised.value.do
        assert twin.dump() == before


def test_no_blow_falls_when_one_of_the_demos_victims_is_missing() -> None:
    twin = sample_twin()
    for record_id in [key[1] for key in twin.dump() if key[0] == "Item"]:
        body = twin.get("Item", record_id)
        assert body is not None
        twin.update("Item", body | {"UnitPrice": 0})
    before = twin.dump()
    with pytest.raises(WrongUse, match="no active item"):
        incidents.run(twin, "demo")
    assert twin.dump() == before


def test_an_unknown_incident_is_named_with_those_there_are() -> None:
    with pytest.raises(WrongUse, match="no incident 'flood'") as raised:
        incidents.run(Twin(), "flood")
    assert "deleted-invoice" in raised.value.do


def test_every_struck_entity_can_be_restored_through_the_api() -> None:
    twin = sample_twin()
    for row in incidents.run(twin, "demo")["records"]:
        kind = CATALOGUE[row["entity"]]
        assert kind.can("create" if row["what"] == "deleted" else "update") or kind.can("delete")
