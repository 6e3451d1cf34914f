"""What is still open of each invoice, credit, bill and payment, by the links of payments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from akika_forensics.books.chart import id_order
from akika_forensics.books.documents.values import home
from akika_forensics.books.postings.context import Context
from akika_forensics.books.postings.control import met, standing
from akika_forensics.model.record import RecordKey

PAID_BY: Final = {1: "Payment", -1: "BillPayment"}
"""What settles receivables, and what payables."""


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """``total`` is what the document moved on the account, ``open`` what of it no payment has settled.

    Home currency; an invoice or a bill is positive, a credit or an unapplied payment negative.
    """

    key: RecordKey
    party: RecordKey | None
    account: str
    date: dt.date
    due: dt.date | None
    total: Decimal
    open: Decimal


def applications(context: Context) -> pl.DataFrame:
    """entity, id (of the payment), payer_party, target_entity, target, value (home currency), day: a row a line that pays or uses up a document.

    ``value`` is positive for what is paid and for a credit that is used up alike; ``day`` is that of the later of the two.
    """
    payments = context.heads.filter(pl.col("entity").is_in(["Payment", "BillPayment"]))
    rates = context.rates.rename({"entity": "linked_entity", "id": "linked"})
    lines = context.documents.lines.filter(pl.col("linked").is_not_null())
    return (
        payments.select("doc", "entity", "id", "rate", "party", paid="date")
        .join(lines.select("doc", "place", "amount", "linked_entity", "linked"), on="doc", how="inner")
        .join(rates, on=["linked_entity", "linked"], how="left")
        .join(
            context.heads.select(linked_entity="entity", linked="id", made="date"),
            on=["linked_entity", "linked"],
            how="left",
        )
        .sort("doc", "place")
        .select(
            "entity",
            "id",
            payer_party="party",
            target_entity="linked_entity",
            target="linked",
            value=home(pl.col("amount"), pl.coalesce("their_rate", "rate")),
            day=pl.max_horizontal("paid", "made"),
        )
    )


def open_documents(
    postings: pl.DataFrame,
    heads: pl.DataFrame,
    applied: pl.DataFrame,
    accounts: Collection[str],
    sign: int,
    as_of: dt.date | None = None,
) -> tuple[OpenDocument, ...]:
    """The documents on the accounts that are open (at the end of a day, if one is given), oldest first, ``sign`` applied."""
    moved, steps = settled(postings, applied, accounts, sign, as_of)
    sums = steps.group_by("row").agg(pl.col("step").sum())
    left = (
        moved.join(sums, on="row", how="left", maintain_order="left")
        .with_columns(left=pl.col("amount") + pl.col("step").fill_null(0))
        .filter(pl.col("left") != 0)
        .join(heads.select("entity", "id", "due"), on=["entity", "id"], how="left", maintain_order="left")
    )
    rows = [
        OpenDocument(
            RecordKey(entity, key),
            RecordKey(kind, party) if party else None,
            account,
            day,
            due,
            sign * total,
            sign * rest,
        )
        for entity, key, account, total, kind, party, day, due, rest in left.select(
            "entity", "id", "account", "amount", "party_entity", "party", "date", "due", "left"
        ).iter_rows()
    ]
    return tuple(sorted(rows, key=lambda one: (one.date, one.key.entity, id_order(one.key.id), one.account)))


def settled(
    postings: pl.DataFrame, applied: pl.DataFrame, accounts: Collection[str], sign: int, as_of: dt.date | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What each document moved on the accounts, and what payments took of it; together they are what is open. Debit positive.

    The first as `control.standing` has it. The second: row, step, day, and entity and id of the other document: the payment, or what
    a payment paid or used up. What one side gives the other takes, so that all that is open is the balance of the accounts.
    """
    # An entry may stand on receivables and on payables: what a bill payment takes of it is none of the customer's.
    applied = applied.filter(pl.col("entity") == PAID_BY[sign])
    if as_of is not None:
        postings, applied = postings.filter(pl.col("date") <= as_of), applied.filter(pl.col("day") <= as_of)
    moved = standing(postings, accounts)
    step = pl.when(pl.col("stands") > 0).then(-pl.col("value")).otherwise("value")
    onto = met(applied.with_row_index("application"), moved, "target_entity", "target").with_columns(step=step)
    # Of a payment each line moves a part onto the document that it names.
    out_of = met(onto.drop("row", "stands", "stands_on"), moved, "entity", "id").select(
        "row", "day", entity="target_entity", id="target", step=-pl.col("step")
    )
    return moved, pl.concat([onto.select("row", "day", "entity", "id", "step"), out_of])
