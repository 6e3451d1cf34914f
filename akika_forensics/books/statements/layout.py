"""How financial statements are laid out: which type of account stands in which section, which side is shown as positive, which sums there are."""

from __future__ import annotations

from typing import Final, NamedTuple


class Section(NamedTuple):
    """``sign`` is 1 where a debit is shown as positive. ``types`` are those of its accounts."""

    title: str
    sign: int
    types: tuple[str, ...]


class Sum(NamedTuple):
    """A line that adds sections up; ``of`` their titles, each with the sign with which it counts."""

    title: str
    of: tuple[tuple[str, int], ...]


type Line = Section | Sum

BALANCE_SHEET: Final[tuple[Line, ...]] = (
    Section("Bank Accounts", 1, ("Bank",)),
    Section("Accounts Receivable", 1, ("Accounts Receivable",)),
    Section("Other Current Assets", 1, ("Other Current Asset",)),
    Section("Fixed Assets", 1, ("Fixed Asset",)),
    Section("Other Assets", 1, ("Other Asset",)),
    Sum(
        "TOTAL ASSETS",
        tuple(
            (title, 1)
            for title in (
                "Bank Accounts",
                "Accounts Receivable",
                "Other Current Assets",
                "Fixed Assets",
                "Other Assets",
                "Accounts of no known type",
            )
        ),
    ),
    Section("Accounts Payable", -1, ("Accounts Payable",)),
    Section("Credit Cards", -1, ("Credit Card",)),
    Section("Other Current Liabilities", -1, ("Other Current Liability",)),
    Section("Long-Term Liabilities", -1, ("Long Term Liability",)),
    Section("Equity", -1, ("Equity",)),
    Sum(
        "TOTAL LIABILITIES AND EQUITY",
        tuple(
            (title, 1)
            for title in (
                "Accounts Payable",
                "Credit Cards",
                "Other Current Liabilities",
                "Long-Term Liabilities",
                "Equity",
            )
        ),
    ),
)

PROFIT_AND_LOSS: Final[tuple[Line, ...]] = (
    Section("Income", -1, ("Income",)),
    Section("Cost of Goods Sold", 1, ("Cost of Goods Sold",)),
    Sum("Gross Profit", (("Income", 1), ("Cost of Goods Sold", -1))),
    Section("Expenses", 1, ("Expense",)),
    Sum("Net Operating Income", (("Income", 1), ("Cost of Goods Sold", -1), ("Expenses", -1))),
    Section("Other Income", -1, ("Other Income",)),
    Section("Other Expenses", 1, ("Other Expense",)),
    Sum(
        "Net Income",
        (
            ("Income", 1),
            ("Cost of Goods Sold", -1),
            ("Expenses", -1),
            ("Other Income", 1),
            ("Other Expenses", -1),
        ),
    ),
)

UNKNOWN: Final = "Accounts of no known type"
"""Where an account stands that was not captured, and what could not be resolved: on the side of the assets, so that nothing is hidden."""
