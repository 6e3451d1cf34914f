"""What people do in the books, by intent: who, when and what, with names and numbers instead of Ids.

An act says nothing of the state of a company: the same acts can be lived by a company that was damaged and by its clean
sister. Amounts are whole cents of the document's currency, quantities hundredths, rates millionths.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from akika_forensics.twin.life.lines import Applied, BankFact, CostLine, JournalLine, SaleLine

type Day = date


@dataclass(frozen=True, slots=True)
class Act:
    """``at`` is aware and of a whole second; ``who`` is the key of a user in the parameters."""

    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class AddCustomer(Act):
    name: str
    company: str
    given: str
    family: str
    street: str
    city: str
    state: str
    postal_code: str
    email: str
    phone: str
    term: str
    tax: str
    parent: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class DropCustomer(Act):
    """A customer who no longer buys is made inactive."""

    name: str


@dataclass(frozen=True, slots=True)
class SetRate(Act):
    """A rate of exchange from a day on, in millionths of home currency."""

    currency: str
    on: Day
    rate: int


@dataclass(frozen=True, slots=True)
class SetPrice(Act):
    item: str
    price: int


@dataclass(frozen=True, slots=True)
class Sale(Act):
    """Invoice, SalesReceipt, Estimate, CreditMemo, RefundReceipt, as ``kind`` says.

    ``tax`` names a tax code or is empty; ``estimate`` the number of the estimate that an invoice fulfils; ``account``
    where a receipt's money goes, empty for Undeposited Funds.
    """

    kind: str
    number: str
    customer: str
    date: Day
    lines: tuple[SaleLine, ...]
    tax: str
    department: str
    memo: str
    term: str = ""
    estimate: str = ""
    method: str = ""
    reference: str = ""
    account: str = ""
    rate: int = 0
    bank: tuple[BankFact, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceivePayment(Act):
    """Known by its reference. ``account`` is empty for Undeposited Funds."""

    reference: str
    customer: str
    date: Day
    cents: int
    applied: tuple[Applied, ...]
    method: str
    account: str
    memo: str
    rate: int = 0
    bank: tuple[BankFact, ...] = ()


@dataclass(frozen=True, slots=True)
class MovePayment(Act):
    """A payment that was put to the wrong customer goes to the right one."""

    reference: str
    customer: str
    applied: tuple[Applied, ...]


@dataclass(frozen=True, slots=True)
class MakeDeposit(Act):
    """What lies in Undeposited Funds is brought to the bank: ``(kind, number or reference)``; ``fee`` is kept back."""

    account: str
    date: Day
    items: tuple[tuple[str, str], ...]
    fee: int
    fee_account: str
    memo: str
    bank: tuple[BankFact, ...] = ()


@dataclass(frozen=True, slots=True)
class EnterBill(Act):
    """A Bill or a VendorCredit, as ``kind`` says; ``order`` is the number of the order it fulfils."""

    kind: str
    vendor: str
    number: str
    date: Day
    due: Day
    lines: tuple[CostLine, ...]
    department: str
    memo: str
    order: str = ""
    rate: int = 0


@dataclass(frozen=True, slots=True)
class CorrectBill(Act):
    """The lines of a bill as they should have been."""

    vendor: str
    number: str
    lines: tuple[CostLine, ...]


@dataclass(frozen=True, slots=True)
class DeleteBill(Act):
    vendor: str
    number: str


@dataclass(frozen=True, slots=True)
class PayBills(Act):
    """``number`` is the cheque's, or a reference; ``by`` is Check or CreditCard."""

    vendor: str
    number: str
    date: Day
    by: str
    account: str
    applied: tuple[Applied, ...]
    cents: int
    memo: str
    rate: int = 0
    bank: tuple[BankFact, ...] = ()


@dataclass(frozen=True, slots=True)
class VoidPayment(Act):
    """A cheque that was lost: the payment of bills is voided, the bills are open again."""

    number: str


@dataclass(frozen=True, slots=True)
class Spend(Act):
    """Check, Cash or CreditCard. ``credit`` is money that comes back on a card."""

    by: str
    account: str
    payee: str
    number: str
    date: Day
    lines: tuple[CostLine, ...]
    department: str
    memo: str
    credit: bool = False
    bank: tuple[BankFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Reclassify(Act):
    """The lines of an expense go to another account."""

    number: str
    account: str


@dataclass(frozen=True, slots=True)
class OrderGoods(Act):
    number: str
    vendor: str
    date: Day
    lines: tuple[CostLine, ...]
    memo: str


@dataclass(frozen=True, slots=True)
class LogTime(Act):
    employee: str
    date: Day
    hours: int
    customer: str
    item: str
    rate: int
    billable: bool
    text: str


@dataclass(frozen=True, slots=True)
class PostJournal(Act):
    number: str
    date: Day
    lines: tuple[JournalLine, ...]
    memo: str
    adjustment: bool = False
    bank: tuple[BankFact, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveMoney(Act):
    """A transfer; ``rate`` where one side is in another currency, in whose cents the amount then is."""

    source: str
    target: str
    date: Day
    cents: int
    memo: str
    rate: int = 0
    bank: tuple[BankFact, ...] = ()


@dataclass(frozen=True, slots=True)
class PayCard(Act):
    card: str
    account: str
    date: Day
    cents: int
    memo: str
    bank: tuple[BankFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconcile(Act):
    """The lines of a bank's or a card's statement up to a day are matched and ticked off."""

    account: str
    until: Day
    statement: int
