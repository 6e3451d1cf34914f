"""What was keyed, as an accountant sees it: documents with their lines, what pays what, and the lists.

Money is whole cents of the document's currency; ``rate`` makes them home cents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

type Key = tuple[str, str]

SALES = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")
CHARGES = ("Invoice", "Bill")
CREDITS = ("CreditMemo", "VendorCredit")
DOCUMENTS = (*CHARGES, *CREDITS)
PAYMENTS = ("Payment", "BillPayment")
OUT = {"CreditMemo": -1, "RefundReceipt": -1, "VendorCredit": -1}
"""Forms whose sides stand the other way round."""


@dataclass
class Line:
    """One line of a document. ``kind``: item, account, discount, tax, held (in a deposit), back (cash back), adjust."""

    kind: str
    cents: int
    account: str = ""
    item: str = ""
    quantity: Fraction = Fraction(0)
    klass: str = ""
    department: str = ""
    party: str = ""
    memo: str = ""
    target: Key | None = None
    billable: bool = False
    rate: str = ""
    """Of a tax line: the Id of its tax rate."""
    base: int = 0
    """Of a tax line: the cents it was taken of."""


@dataclass
class Doc:
    """One transaction. ``account`` is the one of its whole: control account, bank, card, Undeposited Funds.

    ``cents`` is its total; ``credit`` a purchase that gives money back; ``applied`` what a payment settles, by document.
    """

    entity: str
    id: str
    day: str
    cents: int
    lines: list[Line]
    account: str = ""
    party: str = ""
    due: str = ""
    number: str = ""
    memo: str = ""
    department: str = ""
    klass: str = ""
    label: str = ""
    credit: bool = False
    card: bool = False
    """Of a bill payment: by card."""
    rate: Decimal = Decimal(1)
    applied: dict[Key, int] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return self.entity, self.id

    def __str__(self) -> str:
        lines = "; ".join(
            f"{line.cents} on {line.account}{f' {line.quantity} x item {line.item}' if line.item else ''}"
            f"{f' class {line.klass}' if line.klass else ''}{f' {line.party}' if line.party else ''}"
            for line in self.lines
        )
        applied = f" settles {self.applied}" if self.applied else ""
        where = f" at {self.department}" if self.department else ""
        due = f" due {self.due}" if self.due else ""
        return f"{self.day} {self.entity} {self.id} {self.party}{where}{due} {self.cents} on {self.account}: {lines}{applied}"

    @property
    def sign(self) -> int:
        return -1 if self.credit else OUT.get(self.entity, 1)

    def home(self, cents: int) -> int:
        return whole(Decimal(cents) * self.rate)


@dataclass(frozen=True)
class Account:
    id: str
    name: str
    kind: str
    """AccountType."""
    subtype: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Item:
    id: str
    name: str
    kind: str
    cost: int = 0
    """Purchase cost in cents: what a pump is worth that is sold before it came in."""
    asset: str = ""
    cost_of_sales: str = ""
    opening: Fraction = Fraction(0)
    opened: str = ""
    """The day on which its opening stock came in."""


@dataclass
class Company:
    """Everything that was keyed and is there."""

    accounts: dict[str, Account] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Party ("Customer:1") to the name it is shown under."""
    parents: dict[str, str] = field(default_factory=dict)
    """Party to the party it is a job of."""
    docs: dict[Key, Doc] = field(default_factory=dict)

    def of(self, *entities: str) -> list[Doc]:
        return [doc for doc in self.docs.values() if doc.entity in entities]

    def role(self, kind: str, subtype: str = "", name: str = "") -> str:
        """The Id of the account of a type, of a subtype, of a name; the name itself where there is none."""
        for account in self.accounts.values():
            if account.kind == kind and subtype in ("", account.subtype) and name in ("", account.name):
                return account.id
        return name or subtype or kind

    def is_control(self, account: str) -> bool:
        return account in self.accounts and self.accounts[account].kind in ("Accounts Receivable", "Accounts Payable")

    def settled(self, key: Key, until: str = "9999") -> int:
        """What payments of up to a day settled of a document."""
        return sum(doc.applied.get(key, 0) for doc in self.of(*PAYMENTS) if doc.day <= until)


def whole(value: Decimal | Fraction) -> int:
    """Half a cent goes away from zero."""
    if isinstance(value, Decimal):
        return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    away = abs(value) + Fraction(1, 2)
    return (away.numerator // away.denominator) * (1 if value >= 0 else -1)
