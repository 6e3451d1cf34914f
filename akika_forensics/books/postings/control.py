"""What documents stand with on the accounts of receivables and payables, and which of it a line of a payment is about.

Whether a line pays a document or uses it up follows from the side on which that document stands: a debit on receivables is paid,
a credit is used up, whatever the type is; on payables the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import polars as pl

from akika_forensics.books.chart import Chart
from akika_forensics.books.postings.frame import POSTINGS

SIDE: Final = ("entity", "id", "account", "party_entity", "party")
"""An entry may owe several names on one account: each stands by itself."""


def standing(postings: pl.DataFrame, accounts: Collection[str]) -> pl.DataFrame:
    """What each document moved on the accounts, debit positive: `SIDE`, amount, date, and ``row``, its number. Sides of 0.00 are left out."""
    return (
        postings.filter(pl.col("account").is_in(list(accounts)))
        .group_by(SIDE, maintain_order=True)
        .agg(pl.col("amount").sum(), pl.col("date").first())
        .filter(pl.col("amount") != 0)
        .with_row_index("row")
    )


def met(applied: pl.DataFrame, sides: pl.DataFrame, entity: str, key: str) -> pl.DataFrame:
    """Each row of ``applied`` with the side of the document at ``entity`` and ``key``: that in the payer's name, else the first.

    ``applied`` has ``application``, its number, and ``payer_party``; added are row, stands (debit positive) and stands_on, the account. What
    stands with nothing on the accounts, or is not in the books, is met by nothing and left out.
    """
    mine = (pl.col("stands_for") == pl.col("payer_party")).fill_null(value=False)
    theirs = sides.select("row", stands="amount", stands_on="account", stands_for="party", of="entity", of_id="id")
    return (
        applied.join(theirs, left_on=[entity, key], right_on=["of", "of_id"], how="inner")
        .with_columns(mine=mine)
        .sort("application", "mine", "row", descending=[False, True, False])
        .unique("application", keep="first", maintain_order=True)
        .drop("mine", "stands_for")
    )


@dataclass(frozen=True)
class Standing:
    """What payments find: of receivables and of payables, each summed when it is first asked for."""

    postings: Callable[[], pl.DataFrame] = lambda: pl.DataFrame(schema=POSTINGS)
    receivables: Collection[str] = ()
    payables: Collection[str] = ()

    @classmethod
    def of(cls, chart: Chart, postings: Callable[[], pl.DataFrame]) -> Self:
        accounts = chart.accounts
        return cls(
            postings,
            [one for one in accounts if chart.is_receivable(one)],
            [one for one in accounts if chart.is_payable(one)],
        )

    @cached_property
    def receivable(self) -> pl.DataFrame:
        return standing(self.postings(), self.receivables)

    @cached_property
    def payable(self) -> pl.DataFrame:
        return standing(self.postings(), self.payables)


NOTHING: Final = Standing()
