"""What acts are made of: lines of documents, what a payment settles, what the bank did about it.

Amounts are whole cents of the document's currency, quantities hundredths.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class BankFact(NamedTuple):
    """What the bank did about a transaction: a line of its statement, money in positive."""

    account: str
    date: date
    cents: int
    payee: str
    memo: str
    number: str
    fitid: str


class SaleLine(NamedTuple):
    item: str
    quantity: int
    price: int
    taxed: bool
    klass: str
    text: str

    @property
    def cents(self) -> int:
        return (self.quantity * self.price + 50) // 100


class CostLine(NamedTuple):
    """Of a bill or an expense: an account and an amount, or an item, a quantity and a price."""

    account: str
    cents: int
    text: str
    item: str = ""
    quantity: int = 0
    price: int = 0
    klass: str = ""
    customer: str = ""


class JournalLine(NamedTuple):
    """Debit positive; ``party`` is ``("Customer", name)``, ``("Vendor", name)`` or None."""

    account: str
    cents: int
    text: str
    party: tuple[str, str] | None = None
    klass: str = ""


class Applied(NamedTuple):
    """What a payment takes off a document: its kind, its number, cents."""

    kind: str
    number: str
    cents: int
