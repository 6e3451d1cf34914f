"""The records that a probe makes to ask its questions with, and how it takes them away again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from akika_forensics.errors import AkikaError
from akika_forensics.model.catalogue import CATALOGUE, Delete
from akika_forensics.twin.probing.sandbox import Reply, Sandbox

_NAME_TAKEN: Final = "6240"

type Body = dict[str, Any]

_ACCOUNTS: Final = {
    "bank": ("Bank", "Checking"),
    "second bank": ("Bank", "Savings"),
    "card": ("Credit Card", "CreditCard"),
    "income": ("Income", "SalesOfProductIncome"),
    "expense": ("Expense", "OfficeGeneralAdministrativeExpenses"),
    "stock": ("Other Current Asset", "Inventory"),
    "cost": ("Cost of Goods Sold", "SuppliesMaterialsCogs"),
}


class Unclear(Exception):
    """The company's answer fits none of the choices, or a record that the question needs could not be made."""


def ref(value: str) -> Body:
    return {"value": value}


class Stage:
    """Records made when first needed; names begin with ``label``. ``begun`` is the company's own time."""

    def __init__(self, sandbox: Sandbox, tag: str, begun: datetime) -> None:
        self.sandbox = sandbox
        self.label = f"Akika probe {tag}"
        self.begun = begun
        self.today = begun.date()
        self._ready: dict[str, str] = {}
        self._number = 0

    def name(self, what: str) -> str:
        """A name that nothing else has."""
        self._number += 1
        return f"{self.label} {what} {self._number}"

    def make(self, entity: str, body: Body, **parameters: str) -> Body:
        """A record as the company answered it. Raises Unclear when it refuses."""
        reply = self.sandbox.create(entity, body, **parameters)
        if not reply.fine:
            raise Unclear(f"{entity} could not be made: {reply.told}")
        return reply.record(entity)

    def now(self, entity: str, record_id: str) -> Body:
        """A record as it stands. Raises Unclear when it cannot be read."""
        reply = self.sandbox.read(entity, record_id)
        if not reply.fine:
            raise Unclear(f"{entity} could not be read again: {reply.told}")
        return reply.record(entity)

    def _once(self, what: str, entity: str, body: Body) -> str:
        if what not in self._ready:
            self._ready[what] = str(self.make(entity, body)["Id"])
        return self._ready[what]

    # lists

    def account(self, what: str) -> str:
        kind, subtype = _ACCOUNTS[what]
        name = f"{self.label} {what}"
        return self._once(what, "Account", {"Name": name, "AccountType": kind, "AccountSubType": subtype})

    def customer(self) -> str:
        return self._once("customer", "Customer", {"DisplayName": f"{self.label} customer"})

    def vendor(self) -> str:
        return self._once("vendor", "Vendor", {"DisplayName": f"{self.label} vendor"})

    def item(self) -> str:
        income = self.account("income")
        body = {"Name": f"{self.label} service", "Type": "Service", "IncomeAccountRef": ref(income)}
        return self._once("item", "Item", body)

    def stock_item(self) -> str:
        body = {
            "Name": f"{self.label} stock",
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 0,
            "InvStartDate": self.today.isoformat(),
            "IncomeAccountRef": ref(self.account("income")),
            "ExpenseAccountRef": ref(self.account("cost")),
            "AssetAccountRef": ref(self.account("stock")),
        }
        return self._once("stock item", "Item", body)

    # transactions

    def invoice(self, amount: int = 5, **more: Any) -> Body:
        return self.make("Invoice", self.invoice_body(amount, **more))

    def invoice_body(self, amount: int = 5, **more: Any) -> Body:
        line = {
            "Amount": amount,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": ref(self.item())},
        }
        return {"CustomerRef": ref(self.customer()), "Line": [line], **more}

    def deposited(self) -> Body:
        """A payment of an invoice, lying in a deposit."""
        link = {"TxnId": self.invoice(100)["Id"], "TxnType": "Invoice"}
        head = {"CustomerRef": ref(self.customer()), "TotalAmt": 100}
        paid = self.make("Payment", {**head, "Line": [{"Amount": 100, "LinkedTxn": [link]}]})
        lodged = {"Amount": 100, "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
        self.make("Deposit", {"DepositToAccountRef": ref(self.account("bank")), "Line": [lodged]})
        return self.now("Payment", str(paid["Id"]))

    def bill(self) -> Body:
        detail = {"AccountRef": ref(self.account("expense"))}
        line = {
            "Amount": 5,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": detail,
        }
        return self.make("Bill", {"VendorRef": ref(self.vendor()), "Line": [line]})

    def transfer(self) -> Body:
        ends = {
            "FromAccountRef": ref(self.account("bank")),
            "ToAccountRef": ref(self.account("second bank")),
        }
        return self.make("Transfer", {**ends, "Amount": 5})

    def target(self, entity: str) -> str:
        """A record to which something may be attached."""
        if entity == "Account":
            return self.account("expense")
        if entity == "Vendor":
            return self.vendor()
        if entity == "Employee":
            return str(self.make("Employee", {"GivenName": "Probe", "FamilyName": self.name("employee")})["Id"])
        day = self.today.isoformat()
        if entity == "TimeActivity":
            body: Body = {"NameOf": "Vendor", "VendorRef": ref(self.vendor()), "Hours": 1, "TxnDate": day}
        elif entity == "CreditCardPayment":
            body = {
                "CreditCardAccountRef": ref(self.account("card")),
                "BankAccountRef": ref(self.account("bank")),
                "Amount": 5,
            }
        else:
            detail = {"ItemRef": ref(self.stock_item()), "QtyDiff": 1}
            line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
            body = {"AdjustAccountRef": ref(self.account("cost")), "TxnDate": day, "Line": [line]}
        return str(self.make(entity, body)["Id"])

    # taking away

    def clear(self) -> list[str]:
        """Delete what can be deleted, make the rest inactive; the latest first. Gives what was left, with the reason."""
        left = []
        for entity, record_id in reversed(list(self.sandbox.made)):
            try:
                reply = self._remove(entity, record_id)
            except AkikaError as error:
                left.append(f"{entity} {record_id}: {error.what}")
                continue
            if not reply.fine:
                left.append(f"{entity} {record_id}: {reply.told}")
        return left

    def _remove(self, entity: str, record_id: str) -> Reply:
        found = self.sandbox.read(entity, record_id)
        if not found.fine:
            return found
        body = found.record(entity)
        if CATALOGUE[entity].delete is Delete.HARD:
            return self.sandbox.delete(entity, body)
        if body.get("Active") is False:
            return found
        gone = {**body, "sparse": False, "Active": False}
        reply = self.sandbox.update(entity, gone)
        if reply.code == _NAME_TAKEN:
            field = CATALOGUE[entity].unique[0].replace("FullyQualifiedName", "Name")
            reply = self.sandbox.update(entity, {**gone, field: self.name("gone")})
        return reply
