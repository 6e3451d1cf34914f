"""Which reports of QuickBooks' own are captured beside the records, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

ACCRUAL: Final = "Accrual"
CASH: Final = "Cash"
BOTH: Final = (ACCRUAL, CASH)


class Rule(Enum):
    """To which days a report is asked for."""

    ENDS = "at the company's date, at month ends of the fiscal year and at the ends of earlier ones"
    DAY = "as of the company's date"
    YEARS = "by fiscal year"
    HALVES = "in windows of six months at most"
    NOW = "as it stands"


@dataclass(frozen=True, slots=True)
class Control:
    """One report. ``bases`` are those on which it is had; none where it knows none.

    ``sums`` says that each of its figures adds up all that came before, so that a change moves every later one; others
    tell of their own days alone. ``columns`` are asked for by key; ``attribution`` are those of them that not every
    company's API gives, ``foreign`` those that say something in a company with several currencies alone. ``optional``: QuickBooks answers it in some countries or editions only. ``detail``: a row a
    transaction or more, long in a busy company; ``fill``: how much of the most cells such a one may be expected to hold.
    """

    report: str
    rule: Rule
    bases: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    attribution: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()
    sums: bool = True
    optional: bool = False
    detail: bool = False
    fill: float = 0.8

    def of_one_currency(self) -> Control:
        """The same without the columns that say nothing where there is one currency."""
        return replace(self, columns=tuple(key for key in self.columns if key not in self.foreign))


_BY_MONTH: Final = {"summarize_column_by": "Month"}
ATTRIBUTION: Final = frozenset({"create_by", "create_date", "last_mod_by", "last_mod_date", "is_cleared"})
"""Who wrote and last changed a transaction, when, and whether it is cleared: nothing else in the API tells who.

Source: QuickBooks API, TransactionList, columns; clients were seen whose lists of columns do without some of them.
"""

TRIAL_BALANCE: Final = Control("TrialBalance", Rule.ENDS, BOTH)
"""Every account's balance, for the tie-out."""

BALANCE_SHEET: Final = Control("BalanceSheet", Rule.YEARS, BOTH, _BY_MONTH)
"""What the company had and owed at each month end."""

PROFIT_AND_LOSS: Final = Control("ProfitAndLoss", Rule.YEARS, BOTH, _BY_MONTH, sums=False)
"""What it earned and spent in each month."""

CASH_FLOW: Final = Control("CashFlow", Rule.YEARS, (), _BY_MONTH)
"""Where the cash of each month came from and went."""

AGED_RECEIVABLES: Final = Control("AgedReceivables", Rule.DAY)
"""Who owes how much, for how long."""

AGED_RECEIVABLE_DETAIL: Final = Control("AgedReceivableDetail", Rule.DAY)
"""Which documents are owed."""

AGED_PAYABLES: Final = Control("AgedPayables", Rule.DAY)
"""Who is owed how much, for how long."""

AGED_PAYABLE_DETAIL: Final = Control("AgedPayableDetail", Rule.DAY)
"""Which documents the company owes."""

CUSTOMER_BALANCE: Final = Control("CustomerBalance", Rule.DAY)
"""The open balance of each customer."""

VENDOR_BALANCE: Final = Control("VendorBalance", Rule.DAY)
"""The open balance of each vendor."""

INVENTORY_VALUATION: Final = Control("InventoryValuationSummary", Rule.DAY, optional=True)
"""Quantity and value of each item in stock."""

TAX_SUMMARY: Final = Control("TaxSummary", Rule.YEARS, (ACCRUAL,), sums=False, optional=True)
"""Sales tax by agency and rate."""

ACCOUNT_LIST: Final = Control(
    "AccountList",
    Rule.NOW,
    columns=(
        *("account_name", "account_type", "detail_acc_type", "account_bal", "account_desc"),
        *("create_by", "create_date", "last_mod_by", "last_mod_date"),
    ),
    attribution=ATTRIBUTION - {"is_cleared"},
)
"""Who made and last changed each account."""

TRANSACTION_LIST: Final = Control(
    "TransactionList",
    Rule.HALVES,
    columns=(
        *("tx_date", "txn_type", "doc_num", "is_no_post", "name", "memo", "account_name", "other_account"),
        *("due_date", "is_adj", "subt_nat_amount", "currency", "subt_nat_home_amount"),
        *("create_by", "create_date", "last_mod_by", "last_mod_date", "is_cleared"),
    ),
    attribution=ATTRIBUTION,
    foreign=frozenset({"currency", "subt_nat_home_amount"}),
    sums=False,
    detail=True,
    fill=0.9,  # a row each, so that those alone are not expected that the API lets nobody read
)
"""Every transaction, those too that the API cannot read, with who wrote and last changed it. Fewer than 25 columns: QuickBooks has been seen to give up over more. Source: QuickBooks API, reports."""

GENERAL_LEDGER: Final = Control(
    "GeneralLedger",
    Rule.HALVES,
    (ACCRUAL,),
    columns=(
        *("tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", "is_cleared"),
        *("subt_nat_amount", "rbal_nat_amount", "subt_nat_home_amount", "rbal_nat_home_amount"),
    ),
    attribution=frozenset({"is_cleared"}),
    foreign=frozenset({"subt_nat_home_amount", "rbal_nat_home_amount"}),
    detail=True,
)
"""Every posting of every account, with its balance before and after."""


FULL: Final = (
    TRIAL_BALANCE,
    BALANCE_SHEET,
    PROFIT_AND_LOSS,
    AGED_RECEIVABLES,
    AGED_PAYABLES,
    AGED_RECEIVABLE_DETAIL,
    AGED_PAYABLE_DETAIL,
    CUSTOMER_BALANCE,
    VENDOR_BALANCE,
    INVENTORY_VALUATION,
    ACCOUNT_LIST,
    CASH_FLOW,
    TAX_SUMMARY,
    TRANSACTION_LIST,
    GENERAL_LEDGER,
)
"""Those of a full capture, the ones that must not be missing first."""

CHANGED: Final = (
    BALANCE_SHEET,
    PROFIT_AND_LOSS,
    AGED_RECEIVABLES,
    AGED_PAYABLES,
    AGED_RECEIVABLE_DETAIL,
    AGED_PAYABLE_DETAIL,
    INVENTORY_VALUATION,
)
"""Those that an incremental capture takes again when a transaction changed, besides trial balances and changes."""
