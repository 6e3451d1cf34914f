"""The company in which the hand-worked cases happen, and short ways to key in it. Days are MM-DD of 2026."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from akika_forensics.twin import Founding
from tests.twin.conftest import Body, Books, ref
from tests.twin.foreign_scene import ABROAD, euro
from tests.twin.t_accounts.table import YEAR
from tests.twin.tax_scene import add_taxes

type Key = tuple[str, str]
type Part = tuple[Key, Any]
"""A document and what of it is settled."""


class Shop(Books):
    """Ten pumps at 4 of 1 January; Ann and Bob buy, Lumber Co and Power Co sell."""

    def __init__(self, founding: Founding | None = None) -> None:
        super().__init__(founding=founding)
        add_taxes(self)
        self.truck = self.made("Account", {"Name": "Truck", "AccountType": "Fixed Asset"})
        self.loan = self.made("Account", {"Name": "Loan", "AccountType": "Long Term Liability"})
        self.fees = self.made("Account", {"Name": "Bank fees", "AccountType": "Expense"})
        self.drawer = self.made("Account", {"Name": "Drawer", "AccountType": "Bank"})
        gravel = {"IncomeAccountRef": ref(self.sales), "ExpenseAccountRef": ref(self.cogs)}
        self.gravel = self.made("Item", {"Name": "Gravel", "Type": "NonInventory", **gravel})
        self.teaching = self.made("Account", {"Name": "Teaching", "AccountType": "Income"})
        lesson = {"Name": "Lesson", "Type": "Service", "IncomeAccountRef": ref(self.teaching)}
        self.lesson = self.made("Item", lesson)

    # lines

    def work(self, amount: Any, *, tax: bool = False, item: str | None = None, qty: Any = None) -> Body:
        line: Body = dict(self.sale(self.ann, amount, item=item, qty=qty)["Line"][0])
        if tax:
            line["SalesItemLineDetail"] = {**line["SalesItemLineDetail"], "TaxCodeRef": ref("TAX")}
        return line

    def pumps(self, qty: Any, amount: Any, *, tax: bool = False) -> Body:
        return self.work(amount, tax=tax, item=self.pump, qty=qty)

    def freight(self, amount: Any) -> Body:
        detail = {"ItemRef": ref("SHIPPING_ITEM_ID")}
        return {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}

    def percent(self, share: Any) -> Body:
        detail = {"PercentBased": True, "DiscountPercent": share}
        return {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}

    def less(self, amount: Any) -> Body:
        return {"Amount": amount, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": False}}

    def bundle(self, *lines: Body) -> Body:
        return {"DetailType": "GroupLineDetail", "GroupLineDetail": {"Quantity": 1, "Line": list(lines)}}

    def materials(self, amount: Any) -> Body:
        """A line of a purchase form for an item that is not counted."""
        detail = {"ItemRef": ref(self.gravel), "Qty": 1, "UnitPrice": amount}
        return {"Amount": amount, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}

    def billable(self, amount: Any) -> Body:
        line = self.spend(amount)
        line["AccountBasedExpenseLineDetail"] |= {"BillableStatus": "Billable", "CustomerRef": ref(self.ann)}
        return line

    # documents

    def key(self, entity: str, day: str, body: Body) -> Key:
        made = self.twin.create(entity, {"TxnDate": f"{YEAR}-{day}", **body})
        return entity, str(made["Id"])

    def sold(
        self, entity: str, day: str, *lines: Body, code: str | None = None, who: str | None = None, **more: Any
    ) -> Key:
        """A sales form; ``code`` is the tax code of the document."""
        tax = {"TxnTaxDetail": {"TxnTaxCodeRef": ref(code)}} if code else {}
        return self.key(entity, day, {"CustomerRef": ref(who or self.ann), "Line": list(lines), **tax, **more})

    def invoice(self, day: str, *lines: Body, **more: Any) -> Key:
        return self.sold("Invoice", day, *lines, **more)

    def memo(self, day: str, *lines: Body, **more: Any) -> Key:
        return self.sold("CreditMemo", day, *lines, **more)

    def bought(self, entity: str, day: str, *lines: Body, who: str | None = None, **more: Any) -> Key:
        return self.key(entity, day, {"VendorRef": ref(who or self.power), "Line": list(lines), **more})

    def bill(self, day: str, *lines: Body, **more: Any) -> Key:
        return self.bought("Bill", day, *lines, **more)

    def back(self, day: str, *lines: Body, **more: Any) -> Key:
        return self.bought("VendorCredit", day, *lines, **more)

    # money

    def receive(
        self, day: str, amount: Any, *parts: Part, into: str | None = None, who: str | None = None, **more: Any
    ) -> Key:
        body = {"CustomerRef": ref(who or self.ann), **_settles(self, amount, parts), **more}
        if into:
            body["DepositToAccountRef"] = ref(into)
        return self.key("Payment", day, body)

    def pay(
        self, day: str, amount: Any, *parts: Part, bank: str | None = None, card: bool = False, who: str | None = None,
        **more: Any,
    ) -> Key:  # fmt: skip
        body = {"VendorRef": ref(who or self.power), **_settles(self, amount, parts), **more}
        if card:
            body |= {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": ref(bank or self.card)}}
        else:
            body |= {"PayType": "Check", "CheckPayment": {"BankAccountRef": ref(bank or self.checking)}}
        return self.key("BillPayment", day, body)

    def purchase(self, day: str, kind: str, source: str, *lines: Body, **more: Any) -> Key:
        return self.key("Purchase", day, {"PaymentType": kind, "AccountRef": ref(source), "Line": list(lines), **more})

    def deposit(self, day: str, *lines: Body, into: str | None = None, **more: Any) -> Key:
        return self.key(
            "Deposit", day, {"DepositToAccountRef": ref(into or self.checking), "Line": list(lines), **more}
        )

    def held(self, key: Key) -> Body:
        """A deposit's line that takes a transaction out of Undeposited Funds."""
        return {"LinkedTxn": [{"TxnId": key[1], "TxnType": key[0], "TxnLineId": "0"}]}

    def put_in(self, amount: Any, account: str, name: Key | None = None) -> Body:
        """A deposit's line of its own."""
        detail: Body = {"AccountRef": ref(account)}
        if name:
            detail["Entity"] = {**ref(name[1]), "type": name[0].upper()}
        return {"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}

    def journal(self, day: str, *rows: tuple[str, Any, Key | None], **more: Any) -> Key:
        """Rows of account, amount (debit positive) and name."""
        lines = []
        for account, amount, name in rows:
            value = Decimal(str(amount))
            detail: Body = {"PostingType": "Debit" if value > 0 else "Credit", "AccountRef": ref(account)}
            if name:
                detail["Entity"] = {"Type": name[0], "EntityRef": ref(name[1])}
            lines.append(
                {"Amount": abs(value), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}
            )
        return self.key("JournalEntry", day, {"Line": lines, **more})

    def adjust(self, day: str, qty: Any) -> Key:
        detail = {"ItemRef": ref(self.pump), "QtyDiff": qty}
        line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
        return self.key("InventoryAdjustment", day, {"AdjustAccountRef": ref(self.shrinkage), "Line": [line]})

    def undo(self, key: Key, way: str = "void") -> None:
        """``void`` or ``delete``."""
        token = self.get(*key)["SyncToken"]
        getattr(self.twin, way)(key[0], {"Id": key[1], "SyncToken": token})

    def control(self, kind: str) -> str:
        """Receivables or payables; there is such an account once something was keyed on it."""
        name = "Accounts Receivable (A/R)" if kind == "Accounts Receivable" else "Accounts Payable (A/P)"
        found = self.twin.query(f"select * from Account where AccountType = '{kind}'")["QueryResponse"]
        rows = found.get("Account", [])
        return str(rows[0]["Id"]) if rows else self.made("Account", {"Name": name, "AccountType": kind})


class Overseas(Shop):
    """The same, trading in euros too: Emma buys, Stahl sells."""

    def __init__(self) -> None:
        super().__init__(founding=ABROAD)
        self.emma = self.made("Customer", {"DisplayName": "Emma", "CurrencyRef": ref("EUR")})
        self.stahl = self.made("Vendor", {"DisplayName": "Stahl", "CurrencyRef": ref("EUR")})
        self.euros = self.made("Account", {"Name": "Euro bank", "AccountType": "Bank", "CurrencyRef": ref("EUR")})

    def sell(self, day: str, rate: str, *lines: Body, entity: str = "Invoice", **more: Any) -> Key:
        return self.sold(entity, day, *lines, who=self.emma, **euro(rate), **more)

    def get_paid(self, day: str, rate: str, amount: Any, *parts: Part, into: str | None = None) -> Key:
        return self.receive(day, amount, *parts, who=self.emma, into=into or self.euros, **euro(rate))

    def owe(self, day: str, rate: str, *lines: Body, entity: str = "Bill", **more: Any) -> Key:
        return self.bought(entity, day, *lines, who=self.stahl, **euro(rate), **more)

    def settle(self, day: str, rate: str, amount: Any, *parts: Part, bank: str | None = None) -> Key:
        return self.pay(day, amount, *parts, who=self.stahl, bank=bank or self.euros, **euro(rate))


def _settles(books: Books, amount: Any, parts: tuple[Part, ...]) -> Body:
    return books.pays(amount, *((key[0], key[1], part) for key, part in parts))
