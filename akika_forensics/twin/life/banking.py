"""Money that comes in: payments and receipts, what is held until it is brought to the bank, and the deposits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from akika_forensics.twin.life import acts
from akika_forensics.twin.life.chance import Chance, Weighted
from akika_forensics.twin.life.clientele import Client
from akika_forensics.twin.life.lines import Applied, BankFact, SaleLine
from akika_forensics.twin.life.parameter_tables import Method

if TYPE_CHECKING:
    from akika_forensics.twin.life.plan import Plan

_MOST: Final = 40
"""Slips that go into one deposit."""


@dataclass(slots=True)
class Slip:
    """A payment or a receipt in Undeposited Funds; it is not brought to the bank before ``after``."""

    kind: str
    name: str
    cents: int
    after: date


class Banking:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._chance = Chance(plan.wish.seed, "banking")
        parameters = plan.parameters
        self._bank = parameters.account_of("bank")
        self._charges = parameters.account_of("bank charges")
        self._foreign = parameters.currency.bank
        on_the_spot = [row for row in parameters.method if row.held]
        self._spot = Weighted(on_the_spot, [float(row.share) or 0.1 for row in on_the_spot])
        self._slips: dict[str, list[Slip]] = {row.name: [] for row in on_the_spot}
        self._fees = {row.name: float(row.fee) for row in on_the_spot}
        self._references = 0

    def reference(self) -> str:
        """A reference that no other payment has."""
        self._references += 1
        return f"R{100_000 + self._references}"

    def receive(
        self, at: datetime, who: str, client: Client, total: int, applied: tuple[Applied, ...], method: Method
    ) -> None:
        """A customer pays."""
        if method.held and not client.currency:
            self.hold(at, who, client, total, applied, method.name, at.date())
            return
        account = self._foreign if client.currency else self._bank
        facts = self._plan.bank.move("electronic", account, at.date(), total, client.name, "PAYMENT RECEIVED")
        self._plan.add(
            acts.ReceivePayment(
                at,
                who,
                self.reference(),
                client.name,
                at.date(),
                total,
                applied,
                "" if client.currency else method.name,
                account,
                "",
                self._plan.rate_of(client.currency),
                facts,
            )
        )

    def hold(
        self,
        at: datetime,
        who: str,
        client: Client,
        total: int,
        applied: tuple[Applied, ...],
        method: str,
        until: date,
    ) -> str:
        """A payment goes into Undeposited Funds; gives its reference. It stays there until after a day."""
        reference = self.reference()
        self._plan.add(acts.ReceivePayment(at, who, reference, client.name, at.date(), total, applied, method, "", ""))
        after = max(at.date(), until)
        self._slips[method].append(Slip("Payment", reference, total, after))
        return reference

    def sell(
        self, at: datetime, who: str, client: Client, number: str, lines: tuple[SaleLine, ...], total: int, place: str
    ) -> None:
        """A sale that is paid on the spot; the web shop takes cards alone."""
        plan = self._plan
        facts: tuple[BankFact, ...] = ()
        method, account = "", ""
        if client.currency:
            account = self._foreign
            facts = plan.bank.move("electronic", account, at.date(), total, client.name, "WEB ORDER")
        else:
            method = "Card" if who == plan.agenda.who("web sales") and "Card" in self._slips else ""
            method = method or self._spot.draw(self._chance).name
            self._slips[method].append(Slip("SalesReceipt", number, total, at.date()))
        plan.add(
            acts.Sale(
                at,
                who,
                "SalesReceipt",
                number,
                client.name,
                at.date(),
                lines,
                client.tax,
                place,
                "",
                method=method,
                reference=f"W{number}" if who == plan.agenda.who("web sales") else "",
                account=account,
                rate=plan.rate_of(client.currency),
                bank=facts,
            )
        )

    def refund(
        self, at: datetime, who: str, client: Client, number: str, lines: tuple[SaleLine, ...], total: int
    ) -> None:
        plan = self._plan
        facts = plan.bank.move("electronic", self._bank, at.date(), -total, client.name, "REFUND")
        plan.add(
            acts.Sale(
                at,
                who,
                "RefundReceipt",
                number,
                client.name,
                at.date(),
                lines,
                client.tax,
                plan.parameters.department[0].name,
                "Given back",
                account=self._bank,
                bank=facts,
            )
        )

    # deposits

    def day(self, day: date) -> None:
        """What is held is brought to the bank: cards on working days, cheques and cash on Tuesdays and Fridays."""
        if day.weekday() > 4:
            return
        who = self._plan.agenda.who("banking")
        for method in self._slips:
            carded = self._fees[method] > 0
            if carded or day.weekday() in {1, 4}:
                second = (9 if carded else 15) * 3600 + int(self._chance.unit() * 3000)
                self._plan.agenda.put_at(day, second, who, self._deposit, method)

    def _deposit(self, at: datetime, who: str, method: str) -> None:
        day = at.date()
        ready = [slip for slip in self._slips[method] if slip.after < day]
        if not ready:
            return
        self._slips[method] = [slip for slip in self._slips[method] if slip.after >= day]
        for start in range(0, len(ready), _MOST):
            self._bring(at, who, method, ready[start : start + _MOST])

    def _bring(self, at: datetime, who: str, method: str, slips: list[Slip]) -> None:
        total = sum(slip.cents for slip in slips)
        fee = int(total * self._fees[method])
        facts = self._plan.bank.move(
            "deposit", self._bank, at.date(), total - fee, "MERCHANT SERVICES" if fee else "COUNTER DEPOSIT", method
        )
        self._plan.add(
            acts.MakeDeposit(
                at,
                who,
                self._bank,
                at.date(),
                tuple((slip.kind, slip.name) for slip in slips),
                fee,
                self._charges if fee else "",
                f"{method}, {len(slips)} slips",
                facts,
            )
        )
