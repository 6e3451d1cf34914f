"""What each type of transaction posts."""

from __future__ import annotations

from typing import Final

from akika_forensics.books.rules.rule import (
    CREDIT,
    DEBIT,
    AsEntered,
    Each,
    Kept,
    Named,
    OfItem,
    OfReceipt,
    OnLine,
    OpenTax,
    Rule,
    Settled,
    Side,
    TakenUp,
    Tax,
    Whole,
)

_RECEIVABLE: Final = (Named("ARAccountRef"), Kept("receivable"))
_PAYABLE: Final = (Named("APAccountRef"), Kept("payable"))
_INTO: Final = (Named("DepositToAccountRef"), Kept("undeposited"))
_SALES: Final = "QuickBooks API, {}; records of the stock sandbox company"
_SOLD_STOCK: Final = (
    "What tracked stock leaves at its cost, first in first out: cost of goods sold against the stock account."
)


def _sold(side: int) -> tuple[Side, ...]:
    """The lines of a sale; ``side`` is that of income."""
    return (
        Each(
            "what was sold",
            side,
            ("SalesItemLineDetail",),
            (OnLine("ItemAccountRef"), OfItem("income"), Kept("shipping")),
        ),
        Each("discount", -side, ("DiscountLineDetail",), (OnLine("DiscountAccountRef"), Kept("discount"))),
        Each("lines of any other kind", side, (), ()),
        Tax("sales tax", side),
    )


