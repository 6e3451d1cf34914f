"""Who owes how much, and for how long: open documents by the days that they are past due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import polars as pl

from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.open_items import OpenDocument

BUCKETS: Final = ("Current", "1 - 30", "31 - 60", "61 - 90", "91 and over")
"""By days past due. Source: QuickBooks reports, AgedReceivables with its default periods."""

AGED: Final = pl.Schema(
    {
        "party": pl.String(),
        "entity": pl.String(),
        "id": pl.String(),
        "date": pl.Date(),
        "due": pl.Date(),
        "days": pl.Int64(),
        "bucket": pl.String(),
        "open": MONEY,
    }
)


def aged(documents: Iterable[OpenDocument], as_of: date) -> pl.DataFrame:
    """Columns of `AGED`, a row a document; ``days`` is how long it is past due, negative before that. What has no due date is due on its day."""
    rows = []
    for one in documents:
        due = one.due or one.date
        days = (as_of - due).days
        rows.append(
            (
                one.party.id if one.party else None,
                one.key.entity,
                one.key.id,
                one.date,
                due,
                days,
                bucket(days),
                one.open,
            )
        )
    return pl.DataFrame(rows, schema=AGED, orient="row").sort("due", "entity", "id")


def bucket(days: int) -> str:
    """Which age so many days past due are."""
    if days <= 0:
        return BUCKETS[0]
    return BUCKETS[min((days - 1) // 30 + 1, 4)]


def by_party(rows: pl.DataFrame) -> pl.DataFrame:
    """party, a column an age, total; a row a customer or vendor of whom an amount is open in any age, also where they net to nothing."""
    sums = rows.group_by("party", "bucket").agg(pl.col("open").sum())
    ages = [pl.col("open").filter(pl.col("bucket") == name).sum().cast(MONEY).alias(name) for name in BUCKETS]
    return (
        sums.group_by("party")
        .agg(*ages, total=pl.col("open").sum())
        .filter(pl.any_horizontal(pl.col(name) != 0 for name in BUCKETS))
        .sort("party", nulls_last=True)
    )
