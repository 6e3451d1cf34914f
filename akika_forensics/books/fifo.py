"""The cost of stock, first in first out: each item's whole history is replayed in date order.

What is known and what is assumed:

- QuickBooks Online costs stock first in, first out. Source: QuickBooks API, entity Item, inventory tracking.
- The API shows no layers and no starting-value transaction. The opening layer is what ``QtyOnHand`` implies once all
  recorded movements are taken back, at ``PurchaseCost`` as it was when the item was first seen, dated ``InvStartDate``, against
  Opening Balance Equity.
- On one day stock comes in before it goes out; otherwise the order of transaction Ids holds.
- The stock account holds the exact value of the layers, rounded to the cent after each movement.
- What a customer returns, and what an adjustment adds, comes in at the unit cost at which the item last left, or at
  ``PurchaseCost`` while none has left. What is sold before it was bought costs what it is bought for later, posted at
  the sale; ``PurchaseCost`` while it was not bought. A return to a vendor takes the oldest layers; what their cost
  differs from the vendor's credit goes to cost of goods sold. These rules are ours: not tried against the live service.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.chart import Chart, Item, id_order
from akika_forensics.books.documents.values import MONEY, filled
from akika_forensics.books.finding import UNRESOLVED, Finding
from akika_forensics.books.postings.frame import POSTINGS
from akika_forensics.books.stock import MOVES, Move
from akika_forensics.model.money import ZERO, cents
from akika_forensics.model.record import RecordKey

_OWN_VALUE: Final = (Move.PURCHASE.value, Move.VENDOR_RETURN.value)
_WHOLE_CENTS: Final = pl.Int128()


def replay(
    chart: Chart, moves: pl.DataFrame, opening_costs: Mapping[str, Decimal] | None = None
) -> tuple[pl.DataFrame, list[Finding]]:
    """Postings of cost for all tracked items, with the columns of ``POSTINGS``, and what is odd about their histories.

    ``moves`` has the columns of ``MOVES``. ``opening_costs`` (by item Id) stands in for ``PurchaseCost`` of the opening layer where
    an earlier snapshot knows it: QuickBooks does not post the opening again when that price is changed later. ``place`` is null:
    costs come after all else of their document.
    """
    # Columns and not a value for each movement: the collector of a process would go through all of them again and again.
    rows = moves.sort("item", "date", pl.col("moved") < 0, *_id_order(), "entity", maintain_order=True)
    values: list[int | None] = [None] * rows.height
    openings: list[tuple[str, date, str, str | None, int]] = []
    findings: list[Finding] = []
    histories = dict(_histories(rows))
    items = {item_id: chart.items[item_id] for item_id in sorted(chart.items, key=id_order)}
    for item_id, item in items.items():
        history = histories.get(item_id, _NONE)
        if not item.tracked or not (item.on_hand or history.days):
            continue
        said = _Voice(item, findings)
        opening = _opening(chart, item, history, (opening_costs or {}).get(item_id, item.cost), said)
        whole = history if opening is None else history.after(opening)
        booked = _booked(whole, _Shelf(item.cost, said).effects(whole))
        if opening is not None:
            openings.append((item_id, opening.day, Move.OPENING.value, opening.counter, booked.pop(0)))
        values[history.begin : history.begin + len(booked)] = booked
        if whole.days and (item.asset is None or item.expense is None):
            said.say("no_account", "is tracked stock but names no stock or cost account")
    return _postings(items, rows.with_columns(cents=pl.Series(values, dtype=_WHOLE_CENTS)), openings), findings


def _id_order() -> tuple[pl.Expr, pl.Expr]:
    """The order of `id_order`, for a column."""
    numeric = pl.col("id").str.contains("^[0-9]{1,24}$")
    return ~numeric, pl.when(numeric).then(pl.col("id").str.zfill(24)).otherwise("id")


class _Voice:
    """Findings about one item."""

    def __init__(self, item: Item, findings: list[Finding]) -> None:
        self._item, self._findings = item, findings

    def say(self, code: str, what: str, *, note: bool = False) -> None:
        key = RecordKey("Item", self._item.id)
        self._findings.append(Finding(code, f"{key} ({self._item.name}) {what}.", key, "note" if note else "problem"))


class _Opening(NamedTuple):
    """The first stock of an item."""

    day: date
    key: tuple[str, str]
    quantity: Decimal
    value: Decimal
    counter: str | None


class _History(NamedTuple):
    """The movements of one item in their order, from row ``begin`` on. ``own`` is the value that the document itself posted, in cents, ``valued``
    whether a movement comes in at its value.
    """

    begin: int
    days: list[date]
    keys: list[tuple[str, str]]
    quantities: list[Decimal]
    values: list[Decimal]
    valued: list[bool]
    own: list[int]

    def after(self, opening: _Opening) -> _History:
        return _History(
            self.begin,
            [opening.day, *self.days],
            [opening.key, *self.keys],
            [opening.quantity, *self.quantities],
            [opening.value, *self.values],
            [True, *self.valued],
            [0, *self.own],
        )


_NONE: Final = _History(0, [], [], [], [], [], [])


def _histories(rows: pl.DataFrame) -> Iterator[tuple[str, _History]]:
    own = pl.col("kind").is_in(_OWN_VALUE)
    cells = rows.select(
        "date",
        "moved",
        "value",
        valued=own,
        own=pl.when(own).then(pl.col("value") * 100).otherwise(0).cast(_WHOLE_CENTS),
    )
    days, quantities, values, valued, cents_of = (column.to_list() for column in cells)
    keys = list(zip(rows["entity"].to_list(), rows["id"].to_list(), strict=True))
    begin = 0
    for item, length in rows.group_by("item", maintain_order=True).len().iter_rows():
        end = begin + length
        part = slice(begin, end)
        yield (
            item,
            _History(begin, days[part], keys[part], quantities[part], values[part], valued[part], cents_of[part]),
        )
        begin = end


def _opening(chart: Chart, item: Item, history: _History, unit: Decimal, said: _Voice) -> _Opening | None:
    """The stock that must have been there first, against Opening Balance Equity; None when none must."""
    quantity = item.on_hand - sum(history.quantities, ZERO)
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
    start = item.start or (history.days[0] if history.days else date(1970, 1, 1))
    return _Opening(start, ("Item", item.id), quantity, value, counter)


class _Shelf:
    """The layers of one item while its history runs."""

    def __init__(self, purchase_cost: Decimal, said: _Voice) -> None:
        self._fallback = self._last_out = purchase_cost
        self._said = said
        self._layers: deque[tuple[Decimal, Decimal]] = deque()
        self._short: deque[tuple[int, Decimal]] = deque()

    def effects(self, history: _History) -> list[Decimal]:
        """What each movement does to the value of the stock, exact."""
        effects = [ZERO] * len(history.days)
        for place, quantity in enumerate(history.quantities):
            if quantity == 0:
                effects[place] = history.values[place]
            elif quantity > 0:
                value = history.values[place] if history.valued[place] else quantity * self._last_out
                self._come_in(place, quantity, value, effects)
            else:
                asked = self._go_out(place, -quantity, effects)
                if asked:
                    self._short.append((place, asked))
                    key, day = RecordKey(*history.keys[place]), history.days[place]
                    self._said.say("stock_below_zero", f"was {asked} short when {key} took it on {day}", note=True)
        for place, missing in self._short:
            effects[place] -= missing * self._fallback
        return effects

    def _come_in(self, place: int, left: Decimal, value: Decimal, effects: list[Decimal]) -> None:
        effects[place] = value
        unit = value / left
        while self._short and left:
            waiting, missing = self._short.popleft()
            filled_up = min(missing, left)
            effects[waiting] -= filled_up * unit
            left -= filled_up
            if missing > filled_up:
                self._short.appendleft((waiting, missing - filled_up))
        if left:
            self._layers.append((left, unit))

    def _go_out(self, place: int, asked: Decimal, effects: list[Decimal]) -> Decimal:
        """How much of what is asked for is not there."""
        while asked and self._layers:
            held, self._last_out = self._layers.popleft()
            taken = min(held, asked)
            effects[place] -= taken * self._last_out
            asked -= taken
            if held > taken:
                self._layers.appendleft((held - taken, self._last_out))
        return asked


def _booked(history: _History, effects: Sequence[Decimal]) -> list[int]:
    """The part of each effect that the document did not post by itself, rounded along the running value, in cents."""
    running, before, booked = ZERO, 0, []
    for exact, own in zip(effects, history.own, strict=True):
        running += exact
        now = int(cents(running) * 100)
        booked.append(now - before - own)
        before = now
    return booked


def _postings(
    items: Mapping[str, Item], rows: pl.DataFrame, openings: Sequence[tuple[str, date, str, str | None, int]]
) -> pl.DataFrame:
    """The stock account and what stands against it, item by item."""
    names = ("item", "date", "kind", "counter")
    first = pl.DataFrame(
        openings, schema={**{name: MOVES[name] for name in names}, "cents": _WHOLE_CENTS}, orient="row"
    ).with_columns(entity=pl.lit("Item"), id="item", name=pl.lit("opening"))
    accounts = pl.DataFrame(
        [(one.id, number, one.asset, one.expense) for number, one in enumerate(items.values())],
        schema={"item": pl.String, "number": pl.UInt32, "asset": pl.String, "expense": pl.String},
        orient="row",
    )
    opening = pl.col("kind") == Move.OPENING.value
    against = pl.when(opening | (pl.col("kind") == Move.ADJUSTMENT.value)).then("counter").otherwise("expense")
    amount = (pl.col("cents").cast(MONEY) / 100).cast(MONEY)
    found = (
        pl.concat([first, rows], how="diagonal")
        .filter(pl.col("cents") != 0)
        .join(accounts, on="item", how="left", maintain_order="left")
        .sort("number", maintain_order=True)
        .with_columns(
            line=pl.when(opening).then("name").otherwise(pl.format("cost {}", "name")),
            account=pl.concat_list(filled(side).fill_null(UNRESOLVED) for side in (pl.col("asset"), against)),
            amount=pl.concat_list(amount, -amount),
        )
        .explode("account", "amount")
    )
    absent = [pl.lit(None, kind).alias(name) for name, kind in POSTINGS.items() if name not in found.columns]
    return found.with_columns(absent).select(*POSTINGS)
