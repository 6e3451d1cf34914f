"""What waits for payments, and what payments apply to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.chart import id_order
from akika_forensics.books.documents.values import home
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.postings.context import Context
from akika_forensics.books.postings.control import met, standing
from akika_forensics.model.record import RecordKey

DOCUMENTS: Final = ("Invoice", "Bill", "CreditMemo", "VendorCredit")
"""What posts as far as it is applied."""
PAYMENTS: Final = ("Payment", "BillPayment")


class Application(NamedTuple):
    """``amount`` is in the document's currency, ``cleared`` in home currency, both in cents and positive."""

    payment: RecordKey
    document: RecordKey
    paid: date
    amount: int
    cleared: int


def applications(context: Context) -> list[Application]:
    """One for each payment and document: the sum of the lines that link the two; in no order."""
    payments = context.heads.filter(pl.col("entity").is_in(PAYMENTS)).select("doc", "entity", "id", "date", "rate")
    rates = context.rates.rename({"entity": "linked_entity", "id": "linked"})
    lines = context.documents.lines.filter(pl.col("linked").is_not_null() & (pl.col("amount") != 0))
    rows = (
        payments.join(lines.select("doc", "amount", "linked_entity", "linked"), on="doc", how="inner")
        .join(rates, on=["linked_entity", "linked"], how="left")
        .with_columns(cleared=home(pl.col("amount"), pl.coalesce("their_rate", "rate")))
        .group_by("entity", "id", "date", "linked_entity", "linked")
        .agg(pl.col("amount", "cleared").sum())
    )
    columns = ("entity", "id", "date", "linked_entity", "linked", "amount", "cleared")
    return [
        Application(RecordKey(entity, key), RecordKey(target, other), day, int(amount * 100), int(cleared * 100))
        for entity, key, day, target, other, amount, cleared in rows.select(columns).iter_rows()
    ]


def entries(ledger: Ledger) -> pl.DataFrame:
    """entity, id (of the payment), day, account, cleared: what a payment settles of a journal entry, debit positive, on the account on which the entry stands.

    The account is the entry's own: a payment of 0.00 posts to none.
    """
    applied = ledger.applied.filter(pl.col("target_entity") == "JournalEntry").with_row_index("application")
    chart, frame = ledger.chart, ledger.frame.filter(pl.col("entity") == "JournalEntry")
    found = []
    for payment, holds in zip(PAYMENTS, (chart.is_receivable, chart.is_payable), strict=True):
        sides = standing(frame, [account for account in chart.accounts if holds(account)])
        rows = met(applied.filter(pl.col("entity") == payment), sides, "target_entity", "target")
        value = pl.when(pl.col("stands") > 0).then("value").otherwise(-pl.col("value"))
        found.append(rows.select("entity", "id", "day", account="stands_on", cleared=value))
    return pl.concat(found)


def in_order(found: Collection[Application], day: date) -> Iterator[tuple[date, Application]]:
    """The applications of a document of ``day``, each with its own day: that of the later of the two; then by the payment's Id."""
    dated = ((max(day, one.paid), one) for one in found)
    return iter(sorted(dated, key=lambda row: (row[0], id_order(row[1].payment.id), row[1].payment.entity)))
