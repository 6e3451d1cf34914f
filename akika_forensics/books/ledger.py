"""All postings of a snapshot, and the balances that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, Self

import polars as pl

from akika_forensics.books import open_items, stock
from akika_forensics.books.chart import RETAINED_EARNINGS, Chart, id_order
from akika_forensics.books.documents import fields, tables
from akika_forensics.books.fifo import replay
from akika_forensics.books.finding import UNRESOLVED, Finding
from akika_forensics.books.open_items import OpenDocument
from akika_forensics.books.postings.context import Context
from akika_forensics.books.postings.frame import Posting, values, whole
from akika_forensics.books.postings.posting import post
from akika_forensics.model.money import ZERO
from akika_forensics.model.record import Record, RecordKey


class Ledger:
    """The books of one set of records. ``Ledger.of(records)`` makes it; nothing in it changes afterwards.

    All amounts are in home currency, to the cent. Debits equal credits for every document and so in total.
    """

    def __init__(
        self,
        chart: Chart,
        frame: pl.DataFrame,
        findings: tuple[Finding, ...],
        context: Context,
        stock_moved: pl.DataFrame,
        opening_costs: Mapping[str, Decimal] | None = None,
    ) -> None:
        self.chart = chart
        self.frame = frame
        """A row a debit or credit, with the columns of ``POSTINGS``."""
        self.findings = findings
        """Everything noticed while posting, notes too."""
        self.context = context
        """What the postings were worked out from."""
        self.stock_moved = stock_moved
        """item, date, moved: how many came (positive) or left on a day."""
        self._opening_costs = opening_costs or {}

    @classmethod
    def of(cls, records: Iterable[Record], *, opening_costs: Mapping[str, Decimal] | None = None) -> Self:
        """Post every document of a snapshot. Never raises on a record; what cannot be posted is in ``unposted``.

        ``opening_costs`` (by item Id) fixes the unit cost of items' first stock; without it that is today's purchase cost. See
        ``Ledger.opening_costs`` of an earlier one.
        """
        lists: list[Record] = []
        transactions: dict[str, list[tuple[str, bytes]]] = {}
        for record in records:
            key = record.key
            if key.entity in fields.POSTING:
                transactions.setdefault(key.entity, []).append((key.id, record.payload))
            else:
                lists.append(record)
        return cls.read(Chart.of(lists), transactions, opening_costs=opening_costs)

    @classmethod
    def read(
        cls,
        chart: Chart,
        transactions: Mapping[str, Iterable[tuple[str, bytes]]],
        *,
        opening_costs: Mapping[str, Decimal] | None = None,
    ) -> Self:
        """As ``of``, from the Ids and payloads of the transactions of each type."""
        context = Context.of(chart, tables.read(transactions))
        if context.heads.height > tables.SIDE_BY_SIDE:
            # Layers of stock are a matter of Python, postings one of tables: the two hardly wait for each other.
            with ThreadPoolExecutor(1, thread_name_prefix="stock") as beside:
                costing = beside.submit(_costed, context, opening_costs)
                posted = post(context)
                costs = costing.result()
        else:
            posted, costs = post(context), _costed(context, opening_costs)
        frame = whole([posted.postings, costs.postings])
        findings = (*posted.findings, *costs.findings, *_uncaptured(chart, frame))
        return cls(chart, frame, findings, context, costs.moved, opening_costs)

    @cached_property
    def postings(self) -> tuple[Posting, ...]:
        """The rows of ``frame`` as values: for a document at hand, not for a whole company."""
        return values(self.frame)

    @property
    def unposted(self) -> tuple[Finding, ...]:
        """What is not in the books as it should be: a document left out, or an amount without an account."""
        return tuple(finding for finding in self.findings if finding.severity == "problem")

    @property
    def opening_costs(self) -> dict[str, Decimal]:
        """What a unit of each tracked item's first stock cost, to carry into the ledger of a later snapshot."""
        own = {item.id: item.cost for item in self.chart.items.values() if item.tracked}
        return {**own, **self._opening_costs}

    @cached_property
    def _daily(self) -> dict[tuple[str, date], Decimal]:
        sums = self.frame.group_by("account", "date").agg(pl.col("amount").sum())
        return {(account, when): value for account, when, value in sums.iter_rows()}

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
        rows = self.frame.filter(pl.col("account").is_in(self._accounts(wanted)))
        if as_of is not None:
            rows = rows.filter(pl.col("date") <= as_of)
        sums = {
            RecordKey(kind, party) if party else None: sign * value
            for kind, party, value in rows.group_by("party_entity", "party").agg(pl.col("amount").sum()).iter_rows()
        }
        order = sorted(
            sums, key=lambda one: (one is not None, one.entity if one else "", id_order(one.id if one else ""))
        )
        return {party: sums[party] for party in order if sums[party]}

    def _accounts(self, wanted: Callable[[str], bool]) -> list[str]:
        return [account for account in self.chart.accounts if wanted(account)]

    @cached_property
    def applied(self) -> pl.DataFrame:
        return open_items.applications(self.context)

    def open_receivable(self, as_of: date | None = None) -> tuple[OpenDocument, ...]:
        """Documents on receivable accounts that are not settled in full (by the end of a day), oldest first."""
        return self._open(self.chart.is_receivable, 1, as_of)

    def open_payable(self, as_of: date | None = None) -> tuple[OpenDocument, ...]:
        """Documents on payable accounts that are not settled in full, oldest first; a bill is positive."""
        return self._open(self.chart.is_payable, -1, as_of)

    def _open(self, wanted: Callable[[str], bool], sign: int, as_of: date | None) -> tuple[OpenDocument, ...]:
        return open_items.open_documents(
            self.frame, self.context.heads, self.applied, self._accounts(wanted), sign, as_of
        )


class _Costs(NamedTuple):
    postings: pl.DataFrame
    findings: tuple[Finding, ...]
    moved: pl.DataFrame


def _costed(context: Context, opening_costs: Mapping[str, Decimal] | None) -> _Costs:
    moves, said = stock.moved(context)
    costs, odd = replay(context.chart, moves, opening_costs)
    return _Costs(costs, (*said, *odd), stock.quantities(moves))


def _uncaptured(chart: Chart, frame: pl.DataFrame) -> list[Finding]:
    """One finding for each account that is posted to but was not captured: its type, and so its year, is unknown."""
    known = [*chart.accounts, UNRESOLVED]
    counts = dict(frame.filter(~pl.col("account").is_in(known)).group_by("account").len().iter_rows())
    return [
        Finding(
            "account_missing",
            f"Account {account} was not captured; {counts[account]} postings to it stand under its Id.",
            RecordKey("Account", account),
        )
        for account in sorted(counts, key=id_order)
    ]
