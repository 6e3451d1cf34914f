"""What moved an account: every posting of it with the balance after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import polars as pl

from akika_forensics.books.documents.values import MONEY

REGISTER: Final = pl.Schema(
    {
        "account": pl.String(),
        "date": pl.Date(),
        "entity": pl.String(),
        "id": pl.String(),
        "line": pl.String(),
        "party_entity": pl.String(),
        "party": pl.String(),
        "amount": MONEY,
        "balance": MONEY,
        "foreign": MONEY,
        "currency": pl.String(),
    }
)


def general_ledger(
    postings: pl.DataFrame, start: date, end: date, accounts: Iterable[str] | None = None
) -> pl.DataFrame:
    """Columns of `REGISTER`, by account and day, debit positive. ``balance`` counts everything before, no year closed.

    One account alone is its register.
    """
    rows = postings if accounts is None else postings.filter(pl.col("account").is_in(list(accounts)))
    rows = rows.filter(pl.col("date") <= end).sort("account", "date", "entity", "id", "place", nulls_last=True)
    counted = rows.with_columns(balance=pl.col("amount").cum_sum().over("account").cast(MONEY))
    return counted.filter(pl.col("date") >= start).select(pl.col(name).cast(kind) for name, kind in REGISTER.items())
