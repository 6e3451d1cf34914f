"""What the bank will show of each transaction, and when; the planner's own view of what is in each account."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from akika_forensics.twin.life.chance import Chance
from akika_forensics.twin.life.lines import BankFact
from akika_forensics.twin.life.parameter_tables import Bank


class BankTruth:
    """Facts as they will come; ``held`` is what the books say is in an account, in its own cents."""

    def __init__(self, parameters: Bank, seed: int, last_day: date) -> None:
        self._parameters = parameters
        self._chance = Chance(seed, "bank")
        self._last_day = last_day
        self._numbers: dict[str, int] = defaultdict(int)
        self._shown: dict[str, list[tuple[date, int]]] = defaultdict(list)
        self._statements: dict[str, int] = defaultdict(int)
        self.held: dict[str, int] = defaultdict(int)

    def move(
        self, kind: str, account: str, on: date, cents: int, payee: str, memo: str = "", number: str = ""
    ) -> tuple[BankFact, ...]:
        """The books move money; gives what the bank shows of it within the life, or nothing.

        ``kind`` is check, card, deposit, transfer or electronic: each has its own delay.
        """
        self.held[account] += cents
        if not cents or (kind == "check" and self._chance.happens(float(self._parameters.never_presented))):
            return ()
        shown = on + timedelta(days=self._chance.between(getattr(self._parameters, kind)))
        while shown.weekday() > 4:
            shown += timedelta(days=1)
        if shown > self._last_day:
            return ()
        return (self._fact(account, shown, cents, payee, memo, number),)

    def exactly(self, account: str, on: date, cents: int, payee: str) -> tuple[BankFact, ...]:
        """Something the bank itself did on a day, and the books take over."""
        self.held[account] += cents
        return (self._fact(account, on, cents, payee, "", ""),) if on <= self._last_day else ()

    def _fact(self, account: str, on: date, cents: int, payee: str, memo: str, number: str) -> BankFact:
        self._numbers[account] += 1
        self._shown[account].append((on, cents))
        fitid = f"{on:%Y%m%d}{self._numbers[account]:07d}"
        return BankFact(account, on, cents, payee.upper()[:32], memo.upper()[:40], number, fitid)

    def statement(self, account: str, until: date) -> int:
        """What the bank has at the end of a day; to be asked in the order of the days."""
        late = [row for row in self._shown[account] if row[0] > until]
        self._statements[account] += sum(cents for day, cents in self._shown[account] if day <= until)
        self._shown[account] = late
        return self._statements[account]
