"""The trail of acts: who did what to which record, and who wrote it."""

from __future__ import annotations

import pytest
from sample_twin import sample_twin

from akika_forensics.twin import Twin
from akika_forensics.twin.faults import QuickBooksFault
from akika_forensics.twin.people.actors import OWNER, Actor
from akika_forensics.twin.people.trail import Event

CLERK = Actor("9130000000000077", "Nora Clerk")


@pytest.fixture
def twin() -> Twin:
    return sample_twin()


def since(twin: Twin, last: int) -> list[Event]:
    return twin.store.trail.events(last)


def invoice(customer: str = "1") -> dict[str, object]:
    detail = {"ItemRef": {"value": "1"}, "Qty": 2, "UnitPrice": 50}
    line = {"Amount": 100, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    return {"CustomerRef": {"value": customer}, "Line": [line]}


def test_an_act_is_told_with_who_what_and_whom(twin: Twin) -> None:
    last = twin.store.trail.last()
    with twin.acting(CLERK, request=12):
        made = twin.create("Invoice", invoice())
    told = [event for event in since(twin, last) if not event.indirect]
    assert [(e.verb, e.entity, e.id, e.user, e.name, e.kind, e.request) for e in told] == [
        ("created", "Invoice", made["Id"], CLERK.user, "Nora Clerk", "person", 12)
    ]
    assert (told[0].doc, told[0].party, told[0].date, told[0].cents) == (
        made["DocNumber"],
        "Amy's Bird Sanctuary",
        made["TxnDate"],
        10_000,
    )
    assert twin.store.trail.authors("Invoice", made["Id"]) == (CLERK.user, CLERK.user)


def test_creator_and_last_editor_are_two(twin: Twin) -> None:
    made = twin.create("Customer", {"DisplayName": "Two Hands"})
    with twin.acting(CLERK):
        twin.update("Customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "CompanyName": "Two"})
    assert twin.store.trail.authors("Customer", made["Id"]) == (OWNER, CLERK.user)


def test_a_payment_moves_its_invoice_indirectly(twin: Twin) -> None:
    made = twin.create("Invoice", invoice())
    last = twin.store.trail.last()
    link = [{"TxnId": made["Id"], "TxnType": "Invoice"}]
    paid = twin.create(
        "Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 100, "Line": [{"Amount": 100, "LinkedTxn": link}]}
    )
    assert [(e.verb, e.entity, e.id, e.indirect) for e in since(twin, last)] == [
        ("created", "Payment", paid["Id"], False),
        ("updated", "Invoice", made["Id"], True),
    ]
    last = twin.store.trail.last()
    with twin.acting(CLERK):
        twin.delete("Payment", {"Id": paid["Id"], "SyncToken": paid["SyncToken"]})
    told = since(twin, last)
    assert [(e.verb, e.entity, e.name, e.cents) for e in told if not e.indirect] == [
        ("deleted", "Payment", "Nora Clerk", 10_000)
    ]
    assert [(e.entity, e.id) for e in told if e.indirect] == [("Invoice", made["Id"])]


def test_what_is_refused_or_changes_nothing_leaves_no_trace(twin: Twin) -> None:
    made = twin.create("Customer", {"DisplayName": "Quiet"})
    last = twin.store.trail.last()
    with pytest.raises(QuickBooksFault):
        twin.create("Customer", {"DisplayName": "Quiet"})
    twin.update("Customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Quiet"})
    assert since(twin, last) == []


def test_a_void_is_told_with_what_was_there(twin: Twin) -> None:
    made = twin.create("Invoice", invoice())
    last = twin.store.trail.last()
    twin.void("Invoice", {"Id": made["Id"], "SyncToken": made["SyncToken"]})
    assert [(e.verb, e.entity) for e in since(twin, last)] == [("voided", "Invoice")]
    document = twin.store.document("Invoice", made["Id"])
    assert document is not None
    assert document.cents == 0


def test_postings_say_from_which_line_they_come(twin: Twin) -> None:
    body = invoice()
    made = twin.create("Invoice", {**body, "PrivateNote": "note", "Line": [{**body["Line"][0], "Description": "dig"}]})
    rows = twin.store.postings("Invoice", made["Id"])
    assert [(row.line, row.item, row.quantity, row.memo, row.cents) for row in rows] == [
        (0, "", None, "note", 10_000),
        (1, "1", "2", "dig", -10_000),
    ]
    document = twin.store.document("Invoice", made["Id"])
    assert document is not None
    assert (document.label, document.party, document.account) == ("Invoice", "Customer:1", rows[0].account)
    twin.delete("Invoice", {"Id": made["Id"], "SyncToken": made["SyncToken"]})
    assert twin.store.document("Invoice", made["Id"]) is None
