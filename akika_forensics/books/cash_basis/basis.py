"""From postings on the accrual basis to those on the cash basis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.cash_basis import counting
from akika_forensics.books.cash_basis.documents import (
    CREDITS,
    DOCUMENTS,
    PAYMENTS,
    Application,
    applications,
    in_order,
)
from akika_forensics.books.chart import BY_NAME, UNAPPLIED_EXPENSE, UNAPPLIED_INCOME, Chart
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.postings.frame import POSTINGS

_APPLIED: Final = "applied"
"""The line of what a payment applies."""

_KEY: Final = ["entity", "id"]


class _Document(NamedTuple):
    """Rows of the accrual basis by their number: ``sides`` in order, and costs; ``total`` and ``home`` in cents, positive."""

    key: tuple[str, str]
    day: date
    sign: int
    total: int
    home: int
    sides: list[tuple[int, int]]
    costs: list[tuple[int, int]]


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
    counted, exchanged = _count(waiting, by_document)
    unapplied = _unapplied(rows, chart, by_document, waiting)
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


def _waiting(rows: pl.DataFrame) -> dict[tuple[str, str], _Document]:
    """Documents that wait for a payment; one of 0 waits for nobody."""
    mine = rows.filter(pl.col("entity").is_in(DOCUMENTS)).sort("entity", "id", "place", nulls_last=True)
    found: dict[tuple[str, str], _Document] = {}
    columns = ("row", "entity", "id", "date", "place", "control", "amount", "foreign")
    grouped: dict[tuple[str, str], list[tuple[int, date, int | None, int, Decimal, Decimal | None]]] = defaultdict(list)
    for row, entity, key, day, place, control, amount, foreign in mine.select(columns).iter_rows():
        grouped[entity, key].append((row, day, place, control, amount, foreign))
    for name, sides in grouped.items():
        held = [one for one in sides if one[3] and one[2] is not None]
        home = int(sum(one[4] for one in held) * 100)
        total = int(sum(one[5] if one[5] is not None else one[4] for one in held) * 100)
        if not home or not total:
            continue
        sign = 1 if home > 0 else -1
        found[name] = _Document(
            key=name,
            day=sides[0][1],
            sign=sign,
            total=abs(total),
            home=abs(home),
            sides=[(one[0], int(-sign * one[4] * 100)) for one in sides if not one[3] and one[2] is not None],
            costs=[(one[0], int(one[4] * 100)) for one in sides if one[2] is None],
        )
    return found


def _count(
    waiting: dict[tuple[str, str], _Document], by_document: dict[tuple[str, str], list[Application]]
) -> tuple[list[tuple[int, date, int]], list[tuple[Application, date, int]]]:
    """What each row counts with on each day (row, day, cents), and the cents by which payments cleared more or less."""
    counted: list[tuple[int, date, int]] = []
    exchanged: list[tuple[Application, date, int]] = []
    for name, document in waiting.items():
        applied = 0
        before = [0] * len(document.sides)
        costs = [0] * len(document.costs)
        values = [value for _, value in document.sides]
        for day, one in in_order(by_document.get(name, ()), document.day):
            applied += one.amount
            now = counting.counted(values, document.home, document.total, applied)
            step = 0
            for place, (row, _) in enumerate(document.sides):
                moved = now[place] - before[place]
                step += moved
                if moved:
                    counted.append((row, day, -document.sign * moved))
            before = now
            for place, (row, effect) in enumerate(document.costs):
                value = counting.cost(effect, document.total, applied)
                if value != costs[place]:
                    counted.append((row, day, value - costs[place]))
                costs[place] = value
            if step != one.cleared:
                exchanged.append((one, day, document.sign * (step - one.cleared)))
    return counted, exchanged


def _as_they_are(rows: pl.DataFrame, waiting: dict[tuple[str, str], _Document], chart: Chart) -> pl.DataFrame:
    """Rules 1, 9, 10 and 11: what waits for nobody posts on its own day."""
    named = pl.DataFrame(list(waiting), schema={name: pl.String() for name in _KEY}, orient="row")
    others = rows.join(named, on=_KEY, how="anti", maintain_order="left")
    own = pl.col("control") == 0
    of_payments = pl.col("entity").is_in(PAYMENTS)
    of_entries = pl.col("entity").is_in([*DOCUMENTS, "JournalEntry"])
    income, expense = accounts(chart)
    replaced = pl.when(pl.col("control") == 1).then(pl.lit(income)).otherwise(pl.lit(expense))
    return others.filter(own | ~of_payments).with_columns(
        account=pl.when(own | of_entries).then("account").otherwise(replaced)
    )


def _of_documents(frame: pl.DataFrame, counted: list[tuple[int, date, int]]) -> pl.DataFrame:
    schema = pl.Schema({"row": pl.UInt32(), "day": pl.Date(), "amount": POSTINGS["amount"]})
    rows = pl.DataFrame([(row, day, Decimal(value) / 100) for row, day, value in counted], schema=schema, orient="row")
    return (
        rows.join(frame.with_row_index("row").drop("date", "amount"), on="row", how="inner", maintain_order="left")
        .rename({"day": "date"})
        .with_columns(foreign=pl.lit(None, POSTINGS["foreign"]))
    )


def _unapplied(
    rows: pl.DataFrame,
    chart: Chart,
    by_document: dict[tuple[str, str], list[Application]],
    waiting: dict[tuple[str, str], _Document],
) -> pl.DataFrame:
    """Rules 4, 5 and 10: a payment stands in the unapplied account as far as what it pays is not there yet."""
    income, expense = accounts(chart)
    into = {"Payment": income, "BillPayment": expense}
    sums: dict[tuple[tuple[str, str], str, date], int] = defaultdict(int)
    parties: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    control_of: dict[tuple[str, str], str] = {}
    mine = rows.filter(pl.col("entity").is_in(PAYMENTS) & (pl.col("control") != 0))
    for entity, key, day, account, amount, kind, party in mine.select(
        "entity", "id", "date", "account", "amount", "party_entity", "party"
    ).iter_rows():
        sums[(entity, key), into[entity], day] += int(amount * 100)
        parties[entity, key], control_of[entity, key] = (kind, party), account
    entries = {
        (entity, key): day
        for entity, key, day in rows.filter((pl.col("entity") == "JournalEntry") & (pl.col("control") != 0))
        .select("entity", "id", "date")
        .iter_rows()
    }
    for name, found in by_document.items():
        document = waiting.get(name)
        for one in found:
            payer = (one.payment.entity, one.payment.id)
            side = 1 if payer[0] == "Payment" else -1
            if document is not None:
                day = max(document.day, one.paid)
                sums[payer, into[payer[0]], day] += (-side if name[0] in CREDITS else side) * one.cleared
            elif name in entries and payer in control_of:
                day = max(entries[name], one.paid)
                sums[payer, into[payer[0]], day] += side * one.cleared
                sums[payer, control_of[payer], day] -= side * one.cleared
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
    made = [
        (*payer, line, day, account, Decimal(value) / 100, *party)
        for payer, account, day, value, party, line in found
        if value
    ]
    names = ("entity", "id", "line", "date", "account", "amount", "party_entity", "party")
    frame = pl.DataFrame(made, schema={name: POSTINGS[name] for name in names}, orient="row")
    return frame.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in POSTINGS.items() if name not in names)
