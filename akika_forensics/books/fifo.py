"""The cost of stock, first in first out: each item's whole history is replayed in date order.

What is known and what is assumed:

- QuickBooks Online costs stock first in, first out. Source: QuickBooks API, entity Item, inventory tracking.
- The API shows no layers and no starting-value transaction. The opening layer is what ``QtyOnHand`` implies once all
  recorded movements are taken back, at ``PurchaseCost``, dated ``InvStartDate``, against Opening Balance Equity.
- On one day stock comes in before it goes out; otherwise the order of transaction Ids holds.
- The stock account holds the exact value of the layers, rounded to the cent after each movement.
- What a customer returns, and what an adjustment adds, comes in at the unit cost at which the item last left, or at
  ``PurchaseCost`` while none has left. What is sold before it was bought costs what it is bought for later, posted at
  the sale; ``PurchaseCost`` while it was not bought. A return to a vendor takes the oldest layers; what their cost
  differs from the vendor's credit goes to cost of goods sold. These rules are ours: not tried against the live service.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from akika_forensics.books.chart import Chart, Item, id_order
from akika_forensics.books.finding import UNRESOLVED, Finding
from akika_forensics.books.postings.frame import Posting
from akika_forensics.books.stock import Move, Movement
from akika_forensics.model.money import ZERO, cents
from akika_forensics.model.record import RecordKey

_OWN_VALUE = frozenset({Move.PURCHASE, Move.VENDOR_RETURN})


def replay(
    chart: Chart, moves: Iterable[Movement], opening_costs: Mapping[str, Decimal] | None = None
) -> tuple[list[Posting], list[Finding]]:
    """Postings of cost for all tracked items, and what is odd about their histories.

    ``opening_costs`` (by item Id) stands in for ``PurchaseCost`` of the opening layer where an earlier snapshot knows
    it: QuickBooks does not post the opening again when that price is changed later.
    """
    by_item: dict[str, list[Movement]] = {}
    for move in moves:
        by_item.setdefault(move.item, []).append(move)
    postings: list[Posting] = []
    findings: list[Finding] = []
    for item_id in sorted(chart.items, key=id_order):
        item = chart.items[item_id]
        if not item.tracked or not (item.on_hand or item_id in by_item):
            continue
        said = _Voice(item, findings)
        rows = sorted(by_item.get(item_id, []), key=_order)
        opening = _opening(chart, item, rows, (opening_costs or {}).get(item_id, item.cost), said)
        rows = [opening, *rows] if opening else rows
        postings.extend(_postings(item, rows, _Shelf(item.cost, said).effects(rows)))
        if rows and (item.asset is None or item.expense is None):
            said.say("no_account", "is tracked stock but names no stock or cost account")
    return postings, findings


class _Voice:
    """Findings about one item."""

    def __init__(self, item: Item, findings: list[Finding]) -> None:
        self._item, self._findings = item, findings

    def say(self, code: str, what: str, *, note: bool = False) -> None:
        key = RecordKey("Item", self._item.id)
        self._findings.append(Finding(code, f"{key} ({self._item.name}) {what}.", key, "note" if note else "problem"))


def _order(move: Movement) -> tuple[date, bool, tuple[int, str], str]:
    return move.date, move.quantity < 0, id_order(move.key.id), move.key.entity


def _opening(chart: Chart, item: Item, rows: list[Movement], unit: Decimal, said: _Voice) -> Movement | None:
    """The stock that must have been there first, against Opening Balance Equity; None when none must."""
    quantity = item.on_hand - sum((move.quantity for move in rows), ZERO)
    if quantity == 0:
        return None
    if quantity < 0:
        said.say("stock_history_incomplete", f"left stock {-quantity} times more often than it came in")
    if item.start is None:
        said.say("stock_start_unknown", "has stock but no start date", note=True)
    value = cents(quantity * unit)
    counter = chart.opening_balance_equity
    if value and counter is None:
        said.say("no_account", "has first stock, but the company has no Opening Balance Equity account")
    start = item.start or (rows[0].date if rows else date(1970, 1, 1))
    return Movement(item.id, start, RecordKey("Item", item.id), "opening", Move.OPENING, quantity, value, counter)


class _Shelf:
    """The layers of one item while its history runs."""

    def __init__(self, purchase_cost: Decimal, said: _Voice) -> None:
        self._fallback = self._last_out = purchase_cost
        self._said = said
        self._layers: deque[tuple[Decimal, Decimal]] = deque()
        self._short: deque[tuple[int, Decimal]] = deque()

    def effects(self, rows: list[Movement]) -> list[Decimal]:
        """What each movement does to the value of the stock, exact."""
        effects = [ZERO] * len(rows)
        for place, move in enumerate(rows):
            if move.quantity == 0:
                effects[place] = move.value
            elif move.quantity > 0:
                self._come_in(place, move, effects)
            else:
                self._go_out(place, move, effects)
        for place, missing in self._short:
            effects[place] -= missing * self._fallback
        return effects

    def _come_in(self, place: int, move: Movement, effects: list[Decimal]) -> None:
        valued = move.kind in _OWN_VALUE or move.kind is Move.OPENING
        effects[place] = move.value if valued else move.quantity * self._last_out
        left, unit = move.quantity, effects[place] / move.quantity
        while self._short and left:
            waiting, missing = self._short.popleft()
            filled = min(missing, left)
            effects[waiting] -= filled * unit
            left -= filled
            if missing > filled:
                self._short.appendleft((waiting, missing - filled))
        if left:
            self._layers.append((left, unit))

    def _go_out(self, place: int, move: Movement, effects: list[Decimal]) -> None:
        asked = -move.quantity
        while asked and self._layers:
            held, self._last_out = self._layers.popleft()
            taken = min(held, asked)
            effects[place] -= taken * self._last_out
            asked -= taken
            if held > taken:
                self._layers.appendleft((held - taken, self._last_out))
        if asked:
            self._short.append((place, asked))
            self._said.say("stock_below_zero", f"was {asked} short when {move.key} took it on {move.date}", note=True)


def _postings(item: Item, rows: list[Movement], effects: list[Decimal]) -> list[Posting]:
    """The part of each effect that the document did not post by itself, rounded along the running value."""
    postings: list[Posting] = []
    running = booked = ZERO
    for move, exact in zip(rows, effects, strict=True):
        running += exact
        value = cents(running) - booked
        booked += value
        if move.kind in _OWN_VALUE:
            value -= move.value
        if not value:
            continue
        opening = move.kind is Move.OPENING
        counter = move.counter if opening or move.kind is Move.ADJUSTMENT else item.expense
        line = move.line if opening else f"cost {move.line}"
        for account, amount in ((item.asset, value), (counter, -value)):
            postings.append(Posting(account or UNRESOLVED, amount, move.date, move.key, None, line, item.id))
    return postings
