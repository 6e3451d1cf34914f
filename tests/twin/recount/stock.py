"""Stock counted in lots, first in, first out: what came in, what went out at which cost, what is left.

What goes out before it came in costs what it later comes in at, or the purchase price of the item while it has not. What a
customer brings back comes in at the cost of the last unit that left. What is left is worth its exact cost, in whole cents.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction

from tests.twin.recount.documents import Company, Doc, Item, Key, Line, whole


@dataclass
class Move:
    """Units of an item in (positive) or out. ``paid`` is what came in at, in home cents; None where stock tells the cost."""

    day: str
    key: Key
    position: int
    units: Fraction
    paid: int | None
    cost: int = 0
    """What it did to the value of the stock, in cents."""


def count(company: Company, item: Item) -> list[Move]:
    """Every movement of an item in the order in which it counts, with its cost."""
    opening = [Move(item.opened, ("Opening", "0"), 0, item.opening, whole(item.opening * item.cost))]
    moves = [move for move in opening if move.units]
    for doc in company.docs.values():
        moves += _of(doc, item)
    moves.sort(key=lambda move: (move.day, move.units < 0, int(move.key[1]), move.position))
    exact = _first_in_first_out(moves, item)
    sum_exact, sum_whole = Fraction(0), 0
    for move, effect in zip(moves, exact, strict=True):
        sum_exact += effect
        move.cost = whole(sum_exact) - sum_whole
        sum_whole += move.cost
    return moves


def _of(doc: Doc, item: Item) -> list[Move]:
    found = []
    for position, line in enumerate(doc.lines, 1):
        if line.item != item.id or not line.quantity:
            continue
        if doc.entity in ("Bill", "Purchase", "VendorCredit"):
            found.append(Move(doc.day, doc.key, position, doc.sign * line.quantity, doc.home(line.cents)))
        elif doc.entity == "InventoryAdjustment":
            found.append(Move(doc.day, doc.key, position, line.quantity, None))
        else:
            found.append(Move(doc.day, doc.key, position, -doc.sign * line.quantity, None))
    return found


def _first_in_first_out(moves: list[Move], item: Item) -> list[Fraction]:
    lots: deque[list[Fraction]] = deque()
    owed: deque[tuple[int, Fraction]] = deque()
    effects = [Fraction(0)] * len(moves)
    last = Fraction(item.cost)
    for at, move in enumerate(moves):
        if move.units > 0:
            price = last if move.paid is None else Fraction(move.paid) / move.units
            left = move.units
            effects[at] += price * left
            while owed and left:
                waiting, missing = owed.popleft()
                given = min(missing, left)
                effects[waiting] -= given * price
                left -= given
                if missing > given:
                    owed.appendleft((waiting, missing - given))
            if left:
                lots.append([left, price])
            continue
        wanted = -move.units
        while wanted and lots:
            given = min(wanted, lots[0][0])
            last = lots[0][1]
            effects[at] -= given * last
            lots[0][0] -= given
            wanted -= given
            if not lots[0][0]:
                lots.popleft()
        if wanted:
            owed.append((at, wanted))
    for waiting, missing in owed:
        effects[waiting] -= missing * item.cost
    return effects


def counter(item: Item, doc: Doc, line: Line) -> str:
    """The account against which stock moves: the adjustment's own, else cost of sales."""
    return line.account if doc.entity == "InventoryAdjustment" else item.cost_of_sales
