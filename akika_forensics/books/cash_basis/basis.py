"""From postings on the accrual basis to those on the cash basis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.cash_basis import counting
from akika_forensics.books.cash_basis.documents import (
    DOCUMENTS,
    PAYMENTS,
    Application,
    applications,
    entries,
    in_order,
)
from akika_forensics.books.chart import BY_NAME, UNAPPLIED_EXPENSE, UNAPPLIED_INCOME, Chart
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.postings.frame import POSTINGS

_APPLIED: Final = "applied"
"""The line of what a payment applies."""

_KEY: Final = ["entity", "id"]


_CENTS: Final = pl.Int128()


class _Document(NamedTuple):
    """A document that something is applied to; ``total`` and ``home`` are in cents, positive.

    ``sides`` and ``costs`` are its rows on the accrual basis by their number, in order; ``values`` and ``effects`` the cents of each.
    """

    day: date
    sign: int
    total: int
    home: int
    sides: list[int]
    values: list[int]
    costs: list[int]
    effects: list[int]


def cash_postings(ledger: Ledger, report_only: pl.DataFrame | None = None) -> pl.DataFrame:
    """Columns of `POSTINGS`; debits equal credits. Rows of one document keep their line, name, item, class and location.

    ``report_only``: postings beside the ledger's, that only reports tell of.
    """
    chart, frame = ledger.chart, ledger.frame
    if report_only is not None:
        frame = pl.concat([frame, report_only])
    rows = frame.with_row_index("row").with_columns(control=_control(chart))
    waiting = _waiting(rows)
    by_document: dict[tuple[str, str], list[Application]] = defaultdict(list)
    for one in applications(ledger.context):
        by_document[one.document.entity, one.document.id].append(one)
    paid = _paid(rows, waiting, by_document)
    counted, exchanged = _count(paid, by_document)
    unapplied = _unapplied(rows, ledger, by_document, paid)
    parts = [
        _as_they_are(rows, waiting, chart),
        _of_documents(frame, counted),
        unapplied,
        _exchanged(exchanged, chart),
    ]
    return pl.concat([pl.DataFrame(schema=POSTINGS), *(one.select(*POSTINGS) for one in parts)])


def accounts(chart: Chart) -> tuple[str, str]:
    """Of unapplied payments of customers and to vendors. Source: QuickBooks API, AccountSubType."""
    found = {account.subtype: account.id for account in chart.accounts.values()}
    return (
        found.get("UnappliedCashPaymentIncome", UNAPPLIED_INCOME),
        found.get("UnappliedCashBillPaymentExpense", UNAPPLIED_EXPENSE),
    )


def _control(chart: Chart) -> pl.Expr:
    """1 on a receivable account, -1 on a payable one, 0 elsewhere."""
    receivable = [account for account in chart.accounts if chart.is_receivable(account)]
    payable = [account for account in chart.accounts if chart.is_payable(account)]
    account = pl.col("account")
    return pl.when(account.is_in(receivable)).then(1).when(account.is_in(payable)).then(-1).otherwise(0)


def _waiting(rows: pl.DataFrame) -> pl.DataFrame:
    """entity, id, date, home, total: documents that wait for a payment; one of 0 waits for nobody."""
    columns = rows.select(*_KEY, "date", "place", "control", "amount", "foreign")
    held = columns.filter(pl.col("entity").is_in(DOCUMENTS) & (pl.col("control") != 0) & pl.col("place").is_not_null())
    amount, foreign = pl.col("amount"), pl.coalesce("foreign", "amount")
    sums = held.group_by(_KEY).agg(pl.col("date").first(), home=amount.sum(), total=foreign.sum())
    return sums.filter((pl.col("home") != 0) & (pl.col("total") != 0)).with_columns(
        home=_in_cents(pl.col("home")), total=_in_cents(pl.col("total"))
    )


def _paid(
    rows: pl.DataFrame, waiting: pl.DataFrame, by_document: Collection[tuple[str, str]]
) -> dict[tuple[str, str], _Document]:
    """Those of the documents that something is applied to."""
    named = pl.DataFrame(list(by_document), schema={name: pl.String() for name in _KEY}, orient="row")
    wanted = waiting.join(named, on=_KEY, how="semi")
    own = pl.col("place").is_not_null()
    side, cost = own & (pl.col("control") == 0), ~own
    number, value = pl.col("row"), _in_cents(pl.col("amount"))
    found = (
        rows.select(*_KEY, "row", "place", "control", "amount")
        .filter(pl.col("entity").is_in(DOCUMENTS))
        .join(wanted, on=_KEY, how="semi")
        .sort(*_KEY, "place", nulls_last=True, maintain_order=True)
        .group_by(_KEY, maintain_order=True)
        .agg(
            sides=number.filter(side), values=value.filter(side), costs=number.filter(cost), effects=value.filter(cost)
        )
        .join(wanted, on=_KEY, how="inner", maintain_order="left")
    )
    names = ("date", "total", "home", "sides", "values", "costs", "effects")
    documents: dict[tuple[str, str], _Document] = {}
    for entity, key, day, total, home, sides, values, costs, effects in found.select(*_KEY, *names).iter_rows():
        sign = 1 if home > 0 else -1
        documents[entity, key] = _Document(
            day, sign, abs(total), abs(home), sides, [-sign * one for one in values], costs, effects
        )
    return documents


def _in_cents(amount: pl.Expr) -> pl.Expr:
    return (amount * 100).cast(_CENTS)


def _money(cents: pl.Expr) -> pl.Expr:
    return (cents.cast(POSTINGS["amount"]) / 100).cast(POSTINGS["amount"])


def _count(
    paid: dict[tuple[str, str], _Document], by_document: dict[tuple[str, str], list[Application]]
) -> tuple[list[tuple[int, date, int]], list[tuple[Application, date, int]]]:
    """What each row counts with on each day (row, day, cents), and the cents by which payments cleared more or less."""
    counted: list[tuple[int, date, int]] = []
    exchanged: list[tuple[Application, date, int]] = []
    for name, document in paid.items():
        applied = 0
        before = [0] * len(document.sides)
        costs = [0] * len(document.costs)
        for day, one in in_order(by_document[name], document.day):
            applied += one.amount
            now = counting.counted(document.values, document.home, document.total, applied)
            step = 0
            for row, then, since in zip(document.sides, before, now, strict=True):
                moved = since - then
                step += moved
                if moved:
                    counted.append((row, day, -document.sign * moved))
            before = now
            for place, (row, effect) in enumerate(zip(document.costs, document.effects, strict=True)):
                value = counting.cost(effect, document.total, applied)
                if value != costs[place]:
                    counted.append((row, day, value - costs[place]))
                costs[place] = value
            if step != one.cleared:
                exchanged.append((one, day, document.sign * (step - one.cleared)))
    return counted, exchanged


def _as_they_are(rows: pl.DataFrame, waiting: pl.DataFrame, chart: Chart) -> pl.DataFrame:
    """Rules 1, 9, 10 and 11: what waits for nobody posts on its own day."""
    others = rows.join(waiting, on=_KEY, how="anti", maintain_order="left")
    own = pl.col("control") == 0
    of_payments = pl.col("entity").is_in(PAYMENTS)
    of_entries = pl.col("entity").is_in([*DOCUMENTS, "JournalEntry"])
    income, expense = accounts(chart)
    replaced = pl.when(pl.col("control") == 1).then(pl.lit(income)).otherwise(pl.lit(expense))
    return others.filter(own | ~of_payments).with_columns(
        account=pl.when(own | of_entries).then("account").otherwise(replaced)
    )


def _of_documents(frame: pl.DataFrame, counted: list[tuple[int, date, int]]) -> pl.DataFrame:
    schema = pl.Schema({"row": pl.UInt32(), "day": pl.Date(), "cents": _CENTS})
    rows = pl.DataFrame(counted, schema=schema, orient="row")
    return (
        rows.select("row", "day", amount=_money(pl.col("cents")))
        .join(frame.with_row_index("row").drop("date", "amount"), on="row", how="inner", maintain_order="left")
        .rename({"day": "date"})
        .with_columns(foreign=pl.lit(None, POSTINGS["foreign"]))
    )


def _unapplied(
    rows: pl.DataFrame,
    ledger: Ledger,
    by_document: dict[tuple[str, str], list[Application]],
    paid: dict[tuple[str, str], _Document],
) -> pl.DataFrame:
    """Rules 4, 5 and 10: a payment stands in the unapplied account as far as what it pays is not there yet."""
    into = dict(zip(PAYMENTS, accounts(ledger.chart), strict=True))
    sums: dict[tuple[tuple[str, str], str, date], int] = defaultdict(int)
    mine = rows.filter(pl.col("entity").is_in(PAYMENTS) & (pl.col("control") != 0))
    for entity, key, day, amount in mine.select(*_KEY, "date", "amount").iter_rows():
        sums[(entity, key), into[entity], day] += int(amount * 100)
    for name, document in paid.items():
        for one in by_document[name]:
            payer = (one.payment.entity, one.payment.id)
            sums[payer, into[payer[0]], max(document.day, one.paid)] += document.sign * one.cleared
    for entity, key, day, account, cleared in entries(ledger).iter_rows():
        sums[(entity, key), into[entity], day] += int(cleared * 100)
        sums[(entity, key), account, day] -= int(cleared * 100)
    # A payment of 0.00 has a name too, and posts nothing that would tell it.
    heads = ledger.context.heads.filter(pl.col("entity").is_in(PAYMENTS))
    parties = {
        (entity, key): (kind, party)
        for entity, key, kind, party in heads.select(*_KEY, "party_entity", "party").iter_rows()
    }
    return _rows(
        (payer, account, day, value, parties.get(payer, (None, None)), _APPLIED)
        for (payer, account, day), value in sums.items()
    )


def _exchanged(found: list[tuple[Application, date, int]], chart: Chart) -> pl.DataFrame:
    """Rule 12: the cent between what a payment cleared and what the document counts."""
    sums: dict[tuple[tuple[str, str], date], int] = defaultdict(int)
    for one, day, value in found:
        sums[(one.payment.entity, one.payment.id), day] += value
    account = chart.exchange_gain or f"{BY_NAME}Exchange Gain or Loss"
    return _rows((payer, account, day, value, (None, None), _APPLIED) for (payer, day), value in sums.items())


type _Made = tuple[tuple[str, str], str, date, int, tuple[str | None, str | None], str]


def _rows(found: Iterable[_Made]) -> pl.DataFrame:
    made = [(*payer, line, day, account, value, *party) for payer, account, day, value, party, line in found if value]
    names = ("entity", "id", "line", "date", "account", "cents", "party_entity", "party")
    frame = pl.DataFrame(made, schema={name: POSTINGS.get(name, _CENTS) for name in names}, orient="row")
    frame = frame.with_columns(amount=_money(pl.col("cents"))).drop("cents")
    return frame.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in POSTINGS.items() if name not in frame.columns
    )
