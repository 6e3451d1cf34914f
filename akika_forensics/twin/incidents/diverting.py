"""Money that is diverted: ordinary payments of customers that are not keyed as they came.

``keep``: the payment is never keyed, and its money never reaches the bank. ``lap``: the first one is kept; each later one
is keyed to the customer and the invoice of the one before, under its own reference and amount, so that a gap travels
from customer to customer. The invoice at the end of it is spoken of as ``@gap``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from akika_forensics.twin.incidents.description import Divert
from akika_forensics.twin.life import acts
from akika_forensics.twin.life.acts import Act
from akika_forensics.twin.life.lines import Applied, BankFact


@dataclass(slots=True)
class Diverted:
    """What is done instead of an act, ``what`` is said of it; ``gap`` is the number of the invoice left open by it."""

    acts: list[Act]
    what: str
    gap: str = ""


@dataclass(slots=True)
class Diverter:
    """Looks at ordinary acts as they come, from a day on."""

    wanted: Divert
    begin: date
    taken: int = 0
    _before: acts.ReceivePayment | None = None
    _kept: dict[str, int] = field(default_factory=dict)

    def instead(self, act: Act) -> Diverted | None:
        """What is done in its place; None when it goes its ordinary way."""
        if isinstance(act, acts.MakeDeposit):
            return self._brought(act)
        if not isinstance(act, acts.ReceivePayment) or not self._fits(act):
            return None
        self.taken += 1
        before, self._before = self._before, act
        number = act.applied[0].number
        if before is None or self.wanted.how == "keep":
            self._kept[act.reference] = act.cents
            return Diverted([], "kept, never keyed", number)
        owed = before.applied[0]
        part = replace_cents(owed, min(owed.cents, act.cents))
        return Diverted(
            [replace(act, customer=before.customer, applied=(part,))], "keyed to the customer before", number
        )

    def _fits(self, act: acts.ReceivePayment) -> bool:
        return (
            self.taken < self.wanted.take
            and act.date >= self.begin
            and not act.account
            and act.cents >= self.wanted.least
            and [row.kind for row in act.applied] == ["Invoice"]
            and (self._before is None or act.customer != self._before.customer)
        )

    def _brought(self, act: acts.MakeDeposit) -> Diverted | None:
        """A deposit holds nothing that was kept, and so the bank sees less."""
        missing = sum(self._kept.get(name, 0) for kind, name in act.items if kind == "Payment")
        if not missing:
            return None
        items = tuple(row for row in act.items if not (row[0] == "Payment" and row[1] in self._kept))
        if not items:
            return Diverted([], "no deposit: all of it was kept")
        return Diverted([replace(act, items=items, bank=_less(act.bank, missing))], "without what was kept")


def replace_cents(row: Applied, cents: int) -> Applied:
    return Applied(row.kind, row.number, cents)


def _less(facts: Iterable[BankFact], cents: int) -> tuple[BankFact, ...]:
    rows = list(facts)
    if rows:
        rows[0] = rows[0]._replace(cents=rows[0].cents - cents)
    return tuple(rows)
