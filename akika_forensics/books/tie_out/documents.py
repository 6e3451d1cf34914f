"""Posting by posting: the books against QuickBooks' general ledger, document by document."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.finding import Finding
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.postings.frame import POSTINGS
from akika_forensics.books.reported.ledger_rows import STARTING_VALUE
from akika_forensics.model.money import money_text
from akika_forensics.model.record import RecordKey

DIFFERING: Final = pl.Schema(
    {
        "account": pl.String(),
        "entity": pl.String(),
        "id": pl.String(),
        "label": pl.String(),
        "date": pl.Date(),
        "ours": MONEY,
        "theirs": MONEY,
        "residual": MONEY,
    }
)
REPORT_ONLY: Final = "report only"
"""The line of a posting that only a report tells of."""


class Against(NamedTuple):
    """``differing``: columns of `DIFFERING`, a row for each account and document that do not agree. ``compared``: how many were.

    ``report_only``: columns of `POSTINGS`, of transactions that no application can read. ``findings`` name those that one can read
    and that were not captured.
    """

    differing: pl.DataFrame
    compared: int
    report_only: pl.DataFrame
    findings: tuple[Finding, ...]


def against(ledger: Ledger, rows: pl.DataFrame, start: date, end: date) -> Against:
    """``rows``: those of a general ledger of the days from ``start`` to ``end``."""
    known = ledger.context.documents.heads.select("entity", "id").with_columns(captured=pl.lit(value=True))
    told = rows.join(known, on=["entity", "id"], how="left", maintain_order="left")
    # A payment of sales tax that is a record stands in the report under the name of one that is none.
    payments = known.filter(pl.col("entity") == "TaxPayment")["id"].to_list()
    of_tax = pl.col("entity").is_null() & pl.col("id").is_in(payments)
    told = told.with_columns(
        entity=pl.when(of_tax).then(pl.lit("TaxPayment")).otherwise("entity"),
        captured=pl.col("captured").fill_null(value=False) | of_tax | (pl.col("label") == STARTING_VALUE),
    )
    hidden = told.filter(~pl.col("captured") & pl.col("entity").is_null())
    missing = told.filter(~pl.col("captured") & pl.col("entity").is_not_null())
    theirs = (
        told.filter(pl.col("entity").is_not_null())
        .with_columns(id=_record(pl.col("label") == STARTING_VALUE))
        .group_by("account", "entity", "id", "date")
        .agg(pl.col("label").first(), pl.col("theirs").sum())
    )
    ours = (
        ledger.frame.filter(pl.col("date").is_between(start, end))
        .with_columns(id=_record(pl.col("entity") == "Item"))
        .group_by("account", "entity", "id", "date")
        .agg(ours=pl.col("amount").sum())
    )
    joined = theirs.join(ours, on=["account", "entity", "id", "date"], how="full", coalesce=True, nulls_equal=True)
    joined = joined.with_columns(pl.col("ours", "theirs").fill_null(0)).with_columns(
        residual=pl.col("ours") - pl.col("theirs")
    )
    differing = joined.filter(pl.col("residual") != 0).select(
        pl.col(name).cast(kind) for name, kind in DIFFERING.items()
    )
    return Against(
        differing.sort("date", "entity", "id", "account"), len(joined), _report_only(hidden), _missing(missing)
    )


def _record(is_start: pl.Expr) -> pl.Expr:
    """First stock has no Id in a report: that of one day is one."""
    return pl.when(is_start).then(pl.lit(None, pl.String)).otherwise("id")


def _report_only(hidden: pl.DataFrame) -> pl.DataFrame:
    rows = hidden.select(
        entity="label",
        id="id",
        line=pl.lit(REPORT_ONLY),
        date="date",
        account="account",
        amount="theirs",
        party="party",
    )
    rest = [pl.lit(None, kind).alias(name) for name, kind in POSTINGS.items() if name not in rows.columns]
    return rows.with_columns(rest).select(*POSTINGS)


def _missing(rows: pl.DataFrame) -> tuple[Finding, ...]:
    documents = rows.group_by("entity", "id", "label", maintain_order=True).agg(
        pl.col("date").first(), size=pl.col("theirs").abs().sum() / 2
    )
    return tuple(
        Finding(
            "document_missing",
            f"QuickBooks' general ledger has {label} {key} of {day} ({money_text(size)}), which was not captured.",
            RecordKey(entity, key) if key else None,
        )
        for entity, key, label, day, size in documents.select("entity", "id", "label", "date", "size").iter_rows()
    )
