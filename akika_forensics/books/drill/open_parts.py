"""What is open of documents, by what the document moved and what each payment took of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from akika_forensics.books import open_items
from akika_forensics.books.chart import Chart
from akika_forensics.books.drill.figure import Figure
from akika_forensics.books.drill.parts import APPLIED, MOVED, OPENING, PARTS, ordered
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.postings.control import SIDE
from akika_forensics.books.statements.ageing import BUCKETS, bucket
from akika_forensics.errors import WrongUse


def open_parts(ledger: Ledger, figure: Figure) -> pl.DataFrame:
    """Columns of `parts.PARTS` of receivables or payables: the postings of the documents that are open, less what was applied to each.

    ``counts`` adds up to the figure; in payables a debt is positive. Raises WrongUse for an age that there is not.
    """
    if figure.bucket and figure.bucket not in BUCKETS:
        raise WrongUse(f"There is no age {figure.bucket!r}.", do=f"There are {', '.join(BUCKETS)}.")
    wanted, sign = _side(ledger.chart, figure)
    accounts = [account for account in ledger.chart.accounts if wanted(account)]
    moved, steps = open_items.settled(ledger.frame, ledger.applied, accounts, sign, figure.end)
    kept = _open(ledger, moved, steps, figure)
    start = figure.start or ledger.chart.fiscal_year_start(figure.end)
    own = ledger.frame.filter(pl.col("date") <= figure.end).join(
        kept.drop("row", "amount", "date"), on=SIDE, how="semi", nulls_equal=True
    )
    own = own.with_columns(
        part=pl.when(pl.col("date") < start).then(pl.lit(OPENING)).otherwise(pl.lit(MOVED)),
        counts=pl.col("amount") * sign,
    )
    taken = kept.select("row", "account", "party_entity", "party").join(steps, on="row", how="inner")
    lines = taken.with_columns(
        part=pl.lit(APPLIED),
        date="day",
        line=pl.lit(APPLIED),
        amount="step",
        counts=pl.col("step") * sign,
        **{name: pl.lit(None, pl.String) for name in ("class", "department", "item")},
    )
    return ordered(
        pl.concat([one.select(pl.col(name).cast(kind) for name, kind in PARTS.items()) for one in (own, lines)])
    )


def _side(chart: Chart, figure: Figure) -> tuple[Callable[[str], bool], int]:
    return (chart.is_receivable, 1) if figure.statement == "receivables" else (chart.is_payable, -1)


def _open(ledger: Ledger, moved: pl.DataFrame, steps: pl.DataFrame, figure: Figure) -> pl.DataFrame:
    """Rows of ``moved`` that are open and that the figure is about."""
    sums = steps.group_by("row").agg(pl.col("step").sum())
    rows = moved.join(sums, on="row", how="left").filter(pl.col("amount") + pl.col("step").fill_null(0) != 0)
    if figure.document:
        entity, _, key = figure.document.partition(":")
        rows = rows.filter((pl.col("entity") == entity) & (pl.col("id") == key))
        if rows.is_empty():
            raise WrongUse(
                f"{figure.document} is not open on {figure.end}.", do="Name a document as the statement lists it."
            )
    if figure.party is not None:
        entity, named, key = figure.party.rpartition(":")
        mine = pl.col("party") == key if key else pl.col("party").is_null()
        rows = rows.filter(mine & (pl.col("party_entity") == entity) if named else mine)
    if figure.bucket:
        due = rows.join(
            ledger.context.heads.select("entity", "id", "due"), on=["entity", "id"], how="left", maintain_order="left"
        )
        days = due.select(pl.coalesce("due", "date"))["due"].to_list()
        rows = rows.filter(pl.Series([_aged(day, figure.end) == figure.bucket for day in days], dtype=pl.Boolean))
    return rows.drop("step")


def _aged(due: date, as_of: date) -> str:
    return bucket((as_of - due).days)
