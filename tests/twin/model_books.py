"""What the books must say, worked out from scratch out of what was keyed: a second opinion that shares no code.

Amounts are whole cents. Stock is counted unit by unit, first in, first out.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Final

OPENING_STOCK: Final = (10, 400)
"""Units and cents a unit with which the pump opens."""

SIDES: Final = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}
BUYS: Final = {"Bill": 1, "Purchase": 1, "VendorCredit": -1}
CHARGE: Final = "ReimburseCharge"
OPEN: Final = frozenset({"Invoice", "CreditMemo", "Bill", "VendorCredit"})

type Key = tuple[str, str]


@dataclass
class Doc:
    """One transaction as the model sees it. ``units`` are pumps, ``applied`` what it settles of others, in cents.

    ``charges`` is the Id of what its billable line is charged by; an invoice of that fulfils it.
    """

    entity: str
    id: str
    day: str
    party: str = ""
    cents: int = 0
    units: int = 0
    account: str = ""
    other: str = ""
    token: int = 0
    applied: dict[Key, int] = field(default_factory=dict)
    holds: list[Key] = field(default_factory=list)
    fulfils: Key | None = None
    charges: str = ""
    voided: bool = False

    @property
    def key(self) -> Key:
        return self.entity, self.id


class Model:
    """Every transaction that was keyed and is there, and the figures that follow."""

    def __init__(self) -> None:
        self.docs: dict[Key, Doc] = {}

    def add(self, doc: Doc) -> Doc:
        self.docs[doc.key] = doc
        return doc

    def of(self, *entities: str) -> list[Doc]:
        return [doc for doc in self.docs.values() if doc.entity in entities]

    # links

    def settled_by(self, key: Key) -> list[Doc]:
        return [doc for doc in self.docs.values() if key in doc.applied]

    def deposit_of(self, key: Key) -> Doc | None:
        return next((doc for doc in self.of("Deposit") if key in doc.holds), None)

    def fulfilled_by(self, key: Key) -> list[Doc]:
        return [doc for doc in self.docs.values() if doc.fulfils == key]

    def open_cents(self, doc: Doc) -> int:
        """What of a document nobody settled yet."""
        return doc.cents - sum(payer.applied[doc.key] for payer in self.settled_by(doc.key))

    def unapplied(self, doc: Doc) -> int:
        return doc.cents - sum(
            cents if target[0] in {"Invoice", "Bill"} else -cents for target, cents in doc.applied.items()
        )

    def drop(self, doc: Doc) -> None:
        """A document is gone, with what it charged: what settled, held or billed it lets go of it."""
        self.docs.pop(doc.key, None)
        self.release(doc)
        for other in self.docs.values():
            if doc.charges and other.fulfils == (CHARGE, doc.charges):
                other.fulfils = None

    def release(self, doc: Doc) -> None:
        for other in self.docs.values():
            if other.applied.pop(doc.key, None) is not None:
                self._refit(other)
            if doc.key in other.holds:
                other.holds.remove(doc.key)
            if other.fulfils == doc.key:
                other.fulfils = None

    def _refit(self, payer: Doc) -> None:
        """Where a credit went, the charges that it paid open again; where a charge went, the credits that paid it."""
        charges = [target for target in payer.applied if target[0] in {"Invoice", "Bill"}]
        credits_ = [target for target in payer.applied if target not in charges]
        self._take(payer, charges, -self.unapplied(payer))
        self._take(payer, credits_, self.unapplied(payer) - payer.cents)

    def _take(self, payer: Doc, targets: list[Key], cents: int) -> None:
        for target in reversed(targets):
            part = max(min(cents, payer.applied[target]), 0)
            payer.applied[target] -= part
            cents -= part
            if not payer.applied[target]:
                del payer.applied[target]

    # figures

    def stock(self) -> tuple[int, int, dict[Key, int]]:
        """Pumps on hand, what they cost in cents, and what each document's pumps cost."""
        first, price = OPENING_STOCK
        hand: deque[int] = deque([price] * first)
        owed: deque[Key] = deque()
        cost: dict[Key, int] = defaultdict(int)
        last = price
        for doc in sorted(self._movers(), key=lambda doc: (doc.day, moves(doc) < 0, int(doc.id))):
            count = moves(doc)
            unit = doc.cents // doc.units if doc.entity in {"Bill", "Purchase"} and doc.units else last
            for _ in range(count):
                if owed:
                    cost[owed.popleft()] += unit
                else:
                    hand.append(unit)
                cost[doc.key] -= unit
            for _ in range(-count):
                if hand:
                    last = hand.popleft()
                    cost[doc.key] += last
                else:
                    owed.append(doc.key)
        for key in owed:
            cost[key] += price
        return len(hand) - len(owed), sum(hand) - price * len(owed), cost

    def _movers(self) -> list[Doc]:
        return [doc for doc in self.docs.values() if doc.units and not doc.voided]

    def ledger(self) -> dict[str, int]:
        """Cents by account name, debit positive; accounts without any are left out."""
        sums: dict[str, int] = defaultdict(int)
        first, price = OPENING_STOCK
        sums["Opening Balance Equity"] -= first * price
        _, worth, cost = self.stock()
        sums["Stock"] = worth
        for doc in self.docs.values():
            for account, cents in sides(doc, cost.get(doc.key, 0), self):
                sums[account] += cents
        return {account: cents for account, cents in sums.items() if cents}

    def owed_by(self) -> dict[str, int]:
        """What each party owes us (customers) or we owe it (vendors)."""
        sums: dict[str, int] = defaultdict(int)
        for doc in self.docs.values():
            if doc.entity in {"Invoice", "Bill"}:
                sums[doc.party] += doc.cents
            elif doc.entity in {"CreditMemo", "VendorCredit", "Payment", "BillPayment"}:
                sums[doc.party] -= doc.cents
        return sums


