"""Each document type posts what an accountant would post for it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.books import UNRESOLVED, Chart, Ledger, post
from akika_forensics.model.record import Record, RecordKey

AR, AP, BANK, CARD, FUNDS, EQUITY = "84", "33", "35", "41", "4", "34"
INCOME, SERVICES, STOCK, DISCOUNT, FUEL, TAX, EXCHANGE, SHIPPING = "79", "1", "81", "86", "56", "90", "95", "96"
DAY = "2026-03-05"


def sales_line(value: float, item: str = "1", **detail: Any) -> dict[str, Any]:
    return {
        "Amount": value,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item}, **detail},
    }


def cost_line(value: float, account: str = FUEL) -> dict[str, Any]:
    detail = {"AccountRef": {"value": account}}
    return {"Amount": value, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}


CUSTOMER = {"CustomerRef": {"value": "7"}}
VENDOR = {"VendorRef": {"value": "40"}}
TAXED = {
    "TotalTax": 8,
    "TaxLine": [{"Amount": 8, "DetailType": "TaxLineDetail", "TaxLineDetail": {"TaxRateRef": {"value": "3"}}}],
}
SALE = {"TxnDate": DAY, **CUSTOMER, "TotalAmt": 98, "TxnTaxDetail": TAXED}
SOLD = [
    sales_line(100),
    {"Amount": 100, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    {
        "Amount": 10,
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"DiscountAccountRef": {"value": DISCOUNT}},
    },
]
SIDES = {SERVICES: "-100", DISCOUNT: "10", TAX: "-8"}
TURNED = {SERVICES: "100", DISCOUNT: "-10", TAX: "8"}


def journal_line(side: str, value: float, account: str, **more: Any) -> dict[str, Any]:
    detail = {"PostingType": side, "AccountRef": {"value": account}, **more}
    return {"Amount": value, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


@pytest.mark.parametrize(
    ("entity", "body", "expected"),
    [
        ("Invoice", {**SALE, "Line": SOLD}, {AR: "98", **SIDES}),
        ("Invoice", {**SALE, "Line": SOLD, "ARAccountRef": {"value": EQUITY}}, {EQUITY: "98", **SIDES}),
        ("Invoice", {**SALE, "Line": SOLD, "Deposit": 40}, {AR: "58", FUNDS: "40", **SIDES}),
        ("SalesReceipt", {**SALE, "Line": SOLD}, {FUNDS: "98", **SIDES}),
        ("SalesReceipt", {**SALE, "Line": SOLD, "DepositToAccountRef": {"value": BANK}}, {BANK: "98", **SIDES}),
        ("CreditMemo", {**SALE, "Line": SOLD}, {AR: "-98", **TURNED}),
        ("RefundReceipt", {**SALE, "Line": SOLD, "DepositToAccountRef": {"value": BANK}}, {BANK: "-98", **TURNED}),
        ("Payment", {"TxnDate": DAY, **CUSTOMER, "TotalAmt": 98}, {FUNDS: "98", AR: "-98"}),
        (
            "Payment",
            {"TxnDate": DAY, **CUSTOMER, "TotalAmt": 98, "DepositToAccountRef": {"value": BANK}},
            {BANK: "98", AR: "-98"},
        ),
        ("Bill", {"TxnDate": DAY, **VENDOR, "TotalAmt": 30, "Line": [cost_line(30)]}, {AP: "-30", FUEL: "30"}),
        ("VendorCredit", {"TxnDate": DAY, **VENDOR, "TotalAmt": 30, "Line": [cost_line(30)]}, {AP: "30", FUEL: "-30"}),
        (
            "Purchase",
            {
                "TxnDate": DAY,
                "PaymentType": "Cash",
                "AccountRef": {"value": BANK},
                "TotalAmt": 30,
                "Line": [cost_line(30)],
            },
            {BANK: "-30", FUEL: "30"},
        ),
        (
            "Purchase",
            {
                "TxnDate": DAY,
                "PaymentType": "CreditCard",
                "Credit": True,
                "AccountRef": {"value": CARD},
                "TotalAmt": 30,
                "Line": [cost_line(30)],
            },
            {CARD: "30", FUEL: "-30"},
        ),
        (
            "BillPayment",
            {
                "TxnDate": DAY,
                **VENDOR,
                "TotalAmt": 30,
                "PayType": "Check",
                "CheckPayment": {"BankAccountRef": {"value": BANK}},
            },
            {AP: "30", BANK: "-30"},
        ),
        (
            "BillPayment",
            {
                "TxnDate": DAY,
                **VENDOR,
                "TotalAmt": 30,
                "PayType": "CreditCard",
                "CreditCardPayment": {"CCAccountRef": {"value": CARD}},
            },
            {AP: "30", CARD: "-30"},
        ),
        (
            "JournalEntry",
            {"TxnDate": DAY, "Line": [journal_line("Debit", 50, BANK), journal_line("Credit", 50, EQUITY)]},
            {BANK: "50", EQUITY: "-50"},
        ),
        (
            "Deposit",
            {
                "TxnDate": DAY,
                "DepositToAccountRef": {"value": BANK},
                "TotalAmt": 868.15,
                "CashBack": {"AccountRef": {"value": EQUITY}, "Amount": 200},
                "Line": [
                    {"Amount": 1000, "LinkedTxn": [{"TxnId": "97", "TxnType": "Payment", "TxnLineId": "0"}]},
                    {
                        "Amount": 68.15,
                        "DetailType": "DepositLineDetail",
                        "DepositLineDetail": {"AccountRef": {"value": SERVICES}},
                    },
                ],
            },
            {BANK: "868.15", EQUITY: "200", FUNDS: "-1000", SERVICES: "-68.15"},
        ),
        (
            "Transfer",
            {"TxnDate": DAY, "FromAccountRef": {"value": BANK}, "ToAccountRef": {"value": FUNDS}, "Amount": 5},
            {BANK: "-5", FUNDS: "5"},
        ),
        (
            "CreditCardPayment",
            {"TxnDate": DAY, "CreditCardAccountRef": {"value": CARD}, "BankAccountRef": {"value": BANK}, "Amount": 5},
            {BANK: "-5", CARD: "5"},
        ),
        (
            "TaxPayment",
            {"PaymentDate": DAY, "PaymentAccountRef": {"value": BANK}, "PaymentAmount": 8},
            {BANK: "-8", TAX: "8"},
        ),
        ("Estimate", {**SALE, "Line": SOLD}, {}),
        ("PurchaseOrder", {"TxnDate": DAY, "TotalAmt": 30, "Line": [cost_line(30)]}, {}),
        ("TimeActivity", {"TxnDate": DAY, "Hours": 3, "HourlyRate": 20}, {}),
    ],
)
def test_a_document_posts_both_sides(
    lists: list[Record], make: Callable[..., Record], entity: str, body: dict[str, Any], expected: dict[str, str]
) -> None:
    found: dict[str, Decimal] = {}
    for posting in post(entity, make(entity, 9, **body).body, Chart.of(lists)):
        assert posting.key == RecordKey(entity, "9")
        assert posting.date.isoformat() == DAY
        found[posting.account] = found.get(posting.account, Decimal(0)) + posting.amount
    assert found == {account: Decimal(value) for account, value in expected.items()}


def test_the_account_on_the_line_wins_over_the_items(lists: list[Record]) -> None:
    body = {
        "Id": "9",
        **SALE,
        "TxnTaxDetail": {},
        "TotalAmt": 100,
        "Line": [sales_line(100, ItemAccountRef={"value": INCOME})],
    }
    assert {one.account for one in post("Invoice", body, Chart.of(lists))} == {AR, INCOME}


def test_shipping_goes_to_the_shipping_account(lists: list[Record]) -> None:
    body = {"Id": "9", **SALE, "TxnTaxDetail": {}, "TotalAmt": 15, "Line": [sales_line(15, "SHIPPING_ITEM_ID")]}
    assert {one.account: one.amount for one in post("Invoice", body, Chart.of(lists))} == {AR: 15, SHIPPING: -15}


def test_a_bundle_posts_its_components_and_not_its_sum(lists: list[Record]) -> None:
    bundle = {
        "Id": "1",
        "Amount": 90,
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {
            "GroupItemRef": {"value": "50"},
            "Line": [sales_line(60, "1"), sales_line(30, "11", Qty=1)],
        },
    }
    body = {"Id": "9", **SALE, "TxnTaxDetail": {}, "TotalAmt": 90, "Line": [bundle]}
    assert {one.account: one.amount for one in post("Invoice", body, Chart.of(lists))} == {
        AR: 90,
        SERVICES: -60,
        INCOME: -30,
    }


def test_tax_without_lines_goes_by_its_code(lists: list[Record]) -> None:
    tax = {"TotalTax": 8, "TxnTaxCodeRef": {"value": "2"}}
    body = {"Id": "9", **SALE, "TotalAmt": 108, "TxnTaxDetail": tax, "Line": [sales_line(100)]}
    assert {one.account: one.amount for one in post("Invoice", body, Chart.of(lists))} == {
        AR: 108,
        SERVICES: -100,
        TAX: -8,
    }


def test_two_agencies_have_two_accounts(lists: list[Record], make: Callable[..., Record]) -> None:
    rows = [
        *lists,
        make(
            "Account",
            89,
            Name="Arizona Dept.  of Revenue Payable (deleted)",
            AccountType="Other Current Liability",
            AccountSubType="GlobalTaxPayable",
        ),
        make("TaxAgency", 1, DisplayName="Arizona Dept. of Revenue"),
        make("TaxRate", 1, Name="AZ State tax", AgencyRef={"value": "1"}),
        make("TaxRate", 9, Name="of nobody"),
    ]
    tax = [
        {"Amount": value, "TaxLineDetail": {"TaxRateRef": {"value": rate}}}
        for rate, value in (("1", 7), ("3", 8), ("9", 5))
    ]
    body = {
        "Id": "9",
        **SALE,
        "TotalAmt": 120,
        "TxnTaxDetail": {"TotalTax": 20, "TaxLine": tax},
        "Line": [sales_line(100)],
    }
    found = {one.account: one.amount for one in post("Invoice", body, Chart.of(rows))}
    assert found == {AR: 120, SERVICES: -100, "89": -7, TAX: -8, UNRESOLVED: -5}


def test_what_has_no_account_is_named_and_the_books_still_balance(
    lists: list[Record], make: Callable[..., Record]
) -> None:
    ledger = Ledger.of(
        [*lists, make("Invoice", 9, **{**SALE, "TxnTaxDetail": {}, "TotalAmt": 100, "Line": [sales_line(100, "13")]})]
    )
    assert ledger.balances() == {AR: 100, UNRESOLVED: -100}
    (finding,) = ledger.unposted
    assert finding.code == "no_account"
    assert finding.key == RecordKey("Invoice", "9")
    assert "item 13 was not captured" in finding.what


@pytest.mark.parametrize(
    "broken",
    [
        {"TxnDate": "soon"},
        {"TxnDate": None},
        {"TotalAmt": "a lot"},
        {"TotalAmt": True},
        {"TotalAmt": [98]},
        {"TotalAmt": "1e400"},
        {"CurrencyRef": {"value": "EUR"}, "ExchangeRate": "?"},
        {"CurrencyRef": {"value": "EUR"}},
    ],
)
def test_a_document_that_cannot_be_read_is_a_finding(
    lists: list[Record], make: Callable[..., Record], broken: dict[str, Any]
) -> None:
    ledger = Ledger.of([*lists, make("Invoice", 9, **{**SALE, "Line": SOLD, **broken})])
    assert not ledger.postings
    assert [(one.code, one.key) for one in ledger.unposted] == [("not_posted", RecordKey("Invoice", "9"))]


def test_bytes_that_are_no_json_are_a_finding(lists: list[Record]) -> None:
    key = RecordKey("Invoice", "9")
    assert [one.key for one in Ledger.of([*lists, Record(key, b"\xff{")]).unposted] == [key]


def test_a_total_that_does_not_follow_from_its_lines_is_named(lists: list[Record], make: Callable[..., Record]) -> None:
    ledger = Ledger.of([*lists, make("Bill", 9, TxnDate=DAY, **VENDOR, TotalAmt=31, Line=[cost_line(30)])])
    assert ledger.balances() == {AP: -31, FUEL: 30, UNRESOLVED: 1}
    assert [one.code for one in ledger.unposted] == ["does_not_balance"]


def test_a_cent_of_rounding_goes_to_the_largest_line_and_is_a_note(
    lists: list[Record], make: Callable[..., Record]
) -> None:
    ledger = Ledger.of([*lists, make("Bill", 9, TxnDate=DAY, **VENDOR, TotalAmt=30.01, Line=[cost_line(30)])])
    assert ledger.balances() == {AP: Decimal("-30.01"), FUEL: Decimal("30.01")}
    assert [posting.line for posting in ledger.postings] == ["total", "#1", "rounding"]
    assert not ledger.unposted
    assert [one.code for one in ledger.findings] == ["rounding"]


def test_a_voided_document_posts_nothing(lists: list[Record], make: Callable[..., Record]) -> None:
    void = {
        **SALE,
        "PrivateNote": "Voided",
        "TotalAmt": 0,
        "TxnTaxDetail": {"TotalTax": 0},
        "Line": [sales_line(0, "11", Qty=0)],
    }
    ledger = Ledger.of([*lists, make("Invoice", 9, **void)])
    assert not ledger.postings
    assert not ledger.findings


def test_parties_of_a_journal_entry(lists: list[Record]) -> None:
    customer = {"Type": "Customer", "EntityRef": {"value": "7"}}
    lines = [journal_line("Debit", 50, AR, Entity=customer), journal_line("Credit", 50, EQUITY)]
    found = post("JournalEntry", {"Id": "9", "TxnDate": DAY, "Line": lines}, Chart.of(lists))
    assert [one.party for one in found] == [RecordKey("Customer", "7"), None]


def test_a_foreign_document_is_posted_in_home_currency_and_its_payment_books_the_gain(
    lists: list[Record], make: Callable[..., Record]
) -> None:
    euro = {"CurrencyRef": {"value": "EUR"}}
    rows = [
        *lists,
        make("Account", 97, Name="A/R - EUR", AccountType="Accounts Receivable", CurrencyRef={"value": "EUR"}),
        make("Invoice", 8, **{**SALE, **euro, "ExchangeRate": 1.1, "TotalAmt": 98, "Line": SOLD}),
        make(
            "Payment",
            9,
            TxnDate=DAY,
            **CUSTOMER,
            **euro,
            ExchangeRate=1.25,
            TotalAmt=98,
            Line=[{"Amount": 98, "LinkedTxn": [{"TxnId": "8", "TxnType": "Invoice"}]}],
        ),
    ]
    ledger = Ledger.of(rows)
    assert ledger.balances() == {
        SERVICES: Decimal("-110.00"),
        FUNDS: Decimal("122.50"),
        DISCOUNT: Decimal("11.00"),
        TAX: Decimal("-8.80"),
        EXCHANGE: Decimal("-14.70"),
    }
    assert not ledger.receivable()
    assert not ledger.open_receivable()


def test_the_rate_list_serves_a_foreign_document_without_a_rate(
    lists: list[Record], make: Callable[..., Record]
) -> None:
    rows = [
        *lists,
        *(
            make("ExchangeRate", number, SourceCurrencyCode="EUR", AsOfDate=when, Rate=rate)
            for number, (when, rate) in enumerate((("2026-03-01", 2), ("2026-03-06", 3)))
        ),
        make("Bill", 9, TxnDate=DAY, **VENDOR, CurrencyRef={"value": "EUR"}, TotalAmt=30, Line=[cost_line(30)]),
    ]
    ledger = Ledger.of(rows)
    assert ledger.balances() == {AP: -60, FUEL: 60}
    assert [one.code for one in ledger.findings] == ["rate_taken_from_list"]
