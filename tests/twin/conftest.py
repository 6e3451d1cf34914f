"""A small company with every kind of account, party and item, and short ways to key transactions in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.twin import Founding, QuickBooksFault, Twin
from akika_forensics.twin.clock import ClockState

from .served_scene import company as company  # noqa: PLC0414 - a fixture for every module here

SHARED = Path(__file__).parents[2].parent / "shared"
START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)

type Body = dict[str, Any]


class Clock:
    """Moves on by a second a look, so that times tell the order."""

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def ref(value: str) -> Body:
    return {"value": value}


class Books:
    """A twin and the Ids of its lists."""

    def __init__(self, path: Path | None = None, founding: Founding | None = None) -> None:
        self.clock = Clock()
        self.twin = Twin(path, clock=self.clock, realm_id="1234567890", company_name="Garden & Sons", founding=founding)
        if path is None and founding is None and KEYED:
            self._copy(KEYED[0])
        else:
            self._key()

    def _key(self) -> None:
        twin = self.twin
        for name, kind, subtype in (
            ("Checking", "Bank", "Checking"),
            ("Card", "Credit Card", "CreditCard"),
            ("Sales", "Income", "SalesOfProductIncome"),
            ("Rent", "Expense", "RentOrLeaseOfBuildings"),
            ("Stock", "Other Current Asset", "Inventory"),
            ("Cost of goods", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
            ("Shrinkage", "Expense", "SuppliesMaterials"),
        ):
            twin.create("Account", {"Name": name, "AccountType": kind, "AccountSubType": subtype})
        self.checking, self.card, self.sales, self.rent, self.stock, self.cogs, self.shrinkage = (
            self.account(name) for name in ("Checking", "Card", "Sales", "Rent", "Stock", "Cost of goods", "Shrinkage")
        )
        self.ann = self.made("Customer", {"DisplayName": "Ann"})
        self.bob = self.made("Customer", {"DisplayName": "Bob"})
        self.job = self.made("Customer", {"DisplayName": "Shed", "Job": True, "ParentRef": ref(self.ann)})
        self.lumber = self.made("Vendor", {"DisplayName": "Lumber Co"})
        self.power = self.made("Vendor", {"DisplayName": "Power Co"})
        self.digging = self.made("Item", {"Name": "Digging", "Type": "Service", "IncomeAccountRef": ref(self.sales)})
        self.pump = self.made(
            "Item",
            {
                "Name": "Pump",
                "Type": "Inventory",
                "TrackQtyOnHand": True,
                "QtyOnHand": 10,
                "InvStartDate": "2026-01-01",
                "PurchaseCost": 4,
                "UnitPrice": 9,
                "IncomeAccountRef": ref(self.sales),
                "ExpenseAccountRef": ref(self.cogs),
                "AssetAccountRef": ref(self.stock),
            },
        )

    def _copy(self, keyed: Books) -> None:
        """Be as a company that was keyed before: its records, its Ids, and the time at which it was done."""
        keyed.twin.store.copy_into(self.twin.store)
        lists = ("checking", "card", "sales", "rent", "stock", "cogs", "shrinkage")
        for name in (*lists, "ann", "bob", "job", "lumber", "power", "digging", "pump"):
            setattr(self, name, getattr(keyed, name))
        self.clock.now = keyed.clock.now
        self.twin.clock.restore(ClockState(floor=keyed.twin.clock._latest))

    def made(self, entity: str, body: Body) -> str:
        return str(self.twin.create(entity, body)["Id"])

    def get(self, entity: str, record_id: str) -> Body:
        body = self.twin.get(entity, record_id)
        assert body is not None
        return body

    def account(self, name: str) -> str:
        found = self.twin.query(f"select * from Account where Name = '{name}'")["QueryResponse"]
        return str(found["Account"][0]["Id"])

    def sale(self, customer: str, amount: Any, *, item: str | None = None, qty: Any = None, **more: Any) -> Body:
        """The body of a sales form with one line."""
        detail: Body = {"ItemRef": ref(item or self.digging)}
        if qty is not None:
            detail |= {"Qty": qty, "UnitPrice": Decimal(str(amount)) / Decimal(str(qty))}
        line = {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
        return {"CustomerRef": ref(customer), "Line": [line], **more}

    def spend(self, amount: Any, account: str | None = None) -> Body:
        """A line of a purchase form."""
        detail = {"AccountRef": ref(account or self.rent)}
        return {
            "Amount": amount,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": detail,
        }

    def stock_up(self, qty: Any, amount: Any) -> Body:
        """A line of a purchase form that buys pumps."""
        detail = {"ItemRef": ref(self.pump), "Qty": qty, "UnitPrice": Decimal(str(amount)) / Decimal(str(qty))}
        return {"Amount": amount, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}

    def pays(self, amount: Any, *links: tuple[str, str, Any]) -> Body:
        """TotalAmt and lines of a payment: (TxnType, TxnId, amount) each."""
        lines = [{"Amount": part, "LinkedTxn": [{"TxnId": txn, "TxnType": kind}]} for kind, txn, part in links]
        return {"TotalAmt": amount, "Line": lines}

    def close(self, day: str) -> None:
        """The books are closed up to and including a day."""
        said = {"AccountingInfoPrefs": {"BookCloseDate": day}}
        token = self.get("Preferences", "1")["SyncToken"]
        self.twin.update("Preferences", {"Id": "1", "SyncToken": token, "sparse": True, **said})

    def balances(self, **parameters: str) -> dict[str, Decimal]:
        """The trial balance by account name, debit positive."""
        report = self.twin.report("TrialBalance", **parameters)
        rows = {}
        for row in report["Rows"].get("Row", []):
            if "ColData" in row:
                name, debit, credit = (cell["value"] for cell in row["ColData"])
                rows[name] = Decimal(debit or 0) - Decimal(credit or 0)
        return rows

    def refused(self, code: str, call: Any, *arguments: Any, **named: Any) -> QuickBooksFault:
        """The call is refused with this code and leaves nothing behind."""
        before = self.twin.dump()
        with pytest.raises(QuickBooksFault) as caught:
            call(*arguments, **named)
        assert caught.value.code == code, str(caught.value)
        assert self.twin.dump() == before
        return caught.value


KEYED: list[Books] = []
"""The company that others are copies of: keyed before any test can change how."""
KEYED.append(Books())


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.twin.close()


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the recorded material is not beside this checkout")
    return SHARED
