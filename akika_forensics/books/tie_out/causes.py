"""What is known to be otherwise in the books than in QuickBooks, and what each of it comes to in a figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.documents.values import MONEY, home
from akika_forensics.books.finding import UNRESOLVED
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.postings.frame import TAX as TAX_LINE
from akika_forensics.books.postings.frame import TOTAL
from akika_forensics.books.reported.figures import (
    AGED,
    BALANCE,
    CASH_AFTER,
    CASH_BEFORE,
    CASH_FLOW,
    DUE_FROM,
    DUE_TO,
    LISTED_BALANCE,
    MOVEMENT,
    NET_INCOME,
    OPEN_FROM,
    OPEN_TO,
    TAX_AMOUNT,
)
from akika_forensics.books.statements.ageing import bucket
from akika_forensics.books.statements.balances import cash_accounts
from akika_forensics.books.tie_out.ours import TAXED
from akika_forensics.books.tie_out.why import CHANGED, DOCUMENTS, TAX, TRUNCATED, UNPOSTED
from akika_forensics.model.money import ZERO
from akika_forensics.model.record import RecordKey


class Cause(NamedTuple):
    """One side of a document that is otherwise in the books: by how much, ours less theirs, debit positive."""

    account: str
    date: date
    amount: Decimal
    party: str | None
    document: RecordKey
    reason: str


_COLUMNS: Final = ("account", "date", "residual", "party", "entity", "id", "reason")


def of_documents(differing: pl.DataFrame, ledger: Ledger, moved: frozenset[RecordKey]) -> tuple[Cause, ...]:
    """Of what differs in the general ledger. What was cut off there is no difference."""
    rows = differing.filter(pl.col("reason") != TRUNCATED)
    taxed, left_out = _of_the_tax_engine(rows, ledger), _LeftOut(ledger)
    found = []
    for account, day, residual, party, entity, key, reason in rows.select(_COLUMNS).iter_rows():
        document = RecordKey(entity, key or "")
        why = reason or (CHANGED if document in moved else TAX if document in taxed else "")
        why = why or (UNPOSTED if left_out.makes_up_for(document, account, residual) else DOCUMENTS)
        found.append(Cause(account, day, residual, party, document, why))
    return tuple(found)


class _LeftOut:
    """Documents that could not be posted, and what others have of amounts without an account."""

    def __init__(self, ledger: Ledger) -> None:
        self._documents = {one.key for one in ledger.unposted if one.code == "not_posted"}
        sums = (
            ledger.frame.filter(pl.col("account") == UNRESOLVED)
            .group_by("entity", "id")
            .agg(
                positive=pl.col("amount").filter(pl.col("amount") > 0).sum(),
                negative=pl.col("amount").filter(pl.col("amount") < 0).sum(),
            )
        )
        self._amounts = {RecordKey(entity, key): (above, below) for entity, key, above, below in sums.iter_rows()}

    def makes_up_for(self, document: RecordKey, account: str, residual: Decimal) -> bool:
        """Whether what a document posts otherwise in an account can be that.

        What we have in no account QuickBooks has in one of its own: there ours is less by all of it or, where it is divided,
        by some. What is more than all of it, or goes the other way, is another difference of the same document.
        """
        if document in self._documents or account == UNRESOLVED:
            return True
        above, below = self._amounts.get(document, (ZERO, ZERO))
        return bool(-above <= residual <= -below)


def made_later(ledger: Ledger, keys: Iterable[RecordKey]) -> tuple[Cause, ...]:
    """Documents that a report cannot know, because they were made after it: all that they post."""
    wanted = pl.DataFrame(sorted(keys), schema={"entity": pl.String, "id": pl.String}, orient="row")
    rows = ledger.frame.join(wanted, on=["entity", "id"], how="semi")
    return tuple(
        Cause(account, day, amount, party, RecordKey(entity, key), CHANGED)
        for account, day, amount, party, entity, key in rows.select(
            "account", "date", "amount", "party", "entity", "id"
        ).iter_rows()
    )


def _of_the_tax_engine(rows: pl.DataFrame, ledger: Ledger) -> frozenset[RecordKey]:
    """Documents with tax of which nothing differs but the tax, in accounts of agencies, and with it the total."""
    if rows.is_empty():
        return frozenset()
    own = ledger.frame.join(rows.select("entity", "id").unique(), on=["entity", "id"], how="semi")
    totals = _accounts(own.filter(pl.col("line") == TOTAL))
    liabilities = {*ledger.chart.tax.by_rate.values(), ledger.chart.tax.only}
    taxes = _accounts(own.filter(pl.col("line") == TAX_LINE))
    found = set()
    for (entity, key), some in rows.group_by("entity", "id"):
        document = (str(entity), str(key))
        if document not in taxes:
            continue
        apart = set(some["account"].to_list())
        of_tax = apart & {*liabilities, *taxes[document]}
        if of_tax and apart - of_tax <= totals.get(document, set()) and some["residual"].sum() == 0:
            found.add(RecordKey(*document))
    return frozenset(found)


def _accounts(rows: pl.DataFrame) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entity, key, account in rows.select("entity", "id", "account").iter_rows():
        found[entity, key].add(account)
    return found


class Causes:
    """``of`` says what causes come to in one figure, by reason; causes that do not touch it are left out."""

    def __init__(self, ledger: Ledger, causes: Iterable[Cause]) -> None:
        self._ledger, self._chart = ledger, ledger.chart
        self._holding_cash = frozenset(cash_accounts(ledger.chart))
        self._rate_of = {account: rate for rate, account in _one_to_one(ledger.chart.tax.by_rate).items()}
        self._all = tuple(causes)
        self._by_account: dict[str, list[Cause]] = defaultdict(list)
        for one in self._all:
            self._by_account[one.account].append(one)

    def of(self, measure: str, subject: str, start: date | None, end: date) -> Mapping[str, Decimal]:
        """Ours less theirs, as the measure has it."""
        found: dict[str, Decimal] = {}
        if measure == TAX_AMOUNT:
            beyond = [amount for rate, day, amount in self._beyond if rate == subject and (start or day) <= day <= end]
            found[TAX] = -sum(beyond, ZERO)
        for one, sign in self._touching(measure, subject, start, end):
            found[one.reason] = found.get(one.reason, ZERO) + sign * one.amount
        return {reason: amount for reason, amount in found.items() if amount}

    @cached_property
    def _beyond(self) -> tuple[tuple[str, date, Decimal], ...]:
        """Rate, day and amount of tax that totals have beyond their tax lines, of documents whose lines are of one rate."""
        return tuple(_beyond_the_lines(self._ledger))

    def _touching(self, measure: str, subject: str, start: date | None, end: date) -> Iterable[tuple[Cause, int]]:
        match measure:
            case str() if measure == BALANCE:
                return ((one, 1) for one in self._balance(subject, end))
            case str() if measure == LISTED_BALANCE:
                return ((one, 1) for one in self._by_account.get(subject, ()))
            case str() if measure == MOVEMENT:
                return ((one, 1) for one in self._by_account.get(subject, ()) if _within(one, start, end))
            case str() if measure == CASH_FLOW:
                return self._cash(subject, start, end)
            case str() if measure.partition(AGED)[0] in (DUE_FROM, DUE_TO) and AGED in measure:
                owed, age = measure.split(AGED, 1)
                rows = self._owed(owed == DUE_FROM, end, party=subject)
                return ((one, sign) for one, sign in rows if self._age(one.document, end) == age)
            case str() if measure in (DUE_FROM, DUE_TO):
                return self._owed(measure == DUE_FROM, end, party=subject)
            case str() if measure in (OPEN_FROM, OPEN_TO):
                return self._owed(measure == OPEN_FROM, end, document=subject)
            case str() if measure == TAX_AMOUNT:
                accounts = [account for account, rate in self._rate_of.items() if rate == subject]
                found = [one for account in accounts for one in self._by_account.get(account, ())]
                return ((one, -1) for one in found if _within(one, start, end))
        return ()

    def _cash(self, subject: str, start: date | None, end: date) -> Iterable[tuple[Cause, int]]:
        if subject in (CASH_BEFORE, CASH_AFTER):
            last = end if subject == CASH_AFTER or start is None else start - timedelta(days=1)
            return ((one, 1) for one in self._all if one.account in self._holding_cash and one.date <= last)
        among = self._earned() if subject == NET_INCOME else self._by_account.get(subject, ())
        return ((one, -1) for one in among if _within(one, start, end))

    @cached_property
    def _due(self) -> Mapping[RecordKey, date]:
        """When documents are due that were captured; what has no due date is due on its day."""
        wanted = {(one.document.entity, one.document.id) for one in self._all}
        names = pl.DataFrame(sorted(wanted), schema={"entity": pl.String, "id": pl.String}, orient="row")
        rows = self._ledger.context.heads.join(names, on=["entity", "id"], how="semi")
        found = rows.select("entity", "id", pl.coalesce("due", "date")).iter_rows()
        return {RecordKey(entity, key): due for entity, key, due in found if due is not None}

    def _age(self, document: RecordKey, end: date) -> str | None:
        due = self._due.get(document)
        return None if due is None else bucket((end - due).days)

    def _balance(self, subject: str, end: date) -> Iterable[Cause]:
        chart, year = self._chart, self._chart.fiscal_year_start(end)
        if subject == NET_INCOME:
            return (one for one in self._earned() if year <= one.date <= end)
        own = self._by_account.get(subject, ())
        if chart.is_profit_and_loss(subject):
            return (one for one in own if year <= one.date <= end)
        standing = [one for one in own if one.date <= end]
        if subject == chart.retained_earnings:
            standing += [one for one in self._earned() if one.date < year]
        return standing

    def _earned(self) -> Iterable[Cause]:
        return (one for one in self._all if self._chart.is_profit_and_loss(one.account))

    def _owed(
        self, receivable: bool, end: date, *, party: str | None = None, document: str | None = None
    ) -> Iterable[tuple[Cause, int]]:
        wanted = self._chart.is_receivable if receivable else self._chart.is_payable
        for one in self._all:
            if one.date <= end and wanted(one.account) and (party or document) in (one.party, str(one.document)):
                yield one, 1 if receivable else -1


def _beyond_the_lines(ledger: Ledger) -> Iterator[tuple[str, date, Decimal]]:
    documents = ledger.context.documents
    lines = documents.taxes.group_by("doc").agg(
        pl.col("amount").sum().alias("lines"),
        pl.col("rate_id").drop_nulls().unique().alias("rates"),
    )
    for entity, sign in TAXED.items():
        body = documents.bodies.get(entity)
        if body is None or "TxnTaxDetail" not in body.columns:
            continue
        total = pl.col("TxnTaxDetail").struct.field("TotalTax").cast(MONEY)
        beyond = pl.col("total") - pl.col("lines")
        rows = (
            lines.filter(pl.col("rates").list.len() == 1)
            .join(body.select("doc", total.alias("total")), on="doc", how="inner")
            .join(ledger.context.heads.select("doc", "date", "rate"), on="doc", how="inner")
            .filter(pl.col("total") != pl.col("lines"))
        )
        for (rate,), day, rest in rows.select("rates", "date", home(beyond, pl.col("rate"))).iter_rows():
            yield rate, day, sign * rest


def _within(one: Cause, start: date | None, end: date) -> bool:
    return (start is None or start <= one.date) and one.date <= end


def _one_to_one(by_rate: Mapping[str, str]) -> dict[str, str]:
    """The rates whose account has no other rate: in others nobody can tell of which rate an amount is."""
    many: dict[str, int] = defaultdict(int)
    for account in by_rate.values():
        many[account] += 1
    return {rate: account for rate, account in by_rate.items() if many[account] == 1}
