"""What is sold: items, their prices, and the stock of those that are counted, which never falls below nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from akika_forensics.twin.life import acts
from akika_forensics.twin.life.chance import Chance, Weighted
from akika_forensics.twin.life.lines import CostLine, SaleLine
from akika_forensics.twin.life.parameter_tables import ItemRow
from akika_forensics.twin.life.parameters import cents

if TYPE_CHECKING:
    from akika_forensics.twin.life.plan import Plan

WRITTEN_OFF: Final = "Debt written off"
"""The item by which a bad debt is credited."""


@dataclass(slots=True)
class Good:
    row: ItemRow
    price: int
    cost: int
    on_hand: int = 0
    coming: int = 0
    sold: int = 0
    a_day: float = 0.0


class Goods:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        parameters = plan.parameters
        self._chance = Chance(plan.wish.seed, "goods")
        self.all = [Good(row, cents(row.price), cents(row.cost)) for row in parameters.item]
        for good in self.all:
            if good.row.type == "Inventory":
                good.on_hand = opening_stock(good.row, plan.volume)
                good.a_day = good.on_hand / parameters.stock.order_days
        self._drawn = Weighted(self.all, [good.row.weight for good in self.all])
        self._uncounted = [good for good in self.all if good.row.type != "Inventory"]
        self._lines = parameters.sales.lines
        self._orders = 0

    def lines(self, chance: Chance, *, taxed: bool, counted: bool = True) -> tuple[SaleLine, ...]:
        """Lines of a sale; what is counted leaves the stock at once."""
        rows = []
        seen = set()
        for _ in range(chance.one_of(self._lines)):
            good = self._drawn.draw(chance)
            if good.row.name in seen:
                continue
            row = good.row
            units = chance.between(row.quantity)
            if row.type == "Inventory":
                if not counted or good.on_hand <= 0:
                    continue
                units = min(units, good.on_hand)
                good.on_hand -= units
                good.sold += units
            seen.add(row.name)
            quantity = units * 100
            if row.type == "Service" and row.quantity[1] > 1 and chance.happens(0.35):
                quantity += 50
            rows.append(SaleLine(row.name, quantity, good.price, taxed and row.type != "Service", row.class_, row.text))
        if not rows:
            good = chance.one_of(self._uncounted)
            rows.append(
                SaleLine(
                    good.row.name,
                    100 * chance.between(good.row.quantity),
                    good.price,
                    taxed and good.row.type != "Service",
                    good.row.class_,
                    good.row.text,
                )
            )
        return tuple(rows)

    def day(self, day: date) -> None:
        """Look at the shelves once a working day, and order what runs low."""
        if day.weekday() < 5:
            self._plan.agenda.put(day, "purchases", self._look)

    def _look(self, at: datetime, who: str) -> None:
        stock = self._plan.parameters.stock
        wanted: dict[str, list[tuple[Good, int]]] = defaultdict(list)
        for good in self.all:
            if good.row.type != "Inventory":
                continue
            good.a_day += (good.sold - good.a_day) * 0.08
            good.sold = 0
            if good.on_hand + good.coming < max(good.row.quantity[1] * 2, good.a_day * stock.reorder_days):
                units = max(good.row.quantity[1] * 4, int(good.a_day * stock.order_days))
                wanted[good.row.vendor].append((good, units))
        for vendor, rows in wanted.items():
            self._order(at, who, vendor, rows)

    def _order(self, at: datetime, who: str, vendor: str, rows: list[tuple[Good, int]]) -> None:
        stock = self._plan.parameters.stock
        self._orders += 1
        number = str(1000 + self._orders)
        lines = []
        for good, units in rows:
            moved = 1.0 + (self._chance.unit() - 0.5) * 2 * float(stock.cost_moves)
            good.cost = max(1, int(good.cost * moved))
            good.coming += units
            lines.append(cost_line(good, units))
        plan = self._plan
        plan.add(acts.OrderGoods(at, who, number, vendor, at.date(), tuple(lines), ""))
        arrives = plan.agenda.working(at.date() + timedelta(days=self._chance.between(stock.arrives)), "purchases")
        plan.agenda.put(arrives, "purchases", self._arrive, vendor, number, tuple(rows), tuple(lines))

    def _arrive(
        self,
        at: datetime,
        who: str,
        vendor: str,
        order: str,
        rows: tuple[tuple[Good, int], ...],
        lines: tuple[CostLine, ...],
    ) -> None:
        for good, units in rows:
            good.coming -= units
            good.on_hand += units
        self._plan.buying.goods_billed(at, who, vendor, order, lines)

    def new_year(self, day: date) -> None:
        """Prices rise."""
        self._plan.agenda.put(day, "lists", self._raise)

    def _raise(self, at: datetime, who: str) -> None:
        rise = 1.0 + float(self._plan.parameters.stock.price_rises)
        for good in self.all:
            good.price = max(1, int(good.price * rise + 2) // 5 * 5)
            self._plan.add(acts.SetPrice(at, who, good.row.name, good.price), 0)


def opening_stock(row: ItemRow, volume: float) -> int:
    """What is on the shelves on the first day, in a firm ``volume`` times as busy as the parameters' own."""
    return max(row.stock, int(row.stock * volume))


def cost_line(good: Good, units: int) -> CostLine:
    return CostLine("", units * good.cost, good.row.text, good.row.name, units * 100, good.cost, good.row.class_)
