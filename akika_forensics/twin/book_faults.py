"""Refusals for what stands in the books, or does not: references, numbers and names that are taken, balances, closed periods, deposits, accounts, links."""

from __future__ import annotations

from decimal import Decimal

from akika_forensics.twin.faults import QuickBooksFault


def invalid_reference(space: str, record_id: str) -> QuickBooksFault:
    """Error 2500; ``space`` as QuickBooks words it: Accounts, Names, Klasses, Items."""
    return QuickBooksFault(
        "2500",
        "Invalid Reference Id",
        f"Invalid Reference Id : {space} element id {record_id} not found",
        "Reference Id",
    )


def duplicate_number(number: str, txn_type: str, record_id: str) -> QuickBooksFault:
    """Error 6140."""
    return QuickBooksFault(
        "6140",
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber={number} is assigned to TxnType={txn_type} with TxnId={record_id}",
        "",
    )


def duplicate_name(detail: str, element: str | None = "") -> QuickBooksFault:
    """Error 6240."""
    text = f"The name supplied already exists. : {detail}"
    return QuickBooksFault("6240", "Duplicate Name Exists Error", text, element)


def no_rate() -> QuickBooksFault:
    """Error 2410. Source: observed against a company with several currencies, spelt so."""
    return QuickBooksFault(
        "2410",
        "Curreny, ExchangeRate is missing.",
        "The currency and exchange rate are required for transaction in foreign currency.",
        "",
    )


def wrong_amount(amount: Decimal) -> QuickBooksFault:
    """Error 6070. Source for the figure with commas and no needless decimals: seen by third parties."""
    shown = f"{amount:,f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return QuickBooksFault(
        "6070",
        "Amount calculation incorrect in the request",
        f"Amount is not equal to UnitPrice * Qty. Supplied value:{shown}",
        "",
    )


def closed_books(code: str = "6200") -> QuickBooksFault:
    """Error 6200, or 6210 where a password closes the books."""
    return QuickBooksFault(
        code,
        "Account Period Closed, Cannot Update Through Services API",
        "The account period has closed and the account books cannot be updated through through the QBO Services API. "
        "Please use the QBO website to make these changes.",
        "",
    )


def has_balance(kind: str) -> QuickBooksFault:
    """Error 6220."""
    return QuickBooksFault(
        "6220",
        "List object has a non-zero balance",
        f"Cannot make inactive : This {kind} cannot be deleted because it has a non-zero balance",
        "",
    )


def deposited() -> QuickBooksFault:
    """Error 6540. Source for the text: seen by a third party."""
    return QuickBooksFault(
        "6540",
        "Deposited Transaction cannot be changed",
        "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it appears "
        "on and remove it first",
        "",
    )


def has_dependents(detail: str) -> QuickBooksFault:
    """Error 800."""
    return QuickBooksFault("800", "Object cannot be deleted due to dependencies", detail, "")


def before_stock_start() -> QuickBooksFault:
    """Error 6270."""
    return QuickBooksFault(
        "6270",
        "Transaction date is prior to start date for inventory item",
        "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start Date "
        "for the product",
        "",
    )


def wrong_account(detail: str) -> QuickBooksFault:
    """Error 6430."""
    return QuickBooksFault("6430", "Invalid account type used", f"Invalid account type : {detail}", "")


def not_linkable(detail: str) -> QuickBooksFault:
    """Error 620."""
    return QuickBooksFault("620", "Transaction cannot be linked", f"Transaction cannot be linked : {detail}", "")
