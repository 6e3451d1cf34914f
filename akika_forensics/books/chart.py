"""What posting must know of a company: accounts, items, taxes, defaults, rates of linked documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, Self

from akika_forensics.books.body import UnreadableError, day, number, part, ref
from akika_forensics.books.tax import TaxAccounts
from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue.entity import words
from akika_forensics.model.record import Record

PROFIT_AND_LOSS: Final = frozenset({"Income", "Other Income", "Expense", "Other Expense", "Cost of Goods Sold"})
"""Account types whose balance starts anew each fiscal year. Source: QuickBooks API, Account.AccountType."""

RECEIVABLE: Final = "Accounts Receivable"
PAYABLE: Final = "Accounts Payable"
DELETED_SUFFIX: Final = " (deleted)"
"""What QuickBooks appends to the name of an inactive account. Source: recorded reports."""

BY_NAME: Final = "name:"
"""What stands before a name where an account has no Id, as in a report's row."""

RETAINED_EARNINGS: Final = f"{BY_NAME}Retained Earnings"
"""Where earlier years' results stand in a company whose account of that purpose was not captured."""

UNAPPLIED_INCOME: Final = f"{BY_NAME}Unapplied Cash Payment Income"
UNAPPLIED_EXPENSE: Final = f"{BY_NAME}Unapplied Cash Bill Payment Expense"
"""Where, on the cash basis, what is not applied stands in a company whose account of that purpose was not captured."""

SHIPPING_ITEM: Final = "SHIPPING_ITEM_ID"
"""The item of a shipping line; no such Item record exists. Source: QuickBooks API, Invoice.Line."""

_BY_SUBTYPE: Final = {
    "UndepositedFunds": "undeposited",
    "RetainedEarnings": "retained_earnings",
    "OpeningBalanceEquity": "opening_balance_equity",
    "ExchangeGainOrLoss": "exchange_gain",
    "DiscountsRefundsGiven": "discount_account",
}
"""The account that QuickBooks uses by default for a purpose. Source: QuickBooks API, Account.AccountSubType."""


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    type: str
    subtype: str
    currency: str | None
    active: bool

    @property
    def profit_and_loss(self) -> bool:
        return self.type in PROFIT_AND_LOSS


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    name: str
    tracked: bool
    income: str | None
    expense: str | None
    asset: str | None
    on_hand: Decimal
    cost: Decimal
    start: date | None


_LISTS: Final = frozenset(
    {"Account", "Item", "TaxAgency", "TaxRate", "TaxCode", "Preferences", "CompanyInfo", "ExchangeRate"}
)
_MONTHS: Final = words("january february march april may june july august september october november december")


