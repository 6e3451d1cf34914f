"""Entries worked out by hand from the principles of double entry, one table for each kind of transaction.

Each table says what the accounts hold after the transaction; nothing in it was taken from the program. Debit is positive.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.twin.conftest import Body, Books, ref
from tests.twin.foreign_scene import Abroad, abroad, euro

__all__ = ["abroad"]

type Table = dict[str, str]
AR, AP, FUNDS = "Accounts Receivable (A/R)", "Accounts Payable (A/P)", "Undeposited Funds"
AR_EUR, AP_EUR, GAIN = f"{AR} - EUR", f"{AP} - EUR", "Exchange Gain or Loss"
OPENED: Table = {"Stock": "40", "Opening Balance Equity": "-40"}
"""Ten pumps at 4, with which every company here begins."""


def holds(books: Books, table: Table) -> None:
    """Exactly these accounts hold exactly this; and debits are credits."""
    found = books.balances()
    assert found == {name: Decimal(value) for name, value in table.items()}
    assert sum(found.values()) == 0


def invoice(books: Books) -> Body:
    return books.twin.create("Invoice", books.sale(books.ann, 100))  # type: ignore[no-any-return]


def bill(books: Books, *lines: Body) -> Body:
    body = {"VendorRef": ref(books.power), "Line": list(lines) or [books.spend(60)]}
    return books.twin.create("Bill", body)  # type: ignore[no-any-return]


def receive(books: Books, amount: Any, *links: tuple[str, str, Any], **more: Any) -> Body:
    body = {"CustomerRef": ref(books.ann), **books.pays(amount, *links), **more}
    return books.twin.create("Payment", body)  # type: ignore[no-any-return]


def sells_on_account(books: Books) -> Table:
    invoice(books)
    return {AR: "100", "Sales": "-100"}


def sells_for_cash(books: Books) -> Table:
    books.twin.create("SalesReceipt", books.sale(books.ann, 100))
    return {FUNDS: "100", "Sales": "-100"}


def sells_stock(books: Books) -> Table:
    books.twin.create("Invoice", books.sale(books.ann, 27, item=books.pump, qty=3))
    return {AR: "27", "Sales": "-27", "Stock": "28", "Cost of goods": "12", "Opening Balance Equity": "-40"}


def gives_a_discount(books: Books) -> Table:
    body = books.sale(books.ann, 100)
    cut = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 15}}
    books.twin.create("Invoice", {**body, "Line": [*body["Line"], cut]})
    return {AR: "85", "Sales": "-100", "Discounts given": "15"}


def ships(books: Books) -> Table:
    body = books.sale(books.ann, 100)
    detail = {"ItemRef": ref("SHIPPING_ITEM_ID")}
    freight = {"Amount": 9, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    books.twin.create("Invoice", {**body, "Line": [*body["Line"], freight]})
    return {AR: "109", "Sales": "-100", "Shipping Income": "-9"}


def gives_credit(books: Books) -> Table:
    books.twin.create("CreditMemo", books.sale(books.ann, 30))
    return {AR: "-30", "Sales": "30"}


def refunds(books: Books) -> Table:
    books.twin.create("RefundReceipt", books.sale(books.ann, 30, DepositToAccountRef=ref(books.checking)))
    return {"Checking": "-30", "Sales": "30"}


def is_paid(books: Books) -> Table:
    receive(books, 70, ("Invoice", invoice(books)["Id"], 70))
    return {FUNDS: "70", AR: "30", "Sales": "-100"}


def is_paid_in_advance(books: Books) -> Table:
    receive(books, 70, DepositToAccountRef=ref(books.checking))
    return {"Checking": "70", AR: "-70"}


def banks_what_was_received(books: Books) -> Table:
    paid = receive(books, 70)
    line = {"LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    back = {"AccountRef": ref(books.rent), "Amount": 20}
    books.twin.create("Deposit", {"DepositToAccountRef": ref(books.checking), "Line": [line], "CashBack": back})
    return {"Checking": "50", "Rent": "20", AR: "-70"}


def banks_interest(books: Books) -> Table:
    detail = {"AccountRef": ref(books.sales)}
    line = {"Amount": 5, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    books.twin.create("Deposit", {"DepositToAccountRef": ref(books.checking), "Line": [line]})
    return {"Checking": "5", "Sales": "-5"}


def owes_rent(books: Books) -> Table:
    bill(books)
    return {"Rent": "60", AP: "-60"}


def buys_stock(books: Books) -> Table:
    bill(books, books.stock_up(5, 35))
    return {"Stock": "75", AP: "-35", "Opening Balance Equity": "-40"}


def gets_credit(books: Books) -> Table:
    books.twin.create("VendorCredit", {"VendorRef": ref(books.power), "Line": [books.spend(15)]})
    return {AP: "15", "Rent": "-15"}


def pays_a_bill_by_check(books: Books) -> Table:
    made = bill(books)
    body = {"VendorRef": ref(books.power), **books.pays(60, ("Bill", made["Id"], 60)), "PayType": "Check"}
    books.twin.create("BillPayment", {**body, "CheckPayment": {"BankAccountRef": ref(books.checking)}})
    return {"Rent": "60", "Checking": "-60"}


def pays_a_bill_by_card(books: Books) -> Table:
    made = bill(books)
    body = {"VendorRef": ref(books.power), **books.pays(60, ("Bill", made["Id"], 60)), "PayType": "CreditCard"}
    books.twin.create("BillPayment", {**body, "CreditCardPayment": {"CCAccountRef": ref(books.card)}})
    return {"Rent": "60", "Card": "-60"}


def spends(books: Books) -> Table:
    body = {"PaymentType": "Cash", "AccountRef": ref(books.checking), "Line": [books.spend(12)]}
    books.twin.create("Purchase", body)
    return {"Rent": "12", "Checking": "-12"}


def gets_money_back_on_the_card(books: Books) -> Table:
    body = {"PaymentType": "CreditCard", "Credit": True, "AccountRef": ref(books.card), "Line": [books.spend(12)]}
    books.twin.create("Purchase", body)
    return {"Card": "12", "Rent": "-12"}


def moves_money(books: Books) -> Table:
    books.twin.create(
        "Transfer", {"FromAccountRef": ref(books.checking), "ToAccountRef": ref(books.card), "Amount": 80}
    )
    return {"Checking": "-80", "Card": "80"}


def pays_the_card(books: Books) -> Table:
    body = {"CreditCardAccountRef": ref(books.card), "BankAccountRef": ref(books.checking), "Amount": 80}
    books.twin.create("CreditCardPayment", body)
    return {"Checking": "-80", "Card": "80"}


def writes_a_journal(books: Books) -> Table:
    lines = [
        {
            "Amount": 9,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": ref(account)},
        }
        for side, account in (("Debit", books.rent), ("Credit", books.checking))
    ]
    books.twin.create("JournalEntry", {"Line": lines})
    return {"Rent": "9", "Checking": "-9"}


def loses_stock(books: Books) -> Table:
    detail = {"ItemRef": ref(books.pump), "QtyDiff": -2}
    line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
    body = {"AdjustAccountRef": ref(books.shrinkage), "TxnDate": "2026-02-04", "Line": [line]}
    books.twin.create("InventoryAdjustment", body)
    return {"Stock": "32", "Shrinkage": "8", "Opening Balance Equity": "-40"}


def only_offers_and_orders(books: Books) -> Table:
    books.twin.create("Estimate", books.sale(books.ann, 100))
    payable = books.made("Account", {"Name": AP, "AccountType": "Accounts Payable"})
    order = {"VendorRef": ref(books.power), "APAccountRef": ref(payable), "Line": [books.spend(60)]}
    books.twin.create("PurchaseOrder", order)
    return {}


HOME: list[Callable[[Books], Table]] = [
    sells_on_account, sells_for_cash, sells_stock, gives_a_discount, ships, gives_credit, refunds, is_paid, is_paid_in_advance,
    banks_what_was_received, banks_interest, owes_rent, buys_stock, gets_credit, pays_a_bill_by_check,
    pays_a_bill_by_card, spends, gets_money_back_on_the_card, moves_money, pays_the_card, writes_a_journal, loses_stock,
    only_offers_and_orders,
]  # fmt: skip


@pytest.mark.parametrize("happens", HOME, ids=[one.__name__ for one in HOME])
def test_in_one_currency(books: Books, happens: Callable[[Books], Table]) -> None:
    holds(books, OPENED | happens(books))


def gains_on_an_invoice(books: Abroad) -> Table:
    """100 euros were worth 110 dollars and bring 115: five dollars more."""
    made = books.invoice(100, "1.10")
    books.paid(100, "1.15", ("Invoice", made["Id"], 100), into=books.checking)
    return {"Sales": "-110", "Checking": "115", GAIN: "-5"}


def loses_on_an_invoice(books: Abroad) -> Table:
    made = books.invoice(100, "1.10")
    books.paid(100, "1.02", ("Invoice", made["Id"], 100), into=books.checking)
    return {"Sales": "-110", "Checking": "102", GAIN: "8"}


def is_paid_half_with_a_gain(books: Abroad) -> Table:
    """Fifty euros stay open at 1.10; twenty more than that were paid in advance at 1.20."""
    made = books.invoice(100, "1.10")
    books.paid(70, "1.20", ("Invoice", made["Id"], 50), into=books.euros)
    return {"Sales": "-110", AR_EUR: "31", "Euro bank": "84", GAIN: "-5"}


def uses_a_credit_of_another_rate(books: Abroad) -> Table:
    """The invoice of 40 euros stood at 44 dollars, the credit of 40 euros at 50: six dollars of debt are gone."""
    made = books.invoice(40, "1.10")
    credit = books.twin.create("CreditMemo", books.sale(books.emma, 40, **euro("1.25")))
    books.paid(0, "1.30", ("Invoice", made["Id"], 40), ("CreditMemo", credit["Id"], 40))
    return {"Sales": "6", GAIN: "-6"}


def gains_on_a_bill(books: Abroad) -> Table:
    """60 euros of rent cost 66 dollars when they were owed and 63 when they were paid."""
    made = books.bill(60, "1.10")
    books.pay(60, "1.05", ("Bill", made["Id"], 60))
    return {"Rent": "66", "Checking": "-63", GAIN: "-3"}


def loses_on_a_bill(books: Abroad) -> Table:
    made = books.bill(60, "1.10")
    books.pay(60, "1.20", ("Bill", made["Id"], 60), bank=books.euros)
    return {"Rent": "66", "Euro bank": "-72", GAIN: "6"}


def banks_euros_later(books: Abroad) -> Table:
    """Received at 1.10, banked at 1.16: six cents a euro are gained in between."""
    paid = books.paid(100, "1.10")
    line = {"LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    books.twin.create("Deposit", {"DepositToAccountRef": ref(books.euros), "Line": [line], **euro("1.16")})
    return {AR_EUR: "-110", "Euro bank": "116", GAIN: "-6"}


def changes_money(books: Abroad) -> Table:
    body = {"FromAccountRef": ref(books.euros), "ToAccountRef": ref(books.checking), "Amount": 50, **euro("1.30")}
    books.twin.create("Transfer", body)
    return {"Euro bank": "-65", "Checking": "65"}


def buys_stock_abroad(books: Abroad) -> Table:
    """Five pumps for 35 euros at 2 are 70 dollars of stock; of fifteen, eleven go: ten at 4 and one at 14."""
    line = books.stock_up(5, 35)
    body = {"VendorRef": ref(books.stahl), "Line": [line], **euro("2"), "TxnDate": "2026-02-01"}
    books.twin.create("Bill", body)
    books.twin.create("Invoice", books.sale(books.ann, 99, item=books.pump, qty=11, TxnDate="2026-02-02"))
    return {AP_EUR: "-70", AR: "99", "Sales": "-99", "Stock": "56", "Cost of goods": "54"}


def three_lines_that_round(books: Abroad) -> Table:
    """Each line is 3.33 euros at 1.5: 4.995, rounded 5.00; the total 9.99 is 14.985, rounded 14.99: a cent too much."""
    lines = [books.spend(Decimal("3.33")) for _ in range(3)]
    books.twin.create("Bill", {"VendorRef": ref(books.stahl), "Line": lines, **euro("1.5")})
    return {"Rent": "15.00", AP_EUR: "-14.99", GAIN: "-0.01"}


def spends_euros(books: Abroad) -> Table:
    body = {"PaymentType": "Cash", "AccountRef": ref(books.euros), "Line": [books.spend(10)], **euro("1.4")}
    books.twin.create("Purchase", body)
    return {"Rent": "14", "Euro bank": "-14"}


TWO: list[Callable[[Abroad], Table]] = [
    gains_on_an_invoice, loses_on_an_invoice, is_paid_half_with_a_gain, uses_a_credit_of_another_rate, gains_on_a_bill,
    loses_on_a_bill, banks_euros_later, changes_money, buys_stock_abroad, three_lines_that_round, spends_euros,
]  # fmt: skip


@pytest.mark.parametrize("happens", TWO, ids=[one.__name__ for one in TWO])
def test_in_two_currencies(abroad: Abroad, happens: Callable[[Abroad], Table]) -> None:
    holds(abroad, OPENED | happens(abroad))


def test_accounts_and_names_hold_their_own_currency(abroad: Abroad) -> None:
    """By hand: 100 invoiced, 70 paid of which 50 applied; 60 billed, 25 paid from the euro account."""
    made = abroad.invoice(100, "1.10")
    abroad.paid(70, "1.20", ("Invoice", made["Id"], 50), into=abroad.euros)
    owed = abroad.bill(60, "1.10")
    abroad.pay(25, "1.25", ("Bill", owed["Id"], 25), bank=abroad.euros)
    own = {
        name: abroad.get("Account", abroad.account(name))["CurrentBalance"] for name in (AR_EUR, AP_EUR, "Euro bank")
    }
    assert own == {AR_EUR: 30, AP_EUR: -35, "Euro bank": 45}
    assert abroad.get("Customer", abroad.emma)["Balance"] == 30
    assert abroad.get("Vendor", abroad.stahl)["Balance"] == 35
    left = abroad.get("Invoice", made["Id"]), abroad.get("Bill", owed["Id"])
    assert [(body["Balance"], body["HomeBalance"]) for body in left] == [(50, 55), (35, Decimal("38.50"))]
