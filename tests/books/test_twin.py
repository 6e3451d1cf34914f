"""Two independent bookkeepers, one set of documents: ours must agree with the twin's report to the cent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_twin import sample_twin

from akika_forensics.books import Ledger, TieOutLine, shown, tie, unbalanced
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.twin import Twin, incidents, loading
from akika_forensics.twin.faults import QuickBooksFault

ENDS = ("2026-08-15", "2026-12-31", "2027-03-01")


def records(twin: Twin) -> list[Record]:
    return [Record(RecordKey(*key), payload) for key, payload in twin.dump().items()]


def compared(twin: Twin, end: str) -> tuple[TieOutLine, ...]:
    name = f"TrialBalance/Accrual/{end}"
    tied = tie(Ledger.of(records(twin)), {name: encode(twin.report("TrialBalance", end_date=end))})
    assert unbalanced(tied) == ()
    return shown(tied)


@pytest.fixture
def twin() -> Iterator[Twin]:
    company = sample_twin()
    yield company
    company.close()


@pytest.mark.parametrize("end", ENDS)
def test_the_sample_company_account_by_account(twin: Twin, end: str) -> None:
    lines = compared(twin, end)
    assert len(lines) > 10
    assert [line for line in lines if line.residual] == []


def test_nothing_of_the_sample_company_is_unposted(twin: Twin) -> None:
    assert Ledger.of(records(twin)).findings == ()


def test_open_documents_and_parties_of_the_sample_company(twin: Twin) -> None:
    ledger = Ledger.of(records(twin))
    left = {one.key: one.open for one in (*ledger.open_receivable(), *ledger.open_payable())}
    owed = {**ledger.receivable(), **ledger.payable()}
    seen = 0
    for one in records(twin):
        if one.key.entity in ("Invoice", "Bill"):
            assert one.body["Balance"] == left.get(one.key, 0), one.key
            seen += 1
        elif one.key.entity in ("Customer", "Vendor"):
            assert one.body.get("Balance", 0) == owed.get(one.key, 0), one.key
    assert seen > 30


@pytest.mark.parametrize("name", sorted(incidents.INCIDENTS.keys() - {"bank-feed"}))
def test_after_each_incident(twin: Twin, name: str) -> None:
    """The sample company is at no bank, so its feed cannot be disturbed."""
    incidents.run(twin, name)
    assert [line for end in ENDS for line in compared(twin, end) if line.residual] == []


def test_recorded_records_tie_out_but_for_what_the_twin_could_not_post_either(shared_data: Path) -> None:
    twin = Twin()
    loading.load_folder(twin, shared_data / "real_records")
    lines = compared(twin, "2026-11-23")
    off = sum((abs(line.residual) for line in lines), Decimal(0))
    named = {RecordKey(one.entity, one.id) for one in twin.unposted}
    assert {one.key for one in Ledger.of(records(twin)).unposted} == named
    assert off == 2 * Decimal(75)
    twin.close()


DAYS = st.dates(date(2026, 7, 1), date(2026, 11, 20)).map(date.isoformat)
QUANTITIES = st.integers(1, 7)
CENTS = st.integers(1, 99_999).map(lambda value: Decimal(value) / 100)
STOCKED = st.sampled_from(["5", "11", "16", "17"])


@st.composite
def sales(draw: st.DrawFn) -> dict[str, Any]:
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        quantity, price = draw(QUANTITIES), draw(CENTS)
        detail = {"ItemRef": {"value": draw(STOCKED | st.just("1"))}, "Qty": quantity, "UnitPrice": price}
        tax = draw(st.sampled_from(["TAX", "NON"]))
        detail["TaxCodeRef"] = {"value": tax}
        lines.append({"DetailType": "SalesItemLineDetail", "Amount": quantity * price, "SalesItemLineDetail": detail})
    if draw(st.booleans()):
        discount = {"PercentBased": True, "DiscountPercent": draw(st.integers(1, 60))}
        lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": discount})
    body = {"CustomerRef": {"value": "1"}, "TxnDate": draw(DAYS), "Line": lines, "DepositToAccountRef": {"value": "35"}}
    return {**body, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": draw(st.sampled_from(["2", "3"]))}}}


@st.composite
def costs(draw: st.DrawFn) -> dict[str, Any]:
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            detail = {"ItemRef": {"value": draw(STOCKED)}, "Qty": draw(QUANTITIES)}
            line = {"DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}
        else:
            line = {
                "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "56"}},
            }
        lines.append({**line, "Amount": draw(CENTS)})
    against = {"VendorRef": {"value": "30"}, "AccountRef": {"value": "35"}, "PaymentType": "Cash"}
    return {**against, "TxnDate": draw(DAYS), "Line": lines}


@st.composite
def adjustments(draw: st.DrawFn) -> dict[str, Any]:
    detail = {"ItemRef": {"value": draw(STOCKED)}, "QtyDiff": draw(st.integers(-9, 9).filter(bool))}
    line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
    return {"TxnDate": draw(DAYS), "AdjustAccountRef": {"value": "34"}, "Line": [line]}


@st.composite
def steps(draw: st.DrawFn) -> tuple[str, Any]:
    kind = draw(st.sampled_from(["sale", "cost", "adjust", "delete", "void", "pay"]))
    if kind == "sale":
        return draw(st.sampled_from(["Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"])), draw(sales())
    if kind == "cost":
        return draw(st.sampled_from(["Bill", "VendorCredit", "Purchase"])), draw(costs())
    if kind == "adjust":
        return "InventoryAdjustment", draw(adjustments())
    if kind == "pay":
        return "Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": draw(CENTS), "TxnDate": draw(DAYS)}
    return kind, draw(st.integers(0, 200))


GONE = ("Invoice", "SalesReceipt", "Bill", "Purchase", "Payment", "Deposit", "BillPayment")


def act(twin: Twin, step: tuple[str, Any]) -> bool:
    """Do it if the service allows it; whether it did."""
    kind, what = step
    try:
        if kind in ("delete", "void"):
            keys = sorted(key for key in twin.dump() if key[0] in GONE)
            entity, number = keys[what % len(keys)]
            body = {"Id": number, "SyncToken": json.loads(twin.dump()[entity, number])["SyncToken"]}
            (twin.delete if kind == "delete" else twin.void)(entity, body)
        else:
            allowed = {"AccountRef", "PaymentType"} if kind in ("Bill", "VendorCredit") else set()
            if kind in ("Invoice", "CreditMemo"):
                allowed = {"DepositToAccountRef"}
            if kind == "Purchase":
                allowed = {"VendorRef"}
            twin.create(kind, {name: value for name, value in what.items() if name not in allowed})
    except QuickBooksFault:
        return False
    return True


def test_after_any_documents_deletions_and_voids() -> None:
    allowed: dict[str, list[bool]] = {}

    @settings(max_examples=15)
    @given(steps=st.lists(steps(), min_size=3, max_size=8))
    def agree(steps: list[tuple[str, Any]]) -> None:
        twin = sample_twin()
        try:
            for step in steps:
                allowed.setdefault(step[0], []).append(act(twin, step))
            for end in ("2026-12-31", "2026-09-15"):
                assert [line for line in compared(twin, end) if line.residual] == []
        finally:
            twin.close()

    agree()
    # A run in which the service refused what was tried would show nothing.
    assert {kind for kind, answers in allowed.items() if not any(answers)} == set()
