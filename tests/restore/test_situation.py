"""The table of situations: what each combination of before, after and now asks for."""

from __future__ import annotations

from typing import Any

import pytest

from akika_forensics.restore.situation import Verdict, judge


def invoice(**changes: Any) -> dict[str, Any]:
    return {
        "Id": "9",
        "SyncToken": "0",
        "DocNumber": "1001",
        "TxnDate": "2026-10-01",
        "CustomerRef": {"value": "1"},
        "PrivateNote": "hedges",
        "CustomerMemo": {"value": "thanks"},
        "Line": [
            {
                "Id": "1",
                "Amount": 100,
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": "6"}},
            }
        ],
        "TotalAmt": 100,
        "Balance": 100,
    } | changes


def customer(**changes: Any) -> dict[str, Any]:
    return {"Id": "1", "SyncToken": "0", "DisplayName": "Amy", "Active": True, "Balance": 0} | changes


V1 = invoice()
V2 = invoice(PrivateNote="changed by the incident", SyncToken="1")
V3 = invoice(PrivateNote="changed by later work", SyncToken="2")
MEMO_LATER = invoice(PrivateNote="changed by the incident", CustomerMemo={"value": "later"}, SyncToken="2")
PAID = invoice(Balance=0, LinkedTxn=[{"TxnId": "31", "TxnType": "Payment"}], SyncToken="0")


@pytest.mark.parametrize(
    ("before", "after", "now", "verdict"),
    [
        pytest.param(V1, V1, V1, Verdict.NOTHING, id="unchanged"),
        pytest.param(V1, V2, PAID, Verdict.NOTHING, id="only computed fields differ"),
        pytest.param(V1, None, None, Verdict.RECREATE, id="deleted by the incident"),
        pytest.param(V1, V1, None, Verdict.ASK, id="deleted after the incident"),
        pytest.param(V1, V2, None, Verdict.ASK, id="changed, then deleted"),
        pytest.param(V1, V2, V2, Verdict.REVERT, id="changed by the incident"),
        pytest.param(V1, V1, V3, Verdict.LATER_WORK, id="changed by later work only"),
        pytest.param(V1, V2, V3, Verdict.ASK, id="both changed the same field"),
        pytest.param(V1, V2, MEMO_LATER, Verdict.REVERT, id="both changed different loose fields"),
        pytest.param(None, None, V1, Verdict.LATER_WORK, id="made by later work"),
        pytest.param(None, V1, None, Verdict.NOTHING, id="added and gone again"),
    ],
)
def test_three_versions_decide(before: Any, after: Any, now: Any, verdict: Verdict) -> None:
    assert judge("Invoice", before, after, now, has_after=True, named=False).verdict is verdict


def test_what_later_work_changed_is_kept() -> None:
    assert judge("Invoice", V1, V2, MEMO_LATER, has_after=True, named=False).fields == ("PrivateNote",)


def test_two_versions_of_the_block_are_never_mixed() -> None:
    after = invoice(TxnDate="2026-10-02")
    now = invoice(TxnDate="2026-10-02", CustomerRef={"value": "2"})
    assert judge("Invoice", V1, after, now, has_after=True, named=False).verdict is Verdict.ASK


@pytest.mark.parametrize(("named", "verdict"), [(True, Verdict.REMOVE), (False, Verdict.LATER_WORK)])
def test_what_was_added_goes_only_when_named(named: bool, verdict: Verdict) -> None:
    assert judge("Bill", None, V1, V1, has_after=True, named=named).verdict is verdict


def test_an_added_record_edited_since_asks() -> None:
    assert judge("Bill", None, V1, V3, has_after=True, named=True).verdict is Verdict.ASK


def test_names_are_woken_or_put_to_sleep_never_deleted() -> None:
    asleep = customer(Active=False, DisplayName="Amy (deleted)", SyncToken="1")
    woken = judge("Customer", customer(), asleep, asleep, has_after=True, named=False)
    assert (woken.verdict, set(woken.fields)) == (Verdict.REACTIVATE, {"Active", "DisplayName"})
    assert judge("Customer", None, customer(), customer(), has_after=True, named=True).verdict is Verdict.DEACTIVATE
    assert judge("Customer", customer(), None, None, has_after=True, named=True).verdict is Verdict.ASK
    assert judge("Customer", asleep, None, customer(), has_after=False, named=True).verdict is Verdict.ASK


def test_without_a_state_after_the_incident_a_revert_is_offered() -> None:
    offered = judge("Invoice", V1, None, V3, has_after=False, named=True)
    assert (offered.verdict, offered.fields) == (Verdict.REVERT, ("PrivateNote",))
