"""The chart of accounts, written to the facts of the stock sandbox company: ids, names, types.

One row an account: ``(id, name, parent id, AccountType, AccountSubType)``. System accounts such as Accounts Payable
and Opening Balance Equity are rows like the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple


class AccountRow(NamedTuple):
    id: str
    name: str
    parent: str
    type: str
    subtype: str


_EXPENSE: Final = "Expense"
_INCOME: Final = "Income"

ACCOUNTS: Final[tuple[AccountRow, ...]] = tuple(
    AccountRow(*row)
    for row in (
        ("1", "Services", "", _INCOME, "ServiceFeeIncome"),
        ("2", "Retained Earnings", "", "Equity", "RetainedEarnings"),
        ("3", "Prepaid Expenses", "", "Other Current Asset", "PrepaidExpenses"),
        ("4", "Undeposited Funds", "", "Other Current Asset", "UndepositedFunds"),
        ("5", "Fees Billed", "", _INCOME, "ServiceFeeIncome"),
        ("6", "Refunds-Allowances", "", _INCOME, "DiscountsRefundsGiven"),
        ("7", "Advertising", "", _EXPENSE, "AdvertisingPromotional"),
        ("8", "Bank Charges", "", _EXPENSE, "BankCharges"),
        ("9", "Commissions & fees", "", _EXPENSE, "OtherMiscellaneousServiceCost"),
        ("10", "Dues & Subscriptions", "", _EXPENSE, "DuesSubscriptions"),
        ("11", "Insurance", "", _EXPENSE, "Insurance"),
        ("12", "Legal & Professional Fees", "", _EXPENSE, "LegalProfessionalFees"),
        ("13", "Meals and Entertainment", "", _EXPENSE, "EntertainmentMeals"),
        ("14", "Miscellaneous", "", "Other Expense", "OtherMiscellaneousExpense"),
        ("15", "Office Expenses", "", _EXPENSE, "OfficeGeneralAdministrativeExpenses"),
        ("16", "Promotional", "", _EXPENSE, "AdvertisingPromotional"),
        ("17", "Rent or Lease", "", _EXPENSE, "RentOrLeaseOfBuildings"),
        ("19", "Stationery & Printing", "", _EXPENSE, "OfficeGeneralAdministrativeExpenses"),
        ("20", "Supplies", "", _EXPENSE, "SuppliesMaterials"),
        ("21", "Taxes & Licenses", "", _EXPENSE, "TaxesPaid"),
        ("22", "Travel", "", _EXPENSE, "Travel"),
        ("23", "Travel Meals", "", _EXPENSE, "TravelMeals"),
        ("24", "Utilities", "", _EXPENSE, "Utilities"),
        ("25", "Interest Earned", "", "Other Income", "InterestEarned"),
        ("26", "Other Portfolio Income", "", "Other Income", "OtherMiscellaneousIncome"),
        ("27", "Penalties & Settlements", "", "Other Expense", "PenaltiesSettlements"),
        ("28", "Disposal Fees", "58", _EXPENSE, "OtherMiscellaneousServiceCost"),
        ("29", "Equipment Rental", "", _EXPENSE, "EquipmentRental"),
        ("30", "Uncategorized Income", "", _INCOME, "ServiceFeeIncome"),
        ("31", "Uncategorized Expense", "", _EXPENSE, "OtherMiscellaneousServiceCost"),
        ("32", "Uncategorized Asset", "", "Other Current Asset", "OtherCurrentAssets"),
        ("33", "Accounts Payable (A/P)", "", "Accounts Payable", "AccountsPayable"),
        ("34", "Opening Balance Equity", "", "Equity", "OpeningBalanceEquity"),
        ("35", "Checking", "", "Bank", "Checking"),
        ("36", "Savings", "", "Bank", "Savings"),
        ("37", "Truck", "", "Fixed Asset", "Vehicles"),
        ("38", "Original Cost", "37", "Fixed Asset", "Vehicles"),
        ("39", "Depreciation", "37", "Fixed Asset", "AccumulatedDepreciation"),
        ("40", "Depreciation", "", "Other Expense", "Depreciation"),
        ("41", "Mastercard", "", "Credit Card", "CreditCard"),
        ("42", "Visa", "", "Credit Card", "CreditCard"),
        ("43", "Loan Payable", "", "Other Current Liability", "OtherCurrentLiabilities"),
        ("44", "Notes Payable", "", "Long Term Liability", "OtherLongTermLiabilities"),
        ("45", "Landscaping Services", "", _INCOME, "OtherPrimaryIncome"),
        ("46", "Job Materials", "45", _INCOME, "OtherPrimaryIncome"),
        ("47", "Decks and Patios", "46", _INCOME, "OtherPrimaryIncome"),
        ("48", "Fountains and Garden Lighting", "46", _INCOME, "OtherPrimaryIncome"),
        ("49", "Plants and Soil", "46", _INCOME, "OtherPrimaryIncome"),
        ("50", "Sprinklers and Drip Systems", "46", _INCOME, "OtherPrimaryIncome"),
        ("51", "Labor", "45", _INCOME, "OtherPrimaryIncome"),
        ("52", "Installation", "51", _INCOME, "OtherPrimaryIncome"),
        ("53", "Maintenance and Repair", "51", _INCOME, "OtherPrimaryIncome"),
        ("54", "Pest Control Services", "", _INCOME, "OtherPrimaryIncome"),
        ("55", "Automobile", "", _EXPENSE, "Auto"),
        ("56", "Fuel", "55", _EXPENSE, "Auto"),
        ("57", "Workers Compensation", "11", _EXPENSE, "Insurance"),
        ("58", "Job Expenses", "", _EXPENSE, "OtherMiscellaneousServiceCost"),
        ("59", "Cost of Labor", "58", _EXPENSE, "OtherMiscellaneousServiceCost"),
        ("60", "Installation", "58", _EXPENSE, "OtherMiscellaneousServiceCost"),
        ("61", "Maintenance and Repairs", "58", _EXPENSE, "OtherMiscellaneousServiceCost"),
        ("62", "Equipment Rental", "58", _EXPENSE, "EquipmentRental"),
        ("63", "Job Materials", "58", _EXPENSE, "SuppliesMaterials"),
        ("64", "Decks and Patios", "63", _EXPENSE, "SuppliesMaterials"),
        ("65", "Fountain and Garden Lighting", "63", _EXPENSE, "SuppliesMaterials"),
        ("66", "Plants and Soil", "63", _EXPENSE, "SuppliesMaterials"),
        ("67", "Sprinklers and Drip Systems", "63", _EXPENSE, "SuppliesMaterials"),
        ("68", "Permits", "58", _EXPENSE, "OtherMiscellaneousServiceCost"),
        ("69", "Accounting", "12", _EXPENSE, "LegalProfessionalFees"),
        ("70", "Bookkeeper", "12", _EXPENSE, "LegalProfessionalFees"),
        ("71", "Lawyer", "12", _EXPENSE, "LegalProfessionalFees"),
        ("72", "Maintenance and Repair", "", _EXPENSE, "RepairMaintenance"),
        ("73", "Building Repairs", "72", _EXPENSE, "RepairMaintenance"),
        ("74", "Computer Repairs", "72", _EXPENSE, "RepairMaintenance"),
        ("75", "Equipment Repairs", "72", _EXPENSE, "RepairMaintenance"),
        ("76", "Gas and Electric", "24", _EXPENSE, "Utilities"),
        ("77", "Telephone", "24", _EXPENSE, "Utilities"),
        ("79", "Sales of Product Income", "", _INCOME, "SalesOfProductIncome"),
        ("80", "Cost of Goods Sold", "", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
        ("81", "Inventory Asset", "", "Other Current Asset", "Inventory"),
        ("82", "Design income", "", _INCOME, "OtherPrimaryIncome"),
        ("83", "Other Income", "", _INCOME, "OtherPrimaryIncome"),
        ("84", "Accounts Receivable (A/R)", "", "Accounts Receivable", "AccountsReceivable"),
        ("85", "Billable Expense Income", "", _INCOME, "ServiceFeeIncome"),
        ("86", "Discounts given", "", _INCOME, "DiscountsRefundsGiven"),
        ("87", "Unapplied Cash Payment Income", "", _INCOME, "UnappliedCashPaymentIncome"),
        ("88", "Unapplied Cash Bill Payment Expense", "", _EXPENSE, "UnappliedCashBillPaymentExpense"),
        ("89", "Arizona Dept. of Revenue Payable", "", "Other Current Liability", "GlobalTaxPayable"),
        ("90", "Board of Equalization Payable", "", "Other Current Liability", "GlobalTaxPayable"),
    )
)

BY_ID: Final[dict[str, AccountRow]] = {row.id: row for row in ACCOUNTS}

_CLASSIFICATION: Final = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Expense": "Expense",
    "Other Expense": "Expense",
    "Cost of Goods Sold": "Expense",
}


def classification(account_type: str) -> str:
    """Asset, Liability, Equity, Revenue or Expense; ``KeyError`` on an unknown type."""
    return _CLASSIFICATION[account_type]


def full_name(account_id: str) -> str:
    """``Job Expenses:Job Materials:Plants and Soil``; ``KeyError`` when the company has no such account."""
    row = BY_ID[account_id]
    return f"{full_name(row.parent)}:{row.name}" if row.parent else row.name


def account_ref(account_id: str) -> dict[str, str]:
    return {"value": account_id, "name": full_name(account_id)}


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """``(id, body)`` of every account, parents before their sub-accounts."""
    done: set[str] = set()

    def emit(row: AccountRow) -> Iterator[tuple[str, dict[str, Any]]]:
        if row.id in done:
            return
        if row.parent:
            yield from emit(BY_ID[row.parent])
        done.add(row.id)
        body: dict[str, Any] = {"Name": row.name, "AccountType": row.type, "AccountSubType": row.subtype}
        if row.parent:
            body |= {"SubAccount": True, "ParentRef": {"value": row.parent}}
        yield row.id, body

    for row in ACCOUNTS:
        yield from emit(row)
