"""One debit or credit, and the sheet on which a document's postings are collected until they balance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from akika_forensics.books.body import UnreadableError, amount, day, number, ref
from akika_forensics.books.chart import Chart
from akika_forensics.books.finding import UNRESOLVED, Finding
from akika_forensics.model.money import CENT, ZERO, cents, money_text
from akika_forensics.model.record import RecordKey

TOTAL: Final = "total"
TAX: Final = "tax"
ROUNDING: Final = "rounding"
EXCHANGE: Final = "exchange"


class Posting(NamedTuple):
    """``amount`` is in home currency, to the cent, debit positive. ``party`` is whose account it is, if anyone's.

    ``line`` is the document's line Id (``#2`` for the second line when it has none), or ``total``, ``tax``,
    ``rounding``, ``exchange``, ``cost 3`` (stock that left by line 3), ``opening`` (an item's first stock).
    """

    account: str
    amount: Decimal
    date: date
    key: RecordKey
    party: RecordKey | None
    line: str


class Sheet:
    """Postings of one document. ``close`` makes them balance and says what was needed for it."""

    def __init__(self, entity: str, body: dict[str, Any], chart: Chart) -> None:
        self.key = RecordKey(entity, str(body.get("Id", "")))
        self.chart = chart
        self.date = day(body)
        self.party: RecordKey | None = None
        self.postings: list[Posting] = []
        self.findings: list[Finding] = []
        self.currency = ref(body, "CurrencyRef")
        self.rate = self._rate(body)

    def _rate(self, body: dict[str, Any]) -> Decimal:
        home = self.chart.home_currency
        if self.currency is not None and self.currency == home:
            return Decimal(1)
        rate = number(body, "ExchangeRate")
        if rate > 0:
            return rate
        if self.currency is None or home is None:
            return Decimal(1)
        found = self.chart.day_rate(self.currency, self.date)
        if found is None:
            raise UnreadableError(f"it is in {self.currency} and carries no exchange rate")
        self.say("rate_taken_from_list", f"has no exchange rate of its own; {found} of the rate list is used", "note")
        return found

    @property
    def foreign(self) -> bool:
        return self.rate != 1

    def say(self, code: str, what: str, severity: str = "problem") -> None:
        self.findings.append(
            Finding(code, f"{self.key} {what}.", self.key, "note" if severity == "note" else "problem")
        )

    def put(
        self, account: str | None, value: Decimal, line: str, party: RecordKey | None = None, *, why: str = ""
    ) -> None:
        """Post ``value`` of the document's currency; without an account it goes to the unresolved one, by name."""
        self.put_home(account, cents(value * self.rate) if self.foreign else value, line, party, why=why)

    def put_home(
        self, account: str | None, value: Decimal, line: str, party: RecordKey | None = None, *, why: str = ""
    ) -> None:
        """Post ``value`` that is in home currency already. ``why`` says why there is no account, if there is none."""
        if value == 0:
            return
        if account is None:
            account = UNRESOLVED
            tail = f": {why}" if why else ""
            self.say("no_account", f"has {money_text(abs(value))} ({line}) for which no account can be named{tail}")
        self.postings.append(Posting(account, value, self.date, self.key, party or self.party, line))

    def total(self, body: dict[str, Any], account: str | None, sign: int, less: Decimal = ZERO) -> None:
        """Post the document's total (minus ``less``), by QuickBooks' own home amount where it gives one."""
        home = number(body, "HomeTotalAmt") if self.foreign else ZERO
        if home:
            self.put_home(account, sign * (cents(home) - cents(less * self.rate)), TOTAL)
        else:
            self.put(account, sign * (amount(body, "TotalAmt") - less), TOTAL)

    def close(self) -> None:
        """Post what is missing for debits to equal credits, under its name.

        Up to one cent a posting it is rounding: to Exchange Gain or Loss for a foreign document, else to the account
        of the largest other posting. More than that is no rounding: it goes to the unresolved account, as a problem.
        """
        remainder = -sum((one.amount for one in self.postings), ZERO)
        if remainder == 0:
            return
        if abs(remainder) > CENT * max(len(self.postings), 1):
            self.say("does_not_balance", f"does not add up: {money_text(remainder)} is missing from its lines")
            self.postings.append(Posting(UNRESOLVED, remainder, self.date, self.key, self.party, ROUNDING))
            return
        account = self.chart.exchange_gain if self.foreign else None
        if account is None:
            others = [one for one in self.postings if one.line != TOTAL] or self.postings
            account = max(others, key=lambda one: abs(one.amount)).account
        self.postings.append(Posting(account, remainder, self.date, self.key, self.party, ROUNDING))
        if not self.foreign:
            self.say("rounding", f"has lines that differ from its total by {money_text(remainder)}", "note")
