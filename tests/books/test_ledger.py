"""Balances, years, months, parties and open documents of a ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.books import Chart, Ledger, effect, post
from akika_forensics.model.record import Record, RecordKey

AR, AP, BANK, FUNDS, RETAINED, SERVICES, FUEL = "84", "33", "35", "4", "2", "1", "56"
Make = Callable[..., Record]


def invoice(make: Make, number: int, day: str, value: float, customer: str = "7", **more: Any) -> Record:
    line = {"Amount": value, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}
    return make("Invoice", number, TxnDate=day, CustomerRef={"value": customer}, TotalAmt=value, Line=[line], **more)


def bill(make: Make, number: int, day: str, value: float) -> Record:
    detail = {"AccountRef": {"value": FUEL}}
    line = {"Amount": value, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    return make("Bill", number, TxnDate=day, VendorRef={"value": "40"}, TotalAmt=value, Line=[line])


def paid(entity: str, value: float, *targets: tuple[str, str, float]) -> dict[str, Any]:
    lines = [{"Amount": part, "LinkedTxn": [{"TxnType": kind, "TxnId": number}]} for kind, number, part in targets]
    return {"TxnDate": "2026-03-01", "TotalAmt": value, "Line": lines}


def test_earlier_results_are_in_retained_earnings(lists: list[Record], make: Make) -> None:
    ledger = Ledger.of([*lists, invoice(make, 1, "2025-12-31", 100), invoice(make, 2, "2026-01-01", 7)])
    assert ledger.trial_balance(date(2025, 12, 30)) == {}
    assert ledger.trial_balance(date(2025, 12, 31)) == {SERVICES: -100, AR: 100}
    assert ledger.trial_balance(date(2026, 1, 1)) == {SERVICES: -7, RETAINED: -100, AR: 107}


def test_the_fiscal_year_starts_where_the_company_says(lists: list[Record], make: Make) -> None:
    rows = [one for one in lists if one.key.entity != "CompanyInfo"] + [
        make("CompanyInfo", 1, FiscalYearStartMonth="July")
    ]
    ledger = Ledger.of([*rows, invoice(make, 1, "2026-06-30", 100), invoice(make, 2, "2026-07-01", 7)])
    assert ledger.trial_balance(date(2026, 6, 30)) == {SERVICES: -100, AR: 100}
    assert ledger.trial_balance(date(2027, 3, 1)) == {SERVICES: -7, RETAINED: -100, AR: 107}


def test_months_hold_the_movements(lists: list[Record], make: Make) -> None:
    ledger = Ledger.of(
        [
            *lists,
            invoice(make, 1, "2026-01-03", 1),
            invoice(make, 2, "2026-01-31", 2),
            invoice(make, 3, "2026-02-01", 4),
        ]
    )
    assert ledger.monthly() == {
        (SERVICES, "2026-01"): -3,
        (SERVICES, "2026-02"): -4,
        (AR, "2026-01"): 3,
        (AR, "2026-02"): 4,
    }


def test_receivables_and_payables_by_party(lists: list[Record], make: Make) -> None:
    rows = [
        *lists,
        invoice(make, 1, "2026-01-03", 100),
        invoice(make, 2, "2026-01-03", 30, "8"),
        make("Payment", 3, CustomerRef={"value": "7"}, **paid("Payment", 40, ("Invoice", "1", 40))),
        bill(make, 4, "2026-01-04", 55),
    ]
    ledger = Ledger.of(rows)
    assert ledger.receivable() == {RecordKey("Customer", "7"): 60, RecordKey("Customer", "8"): 30}
    assert ledger.receivable(date(2026, 2, 1)) == {RecordKey("Customer", "7"): 100, RecordKey("Customer", "8"): 30}
    assert ledger.payable() == {RecordKey("Vendor", "40"): 55}


def test_open_documents_follow_the_links(lists: list[Record], make: Make) -> None:
    credit = invoice(make, 2, "2026-01-04", 25).body
    rows = [
        *lists,
        invoice(make, 1, "2026-01-03", 100, DueDate="2026-02-02"),
        make("CreditMemo", 2, **{key: value for key, value in credit.items() if key != "Id"}),
        make(
            "Payment",
            3,
            CustomerRef={"value": "7"},
            **paid("Payment", 50, ("Invoice", "1", 60), ("CreditMemo", "2", 20)),
        ),
        bill(make, 4, "2026-01-05", 55),
        make(
            "BillPayment",
            5,
            VendorRef={"value": "40"},
            PayType="Check",
            CheckPayment={"BankAccountRef": {"value": BANK}},
            **paid("BillPayment", 55, ("Bill", "4", 55)),
        ),
    ]
    ledger = Ledger.of(rows)
    found = {one.key.id: (one.total, one.open) for one in ledger.open_receivable()}
    assert found == {"1": (100, 40), "2": (-25, -5), "3": (-50, -10)}
    assert ledger.open_receivable()[0].due == date(2026, 2, 2)
    assert sum(one.open for one in ledger.open_receivable()) == sum(ledger.receivable().values())
    assert ledger.open_payable() == ()


def test_a_deleted_payment_opens_its_invoice_again(lists: list[Record], make: Make) -> None:
    rows = [*lists, invoice(make, 1, "2026-01-03", 100)]
    payment = make("Payment", 3, CustomerRef={"value": "7"}, **paid("Payment", 100, ("Invoice", "1", 100)))
    before, after = Ledger.of([*rows, payment]), Ledger.of(rows)
    assert before.open_receivable() == ()
    assert [one.open for one in after.open_receivable()] == [100]
    changed = effect(before, after)
    assert [(one.account, one.name, one.change) for one in changed] == [
        (FUNDS, "Undeposited Funds", -100),
        (AR, "Accounts Receivable (A/R)", 100),
    ]
    assert effect(before, after, date(2026, 2, 1)) == ()
    assert effect(before, before) == ()


def test_a_posting_to_an_account_that_was_not_captured_is_named_once(lists: list[Record], make: Make) -> None:
    rows = [one for one in lists if one.key != RecordKey("Account", AR)]
    arguments = {"ARAccountRef": {"value": AR}}
    ledger = Ledger.of(
        [*rows, invoice(make, 1, "2026-01-03", 1, **arguments), invoice(make, 2, "2026-01-03", 2, **arguments)]
    )
    assert ledger.balances() == {SERVICES: -3, AR: 3}
    assert [(one.code, one.key) for one in ledger.unposted] == [("account_missing", RecordKey("Account", AR))]


def test_records_are_not_changed_by_posting(lists: list[Record], make: Make) -> None:
    rows = [*lists, invoice(make, 1, "2026-01-03", 1)]
    first = Ledger.of(rows)
    assert Ledger.of(reversed(rows)).balances() == first.balances()


def test_the_recorded_records_balance_and_nothing_is_lost(shared_data: Path) -> None:
    rows = [
        Record(RecordKey(file.stem, json.loads(line)["Id"]), line)
        for file in sorted((shared_data / "real_records").glob("*.jsonl"))
        for line in file.read_bytes().splitlines()
    ]
    ledger = Ledger.of(rows)
    assert sum(one.amount for one in ledger.postings) == 0
    # An account that was recorded with its stock: four items at QtyOnHand times PurchaseCost.
    assert ledger.balances()["81"] == Decimal("596.25")
    kinds = {"Invoice", "Payment", "Bill", "Deposit", "Purchase", "BillPayment", "RefundReceipt", "SalesReceipt"}
    documents = {one.key for one in rows if one.key.entity in kinds and one.body["TotalAmt"]}
    posted = {one.key for one in ledger.postings}
    assert documents - posted == set()


money = st.decimals(-(10**6), 10**6, places=2) | st.sampled_from(["", None, "12.345", 0, "x", True, [], {}])
reference = st.sampled_from(
    [None, "", {"value": AR}, {"value": AP}, {"value": BANK}, {"value": "1"}, {"value": "11"}, "84", 4]
)
detail = st.fixed_dictionaries(
    {},
    optional={
        "ItemRef": reference,
        "AccountRef": reference,
        "DiscountAccountRef": reference,
        "Qty": money,
        "PostingType": st.sampled_from(["Debit", "Credit", "", 3]),
        "QtyDiff": money,
        "Entity": st.sampled_from([{}, {"Type": "Vendor", "EntityRef": {"value": "3"}}, "x"]),
    },
)
KINDS = (
    "SalesItemLineDetail",
    "AccountBasedExpenseLineDetail",
    "ItemBasedExpenseLineDetail",
    "JournalEntryLineDetail",
    "DiscountLineDetail",
    "DepositLineDetail",
    "GroupLineDetail",
    "SubTotalLineDetail",
    "Unheard",
)


@st.composite
def line(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(KINDS))
    found = {"DetailType": kind, "Amount": draw(money), kind: draw(detail)}
    if draw(st.booleans()):
        found["LinkedTxn"] = draw(st.sampled_from([[], [{"TxnId": "1", "TxnType": "Invoice"}], [3], "x"]))
    return draw(st.sampled_from([found, found, found, None, 5]))


documents = st.fixed_dictionaries(
    {
        "Id": st.just("9"),
        "TxnDate": st.sampled_from(["2026-01-02", "2026-02-30", ""]),
        "Line": st.lists(line(), max_size=4),
    },
    optional={
        "TotalAmt": money,
        "Amount": money,
        "Credit": st.booleans(),
        "CurrencyRef": st.sampled_from([{"value": "USD"}, {"value": "EUR"}, None]),
        "ExchangeRate": money,
        "DepositToAccountRef": reference,
        "FromAccountRef": reference,
        "ToAccountRef": reference,
        "CashBack": st.sampled_from([{}, {"AccountRef": {"value": BANK}, "Amount": 3}, 7]),
        "TxnTaxDetail": st.sampled_from([{}, {"TotalTax": 8}, {"TotalTax": 1, "TaxLine": [{"Amount": "0.5"}]}, []]),
        "HomeTotalAmt": money,
    },
)
ENTITIES = (
    "Invoice",
    "SalesReceipt",
    "CreditMemo",
    "RefundReceipt",
    "Payment",
    "Bill",
    "BillPayment",
    "VendorCredit",
    "Purchase",
    "JournalEntry",
    "Deposit",
    "Transfer",
    "CreditCardPayment",
    "InventoryAdjustment",
    "TaxPayment",
    "Estimate",
)


@pytest.fixture(scope="module")
def chart() -> Chart:
    found = Chart(home_currency="USD", undeposited=FUNDS)
    found._read_accounts(
        [{"Id": AR, "AccountType": "Accounts Receivable"}, {"Id": AP, "AccountType": "Accounts Payable"}, {"Id": BANK}]
    )
    found._read_items([{"Id": "1", "IncomeAccountRef": {"value": SERVICES}}, {"Id": "11", "Type": "Inventory"}])
    return found


@given(entity=st.sampled_from(ENTITIES), body=documents)
def test_debits_equal_credits_for_any_document(chart: Chart, entity: str, body: dict[str, Any]) -> None:
    postings = post(entity, body, chart)
    assert sum(one.amount for one in postings) == 0
    assert all(one.amount == one.amount.quantize(Decimal("0.01")) for one in postings)


@given(bodies=st.lists(st.tuples(st.sampled_from(ENTITIES), documents), max_size=4))
def test_a_ledger_of_any_documents_balances(bodies: list[tuple[str, dict[str, Any]]]) -> None:
    rows = [
        Record(RecordKey(entity, str(number)), json.dumps({**body, "Id": str(number)}, default=float).encode())
        for number, (entity, body) in enumerate(bodies)
    ]
    rows.append(Record(RecordKey("Item", "11"), b'{"Id":"11","Type":"Inventory","QtyOnHand":3,"PurchaseCost":2}'))
    ledger = Ledger.of(rows)
    assert sum(ledger.balances().values()) == 0
    assert sum(ledger.trial_balance(date(2026, 1, 31)).values()) == 0
    ledger.open_payable()
    ledger.open_receivable()
