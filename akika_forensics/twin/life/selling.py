"""Sales as they are planned: invoices and how they are paid, receipts, estimates, credits, refunds, debts gone bad."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from akika_forensics.twin.life import acts
from akika_forensics.twin.life.chance import Chance, Weighted
from akika_forensics.twin.life.clientele import Client, Due
from akika_forensics.twin.life.goods import WRITTEN_OFF
from akika_forensics.twin.life.lines import Applied, SaleLine

if TYPE_CHECKING:
    from akika_forensics.twin.life.plan import Plan

_FRIDAY = 4


class Selling:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        parameters = plan.parameters
        self._chance = Chance(plan.wish.seed, "sales")
        self._sales = parameters.sales
        self._debts = parameters.debts
        self._mistakes = parameters.mistakes
        self._methods = Weighted(parameters.method, [row.share for row in parameters.method])
        rates = {row.name: int(row.percent * 1000) for row in parameters.tax.rate}
        self._rates = {row.name: [rates[name] for name in row.rates] for row in parameters.tax.code}
        self._departments = [row.name for row in parameters.department]
        self._numbers = 1000
        self._estimates = 1000
        self.tax_held = 0

    # numbers and sums

    def _number(self) -> str:
        self._numbers += 1
        return str(self._numbers)

    def _tax(self, lines: tuple[SaleLine, ...], code: str) -> int:
        if not code:
            return 0
        taxable = sum(line.cents for line in lines if line.taxed)
        return sum((taxable * rate + 50_000) // 100_000 for rate in self._rates[code])

    def _total(self, lines: tuple[SaleLine, ...], code: str) -> int:
        return sum(line.cents for line in lines) + self._tax(lines, code)

    # what may come on a day

    def enter(self, day: date) -> None:
        """One more sale on a day: an invoice, an estimate or a receipt."""
        chance = self._chance
        agenda = self._plan.agenda
        if chance.happens(float(self._sales.receipts)):
            by = "web sales" if chance.happens(float(self._sales.web)) else "sales"
            agenda.put(day, by, self._receive)
        elif chance.happens(float(self._sales.estimates)):
            agenda.put(day, "estimates", self._estimate)
        else:
            agenda.put(day, "sales", self._invoice)

    def _estimate(self, at: datetime, who: str) -> None:
        client = self._plan.clientele.draw()
        if client is None:
            return
        chance = self._chance
        self._estimates += 1
        number = str(self._estimates)
        lines = self._plan.goods.lines(chance, taxed=bool(client.tax), counted=False)
        department = self._departments[-1]
        self._plan.add(
            acts.Sale(
                at,
                who,
                "Estimate",
                number,
                client.name,
                at.date(),
                lines,
                client.tax,
                department,
                "",
                rate=self._plan.rate_of(client.currency),
            )
        )
        if chance.happens(0.8):
            on = self._plan.agenda.working(at.date() + timedelta(days=chance.between((4, 21))), "sales")
            client.dues += 1
            self._plan.agenda.put(on, "sales", self._invoice_estimate, client, lines, number)

    def _invoice_estimate(
        self, at: datetime, who: str, client: Client, lines: tuple[SaleLine, ...], number: str
    ) -> None:
        client.dues -= 1
        self._write_invoice(at, who, client, lines, number)

    def _invoice(self, at: datetime, who: str) -> None:
        client = self._plan.clientele.draw()
        if client is not None:
            lines = self._plan.goods.lines(self._chance, taxed=bool(client.tax))
            self._write_invoice(at, who, client, lines, "")

    def _write_invoice(
        self, at: datetime, who: str, client: Client, lines: tuple[SaleLine, ...], estimate: str
    ) -> None:
        chance, plan = self._chance, self._plan
        number = self._number()
        department = chance.one_of(self._departments)
        self.tax_held += self._tax(lines, client.tax)
        plan.add(
            acts.Sale(
                at,
                who,
                "Invoice",
                number,
                client.name,
                at.date(),
                lines,
                client.tax,
                department,
                "",
                term=client.term.name,
                estimate=estimate,
                rate=plan.rate_of(client.currency),
            )
        )
        due = Due(number, self._total(lines, client.tax))
        client.dues += 1
        falls = at.date() + timedelta(days=client.term.days)
        if chance.happens(float(self._debts.bad)) and not client.currency:
            on = plan.agenda.working(falls + timedelta(days=self._debts.written_off_after), "period end")
            plan.agenda.put(on, "period end", self._write_off, client, due)
            return
        if chance.happens(float(self._sales.credits)):
            on = plan.agenda.working(at.date() + timedelta(days=chance.between((2, 12))), "sales")
            client.dues += 1
            plan.agenda.put(on, "sales", self._credit, client, lines)
        pays = max(at.date() + timedelta(days=1), falls + timedelta(days=chance.between(client.payer.days)))
        if chance.happens(float(client.payer.parts)):
            part = due.open * chance.between((30, 60)) // 100
            self._expect(client, due, part, pays)
            self._expect(client, due, due.open - part, pays + timedelta(days=chance.between((12, 40))))
            client.dues += 1
        else:
            self._expect(client, due, due.open, pays)

    # payments

    def _expect(self, client: Client, due: Due, part: int, pays: date) -> None:
        """The client will pay a part of an invoice on a day; businesses pay on Fridays, all that falls due together."""
        if client.business:
            pays += timedelta(days=(_FRIDAY - pays.weekday()) % 7)
        pays = self._plan.agenda.working(pays, "payments")
        rows = client.pay_days.get(pays)
        if rows is None:
            client.pay_days[pays] = [Due(due.number, part)]
            self._plan.agenda.put(pays, "payments", self._pay, client, pays)
        else:
            rows.append(Due(due.number, part))

    def _pay(self, at: datetime, who: str, client: Client, day: date) -> None:
        dues = client.pay_days.pop(day)
        merged: dict[str, int] = {}
        for due in dues:
            merged[due.number] = merged.get(due.number, 0) + due.open
        client.dues -= len(dues)
        applied = [Applied("Invoice", number, open_) for number, open_ in merged.items()]
        total = sum(merged.values())
        while client.credits and client.credits[0][1] < total:
            number, worth = client.credits.pop(0)
            applied.append(Applied("CreditMemo", number, worth))
            total -= worth
            client.dues -= 1
        method = self._methods.draw(self._chance)
        wrong = method.held and len(applied) == 1 and not client.currency
        if wrong and self._chance.happens(float(self._mistakes.wrong_customer)):
            self._put_to_another(at, who, client, total, tuple(applied), method.name)
            return
        self._plan.banking.receive(at, who, client, total, tuple(applied), method)

    def _put_to_another(
        self, at: datetime, who: str, client: Client, total: int, applied: tuple[Applied, ...], method: str
    ) -> None:
        """A payment lands at another customer, and is moved some days later, before it is brought to the bank."""
        plan = self._plan
        other = plan.clientele.draw() or client
        if other is client or other.currency:
            other = client
        found = plan.agenda.working(
            at.date() + timedelta(days=self._chance.between(self._mistakes.wrong_customer_found)), "corrections"
        )
        reference = plan.banking.hold(at, who, other, total, () if other is not client else applied, method, found)
        if other is not client:
            client.dues += 1
            other.dues += 1
            plan.agenda.put(found, "corrections", self._move, client, other, reference, applied)

    def _move(
        self, at: datetime, who: str, client: Client, other: Client, reference: str, applied: tuple[Applied, ...]
    ) -> None:
        client.dues -= 1
        other.dues -= 1
        self._plan.add(acts.MovePayment(at, who, reference, client.name, applied), 0)

    # receipts, credits, refunds, bad debts

    def _receive(self, at: datetime, who: str) -> None:
        client, plan, chance = self._plan.clientele.draw(), self._plan, self._chance
        if client is None:
            return
        lines = plan.goods.lines(chance, taxed=bool(client.tax))
        number = self._number()
        self.tax_held += self._tax(lines, client.tax)
        total = self._total(lines, client.tax)
        plan.banking.sell(at, who, client, number, lines, total, self._departments[0])
        if chance.happens(float(self._sales.refunds)) and not client.currency:
            on = plan.agenda.working(at.date() + timedelta(days=chance.between((2, 20))), "sales")
            client.dues += 1
            plan.agenda.put(on, "sales", self._refund, client, lines)

    def _part(self, lines: tuple[SaleLine, ...]) -> tuple[SaleLine, ...]:
        """A part of the first line that moves no stock; nothing when every line does."""
        counted = {good.row.name for good in self._plan.goods.all if good.row.type == "Inventory"}
        for line in lines:
            if line.item not in counted and line.quantity >= 100:
                return (line._replace(quantity=100, text=f"{line.text}, given back"),)
        return ()

    def _credit(self, at: datetime, who: str, client: Client, lines: tuple[SaleLine, ...]) -> None:
        client.dues -= 1
        part = self._part(lines)
        if not part:
            return
        number = self._number()
        self._plan.add(self._given_back("CreditMemo", at, who, client, number, part))
        client.credits.append((number, self._total(part, client.tax)))
        client.dues += 1

    def _refund(self, at: datetime, who: str, client: Client, lines: tuple[SaleLine, ...]) -> None:
        client.dues -= 1
        part = self._part(lines)
        if part:
            self._plan.banking.refund(at, who, client, self._number(), part, self._total(part, client.tax))
            self.tax_held -= self._tax(part, client.tax)

    def _given_back(
        self, kind: str, at: datetime, who: str, client: Client, number: str, lines: tuple[SaleLine, ...]
    ) -> acts.Sale:
        self.tax_held -= self._tax(lines, client.tax)
        return acts.Sale(
            at,
            who,
            kind,
            number,
            client.name,
            at.date(),
            lines,
            client.tax,
            self._departments[0],
            "",
            rate=self._plan.rate_of(client.currency),
        )

    def _write_off(self, at: datetime, who: str, client: Client, due: Due) -> None:
        """Nobody will pay this: credited against bad debts, and the credit applied."""
        plan = self._plan
        number = self._number()
        line = SaleLine(WRITTEN_OFF, 100, due.open, False, "", f"Invoice {due.number} will not be paid")
        plan.add(
            acts.Sale(
                at, who, "CreditMemo", number, client.name, at.date(), (line,), "", self._departments[0], "Written off"
            )
        )
        applied = (Applied("Invoice", due.number, due.open), Applied("CreditMemo", number, due.open))
        plan.add(
            acts.ReceivePayment(
                at, who, plan.banking.reference(), client.name, at.date(), 0, applied, "", "", "Written off"
            )
        )
        client.dues -= 1
