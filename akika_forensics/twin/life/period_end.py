"""What comes round with the month, the quarter and the year: entries of the accountant, taxes, the card, the loan, the draws, the reconciliation."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from akika_forensics.twin.life import acts
from akika_forensics.twin.life.agenda import DAY, month_end
from akika_forensics.twin.life.chance import Chance
from akika_forensics.twin.life.lines import CostLine, JournalLine
from akika_forensics.twin.life.parameters import cents

if TYPE_CHECKING:
    from akika_forensics.twin.life.plan import Plan


class PeriodEnd:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        parameters = plan.parameters
        self._chance = Chance(plan.wish.seed, "period end")
        self._rules = parameters.period_end
        self._account = parameters.account_of
        self._bank = self._account("bank")
        self._savings = self._account("savings")
        self._card = self._account("card")
        self._foreign = parameters.currency.bank
        self._numbers = 0
        self._loan = cents(parameters.opening.loan)

    def number(self) -> str:
        """The number of the next journal entry."""
        self._numbers += 1
        return str(self._numbers)

    def open(self) -> None:
        """What the firm starts with."""
        who = self._plan.agenda.who("period end")
        self._plan.agenda.put_at(self._plan.first_day, 5 * 3600, who, self._open)

    def _open(self, at: datetime, who: str) -> None:
        plan, opening = self._plan, self._plan.parameters.opening
        rows = [
            (self._bank, plan.scaled(cents(opening.bank))),
            (self._savings, plan.scaled(cents(opening.savings))),
            (self._account("equipment"), cents(opening.equipment)),
            (self._account("vehicles"), cents(opening.vehicles)),
            (self._account("loan"), -cents(opening.loan)),
        ]
        rows.append((self._account("opening"), -sum(amount for _, amount in rows)))
        lines = tuple(JournalLine(account, amount, "Opening balance") for account, amount in rows if amount)
        facts = [
            fact
            for account, amount in rows[:2]
            for fact in plan.bank.move("transfer", account, at.date(), amount, "OPENING BALANCE")
        ]
        plan.add(acts.PostJournal(at, who, self.number(), at.date(), lines, "Opening balances", bank=tuple(facts)))

    def month(self, first: date) -> None:
        """Enter on the agenda what the month brings."""
        plan, agenda = self._plan, self._plan.agenda
        last = month_end(first)
        early = agenda.nth_working(last, 2, "period end")
        agenda.put(early, "period end", self._close, last)
        on = agenda.nth_working(last, self._chance.between(self._rules.reconciled_on), "banking")
        agenda.put(on, "banking", self._reconcile, last)
        for day, kind, doing in (
            (self._rules.card_paid_on, "payments", self._pay_card),
            (28, "payments", self._pay_loan),
            (26, "banking", self._level),
            (17, "draws", self._draw),
        ):
            agenda.put(agenda.working(max(first, first.replace(day=day)), kind), kind, doing)
        if first.month % 3 == 1 and first > plan.first_day.replace(day=1):
            due = first + timedelta(days=plan.parameters.tax.pays_after_days - 2)
            agenda.put(agenda.working(due, "payments"), "payments", self._pay_tax)

    # entries of the accountant

    def _close(self, at: datetime, who: str, last: date) -> None:
        plan = self._plan
        wear = cents(self._rules.depreciation)
        self._journal(
            at, who, last, self._account("depreciation"), self._account("accumulated"), wear, "Wear of the month"
        )
        for row in plan.parameters.recurring:
            if row.spread_over:
                part = plan.scaled(cents(row.amount)) // row.every
                self._journal(at, who, last, row.spread_over, row.account, part, f"{row.text}, a part")
            if row.accrued:
                guess = int(plan.scaled(cents(row.amount)) * (0.8 + 0.4 * self._chance.unit())) // 100 * 100
                accrued = self._account("accrued")
                self._journal(at, who, last, row.account, accrued, guess, f"{row.text}, estimated")
                self._journal(at, who, last + DAY, accrued, row.account, guess, f"{row.text}, estimate taken back")

    def _journal(
        self, at: datetime, who: str, on: date, debit: str, credit: str, amount: int, text: str, *, bank: str = ""
    ) -> None:
        facts = self._plan.bank.move("transfer", bank, on, amount, text.upper()) if bank else ()
        lines = (JournalLine(debit, amount, text), JournalLine(credit, -amount, text))
        self._plan.add(
            acts.PostJournal(
                at,
                who,
                self.number(),
                on,
                lines,
                text,
                adjustment=who == self._plan.agenda.who("period end"),
                bank=facts,
            )
        )

    # money

    def _pay_card(self, at: datetime, who: str) -> None:
        plan = self._plan
        owed = -plan.bank.held[self._card]
        if owed <= 0:
            return
        facts = plan.bank.move("electronic", self._bank, at.date(), -owed, self._card, "CARD PAYMENT")
        facts += plan.bank.move("electronic", self._card, at.date(), owed, "PAYMENT, THANK YOU")
        plan.add(acts.PayCard(at, who, self._card, self._bank, at.date(), owed, "Card, what was owed", facts))

    def _pay_loan(self, at: datetime, who: str) -> None:
        plan = self._plan
        payment = min(cents(self._rules.loan_payment), self._loan)
        if payment <= 0:
            return
        interest = int(self._loan * float(self._rules.loan_interest))
        self._loan -= payment - interest
        lines = (
            JournalLine(self._account("loan"), payment - interest, "Loan, paid back"),
            JournalLine(self._account("loan interest"), interest, "Loan, interest"),
            JournalLine(self._bank, -payment, "Loan, month"),
        )
        facts = plan.bank.move("electronic", self._bank, at.date(), -payment, "EQUIPMENT LOAN", "INSTALMENT")
        plan.add(acts.PostJournal(at, who, self.number(), at.date(), lines, "Loan of the month", bank=facts))

    def _pay_tax(self, at: datetime, who: str) -> None:
        plan = self._plan
        owed = plan.selling.tax_held
        if owed <= 0:
            return
        agency = plan.parameters.tax.agency
        number = plan.buying.check_number()
        facts = plan.bank.move("check", self._bank, at.date(), -owed, agency, "CHECK", number)
        line = CostLine(self._account("sales tax"), owed, "Sales tax of the quarter")
        plan.add(
            acts.Spend(at, who, "Check", self._bank, agency, number, at.date(), (line,), "", "Sales tax", bank=facts)
        )
        plan.selling.tax_held = 0

    def _draw(self, at: datetime, who: str) -> None:
        amount = self._plan.scaled(self._chance.between(self._rules.owner_draw) * 100)
        if self._plan.bank.held[self._bank] > self._plan.scaled(cents(self._rules.floor)) + amount:
            text = "Drawn by the owner"
            facts = self._plan.bank.move("transfer", self._bank, at.date(), -amount, "TRANSFER", "OWNER")
            lines = (JournalLine(self._account("draws"), amount, text), JournalLine(self._bank, -amount, text))
            self._plan.add(acts.PostJournal(at, who, self.number(), at.date(), lines, text, bank=facts))

    def _level(self, at: datetime, who: str) -> None:
        """Too much in the bank goes to the savings, too little is made up from them or by the owner."""
        plan = self._plan
        held = plan.bank.held
        floor, ceiling = plan.scaled(cents(self._rules.floor)), plan.scaled(cents(self._rules.ceiling))
        if plan.wish.currency and held[self._foreign] > ceiling // 6:
            self.transfer(at, who, self._foreign, self._bank, held[self._foreign] * 3 // 4 // 100 * 100)
        if held[self._bank] > ceiling:
            self.transfer(at, who, self._bank, self._savings, (held[self._bank] - ceiling) // 2 // 10_000 * 10_000)
        elif held[self._bank] < floor:
            self._make_up(at, who, floor * 2 - held[self._bank])

    def _make_up(self, at: datetime, who: str, wanted: int) -> None:
        wanted = (wanted // 10_000 + 1) * 10_000
        spare = self._plan.bank.held[self._savings] // 10_000 * 10_000
        if spare > 0:
            self.transfer(at, who, self._savings, self._bank, min(spare, wanted))
            wanted -= min(spare, wanted)
        if wanted > 0:
            text = "Put in by the owner"
            self._journal(at, who, at.date(), self._bank, self._account("contributions"), wanted, text, bank=self._bank)

    def transfer(self, at: datetime, who: str, source: str, target: str, amount: int) -> None:
        """Between two accounts; where one is foreign, the amount is in its currency."""
        if amount <= 0:
            return
        plan = self._plan
        foreign = self._foreign in {source, target} and plan.wish.currency
        rate = plan.rate if foreign else 0
        at_home = (amount * rate + 500_000) // 1_000_000 if rate else amount
        out, into = (
            (amount if source == self._foreign or not rate else at_home),
            (amount if target == self._foreign or not rate else at_home),
        )
        facts = plan.bank.move("transfer", source, at.date(), -out, "TRANSFER", target)
        facts += plan.bank.move("transfer", target, at.date(), into, "TRANSFER", source)
        plan.add(acts.MoveMoney(at, who, source, target, at.date(), amount, f"{source} to {target}", rate, facts))

    def cover(self, at: datetime, account: str, amount: int) -> None:
        """The foreign account is filled up before a bill is paid out of it."""
        short = amount - self._plan.bank.held[account]
        if short > 0:
            self.transfer(at, self._plan.agenda.who("banking"), self._bank, account, (short // 50_000 + 1) * 50_000)

    # the statements

    def _reconcile(self, at: datetime, who: str, last: date) -> None:
        plan = self._plan
        fee, earned = (
            cents(self._rules.bank_fee),
            int(plan.bank.held[self._savings] * float(self._rules.interest_earned)),
        )
        text = "Charges of the bank"
        lines = (JournalLine(self._account("bank charges"), fee, text), JournalLine(self._bank, -fee, text))
        facts = plan.bank.exactly(self._bank, last, -fee, "SERVICE CHARGE")
        plan.add(acts.PostJournal(at, who, self.number(), last, lines, text, bank=facts))
        if earned > 0:
            text = "Interest of the savings"
            lines = (JournalLine(self._savings, earned, text), JournalLine(self._account("interest"), -earned, text))
            facts = plan.bank.exactly(self._savings, last, earned, "INTEREST PAID")
            plan.add(acts.PostJournal(at, who, self.number(), last, lines, text, bank=facts))
        for account in (self._bank, self._savings, self._card, *([self._foreign] if plan.wish.currency else [])):
            statement = plan.bank.statement(account, last)
            plan.add(acts.Reconcile(at, who, account, last, statement), 0)
