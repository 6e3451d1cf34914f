"""The cost of stock, first in first out: each item's whole history is replayed in date order.

What is known and what is assumed:

- QuickBooks Online costs stock first in, first out. Source: QuickBooks API, entity Item, inventory tracking.
- The API shows no layers and no starting-value transaction. The opening layer is what ``QtyOnHand`` implies once all
  recorded movements are taken back, at ``PurchaseCost``, dated ``InvStartDate``, against Opening Balance Equity.
- On one day stock comes in before it goes out; otherwise the order of transaction Ids holds.
- A customer's return comes back at the unit cost at which the item last left. An adjustment upwards comes in at
  ``PurchaseCost``. Stock sold before it was bought leaves at the last known unit cost, and the difference is posted to
  cost of goods sold when it is bought. A return to a vendor leaves the oldest layers; what it differs from the credit
  goes to cost of goods sold. These four are our rules: not checked against the live service.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from akika_forensics.books.chart import Chart, Item, id_order
from akika_forensics.books.finding import UNRESOLVED, Finding
from akika_forensics.books.posting import Posting
from akika_forensics.books.stock import Move, Movement
from akika_forensics.model.money import ZERO, cents
from akika_forensics.model.record import RecordKey


def replay(
    chart: Chart, moves: Iterable[Movement], opening_costs: Mapping[str, Decimal] | None = None
) -> tuple[list[Posting], list[Finding]]:
    """Postings of cost for all tracked items. ``opening_costs`` (by item Id) stands in for ``PurchaseCost`` of the
    opening layer, where an earlier snapshot knows it: a later change of that price never re-posts the opening.
    """
    by_item: dict[str, list[Movement]] = {}
    for move in moves:
        by_item.setdefault(move.item, []).append(move)
    postings: list[Posting] = []
    findings: list[Finding] = []
    for item_id in sorted(chart.items, key=id_order):
        item = chart.items[item_id]
        if item.tracked and (item.on_hand or item_id in by_item):
            shelf = _Shelf(chart, item, postings, findings)
            shelf.run(by_item.get(item_id, []), (opening_costs or {}).get(item_id, item.cost))
    return postings, findings


class _Shelf:
    """One item's layers while its history runs."""

    def __init__(self, chart: Chart, item: Item, postings: list[Posting], findings: list[Finding]) -> None:
        self.item = item
        self.key = RecordKey("Item", item.id)
        self.postings, self.findings = postings, findings
        self.layers: deque[tuple[Decimal, Decimal]] = deque()
        self.owed: deque[tuple[Decimal, Decimal]] = deque()
        self.last_cost = item.cost
        self.last_out: Decimal | None = None
        self.asset = item.asset or UNRESOLVED
        self.expense = item.expense or UNRESOLVED
        self.equity = chart.opening_balance_equity or UNRESOLVED
        if UNRESOLVED in (self.asset, self.expense):
            self.say("no_account", f"{self.key} ({item.name}) is tracked stock but names no stock or cost account.")

    def say(self, code: str, what: str, severity: str = "problem") -> None:
        self.findings.append(Finding(code, what, self.key, "note" if severity == "note" else "problem"))

    @property
    def quantity(self) -> Decimal:
        return sum((one[0] for one in self.layers), ZERO) - sum((one[0] for one in self.owed), ZERO)

    def run(self, moves: list[Movement], opening_cost: Decimal) -> None:
        moves.sort(key=lambda one: (one.date, one.quantity < 0, id_order(one.key.id), one.key.entity))
        # A count fixes the quantity whatever came before it; the movements of later lines start from there.
        counts = any(move.new_quantity is not None for move in moves)
        opening = ZERO if counts else self.item.on_hand - sum((move.quantity for move in moves), ZERO)
        self._open(opening, opening_cost, moves)
        for move in moves:
            self._move(move)

    def _open(self, quantity: Decimal, cost: Decimal, moves: list[Movement]) -> None:
        if quantity == 0:
            return
        start = self.item.start or (moves[0].date if moves else date(1970, 1, 1))
        if quantity < 0:
            self.say(
                "stock_history_incomplete",
                f"{self.key} ({self.item.name}) has left stock {-quantity} times more often than it came in.",
            )
            self.owed.append((-quantity, cost))
        else:
            self.layers.append((quantity, cents(quantity * cost)))
        if self.item.start is None:
            self.say("stock_start_unknown", f"{self.key} ({self.item.name}) has stock but no start date.", "note")
        if self.equity == UNRESOLVED and cost:
            self.say("no_account", f"{self.key}: no Opening Balance Equity account for its first stock.")
        self._post(start, self.key, "opening", (self.asset, self.equity), cents(quantity * cost))

    def _move(self, move: Movement) -> None:
        quantity = move.quantity
        if move.new_quantity is not None:
            quantity = move.new_quantity - self.quantity
        line = f"cost {move.line}"
        if move.kind is Move.PURCHASE:
            self._come_in(move, quantity, move.value)
        elif move.kind is Move.VENDOR_RETURN:
            self._post(
                move.date, move.key, line, (self.asset, self.expense), -move.value - self._go_out(move, -quantity)
            )
        elif quantity < 0:
            counter = self.expense if move.kind is Move.SALE else move.counter or UNRESOLVED
            self._post(move.date, move.key, line, (self.asset, counter), -self._go_out(move, -quantity))
        elif quantity > 0:
            returned = move.kind is Move.RETURN
            unit = self.last_out if returned and self.last_out is not None else self.item.cost
            counter = self.expense if returned else move.counter or UNRESOLVED
            value = cents(quantity * unit)
            self._post(move.date, move.key, line, (self.asset, counter), value)
            self._come_in(move, quantity, value)

    def _come_in(self, move: Movement, quantity: Decimal, value: Decimal) -> None:
        if quantity <= 0:
            if self.layers:
                held, worth = self.layers.pop()
                self.layers.append((held, worth + value))
            return
        self.last_cost = value / quantity
        corrected = ZERO
        while self.owed and quantity > 0:
            short, unit = self.owed.popleft()
            filled = min(short, quantity)
            share = value if filled == quantity else cents(value * filled / quantity)
            corrected += share - cents(unit * filled)
            quantity, value = quantity - filled, value - share
            if short > filled:
                self.owed.appendleft((short - filled, unit))
        if quantity > 0:
            self.layers.append((quantity, value))
        self._post(move.date, move.key, f"cost {move.line}", (self.asset, self.expense), -corrected)

    def _go_out(self, move: Movement, quantity: Decimal) -> Decimal:
        """Take from the oldest layers; the cost of what left."""
        asked, cost = quantity, ZERO
        while self.layers and quantity > 0:
            held, worth = self.layers.popleft()
            taken = min(held, quantity)
            share = worth if taken == held else cents(worth * taken / held)
            cost, quantity = cost + share, quantity - taken
            if held > taken:
                self.layers.appendleft((held - taken, worth - share))
        if quantity > 0:
            what = f"{move.key} takes {quantity} of {self.item.name} that was not in stock; cost is the last known."
            self.findings.append(Finding("stock_below_zero", what, move.key, "note"))
            cost += cents(quantity * self.last_cost)
            self.owed.append((quantity, self.last_cost))
        if asked:
            self.last_out = cost / asked
        return cost

    def _post(self, when: date, key: RecordKey, line: str, pair: tuple[str, str], value: Decimal) -> None:
        if value:
            debit, credit = pair
            self.postings.append(Posting(debit, value, when, key, None, line))
            self.postings.append(Posting(credit, -value, when, key, None, line))
