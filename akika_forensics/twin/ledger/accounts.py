"""The chart of accounts: classification, the accounts QuickBooks keeps for itself, default accounts."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin import book_faults, identity, settings, wire
from akika_forensics.twin.ledger import rates
from akika_forensics.twin.session import Session

CLASSIFICATION: Final[dict[str, str]] = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Other Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Expense": "Expense",
}
"""AccountType to Classification. Source: QuickBooks API, Account."""

PROFIT_AND_LOSS: Final = frozenset({"Revenue", "Expense"})
RECEIVABLE: Final = "Accounts Receivable"
PAYABLE: Final = "Accounts Payable"
SHIPPING: Final = "Shipping Income"
CONTROL: Final = frozenset({"receivable", "payable"})

DEFAULT_SUBTYPE: Final[dict[str, str]] = {
    "Bank": "Checking",
    "Accounts Receivable": "AccountsReceivable",
    "Other Current Asset": "OtherCurrentAssets",
    "Fixed Asset": "OtherFixedAssets",
    "Other Asset": "OtherLongTermAssets",
    "Accounts Payable": "AccountsPayable",
    "Credit Card": "CreditCard",
    "Other Current Liability": "OtherCurrentLiabilities",
    "Long Term Liability": "OtherLongTermLiabilities",
    "Equity": "OwnersEquity",
    "Income": "SalesOfProductIncome",
    "Other Income": "OtherMiscellaneousIncome",
    "Cost of Goods Sold": "SuppliesMaterialsCogs",
    "Expense": "OtherMiscellaneousServiceCost",
    "Other Expense": "OtherMiscellaneousExpense",
}

SYSTEM: Final[dict[str, tuple[str, str, str]]] = {
    "receivable": ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    "payable": ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    "undeposited": ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    "opening equity": ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    "retained": ("Retained Earnings", "Equity", "RetainedEarnings"),
    "discounts": ("Discounts given", "Income", "DiscountsRefundsGiven"),
    "sales tax": ("Sales Tax Payable", "Other Current Liability", "SalesTaxPayable"),
    "exchange": ("Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss"),
    "unapplied income": ("Unapplied Cash Payment Income", "Income", "UnappliedCashPaymentIncome"),
    "unapplied expense": ("Unapplied Cash Bill Payment Expense", "Expense", "UnappliedCashBillPaymentExpense"),
}
"""Accounts that QuickBooks makes when it first needs them: name, type, subtype."""


def classification(account: dict[str, Any]) -> str:
    return str(account.get("Classification") or CLASSIFICATION.get(str(account.get("AccountType")), "Asset"))


def account_type(session: Session, account_id: str) -> str:
    account = session.find("Account", account_id)
    return str(account.get("AccountType", "")) if account else ""


def is_profit_and_loss(account: dict[str, Any]) -> bool:
    return classification(account) in PROFIT_AND_LOSS


def find_system(session: Session, role: str, code: str | None = None) -> str | None:
    """The active account of a role with the smallest Id, or None.

    Receivables and payables are kept in one account for each currency; ``code`` is the currency, None for home.
    """
    _, kind, subtype = SYSTEM[role]
    control = role in CONTROL
    wanted = code or settings.home_code(session)
    found = [
        str(body["Id"])
        for body in session.each("Account")
        if body.get("Active") is not False
        and (body.get("AccountType") == kind if control else body.get("AccountSubType") == subtype)
        and (not control or rates.code_of(session, body) == wanted)
    ]
    return min(found, key=identity.number_of, default=None)


def system(session: Session, role: str, code: str | None = None) -> str:
    """The account of a role; QuickBooks makes it when there is none. Source: recorded "Accounts Payable (A/P) - GBP"."""
    found = find_system(session, role, code)
    if found is not None:
        return found
    name, kind, subtype = SYSTEM[role]
    foreign = code is not None and code != settings.home_code(session)
    return make(session, f"{name} - {code}" if foreign else name, kind, subtype, code if foreign else None)


def make(session: Session, name: str, kind: str, subtype: str, code: str | None = None) -> str:
    stamp = wire.metadata_time(session.moment)
    body: dict[str, Any] = {
        "Name": name,
        "SubAccount": False,
        "FullyQualifiedName": name,
        "Active": True,
        "Classification": CLASSIFICATION[kind],
        "AccountType": kind,
        "AccountSubType": subtype,
        "CurrentBalance": 0,
        "CurrentBalanceWithSubAccounts": 0,
        "CurrencyRef": settings.currency(session, code or settings.home_code(session)),
        "domain": "QBO",
        "sparse": False,
        "Id": identity.next_id(session.store, "Account"),
        "SyncToken": "0",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
    }
    session.put("Account", body)
    session.note("created", "Account", str(body["Id"]), body)
    return str(body["Id"])


def tax_liability(session: Session, agency_id: str, *, make_missing: bool = True) -> str | None:
    """The liability account of a tax agency: named after it, else any sales-tax liability, else a new one.

    None when it would have to be made and must not be.
    """
    agency = session.find("TaxAgency", agency_id)
    name = f"{agency['DisplayName']} Payable" if agency else ""
    fallback: str | None = None
    for body in session.each("Account"):
        if body.get("Name") == name and body.get("AccountType") == "Other Current Liability":
            return str(body["Id"])
        if body.get("AccountSubType") in {"GlobalTaxPayable", "SalesTaxPayable"} and not agency:
            fallback = fallback or str(body["Id"])
    if not make_missing:
        return fallback or find_system(session, "sales tax")
    if name:
        return make(session, name, "Other Current Liability", "GlobalTaxPayable")
    return fallback or system(session, "sales tax")


def shipping(session: Session, *, make_missing: bool = True) -> str | None:
    """Where shipping is earned: the account that Preferences name, else the one of that name.

    None when it would have to be made and must not be. Source: QuickBooks API, Preferences, DefaultShippingAccount.
    """
    preferred = settings.preferred_account(session, "SalesFormsPrefs", "DefaultShippingAccount")
    if preferred is not None:
        return preferred
    for body in session.each("Account"):
        if body.get("Name") == SHIPPING and body.get("Active") is not False and is_profit_and_loss(body):
            return str(body["Id"])
    return make(session, SHIPPING, "Income", "ServiceFeeIncome") if make_missing else None


def needs_type(session: Session, ref: dict[str, Any] | None, allowed: frozenset[str], what: str) -> None:
    """Refuse an account of another type. Source: QuickBooks API, error 6430."""
    if ref and account_type(session, str(ref["value"])) not in allowed:
        raise book_faults.wrong_account(f"{what} must be one of {', '.join(sorted(allowed))}.")