def moves(doc: Doc) -> int:
    """Pumps in (positive) or out."""
    if doc.entity == "InventoryAdjustment":
        return doc.units
    return doc.units * (BUYS[doc.entity] if doc.entity in BUYS else -SIDES[doc.entity])


def sides(doc: Doc, cost: int, model: Model) -> list[tuple[str, int]]:
    """Debits and credits of a document; the stock account is counted on its own."""
    cents, bank = doc.cents, doc.account
    match doc.entity:
        case "Invoice" | "CreditMemo":
            sign = SIDES[doc.entity]
            return [("Accounts Receivable (A/R)", sign * cents), ("Sales", -sign * cents), ("Cost of goods", cost)]
        case "SalesReceipt" | "RefundReceipt":
            sign = SIDES[doc.entity]
            return [(bank, sign * cents), ("Sales", -sign * cents), ("Cost of goods", cost)]
        case "Payment":
            return [(bank, cents), ("Accounts Receivable (A/R)", -cents)]
        case "Bill" | "Purchase" | "VendorCredit":
            sign = BUYS[doc.entity]
            paid = bank if doc.entity == "Purchase" else "Accounts Payable (A/P)"
            if not doc.units:
                return [(paid, -sign * cents), (doc.other, sign * cents)]
            # What was bought is worth its price; what goes back leaves at its cost, the difference is cost of sales.
            return [(paid, -sign * cents), ("Cost of goods", 0 if sign > 0 else cost - cents)]
        case "BillPayment":
            return [("Accounts Payable (A/P)", cents), (bank, -cents)]
        case "JournalEntry" | "Transfer":
            return [(doc.account, cents), (doc.other, -cents)]
        case "InventoryAdjustment":
            return [("Shrinkage", cost)]
        case "Deposit":
            held = sum(_held(model.docs[key]) for key in doc.holds)
            return [(bank, held), ("Undeposited Funds", -held)]
        case _:
            return []


def _held(doc: Doc) -> int:
    return -doc.cents if doc.entity == "RefundReceipt" else doc.cents
