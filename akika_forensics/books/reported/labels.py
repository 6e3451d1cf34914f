"""What QuickBooks' reports call the types of transactions, and which of them an application can read."""

from __future__ import annotations

from typing import Final

LABELS: Final = {
    "Invoice": "Invoice",
    "Payment": "Payment",
    "Sales Receipt": "SalesReceipt",
    "Credit Memo": "CreditMemo",
    "Refund": "RefundReceipt",
    "Refund Receipt": "RefundReceipt",
    "Bill": "Bill",
    "Vendor Credit": "VendorCredit",
    **dict.fromkeys(
        ("Check", "Cheque", "Expense", "Cash Expense", "Cash Purchase", "Credit Card Expense", "Credit Card Credit"),
        "Purchase",
    ),
    **dict.fromkeys(
        ("Bill Payment (Check)", "Bill Payment (Cheque)", "Bill Payment (Credit Card)", "Bill Payment"), "BillPayment"
    ),
    "Journal Entry": "JournalEntry",
    "Deposit": "Deposit",
    "Transfer": "Transfer",
    "Credit Card Payment": "CreditCardPayment",
    "Inventory Qty Adjust": "InventoryAdjustment",
}
"""Which record a type of transaction that posts is. Source: recorded general ledgers and lists; Intuit's help for the others."""

NOT_POSTING: Final = {
    "Estimate": "Estimate",
    "Purchase Order": "PurchaseOrder",
    "Time Charge": "TimeActivity",
    "Time Activity": "TimeActivity",
    "Billable Expense Charge": "ReimburseCharge",
}
"""Which record a type is that stands in lists of transactions and posts nothing."""

REPORT_ONLY: Final = frozenset(
    {
        *("Payroll Check", "Paycheck", "Pay Cheque", "Paycheque", "Payroll Adjustment", "Payroll Refund"),
        *("Payroll Liability Check", "Payroll Tax Payment", "Payroll Tax Refund", "Tax Payment", "Tax Refund"),
        *("Sales Tax Payment", "Sales Tax Adjustment", "Sales Tax Refund", "GST Payment", "VAT Payment", "BAS Payment"),
        *("Currency Revaluation", "Home Currency Adjustment", "Charge", "Credit", "Statement"),
    }
)
"""Types that no application can read: payroll, payments of tax, revaluations, delayed charges. Source: QuickBooks API, what has no entity;
the names as Intuit's help has them."""

TAX_PAYMENT: Final = "TaxPayment"
"""A record in some countries, which stands in reports under the name of a payment that is none."""

STARTING_VALUE: Final = "Inventory Starting Value"
"""An item's first stock, which has no Id of its own in a report."""

CREDIT_TYPES: Final = frozenset(
    {
        *("Accounts Payable", "Credit Card", "Other Current Liability", "Long Term Liability", "Equity"),
        *("Income", "Other Income"),
    }
)
"""Accounts of which a report shows a credit as positive. Source: QuickBooks API, Account.Classification."""


def is_known(label: str) -> bool:
    """Whether anything is known of such transactions."""
    return label in LABELS or label in NOT_POSTING or label in REPORT_ONLY or label == STARTING_VALUE
