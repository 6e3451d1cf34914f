"""All postings of a snapshot, and the balances that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Self

from akika_forensics.books.chart import RETAINED_EARNINGS, Chart, decoded, id_order
from akika_forensics.books.fifo import replay
from akika_forensics.books.finding import UNRESOLVED, Finding
from akika_forensics.books.open_items import OpenDocument, OpenItems
from akika_forensics.books.post import POSTING, post_document
from akika_forensics.books.posting import Posting
from akika_forensics.books.stock import Movement, movements
from akika_forensics.model.money import ZERO
from akika_forensics.model.record import Record, RecordKey


class Ledger:
    """The books of one set of records. ``Ledger.of(records)`` makes it; nothing in it changes afterwards.

    All amounts are in home currency, to the cent. Debits equal credits for every document and so in total.
    """

    def __init__(
        self, chart: Chart, postings: tuple[Posting, ...], findings: tuple[Finding, ...], open_items: OpenItems
    ) -> None:
        self.chart = chart
        self.postings = postings
        self.findings = findings
        """Everything noticed while posting, notes too, in the order of the records."""
        self._open = open_items

    @classmethod
    def of(cls, records: Iterable[Record], *, opening_costs: Mapping[str, Decimal] | None = None) -> Self:
        """Post every document of a snapshot. Never raises on a record; what cannot be posted is in ``unposted``.

        ``opening_costs`` fixes the unit cost of items' first stock (see ``Ledger.opening_costs`` of an earlier one).
        """
        rows = list(records)
        chart = Chart.of(rows)
        postings: list[Posting] = []
        findings: list[Finding] = []
        moves: list[Movement] = []
        open_items = OpenItems(chart)
        for record in rows:
            entity = record.key.entity
            if entity not in POSTING:
                continue
            body = decoded(record)
            if body is None:
                findings.append(Finding("not_posted", f"{record.key} is not in the books: not JSON.", record.key))
                continue
            posted = post_document(entity, body, chart)
            postings.extend(posted.postings)
            findings.extend(posted.findings)
            open_items.add(entity, body, posted.postings)
            moved, said = movements(entity, body, chart)
            moves.extend(moved)
            findings.extend(said)
        costs, said = replay(chart, moves, opening_costs)
        postings.extend(costs)
        findings.extend(said)
        findings.extend(_uncaptured(chart, postings))
        return cls(chart, tuple(postings), tuple(findings), open_items)

    @property
    def unposted(self) -> tuple[Finding, ...]:
        """What is not in the books as it should be: a document left out, or an amount without an account."""
        return tuple(finding for finding in self.findings if finding.severity == "problem")

    @property
    def opening_costs(self) -> dict[str, Decimal]:
        """Unit cost of each tracked item, to carry into the ledger of a later snapshot."""
        return {item.id: item.cost for item in self.chart.items.values() if item.tracked}

    @cached_property
    def _daily(self) -> dict[tuple[str, date], Decimal]:
        sums: dict[tuple[str, date], Decimal] = {}
        for posting in self.postings:
            key = (posting.account, posting.date)
            sums[key] = sums.get(key, ZERO) + posting.amount
        return sums

    def trial_balance(self, as_of: date) -> dict[str, Decimal]:
        """Balance of each account at the end of a day, debit positive, accounts at zero left out; sums to zero.

        Income and cost accounts run from the start of the fiscal year; what they held before is in Retained
        Earnings. Source: QuickBooks reports, TrialBalance.
        """
        start = self.chart.fiscal_year_start(as_of)
        earlier = self.chart.retained_earnings or RETAINED_EARNINGS
        sums: dict[str, Decimal] = {}
        for (account, when), value in self._daily.items():
            if when > as_of:
                continue
            into = earlier if when < start and self.chart.is_profit_and_loss(account) else account
            sums[into] = sums.get(into, ZERO) + value
        return {account: sums[account] for account in sorted(sums, key=id_order) if sums[account]}

    def balances(self) -> dict[str, Decimal]:
        """Sum of all postings of each account over all time, no year closed."""
        sums: dict[str, Decimal] = {}
        for (account, _), value in self._daily.items():
            sums[account] = sums.get(account, ZERO) + value
        return {account: sums[account] for account in sorted(sums, key=id_order) if sums[account]}

    def monthly(self) -> dict[tuple[str, str], Decimal]:
        """Movement of each account in each month: ``("79", "2026-11")`` → amount, zero left out."""
        sums: dict[tuple[str, str], Decimal] = {}
        for (account, when), value in self._daily.items():
            key = (account, f"{when:%Y-%m}")
            sums[key] = sums.get(key, ZERO) + value
        return {key: sums[key] for key in sorted(sums, key=lambda one: (id_order(one[0]), one[1])) if sums[key]}

    def receivable(self, as_of: date | None = None) -> dict[RecordKey | None, Decimal]:
        """What each customer owes; None is what names nobody. Sums to the A/R accounts."""
        return self._by_party(self.chart.is_receivable, 1, as_of)

    def payable(self, as_of: date | None = None) -> dict[RecordKey | None, Decimal]:
        """What is owed to each vendor (positive is a debt of the company). Sums to the A/P accounts, sign turned."""
        return self._by_party(self.chart.is_payable, -1, as_of)

    def _by_party(
        self, wanted: Callable[[str], bool], sign: int, as_of: date | None
    ) -> dict[RecordKey | None, Decimal]:
        sums: dict[RecordKey | None, Decimal] = {}
        for posting in self.postings:
            if wanted(posting.account) and (as_of is None or posting.date <= as_of):
                sums[posting.party] = sums.get(posting.party, ZERO) + sign * posting.amount
        order = sorted(
            sums, key=lambda one: (one is not None, one.entity if one else "", id_order(one.id if one else ""))
        )
        return {party: sums[party] for party in order if sums[party]}

    def open_receivable(self) -> tuple[OpenDocument, ...]:
        """Documents on receivable accounts that are not settled in full, oldest first."""
        return self._open.of(self.chart.is_receivable, 1)

    def open_payable(self) -> tuple[OpenDocument, ...]:
        """Documents on payable accounts that are not settled in full, oldest first; a bill is positive."""
        return self._open.of(self.chart.is_payable, -1)


def _uncaptured(chart: Chart, postings: list[Posting]) -> list[Finding]:
    """One finding for each account that is posted to but was not captured: its type, and so its year, is unknown."""
    counts: dict[str, int] = {}
    for posting in postings:
        if posting.account not in chart.accounts and posting.account != UNRESOLVED:
            counts[posting.account] = counts.get(posting.account, 0) + 1
    return [
        Finding(
            "account_missing",
            f"Account {account} was not captured; {counts[account]} postings to it stand under its Id.",
            RecordKey("Account", account),
        )
        for account in sorted(counts, key=id_order)
    ]
