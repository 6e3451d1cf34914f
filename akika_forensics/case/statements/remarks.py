"""What a reader of a statement is to know of it: what of it no document stands behind, and what could not be posted."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

import polars as pl

from akika_forensics.books.tie_out.documents import REPORT_ONLY
from akika_forensics.case.statements.asked import OPEN, Asked
from akika_forensics.case.statements.books import Books
from akika_forensics.model.money import money_text

MOST: Final = 20
"""Of so many problems a file tells each."""


class ReportOnly(NamedTuple):
    """How many transactions of a kind that no application can read are part of a statement, and what they come to: half of all their sides."""

    kind: str
    transactions: int
    amount: Decimal

    def sentence(self) -> str:
        """For whoever reads the statement."""
        several = self.transactions != 1
        return (
            f"{self.transactions:,} transaction{'s' if several else ''} of the kind {self.kind} ({self.amount:,.2f}) "
            f"{'are' if several else 'is'} taken from QuickBooks' general ledger alone: no application can read {'them' if several else 'it'}, "
            "and no document of the snapshot stands behind."
        )

    def as_dict(self) -> dict[str, Any]:
        """As it is told to programs; money as text."""
        return {"kind": self.kind, "transactions": self.transactions, "amount": money_text(self.amount)}


def report_only(books: Books, asked: Asked) -> tuple[ReportOnly, ...]:
    """What of a statement only reports tell of, by kind: each transaction with a side in one of its rows.

    Receivables and payables by age are of documents alone.
    """
    if asked.kind in OPEN or books.report_only.is_empty():
        return ()
    rows = books.report_only.filter(pl.col("date") <= asked.end)
    own = rows
    if asked.kind == "profit-and-loss":
        chart = books.ledger.chart
        earned = [account for account in rows["account"].unique() if chart.is_profit_and_loss(account)]
        own = rows.filter(pl.col("account").is_in(earned) & (pl.col("date") >= asked.start))
    elif asked.kind == "register":
        own = rows.filter(pl.col("account") == asked.account)
    keys = own.select("entity", "id").unique()
    return _by_kind(rows.join(keys, on=["entity", "id"], how="semi", nulls_equal=True, maintain_order="left"))


def report_only_of(books: Books, parts: pl.DataFrame) -> tuple[ReportOnly, ...]:
    """The same of a figure, by the postings that it is made of: columns of `books.drill.PARTS`."""
    keys = parts.filter(pl.col("line") == REPORT_ONLY).select("entity", "id").unique()
    return _by_kind(
        books.report_only.join(keys, on=["entity", "id"], how="semi", nulls_equal=True, maintain_order="left")
    )


def _by_kind(rows: pl.DataFrame) -> tuple[ReportOnly, ...]:
    sums = (
        rows.group_by("entity")
        .agg(pl.struct("id", "date").n_unique().alias("count"), (pl.col("amount").abs().sum() / 2).alias("size"))
        .sort("entity")
    )
    return tuple(ReportOnly(kind, count, size) for kind, count, size in sums.iter_rows())


def about(books: Books, company: str, told: Sequence[ReportOnly]) -> list[str]:
    """What stands above a statement in a file: of which snapshot it is, what only reports tell of, the first problems, and how many more."""
    problems = [one.what for one in books.findings if one.severity == "problem"]
    rest = len(problems) - MOST
    beyond = " and, of what no application can read, from the general ledger" if told else ""
    return [
        f"Snapshot {books.snapshot} of {company}, rebuilt from its documents{beyond}.",
        *(one.sentence() for one in told),
        *problems[:MOST],
        *([f"{rest:,} more problems are not shown; akika check {books.snapshot} names each."] if rest > 0 else []),
    ]