@dataclass
class Chart:
    """The accounts of a company and the rules that pick one of them. ``Chart.of(records)`` makes it."""

    accounts: dict[str, Account] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    home_currency: str | None = None
    fiscal_start_month: int = 1
    closed_until: date | None = None
    """The closing date; days up to it are closed. Source: QuickBooks API, Preferences.AccountingInfoPrefs.BookCloseDate."""
    tax: TaxAccounts = field(default_factory=TaxAccounts)
    day_rates: dict[str, list[tuple[date, Decimal]]] = field(default_factory=dict)
    discount_account: str | None = None
    shipping_account: str | None = None
    _receivable: dict[str | None, str] = field(default_factory=dict)
    _payable: dict[str | None, str] = field(default_factory=dict)
    undeposited: str | None = None
    retained_earnings: str | None = None
    opening_balance_equity: str | None = None
    exchange_gain: str | None = None
    _has_stock: bool = False

    @classmethod
    def of(cls, records: Iterable[Record]) -> Self:
        """Read the lists and the settings; other records are passed over.

        A list record that cannot be read is skipped here; the Ledger names it.
        """
        chart = cls()
        bodies: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS}
        for record in records:
            entity = record.key.entity
            if entity in _LISTS:
                body = decoded(record)
                if body is not None:
                    bodies[entity].append(body)
        chart._read_settings(bodies["Preferences"], bodies["CompanyInfo"])
        chart._read_accounts(bodies["Account"])
        chart._read_items(bodies["Item"])
        chart._read_rates(bodies["ExchangeRate"])
        chart.tax = TaxAccounts.of(
            [(account.id, account.name, account.subtype) for account in chart.accounts.values()],
            agencies=bodies["TaxAgency"],
            rates=bodies["TaxRate"],
            codes=bodies["TaxCode"],
        )
        return chart

    def _read_settings(self, preferences: list[dict[str, Any]], companies: list[dict[str, Any]]) -> None:
        for body in preferences:
            self.home_currency = ref(part(body, "CurrencyPrefs"), "HomeCurrency") or self.home_currency
            closing = part(body, "AccountingInfoPrefs")
            if closing.get("BookCloseDate"):
                try:
                    self.closed_until = day(closing, "BookCloseDate")
                except UnreadableError:
                    continue
            sales = part(body, "SalesFormsPrefs")
            self.discount_account = ref(sales, "DefaultDiscountAccount") or self.discount_account
            self.shipping_account = ref(sales, "DefaultShippingAccount") or self.shipping_account
        for body in companies:
            month = str(body.get("FiscalYearStartMonth", "")).strip().lower()
            if month in _MONTHS:
                self.fiscal_start_month = _MONTHS.index(month) + 1

    def _read_accounts(self, bodies: list[dict[str, Any]]) -> None:
        for body in sorted(bodies, key=lambda one: id_order(str(one.get("Id", "")))):
            account = Account(
                id=str(body.get("Id", "")),
                name=str(body.get("FullyQualifiedName") or body.get("Name") or "").removesuffix(DELETED_SUFFIX),
                type=str(body.get("AccountType", "")),
                subtype=str(body.get("AccountSubType", "")),
                currency=ref(body, "CurrencyRef"),
                active=body.get("Active") is not False,
            )
            self.accounts[account.id] = account
        # Active accounts first, so that a default is never an inactive account while another one serves.
        for account in sorted(self.accounts.values(), key=lambda one: not one.active):
            own = None if account.currency == self.home_currency else account.currency
            side = {RECEIVABLE: self._receivable, PAYABLE: self._payable}.get(account.type)
            if side is not None:
                side.setdefault(own, account.id)
                side.setdefault(account.currency, account.id)
            default = _BY_SUBTYPE.get(account.subtype)
            if default is None and account.profit_and_loss and account.name.casefold() == "shipping income":
                default = "shipping_account"
            if default is not None and getattr(self, default) is None:
                setattr(self, default, account.id)

    def _read_items(self, bodies: list[dict[str, Any]]) -> None:
        for body in bodies:
            try:
                start = day(body, "InvStartDate") if body.get("InvStartDate") else None
                on_hand, cost = number(body, "QtyOnHand"), number(body, "PurchaseCost")
            except UnreadableError:
                start, on_hand, cost = None, Decimal(0), Decimal(0)
            item = Item(
                id=str(body.get("Id", "")),
                name=str(body.get("Name", "")),
                tracked=body.get("TrackQtyOnHand") is True or body.get("Type") == "Inventory",
                income=ref(body, "IncomeAccountRef"),
                expense=ref(body, "ExpenseAccountRef") or ref(body, "COGSAccountRef"),
                asset=ref(body, "AssetAccountRef"),
                on_hand=on_hand,
                cost=cost,
                start=start,
            )
            self.items[item.id] = item
            self._has_stock = self._has_stock or item.tracked

    def _read_rates(self, bodies: list[dict[str, Any]]) -> None:
        for body in bodies:
            try:
                row = (day(body, "AsOfDate"), number(body, "Rate"))
            except UnreadableError:
                continue
            if row[1] > 0:
                self.day_rates.setdefault(str(body.get("SourceCurrencyCode")), []).append(row)
        for rows in self.day_rates.values():
            rows.sort()

    @property
    def has_stock(self) -> bool:
        return self._has_stock

    def receivable(self, currency: str | None = None) -> str | None:
        """The A/R account of a document in ``currency``: QuickBooks keeps one for each foreign currency."""
        return self._receivable.get(currency) or self._receivable.get(self.home_currency) or self._receivable.get(None)

    def payable(self, currency: str | None = None) -> str | None:
        """The A/P account of a document in ``currency``."""
        return self._payable.get(currency) or self._payable.get(self.home_currency) or self._payable.get(None)

    def receivables(self) -> dict[str, str]:
        """The A/R account of each currency that has one of its own."""
        return {currency: account for currency, account in self._receivable.items() if currency is not None}

    def payables(self) -> dict[str, str]:
        """The A/P account of each currency that has one of its own."""
        return {currency: account for currency, account in self._payable.items() if currency is not None}

    def is_receivable(self, account: str) -> bool:
        found = self.accounts.get(account)
        return found is not None and found.type == RECEIVABLE

    def is_payable(self, account: str) -> bool:
        found = self.accounts.get(account)
        return found is not None and found.type == PAYABLE

    def is_profit_and_loss(self, account: str) -> bool:
        found = self.accounts.get(account)
        return found is not None and found.profit_and_loss

    def name(self, account: str) -> str:
        """The account's full name, or the Id itself when the chart does not hold it."""
        found = self.accounts.get(account)
        return found.name if found else account.removeprefix(BY_NAME)

    def fiscal_year_start(self, as_of: date) -> date:
        """First day of the fiscal year that ``as_of`` lies in."""
        year = as_of.year if as_of.month >= self.fiscal_start_month else as_of.year - 1
        return date(year, self.fiscal_start_month, 1)

    def day_rate(self, currency: str, on: date) -> Decimal | None:
        """The latest recorded exchange rate of ``currency`` on or before a day."""
        found = None
        for when, rate in self.day_rates.get(currency, ()):
            if when > on:
                break
            found = rate
        return found


def id_order(text: str) -> tuple[int, str]:
    """Sort key under which ``9`` comes before ``10``."""
    return (int(text), "") if text.isascii() and text.isdecimal() and len(text) < 25 else (1 << 100, text)


def decoded(record: Record) -> dict[str, Any] | None:
    """The body, not kept on the record unless it already is; None when it is no JSON object."""
    body: Any = record.__dict__.get("body")
    if body is None:
        try:
            body = payloads.decode(record.payload)
        except WrongUse:
            return None
    return body if isinstance(body, dict) else None
