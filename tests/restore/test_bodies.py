"""Bodies: only what differs, nothing the server computes, masks or would post again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.restore.bodies import create_body, delete_body, steps_cited, unmet, update_body, with_ids

PAYMENT: dict[str, Any] = {
    "Id": "31",
    "SyncToken": "2",
    "CustomerRef": {"value": "1", "name": "Amy"},
    "TotalAmt": Decimal("108.00"),
    "UnappliedAmt": 0,
    "ProcessPayment": True,
    "TxnDate": "2026-10-02",
    "LinkedTxn": [{"TxnId": "121", "TxnType": "Deposit"}],
    "MetaData": {"CreateTime": "2026-10-02T10:00:00-07:00"},
    "Line": [{"Amount": 108, "LinkedTxn": [{"TxnId": "9", "TxnType": "Invoice"}], "LineEx": {"any": []}}],
}
INVOICE: dict[str, Any] = {
    "Id": "9",
    "SyncToken": "3",
    "domain": "QBO",
    "DocNumber": "1001",
    "CustomerRef": {"value": "1", "name": "Amy"},
    "LinkedTxn": [{"TxnId": "31", "TxnType": "Payment"}, {"TxnId": "41", "TxnType": "Estimate"}],
    "Line": [
        {
            "Id": "1",
            "LineNum": 1,
            "Amount": 100,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "6", "name": "Gardening"}},
        },
        {"Amount": 100, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ],
    "BillAddr": {"Id": "47", "Line1": "Main St.", "Lat": "1", "Long": "2"},
    "PrintStatus": "NeedToPrint",
    "EmailStatus": "EmailSent",
    "TotalAmt": 100,
    "Balance": 0,
}


def test_a_create_carries_no_trace_of_the_server() -> None:
    body = create_body("Invoice", INVOICE)
    assert not {"Id", "SyncToken", "MetaData", "TotalAmt", "Balance", "domain"} & set(body)
    assert body["LinkedTxn"] == [{"TxnId": "41", "TxnType": "Estimate"}]
    assert [line.get("Id") for line in body["Line"]] == [None]
    assert body["BillAddr"] == {"Line1": "Main St."}
    assert body["PrintStatus"] == "NotSet"
    assert "EmailSent" not in str(body)


def test_a_payment_is_never_charged_again_and_keeps_its_total() -> None:
    body = create_body("Payment", PAYMENT)
    assert body["ProcessPayment"] is False
    assert body["TotalAmt"] == Decimal(108)
    assert "LinkedTxn" not in body
    assert body["Line"] == [{"Amount": 108, "LinkedTxn": [{"TxnId": "9", "TxnType": "Invoice"}]}]


@pytest.mark.parametrize(
    ("entity", "source", "field"),
    [
        ("Customer", {"DisplayName": "Amy", "Balance": 639, "OpenBalanceDate": "2026-01-01"}, "Balance"),
        ("Item", {"Name": "Pump", "QtyOnHand": 25, "InvStartDate": "2026-01-01"}, "QtyOnHand"),
        ("Vendor", {"DisplayName": "Bob", "TaxIdentifier": "XXXXX9875"}, "TaxIdentifier"),
    ],
)
def test_nothing_posts_twice_and_nothing_masked_is_sent(entity: str, source: dict[str, Any], field: str) -> None:
    assert field not in create_body(entity, source)


def test_a_sparse_update_sends_only_what_differs() -> None:
    live = {"Id": "9", "SyncToken": "4", "PrivateNote": "new", "CustomerMemo": {"value": "x"}}
    made = update_body("Invoice", live, {"PrivateNote": "old", "CustomerMemo": {"value": "x"}}, ["PrivateNote"])
    assert made.body == {"Id": "9", "SyncToken": "4", "sparse": True, "PrivateNote": "old"}


def test_clearing_a_field_takes_a_full_update_of_the_live_record() -> None:
    live = {**INVOICE, "SyncToken": "4", "PrivateNote": "someone's note"}
    made = update_body("Invoice", live, INVOICE, ["PrivateNote"])
    assert made.full
    assert "PrivateNote" not in made.body
    assert made.body["DocNumber"] == "1001"
    assert made.body["Line"][0]["Id"] == "1"


def test_a_full_update_names_what_it_would_wipe() -> None:
    live = {"Id": "54", "SyncToken": "1", "GivenName": "John", "SSN": "XXX-XX-XXXX"}
    assert update_body("Employee", live, {"GivenName": "Johnny"}, ["GivenName"]).wipes == ("SSN",)


def test_deletes_send_what_their_documentation_asks_for() -> None:
    assert delete_body("Bill", {"Id": "1", "SyncToken": "0", "Line": []}) == {"Id": "1", "SyncToken": "0"}
    assert delete_body("Deposit", {"Id": "1", "SyncToken": "0", "Line": []}) == {
        "Id": "1",
        "SyncToken": "0",
        "Line": [],
    }


def test_step_references_are_found_and_filled() -> None:
    body = {"Line": [{"LinkedTxn": [{"TxnId": {"$step": "s001"}}]}], "CustomerRef": {"value": {"$step": "s002"}}}
    assert list(steps_cited(body)) == ["s001", "s002"]
    assert with_ids(body, {"s001": "201", "s002": "60"})["Line"][0]["LinkedTxn"][0]["TxnId"] == "201"
    with pytest.raises(KeyError):
        with_ids(body, {"s001": "201"})


def test_an_answer_is_held_against_what_was_sent() -> None:
    body = create_body("Invoice", INVOICE)
    answer = {**INVOICE, "Id": "201", "PrintStatus": "NotSet", "SyncToken": "0"}
    assert unmet("Invoice", body, answer) == ()
    assert unmet("Invoice", body, {**answer, "DocNumber": "1002"}) == ("DocNumber",)
    changed = [{**INVOICE["Line"][0], "Amount": Decimal("100.01")}, INVOICE["Line"][1]]
    assert unmet("Invoice", body, {**answer, "Line": changed}) == ("Line[0].Amount",)
    assert unmet("Invoice", body, {**answer, "Line": []}) == ("Line",)
