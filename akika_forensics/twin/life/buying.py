"""Purchases as they are planned: bills that recur, bills and expenses of every day, vendor credits, cheques, mistakes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from akika_forensics.twin.life import acts
from akika_forensics.twin.life.agenda import DAY, month_end
from akika_forensics.twin.life.chance import Chance, Weighted
from akika_forensics.twin.life.lines import Applied, BankFact, CostLine
from akika_forensics.twin.life.parameter_tables import Recurring, Spending
from akika_forensics.twin.life.parameters import cents

if TYPE_CHECKING:
    from akika_forensics.twin.life.plan import Plan

_PAY_DAYS: Final = frozenset({1, 3})


class Buying:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        parameters = plan.parameters
        self._chance = Chance(plan.wish.seed, "purchases")
        self._rules = parameters.purchases
        self._mistakes = parameters.mistakes
        self._bank = parameters.account_of("bank")
        self._card = parameters.account_of("card")
        self._mistaken = parameters.account_of("taken for another")
        self._foreign = parameters.currency.bank
        self._abroad = {row.vendor for row in parameters.abroad} if plan.wish.currency else set()
        rows = [*parameters.spending, *(parameters.abroad if plan.wish.currency else [])]
        self._spending = Weighted(rows, [row.weight for row in rows])
        self._departments = [row.name for row in parameters.department]
        self._classes = [row.name for row in parameters.class_]
        self._running: dict[str, int] = defaultdict(int)
        self._checks = 5000
        self._slips = 70_000
        self._credits: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._due: dict[date, dict[str, list[Applied]]] = {}

    # numbers

    def check_number(self) -> str:
        self._checks += 1
        return str(self._checks)

    def _bill_number(self, vendor: str) -> str:
        self._running[vendor] += 1
        return f"{vendor[:3].upper()}-{4000 + self._running[vendor] * 3}"

    def _slip(self) -> str:
        self._slips += 1
        return f"S{self._slips}"

    # bills that recur

    def month(self, first: date) -> None:
        """Enter the month's recurring bills on the agenda."""
        for row in self._plan.parameters.recurring:
            since = (first.year - self._plan.first_day.year) * 12 + first.month - self._plan.first_day.month
            if since % row.every:
                continue
            day = max(first, first.replace(day=min(row.day, month_end(first).day)))
            on = self._plan.agenda.working(day, "purchases")
            if on <= self._plan.last_day:
                self._plan.agenda.put(on, "purchases", self._recur, row, day)

    def _recur(self, at: datetime, who: str, row: Recurring, day: date) -> None:
        spread = 1.0 + (self._chance.unit() - 0.5) * 2 * float(row.spread)
        amount = int(self._plan.scaled(cents(row.amount)) * spread)
        numbers = {"month": f"{day:%Y-%m}", "year": f"{day:%Y}"}
        number = numbers.get(row.number) or self._bill_number(row.vendor)
        lines = (CostLine(row.account, amount, f"{row.text}, {day:%B %Y}"),)
        self._bill(at, who, row.vendor, number, day, row.terms, lines, row.by)

    # everyday purchases

    def enter(self, day: date) -> None:
        """One more purchase on a day."""
        self._plan.agenda.put(self._plan.agenda.working(day, "purchases"), "purchases", self._spend)

    def _spend(self, at: datetime, who: str) -> None:
        chance = self._chance
        row = self._spending.draw(chance)
        low, high = row.amount
        amount = int((low + (high - low) * chance.unit() ** 1.8) * 100)
        if chance.happens(0.12):
            amount = max(500, amount // 500 * 500)
        if row.by == "bill":
            lines = self._cost_lines(row, amount)
            days = chance.between((0, 4))
            dated = max(self._plan.first_day, at.date() - timedelta(days=days))
            self._bill(at, who, row.vendor, self._bill_number(row.vendor), dated, row.terms, lines, "Check")
        else:
            self._expense(at, who, row, amount)

    def _cost_lines(self, row: Spending, amount: int) -> tuple[CostLine, ...]:
        chance = self._chance
        klass = chance.one_of(["", *self._classes])
        customer = ""
        if row.vendor not in self._abroad and chance.happens(float(self._rules.billed_by_job)):
            client = self._plan.clientele.draw()
            customer = client.name if client is not None and not client.currency else ""
        first = CostLine(row.account, amount, chance.one_of(row.texts), klass=klass, customer=customer)
        if amount > 20_000 and chance.happens(0.3):
            part = amount * chance.between((20, 45)) // 100
            second = CostLine(row.account, part, chance.one_of(row.texts), klass=klass)
            return (first._replace(cents=amount - part), second)
        return (first,)

    def _expense(self, at: datetime, who: str, row: Spending, amount: int) -> None:
        chance, plan = self._chance, self._plan
        lines = self._cost_lines(row, amount)
        number = self.check_number() if row.by == "Check" else self._slip()
        wrong = chance.happens(float(self._mistakes.wrong_account)) and row.account != self._mistaken
        account = self._card if row.by == "CreditCard" else self._bank
        kind = {"Check": "check", "CreditCard": "card", "Cash": "electronic"}[row.by]
        back = row.by == "CreditCard" and chance.happens(0.015)
        facts = plan.bank.move(
            kind,
            account,
            at.date(),
            amount if back else -amount,
            row.vendor,
            "CHECK" if row.by == "Check" else "CARD PURCHASE",
            number if row.by == "Check" else "",
        )
        kept = tuple(line._replace(account=self._mistaken) for line in lines) if wrong else lines
        department = chance.one_of(self._departments)
        plan.add(
            acts.Spend(
                at, who, row.by, account, row.vendor, number, at.date(), kept, department, "", credit=back, bank=facts
            )
        )
        if wrong:
            found = at.date() + timedelta(days=chance.between(self._mistakes.wrong_account_found))
            last = month_end(at.date()) + DAY
            on = plan.agenda.working(min(found, max(last, at.date() + DAY)), "corrections")
            plan.agenda.put(on, "corrections", self._reclassify, number, row.account)

    def _reclassify(self, at: datetime, who: str, number: str, account: str) -> None:
        self._plan.add(acts.Reclassify(at, who, number, account), 0)

    # bills and what becomes of them

    def goods_billed(self, at: datetime, who: str, vendor: str, order: str, lines: tuple[CostLine, ...]) -> None:
        """The bill of goods that were ordered."""
        self._bill(at, who, vendor, self._bill_number(vendor), at.date(), 30, lines, "Check", order)

    def _bill(
        self,
        at: datetime,
        who: str,
        vendor: str,
        number: str,
        dated: date,
        terms: int,
        lines: tuple[CostLine, ...],
        by: str,
        order: str = "",
    ) -> None:
        chance, plan = self._chance, self._plan
        total = sum(line.cents for line in lines)
        due = dated + timedelta(days=terms)
        currency = plan.wish.currency if vendor in self._abroad else ""
        department = chance.one_of(self._departments)
        pays = max(due - timedelta(days=chance.between(self._rules.early)), at.date() + DAY)
        typed, corrected = lines, None
        if not order and chance.happens(float(self._mistakes.mistyped_bill)):
            typed = self._mistype(lines)
            if typed != lines:
                corrected = self._found(at, self._mistakes.mistyped_found)
                plan.agenda.put(corrected, "corrections", self._correct, vendor, number, lines)
                pays = max(pays, corrected + DAY)
        rate = plan.rate_of(currency)
        plan.add(acts.EnterBill(at, who, "Bill", vendor, number, dated, due, typed, department, "", order, rate))
        if not order and not currency and chance.happens(float(self._mistakes.double_bill)):
            again = f"{number}/2"
            plan.add(acts.EnterBill(at, who, "Bill", vendor, again, dated, due, lines, department, ""))
            plan.agenda.put(self._found(at, self._mistakes.double_found), "corrections", self._delete, vendor, again)
        elif not order and not currency and chance.happens(float(self._rules.credits)):
            on = plan.agenda.working(at.date() + timedelta(days=chance.between((2, 15))), "purchases")
            plan.agenda.put(on, "purchases", self._credit, vendor, lines[0], department)
        self._expect(pays, vendor, by, Applied("Bill", number, total))

    def _found(self, at: datetime, days: tuple[int, int]) -> date:
        return self._plan.agenda.working(at.date() + timedelta(days=self._chance.between(days)), "corrections")

    @staticmethod
    def _mistype(lines: tuple[CostLine, ...]) -> tuple[CostLine, ...]:
        """Two digits of the first amount changed places."""
        text = str(lines[0].cents)
        for place in range(len(text) - 1):
            if text[place] != text[place + 1] and text[place + 1] != "0":
                wrong = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
                return (lines[0]._replace(cents=int(wrong)), *lines[1:])
        return lines

    def _correct(self, at: datetime, who: str, vendor: str, number: str, lines: tuple[CostLine, ...]) -> None:
        self._plan.add(acts.CorrectBill(at, who, vendor, number, lines), 0)

    def _delete(self, at: datetime, who: str, vendor: str, number: str) -> None:
        self._plan.add(acts.DeleteBill(at, who, vendor, number), -1)

    def _credit(self, at: datetime, who: str, vendor: str, line: CostLine, department: str) -> None:
        amount = max(100, line.cents * self._chance.between((8, 40)) // 100)
        part = line._replace(cents=amount, text=f"{line.text}, given back")
        number = f"C-{self._bill_number(vendor)}"
        self._plan.add(
            acts.EnterBill(at, who, "VendorCredit", vendor, number, at.date(), at.date(), (part,), department, "")
        )
        self._credits[vendor].append((number, amount))

    # payments of bills

    def _expect(self, pays: date, vendor: str, by: str, applied: Applied) -> None:
        while pays.weekday() not in _PAY_DAYS:
            pays += DAY
        vendors = self._due.setdefault(pays, {})
        if vendor not in vendors:
            self._plan.agenda.put(pays, "payments", self._pay, vendor, by)
        vendors.setdefault(vendor, []).append(applied)

    def _pay(self, at: datetime, who: str, vendor: str, by: str) -> None:
        applied = self._due[at.date()].pop(vendor)
        if not self._due[at.date()]:
            del self._due[at.date()]
        total = sum(row.cents for row in applied)
        credits_ = self._credits[vendor]
        while credits_ and credits_[0][1] < total:
            number, amount = credits_.pop(0)
            applied.append(Applied("VendorCredit", number, amount))
            total -= amount
        lost = by == "Check" and vendor not in self._abroad
        lost = lost and self._chance.happens(float(self._mistakes.void_check))
        number = self.pay(at, who, vendor, by, tuple(applied), total, lost=lost)
        if lost:
            found = self._found(at, self._mistakes.void_found)
            self._plan.agenda.put(found, "corrections", self._void, vendor, number, tuple(applied), total)

    def pay(
        self, at: datetime, who: str, vendor: str, by: str, applied: tuple[Applied, ...], total: int, *, lost: bool
    ) -> str:
        """Bills are paid; gives the number of the payment. The bank never sees a cheque that was ``lost``."""
        plan = self._plan
        abroad = vendor in self._abroad
        account = self._foreign if abroad else self._card if by == "CreditCard" else self._bank
        if abroad:
            plan.period_end.cover(at, account, total)
        number = self.check_number() if by == "Check" else self._slip()
        facts: tuple[BankFact, ...] = ()
        if not lost:
            kind = "electronic" if abroad else "card" if by == "CreditCard" else "check"
            shown = number if kind == "check" else ""
            facts = plan.bank.move(kind, account, at.date(), -total, vendor, "CHECK" if shown else "PAYMENT", shown)
        rate = plan.rate if abroad else 0
        plan.add(acts.PayBills(at, who, vendor, number, at.date(), by, account, applied, total, "", rate, facts))
        return number

    def _void(self, at: datetime, who: str, vendor: str, number: str, applied: tuple[Applied, ...], total: int) -> None:
        """A cheque never arrived: voided, and written once more."""
        self._plan.add(acts.VoidPayment(at, who, number), 0)
        self.pay(at, who, vendor, "Check", applied, total, lost=False)
