"""A small company by hand: chart, items, taxes; documents are added by each test."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from akika_forensics.model.record import Record, RecordKey

Make = Callable[..., Record]

AR, AP, BANK, CARD, FUNDS, EQUITY, RETAINED = "84", "33", "35", "41", "4", "34", "2"
INCOME, SERVICES, COGS, STOCK, DISCOUNT, FUEL, TAX, EXCHANGE, SHIPPING = (
    "79",
    "1",
    "80",
    "81",
    "86",
    "56",
    "90",
    "95",
    "96",
)

ACCOUNTS = (
    (AR, "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    (AP, "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    (BANK, "Checking", "Bank", "Checking"),
    (CARD, "Mastercard", "Credit Card", "CreditCard"),
    (FUNDS, "Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    (EQUITY, "Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    (RETAINED, "Retained Earnings", "Equity", "RetainedEarnings"),
    (INCOME, "Sales of Product Income", "Income", "SalesOfProductIncome"),
    (SERVICES, "Services", "Income", "ServiceFeeIncome"),
    (COGS, "Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    (STOCK, "Inventory Asset", "Other Current Asset", "Inventory"),
    (DISCOUNT, "Discounts given", "Income", "DiscountsRefundsGiven"),
    (FUEL, "Automobile:Fuel", "Expense", "Auto"),
    (TAX, "Board of Equalization Payable", "Other Current Liability", "GlobalTaxPayable"),
    (EXCHANGE, "Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss"),
    (SHIPPING, "Shipping Income", "Income", "ServiceFeeIncome"),
)


def record(entity: str, record_id: str | int, /, **body: Any) -> Record:
    payload = json.dumps({"Id": str(record_id), "SyncToken": "0"} | body).encode()
    return Record(RecordKey(entity, str(record_id)), payload)


@pytest.fixture
def make() -> Make:
    return record


@pytest.fixture
def lists() -> list[Record]:
    """The chart of accounts, a service (1), a tracked pump (11), a tax agency with its rate and code, settings."""
    return [
        *(
            record(
                "Account",
                number,
                Name=name.split(":")[-1],
                FullyQualifiedName=name,
                AccountType=kind,
                AccountSubType=sub,
            )
            for number, name, kind, sub in ACCOUNTS
        ),
        record(
            "Item",
            1,
            Name="Services",
            Type="Service",
            IncomeAccountRef={"value": SERVICES},
            ExpenseAccountRef={"value": FUEL},
        ),
        record(
            "Item",
            11,
            Name="Pump",
            Type="Inventory",
            TrackQtyOnHand=True,
            QtyOnHand=0,
            InvStartDate="2026-01-01",
            PurchaseCost=10,
            IncomeAccountRef={"value": INCOME},
            ExpenseAccountRef={"value": COGS},
            AssetAccountRef={"value": STOCK},
        ),
        record("TaxAgency", 2, DisplayName="Board of Equalization"),
        record("TaxRate", 3, Name="California", RateValue=8, AgencyRef={"value": "2"}),
        record("TaxCode", 2, Name="California", SalesTaxRateList={"TaxRateDetail": [{"TaxRateRef": {"value": "3"}}]}),
        record("Preferences", 1, CurrencyPrefs={"HomeCurrency": {"value": "USD"}}),
        record("CompanyInfo", 1, FiscalYearStartMonth="January"),
    ]


@pytest.fixture
def with_stock(lists: list[Record]) -> Callable[..., list[Record]]:
    """The lists with the pump's quantity and cost set."""

    def build(quantity: float, cost: float = 10, **more: Any) -> list[Record]:
        rows = [one for one in lists if one.key != RecordKey("Item", "11")]
        pump = next(one for one in lists if one.key == RecordKey("Item", "11")).body
        return [*rows, record("Item", 11, **{**pump, "QtyOnHand": quantity, "PurchaseCost": cost, **more})]

    return build