def _bought(side: int) -> tuple[Side, ...]:
    """The lines of a purchase; ``side`` is that of the expense."""
    return (
        Each("expenses by account", side, ("AccountBasedExpenseLineDetail",), (OnLine("AccountRef"),)),
        Each("tax deducted at source", side, ("TDSLineDetail",), (OnLine("TDSAccountRef"),)),
        Each("products and services", side, ("ItemBasedExpenseLineDetail",), (OfItem("cost"),)),
        Each("lines of any other kind", side, (), ()),
        Tax("tax that is deducted", side),
    )


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "Invoice",
        "Invoice",
        (
            Whole("what the customer owes", DEBIT, "TotalAmt", _RECEIVABLE, less="Deposit", home="HomeTotalAmt"),
            Whole("what was paid with it", DEBIT, "Deposit", _INTO),
            *_sold(CREDIT),
        ),
        _SALES.format("Invoice"),
        stock=_SOLD_STOCK,
    ),
    Rule(
        "SalesReceipt",
        "Sales receipt",
        (Whole("what was received", DEBIT, "TotalAmt", _INTO, home="HomeTotalAmt"), *_sold(CREDIT)),
        _SALES.format("SalesReceipt"),
        stock=_SOLD_STOCK,
    ),
    Rule(
        "CreditMemo",
        "Credit memo",
        (Whole("what the customer is credited", CREDIT, "TotalAmt", _RECEIVABLE, home="HomeTotalAmt"), *_sold(DEBIT)),
        _SALES.format("CreditMemo"),
        stock="What comes back comes in at the unit cost at which the item last left.",
    ),
    Rule(
        "RefundReceipt",
        "Refund",
        (Whole("what was paid back", CREDIT, "TotalAmt", _INTO, home="HomeTotalAmt"), *_sold(DEBIT)),
        _SALES.format("RefundReceipt"),
        stock="What comes back comes in at the unit cost at which the item last left.",
    ),
    Rule(
        "Payment",
        "Payment received",
        (
            Whole("what was received", DEBIT, "TotalAmt", _INTO),
            Settled("what it settles, applied or not", CREDIT, _RECEIVABLE),
        ),
        "QuickBooks API, Payment",
        note="In multicurrency what it settles is cleared at the rates of the documents; the difference is an exchange gain or loss.",
    ),
    Rule(
        "Bill",
        "Bill",
        (Whole("what is owed to the vendor", CREDIT, "TotalAmt", _PAYABLE, home="HomeTotalAmt"), *_bought(DEBIT)),
        "QuickBooks API, Bill",
        stock="Tracked stock comes in as a layer at the cost of the line.",
    ),
    Rule(
        "VendorCredit",
        "Vendor credit",
        (Whole("what the vendor credits", DEBIT, "TotalAmt", _PAYABLE, home="HomeTotalAmt"), *_bought(CREDIT)),
        "QuickBooks API, VendorCredit",
        stock="Tracked stock takes the oldest layers; what they differ from the credit is cost of goods sold.",
    ),
    Rule(
        "Purchase",
        "Expense, check, credit card charge",
        (Whole("what was paid", CREDIT, "TotalAmt", (Named("AccountRef"),), home="HomeTotalAmt"), *_bought(DEBIT)),
        "QuickBooks API, Purchase",
        turned="Credit is true: a credit on a credit card",
        stock="Tracked stock comes in as a layer at the cost of the line; a credit takes the oldest layers.",
    ),
    Rule(
        "BillPayment",
        "Bill payment",
        (
            Whole(
                "what was paid",
                CREDIT,
                "TotalAmt",
                (
                    Named("CreditCardPayment.CCAccountRef", when=("PayType", "CreditCard")),
                    Named("CheckPayment.BankAccountRef", unless=("PayType", "CreditCard")),
                ),
            ),
            Settled("what it settles, applied or not", DEBIT, _PAYABLE),
        ),
        "QuickBooks API, BillPayment",
        note="In multicurrency what it settles is cleared at the rates of the bills; the difference is an exchange gain or loss.",
    ),
    Rule(
        "JournalEntry",
        "Journal entry",
        (AsEntered("each line", (OnLine("AccountRef"),)), OpenTax("tax that its lines leave open")),
        "QuickBooks API, JournalEntry",
    ),
    Rule(
        "Deposit",
        "Deposit",
        (
            Whole("what reaches the bank", DEBIT, "TotalAmt", (Named("DepositToAccountRef"),), home="HomeTotalAmt"),
            Whole("cash back", DEBIT, "CashBack.Amount", (Named("CashBack.AccountRef"),), line="cash back"),
            TakenUp("receipts taken up, and other money", CREDIT, (OfReceipt(), OnLine("AccountRef"))),
            Tax("sales tax", CREDIT),
        ),
        "QuickBooks API, Deposit; a recorded deposit with cash back: the total is what reaches the bank",
    ),
    Rule(
        "Transfer",
        "Transfer",
        (
            Whole("what arrives", DEBIT, "Amount", (Named("ToAccountRef"),)),
            Whole("what leaves", CREDIT, "Amount", (Named("FromAccountRef"),)),
        ),
        "QuickBooks API, Transfer",
    ),
    Rule(
        "CreditCardPayment",
        "Credit card payment",
        (
            Whole("what is owed on the card less", DEBIT, "Amount", (Named("CreditCardAccountRef"),)),
            Whole("what was paid", CREDIT, "Amount", (Named("BankAccountRef"),)),
        ),
        "QuickBooks API, CreditCardPayment",
    ),
    Rule(
        "TaxPayment",
        "Sales tax payment",
        (
            Whole("tax that is owed no more", DEBIT, "PaymentAmount", (Kept("tax"),), line="tax"),
            Whole("what was paid", CREDIT, "PaymentAmount", (Named("PaymentAccountRef"),)),
        ),
        "QuickBooks API, TaxPayment: it names no agency, so that with several tax accounts the amount is unresolved",
        turned="Refund is true",
    ),
    Rule(
        "InventoryAdjustment",
        "Inventory quantity adjustment",
        (),
        "QuickBooks API, InventoryAdjustment",
        stock="The difference in quantity at cost, first in first out, against the account that the adjustment names.",
    ),
)

BY_ENTITY: Final = {one.entity: one for one in RULES}

NON_POSTING: Final = {
    "Estimate": "an offer",
    "PurchaseOrder": "an order",
    "TimeActivity": "hours; a bill or an invoice may follow",
    "RecurringTransaction": "a template",
    "ReimburseCharge": "an expense that waits to be invoiced; the invoice posts it",
}
"""Transactions that never post. Source: QuickBooks API, entity pages."""
