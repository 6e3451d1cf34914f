"""A bookkeeper who keys at random and remembers by herself what she keyed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random
from typing import Any

from akika_forensics.model import payload
from tests.twin.conftest import Body, ref
from tests.twin.recount import reading
from tests.twin.recount.documents import Company, Doc, Key, Line
from tests.twin.t_accounts.shop import Overseas, Shop

DAYS = ("2025-11-20", "2025-12-31", "2026-01-05", "2026-01-20", "2026-02-10", "2026-02-28", "2026-03-01", "2026-03-31")
TERMS = (0, 15, 30, 75)
LISTS = frozenset({"Account", "Item", "Customer", "Vendor", "Employee"})


class Keeper:
    """Keys through the API; ``docs`` is her own memory, never read back."""

    def __init__(self, shop: Shop | None = None) -> None:
        self.shop = shop or Shop()
        self.docs: dict[Key, Doc] = {}
        self.random = Random(0)
        made = self.shop.made
        self.classes = ["", made("Class", {"Name": "North"}), made("Class", {"Name": "South"})]
        self.places = ["", made("Department", {"Name": "Main"}), made("Department", {"Name": "Branch"})]
        self.customers = [self.shop.ann, self.shop.job, self.shop.bob]
        self.vendors = [self.shop.power, self.shop.lumber]
        self.garage = made(
            "Account",
            {"Name": "Garage", "AccountType": "Expense", "SubAccount": True, "ParentRef": ref(self.shop.rent)},
        )
        self.euro: set[str] = set()
        # Accounts that QuickBooks makes when it first needs them are made before anybody counts.
        self.receivable = self.shop.control("Accounts Receivable")
        self.payable = self.shop.control("Accounts Payable")
        self.funds = self._system("Undeposited Funds", "Other Current Asset", "UndepositedFunds")
        self.discounts = self._system("Discounts given", "Income", "DiscountsRefundsGiven")
        self.tax = self._system("Board of Equalization Payable", "Other Current Liability", "GlobalTaxPayable")

    def _system(self, name: str, kind: str, subtype: str) -> str:
        return self.shop.made("Account", {"Name": name, "AccountType": kind, "AccountSubType": subtype})

    def company(self) -> Company:
        """Her memory, and the lists as they are now."""
        lists = ((entity, payload.decode(raw)) for (entity, _), raw in self.shop.twin.dump().items() if entity in LISTS)
        found = reading.company(lists)
        reading.opened(found, self.shop.pump, 10, "2026-01-01")
        found.docs = self.docs
        return found

    def foreign(self, doc: Doc, body: Body) -> None:
        """Give a document the currency of its name and a rate; its control account is one of that currency."""
        if doc.party.partition(":")[2] not in self.euro:
            return
        doc.rate = Decimal(self.random.randint(8_000, 16_000)) / 10_000
        body |= {"CurrencyRef": ref("EUR"), "ExchangeRate": doc.rate}
        if doc.entity in ("Invoice", "CreditMemo"):
            doc.account = self.euro_receivable
        elif doc.entity in ("Bill", "VendorCredit"):
            doc.account = self.euro_payable
        elif doc.entity == "SalesReceipt":
            doc.account = self.shop.checking
            body["DepositToAccountRef"] = ref(doc.account)

    # drawing

    def one(self, found: Any) -> Any:
        return self.random.choice(list(found))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def day(self) -> str:
        return str(self.one(DAYS))

    def cents(self, most: int = 20_000) -> int:
        return self.random.randint(1, most)

    def pick(self, *entities: str) -> Doc | None:
        found = [doc for doc in self.docs.values() if doc.entity in entities]
        return self.one(found) if found else None

    def open(self, doc: Doc) -> int:
        return doc.cents - sum(payer.applied.get(doc.key, 0) for payer in self.docs.values())

    # keying

    def remember(self, entity: str, day: str, body: Body, doc: Doc) -> None:
        if doc.department:
            body["DepartmentRef"] = ref(doc.department)
        made = self.shop.twin.create(entity, {"TxnDate": day, **body})
        doc.id = str(made["Id"])
        doc.number = str(made.get("DocNumber", ""))
        self.docs[doc.key] = doc

    def sell(self) -> None:
        entity = self.one(
            ("Invoice", "Invoice", "Invoice", "SalesReceipt", "CreditMemo", "CreditMemo", "RefundReceipt")
        )
        taxed = self.chance(0.3)
        lines, bodies = [], []
        for _ in range(self.random.randint(1, 3)):
            line, body = self._sales_line(taxed)
            lines.append(line)
            bodies.append(body)
        subtotal = sum(line.cents for line in lines)
        off = 0
        if self.chance(0.2):
            off = min(self.cents(500), subtotal - 1)
            bodies.append(self.shop.less(_money(off)))
            lines.append(Line("discount", off, self.discounts))
        if taxed:
            owed = int((Decimal(subtotal - off) * 8 / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
            lines.append(Line("tax", owed, self.tax, rate="3", base=subtotal - off))
        total = subtotal - off + sum(line.cents for line in lines if line.kind == "tax")
        who, day = self.one(self.customers), self.day()
        doc = Doc(entity, "", day, total, lines, party=f"Customer:{who}", department=self.one(self.places))
        body: Body = {"CustomerRef": ref(who), "Line": bodies, "ApplyTaxAfterDiscount": True}
        if taxed:
            body["TxnTaxDetail"] = {"TxnTaxCodeRef": ref("2")}
        self._place(entity, body, doc)
        self.foreign(doc, body)
        self.remember(entity, day, body, doc)

    def _place(self, entity: str, body: Body, doc: Doc) -> None:
        """Where the whole of a sales form goes, and when it is due."""
        if entity in ("Invoice", "CreditMemo"):
            doc.account = self.receivable
        else:
            doc.account = self.one((self.shop.checking, self.funds)) if entity == "SalesReceipt" else self.shop.checking
            body["DepositToAccountRef"] = ref(doc.account)
        if entity == "Invoice":
            doc.due = body["DueDate"] = _later(doc.day, self.one(TERMS))

    def _sales_line(self, taxed: bool) -> tuple[Line, Body]:
        kind = self.one(("work", "lesson", "pump", "gravel"))
        shop, klass = self.shop, self.one(self.classes)
        if kind == "pump":
            units = self.random.randint(1, 4)
            line = Line("item", 900 * units, shop.sales, shop.pump, Fraction(units), klass)
            body = shop.pumps(units, 9 * units, tax=taxed)
        else:
            item = {"work": shop.digging, "lesson": shop.lesson, "gravel": shop.gravel}[kind]
            line = Line("item", self.cents(), shop.teaching if kind == "lesson" else shop.sales, item, klass=klass)
            body = shop.work(_money(line.cents), tax=taxed, item=item)
        if klass:
            body["SalesItemLineDetail"]["ClassRef"] = ref(klass)
        return line, body

    def buy(self) -> None:
        entity = self.one(("Bill", "Bill", "Bill", "VendorCredit", "VendorCredit", "Purchase"))
        lines, bodies = [], []
        for _ in range(self.random.randint(1, 3)):
            line, body = self._expense_line(entity)
            lines.append(line)
            bodies.append(body)
        vendor, day = self.one(self.vendors), self.day()
        total = sum(line.cents for line in lines)
        doc = Doc(entity, "", day, total, lines, party=f"Vendor:{vendor}", department=self.one(self.places))
        body = {"Line": bodies}
        if entity == "Purchase":
            card = self.chance(0.4)
            doc.account = self.shop.card if card else self.shop.checking
            doc.credit = card and self.chance(0.3)
            body |= {"PaymentType": "CreditCard" if card else "Check", "AccountRef": ref(doc.account)}
            body |= {"EntityRef": {**ref(vendor), "type": "Vendor"}} | ({"Credit": True} if doc.credit else {})
        else:
            doc.account = self.payable
            body["VendorRef"] = ref(vendor)
        if entity == "Bill":
            doc.due = body["DueDate"] = _later(day, self.one(TERMS))
        if entity != "Purchase":
            self.foreign(doc, body)
        self.remember(entity, day, body, doc)

    def _expense_line(self, entity: str) -> tuple[Line, Body]:
        shop, klass = self.shop, self.one(self.classes)
        kind = self.one(("rent", "garage", "truck", "gravel", "pump"))
        if kind == "pump":
            units, price = self.random.randint(1, 5), self.random.randint(100, 900)
            line = Line("item", units * price, shop.stock, shop.pump, Fraction(units), klass)
            body = shop.stock_up(units, _money(line.cents))
        elif kind == "gravel":
            line = Line("item", self.cents(), shop.cogs, shop.gravel, Fraction(1), klass)
            body = shop.materials(_money(line.cents))
        else:
            account = {"rent": shop.rent, "garage": self.garage, "truck": shop.truck}[kind]
            line = Line("account", self.cents(), account, klass=klass)
            body = shop.spend(_money(line.cents), account)
        detail = body[body["DetailType"]]
        if klass:
            detail["ClassRef"] = ref(klass)
        if entity != "VendorCredit" and kind != "pump" and self.chance(0.2):
            customer = self.one(self.customers)
            line.party = f"Customer:{customer}"
            detail["CustomerRef"] = ref(customer)
        return line, body

    def go_abroad(self, shop: Overseas) -> None:
        """From now on Emma buys and Stahl sells too, in euros."""
        self.customers.append(shop.emma)
        self.vendors.append(shop.stahl)
        self.euro = {shop.emma, shop.stahl}
        self.euros = shop.euros
        euro = {"CurrencyRef": ref("EUR")}
        self.euro_receivable = shop.made(
            "Account", {"Name": "Claims in euros", "AccountType": "Accounts Receivable", **euro}
        )
        self.euro_payable = shop.made("Account", {"Name": "Debts in euros", "AccountType": "Accounts Payable", **euro})


def _money(cents: int) -> Decimal:
    return Decimal(cents) / 100


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
