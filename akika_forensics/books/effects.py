"""What the differences between two snapshots did to the books, each cent with the document that it comes from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

import polars as pl

from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.ledger import Ledger
from akika_forensics.model.record import RecordKey

MOVED: Final = pl.Schema(
    {
        "entity": pl.String(),
        "id": pl.String(),
        "account": pl.String(),
        "date": pl.Date(),
        "party_entity": pl.String(),
        "party": pl.String(),
        "class": pl.String(),
        "department": pl.String(),
        "before": MONEY,
        "after": MONEY,
        "change": MONEY,
        "changed": pl.Boolean(),
        "closed": pl.Boolean(),
    }
)
"""Debit positive, home currency. ``changed``: the document itself differs; where it does not, it costs otherwise or is paid at another rate because of
others. ``closed``: its day lies in a closed period (of the earlier snapshot, or of the later where that closes more)."""

_KEY: Final = ("entity", "id", "account", "date", "party_entity", "party", "class", "department")


def moved(before: Ledger, after: Ledger, changed: Collection[RecordKey]) -> pl.DataFrame:
    """Columns of `MOVED`, a row for each document, account, day and name whose postings differ; the changes sum to zero.

    ``changed``: keys of the records that differ between the two.
    """
    sums = [
        ledger.frame.group_by(_KEY).agg(pl.col("amount").sum().alias(name))
        for ledger, name in ((before, "before"), (after, "after"))
    ]
    joined = (
        sums[0]
        .join(sums[1], on=list(_KEY), how="full", coalesce=True, nulls_equal=True)
        .with_columns(pl.col("before", "after").fill_null(0))
        .with_columns(change=pl.col("after") - pl.col("before"))
        .filter(pl.col("change") != 0)
    )
    keys = pl.DataFrame(
        [(*key, True) for key in changed],
        schema={"entity": pl.String, "id": pl.String, "changed": pl.Boolean},
        orient="row",
    )
    until = max(
        (day for day in (before.chart.closed_until, after.chart.closed_until) if day is not None), default=date.min
    )
    return (
        joined.join(keys, on=["entity", "id"], how="left")
        .with_columns(changed=pl.col("changed").fill_null(value=False), closed=pl.col("date") <= until)
        .select(pl.col(name).cast(kind) for name, kind in MOVED.items())
        .sort("date", "entity", "id", "account")
    )


def by_account(rows: pl.DataFrame) -> pl.DataFrame:
    """account, change, documents."""
    return _by(rows, pl.col("account"))


def by_month(rows: pl.DataFrame) -> pl.DataFrame:
    """month (its first day), account, closed, change, documents."""
    return _by(rows, pl.col("date").dt.truncate("1mo").alias("month"), pl.col("account"), pl.col("closed"))


def by_party(rows: pl.DataFrame) -> pl.DataFrame:
    """party_entity, party, account, change, documents; null for what is nobody's."""
    return _by(rows, pl.col("party_entity"), pl.col("party"), pl.col("account"))


def by_class(rows: pl.DataFrame) -> pl.DataFrame:
    """class, account, change, documents; null for what is of none."""
    return _by(rows, pl.col("class"), pl.col("account"))


def in_closed_periods(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that should not have moved any more, the largest first."""
    return rows.filter("closed").sort(pl.col("change").abs(), descending=True)


def _by(rows: pl.DataFrame, *keys: pl.Expr) -> pl.DataFrame:
    found = rows.group_by(*keys).agg(
        pl.col("change").sum(), documents=pl.struct("entity", "id").n_unique().cast(pl.UInt32)
    )
    names = found.columns[:-2]
    return found.filter(pl.col("change") != 0).sort(names, nulls_last=True)
