"""Wages every other Friday, and the sheets on which some keep their hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from akika_forensics.twin.life import acts
from akika_forensics.twin.life.agenda import month_end
from akika_forensics.twin.life.chance import Chance
from akika_forensics.twin.life.lines import CostLine, JournalLine
from akika_forensics.twin.life.parameters import cents

if TYPE_CHECKING:
    from akika_forensics.twin.life.plan import Plan


class Staff:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        parameters = plan.parameters
        self._chance = Chance(plan.wish.seed, "staff")
        self._rules = parameters.payroll
        self._bank = parameters.account_of("bank")
        self._wages = parameters.account_of("wages")
        self._taxes = parameters.account_of("payroll taxes")
        self._liability = parameters.account_of("payroll liability")
        self._names = [(f"{row.given} {row.family}", cents(row.wage)) for row in parameters.employee]
        self._services = [good for good in plan.goods.all if good.row.type == "Service"]
        self._next = plan.first_day + timedelta(days=(4 - plan.first_day.weekday()) % 7 + 7)
        self._owed = 0

    def month(self, first: date) -> None:
        plan = self._plan
        last = month_end(first)
        while self._next <= last:
            plan.agenda.put(self._next, "payments", self._pay_wages)
            self._next += timedelta(days=self._rules.every_days)
        friday = first + timedelta(days=(4 - first.weekday()) % 7)
        while friday <= last:
            for name, _ in self._names:
                if self._chance.happens(float(self._rules.time_sheets)):
                    plan.agenda.put(friday, "sales", self._log, name)
            friday += timedelta(days=7)
        on = plan.agenda.working(first.replace(day=15), "payments")
        if first.replace(day=1) != plan.first_day.replace(day=1):
            plan.agenda.put(on, "payments", self._pay_liabilities)

    def _pay_wages(self, at: datetime, who: str) -> None:
        plan = self._plan
        lines: list[JournalLine] = []
        gross = kept = 0
        for name, wage in self._paid():
            lines.append(JournalLine(self._wages, wage, f"Wages of {name}"))
            gross += wage
            kept += int(wage * float(self._rules.taxes))
        own = int(gross * float(self._rules.employer))
        lines += [
            JournalLine(self._taxes, own, "The firm's own share"),
            JournalLine(self._liability, -(kept + own), "Kept back and owed"),
            JournalLine(self._bank, kept - gross, "Paid out"),
        ]
        self._owed += kept + own
        facts = plan.bank.move("electronic", self._bank, at.date(), kept - gross, "PAYROLL", "WAGES")
        number = plan.period_end.number()
        plan.add(acts.PostJournal(at, who, number, at.date(), tuple(lines), "Wages of two weeks", bank=facts))

    def _paid(self) -> list[tuple[str, int]]:
        """Whoever works there: those that are named; fewer in a quiet firm, others beside them in a busy one."""
        hands = max(1, round(len(self._names) * self._plan.volume))
        others = hands - len(self._names)
        if others <= 0:
            return self._names[:hands]
        usual = sum(wage for _, wage in self._names) // len(self._names)
        return [*self._names, (f"{others} others", others * usual)]

    def _pay_liabilities(self, at: datetime, who: str) -> None:
        if not self._owed:
            return
        plan = self._plan
        number = plan.buying.check_number()
        agency = self._rules.agency
        facts = plan.bank.move("check", self._bank, at.date(), -self._owed, agency, "CHECK", number)
        line = CostLine(self._liability, self._owed, "Kept back from wages, and the firm's share")
        plan.add(
            acts.Spend(
                at, who, "Check", self._bank, agency, number, at.date(), (line,), "", "Payroll taxes", bank=facts
            )
        )
        self._owed = 0

    def _log(self, at: datetime, who: str, name: str) -> None:
        client = self._plan.clientele.draw()
        if client is None or client.currency:
            return
        good = self._chance.one_of(self._services)
        hours = self._chance.between(self._rules.hours)
        billable = self._chance.happens(0.4)
        rate = good.price if billable else 0
        self._plan.add(
            acts.LogTime(at, who, name, at.date(), hours, client.name, good.row.name, rate, billable, good.row.text)
        )
