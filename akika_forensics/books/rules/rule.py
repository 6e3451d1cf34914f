"""The words in which posting rules are written: what a document debits and credits, in which account, with which amount.

A rule is data. ``books.postings`` carries it out for a whole company at once, and ``docs/postings.md`` is the same data as prose,
so that an accountant can read what the program does.
"""

from __future__ import annotations

from typing import Final, NamedTuple

DEBIT: Final = 1
CREDIT: Final = -1


class Named(NamedTuple):
    """The account that the document itself names, at ``field`` (``CheckPayment.BankAccountRef``)."""

    field: str
    when: tuple[str, str] | None = None
    """Only where another field of the document says so: ``("PayType", "CreditCard")``."""
    unless: tuple[str, str] | None = None


class OnLine(NamedTuple):
    """The account that the line itself names."""

    field: str = "AccountRef"


class OfItem(NamedTuple):
    """An account of the line's item: ``income``, or ``cost`` (the stock account of a tracked item, else its expense account)."""

    role: str


class Kept(NamedTuple):
    """The account that the company keeps for a purpose: receivable and payable in the document's currency, undeposited, discount, …"""

    purpose: str


class OfReceipt(NamedTuple):
    """Where the receipt that a deposit takes up had been put: Undeposited Funds unless it names another account."""


type Account = Named | OnLine | OfItem | Kept | OfReceipt


class Whole(NamedTuple):
    """One side for the whole document."""

    what: str
    side: int
    amount: str
    accounts: tuple[Account, ...]
    less: str | None = None
    """A part of the amount that another side takes."""
    home: str | None = None
    """Where QuickBooks gives the same amount in home currency, which then counts."""
    line: str = "total"
    nobody: bool = False
    """The side is of no customer or vendor: a bank account that is paid into."""


class Settled(NamedTuple):
    """What a payment clears: each document at its own rate, the rest at the payment's. Differs from the total in multicurrency only."""

    what: str
    side: int
    accounts: tuple[Account, ...]


class Each(NamedTuple):
    """One side for each line of the kinds (all others where there are none)."""

    what: str
    side: int
    kinds: tuple[str, ...]
    accounts: tuple[Account, ...]


class AsEntered(NamedTuple):
    """One side for each line, debit or credit as the line says."""

    what: str
    accounts: tuple[Account, ...]


class TakenUp(NamedTuple):
    """One side for each line of a deposit; a receipt in another currency leaves its account at the rate at which it came."""

    what: str
    side: int
    accounts: tuple[Account, ...]


class Tax(NamedTuple):
    """One side for each tax line, in the liability account of its agency; what the total has beyond them goes by the tax code."""

    what: str
    side: int


class OpenTax(NamedTuple):
    """The tax of an entry: on the side that its lines leave open."""

    what: str


type Side = Whole | Settled | Each | AsEntered | TakenUp | Tax | OpenTax


class Rule(NamedTuple):
    """How one type of transaction posts.

    ``title`` is its name on QuickBooks' screens, ``source`` where the rule is known from, ``stock`` how it moves tracked stock, ``turned`` what
    makes debit and credit change places.
    """

    entity: str
    title: str
    sides: tuple[Side, ...]
    source: str
    turned: str = ""
    stock: str = ""
    note: str = ""
