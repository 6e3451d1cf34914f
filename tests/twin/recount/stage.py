"""A company, its sides on both bases, and its reports beside them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from akika_forensics.model import payload
from akika_forensics.twin import Twin
from tests.twin.recount import cash, posting, reading, sheet, stock
from tests.twin.recount.acts import act
from tests.twin.recount.documents import Company, Key
from tests.twin.recount.keying import Keeper
from tests.twin.recount.posting import Side
from tests.twin.t_accounts.shop import Overseas, Shop

type Check = Callable[[Recount, str], None]
"""Compares a report with the recount on a basis; raises AssertionError with the report, the lines and both figures."""

MOST_TOLD = 60
"""Documents that a failure tells; of more only those that it names."""


class Recount:
    """What the documents say, and what the reports say, of the periods and days that checks look at.

    ``kept`` is a record a filter: reports kept to one of them are looked at too.
    """

    periods: tuple[tuple[str, str], ...] = (
        ("2025-11-01", "2026-03-31"),
        ("2026-01-01", "2026-02-28"),
        ("2025-11-01", "2025-12-31"),
    )
    """Both days included; the first period holds everything."""
    days: tuple[str, ...] = ("2025-12-31", "2026-01-04", "2026-02-10", "2026-03-31", "2026-07-31")

    def __init__(self, twin: Twin, company: Company, kept: dict[str, str]) -> None:
        self.twin = twin
        self.company = company
        self.kept = kept
        self.sides = {"Accrual": posting.sides(company), "Cash": cash.cash_sides(company)}
        self.names = {account.id: account.name for account in company.accounts.values()}
        self._of: dict[Key, list[Side]] = {}
        for side in self.sides["Accrual"]:
            self._of.setdefault(side.key, []).append(side)

    @property
    def start(self) -> str:
        return self.periods[0][0]

    @property
    def end(self) -> str:
        return self.periods[0][1]

    def close(self) -> None:
        self.twin.close()

    def report(self, name: str, **parameters: str) -> dict[str, Any]:
        return self.twin.report(name, **parameters)

    def same(self, what: str, ours: dict[Any, Any], theirs: dict[Any, Any]) -> None:
        wrong = sheet.differences(ours, theirs, self.names)
        docs = list(self.company.docs.values())
        if len(docs) > MOST_TOLD:
            docs = [doc for doc in docs if any(f"'{doc.id}'" in line for line in wrong)][:MOST_TOLD]
        told = "\n".join(f"  {doc}" for doc in docs)
        assert not wrong, f"{what}:\n  " + "\n  ".join(wrong) + f"\nkeyed:\n{told}"

    def of_document(self, key: Key) -> list[Side]:
        return self._of.get(key, [])


def random_life(steps: list[tuple[str, int]], *, abroad: bool = False) -> Recount:
    """A company after acts at random, recounted out of the bookkeeper's own memory."""
    shop = Overseas() if abroad else Shop()
    keeper = Keeper(shop)
    if isinstance(shop, Overseas):
        keeper.go_abroad(shop)
    for name, seed in steps:
        act(keeper, name, seed)
    kept = {"customer": keeper.customers[0], "class": keeper.classes[1], "department": keeper.places[1]}
    return Recount(shop.twin, keeper.company(), kept)


def as_read(twin: Twin, start: str, end: str) -> Recount:
    """A company that somebody else keyed, recounted out of its records; it lived from one day to another."""
    bodies = [(entity, payload.decode(raw)) for (entity, _), raw in twin.dump().items()]
    company = reading.company(bodies)
    for entity, body in bodies:
        if entity == "Item" and body["Type"] == "Inventory":
            # Of the stock with which an item opened no record tells: it is what nothing else explains.
            moved = sum((move.units for move in stock.count(company, company.items[body["Id"]])), Fraction(0))
            opening = Fraction(str(body.get("QtyOnHand", 0))) - moved
            reading.opened(company, body["Id"], opening, body["InvStartDate"])
    docs = company.docs.values()
    kept = {
        "customer": next(doc.party for doc in docs if doc.entity == "Invoice").partition(":")[2],
        "class": next((line.klass for doc in docs for line in doc.lines if line.klass), ""),
        "department": next((doc.department for doc in docs if doc.department), ""),
    }
    found = Recount(twin, company, {kind: record for kind, record in kept.items() if record})
    year = end[:4]
    middle = f"{year}-01-01"
    found.periods = ((start, end), (max(start, middle), end), (start, f"{int(year) - 1}-12-31"))
    found.periods = tuple(period for period in found.periods if period[0] <= period[1])
    found.days = tuple(day for day in (f"{int(year) - 1}-12-31", max(start, middle), end) if day >= start)
    return found
