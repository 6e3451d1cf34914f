"""Posting by posting: the books against QuickBooks' general ledger, document by document."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.finding import Finding
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.postings.frame import POSTINGS
from akika_forensics.books.reported.labels import STARTING_VALUE, TAX_PAYMENT, is_known
from akika_forensics.books.reported.listings import INSTANT
from akika_forensics.books.tie_out.why import TRUNCATED, UNKNOWN
from akika_forensics.model.money import money_text

DIFFERING: Final = pl.Schema(
    {
        "account": pl.String(),
        "entity": pl.String(),
        "id": pl.String(),
        "label": pl.String(),
        "date": pl.Date(),
        "party": pl.String(),
        "ours": MONEY,
        "theirs": MONEY,
        "residual": MONEY,
        "made": INSTANT,
        "reason": pl.String(),
    }
)
"""``made`` is when QuickBooks made the report; ``reason`` is empty where nothing is known but that the document posts otherwise."""

COUNTED: Final = pl.Schema({"account": pl.String(), "date": pl.Date(), "compared": pl.Int64()})

REPORT_ONLY: Final = "report only"
"""The line of a posting that only a report tells of."""


class Against(NamedTuple):
    """``differing``: columns of `DIFFERING`, a row for each account and document that do not agree. ``compared``: how many were, by
    ``account`` and ``date`` in the frame ``counted``.

    ``report_only``: columns of `POSTINGS`, of transactions that no application can read. ``missing``: ``entity``, ``id``, ``label``,
    ``date`` and ``size`` of documents that were not captured.
    """

    differing: pl.DataFrame
    compared: int
    report_only: pl.DataFrame
    missing: pl.DataFrame
    findings: tuple[Finding, ...]
    counted: pl.DataFrame


class Window(NamedTuple):
    """The days of a general ledger, when it was made, and whether it was cut off."""

    start: date
    end: date
    made: datetime | None
    cut: bool


def against(ledger: Ledger, rows: pl.DataFrame, window: Window) -> Against:
    """``rows``: those of a general ledger."""
    known = ledger.context.documents.heads.select("entity", "id").with_columns(captured=pl.lit(value=True))
    told = rows.join(known, on=["entity", "id"], how="left", maintain_order="left")
    # A payment of sales tax that is a record stands in the report under the name of one that is none.
    payments = known.filter(pl.col("entity") == TAX_PAYMENT)["id"].to_list()
    of_tax = pl.col("entity").is_null() & pl.col("id").is_in(payments)
    unknown = [one for one in told["label"].unique() if not is_known(one)]
    told = told.with_columns(
        entity=pl.when(of_tax).then(pl.lit(TAX_PAYMENT)).otherwise("entity"),
        captured=pl.col("captured").fill_null(value=False) | of_tax | (pl.col("label") == STARTING_VALUE),
        strange=pl.col("label").is_in(unknown) & ~of_tax,
    )
    hidden = told.filter(~pl.col("captured") & pl.col("entity").is_null() & ~pl.col("strange"))
    missing = told.filter(~pl.col("captured") & pl.col("entity").is_not_null())
    theirs = (
        told.filter(pl.col("entity").is_not_null() | pl.col("strange"))
        .with_columns(
            entity=pl.when("strange").then("label").otherwise("entity"),
            id=_record(pl.col("label") == STARTING_VALUE),
        )
        .group_by("account", "entity", "id", "date")
        .agg(pl.col("label", "strange").first(), theirs_party=pl.col("party").first(), theirs=pl.col("theirs").sum())
    )
    ours = (
        ledger.frame.filter(pl.col("date").is_between(window.start, window.end))
        .with_columns(id=_record(pl.col("entity") == "Item"))
        .group_by("account", "entity", "id", "date")
        .agg(pl.col("party").drop_nulls().first(), ours=pl.col("amount").sum())
    )
    joined = theirs.join(ours, on=["account", "entity", "id", "date"], how="full", coalesce=True, nulls_equal=True)
    differing = (
        joined.with_columns(
            party=pl.coalesce("party", "theirs_party"),
            made=pl.lit(window.made, INSTANT),
            reason=pl.when(pl.col("strange"))
            .then(pl.lit(UNKNOWN))
            .when(_beyond(rows, window) & pl.col("theirs").is_null())
            .then(pl.lit(TRUNCATED))
            .otherwise(pl.lit("")),
        )
        .with_columns(pl.col("ours", "theirs").fill_null(0))
        .with_columns(residual=pl.col("ours") - pl.col("theirs"))
        .filter(pl.col("residual") != 0)
        .select(pl.col(name).cast(kind) for name, kind in DIFFERING.items())
    )
    return Against(
        differing.sort("date", "entity", "id", "account"),
        len(joined),
        _report_only(hidden),
        _documents(missing),
        _strange(told.filter("strange")),
        joined.group_by("account", "date").agg(compared=pl.len().cast(pl.Int64)),
    )


def _record(is_start: pl.Expr) -> pl.Expr:
    """First stock has no Id in a report: that of one day is one."""
    return pl.when(is_start).then(pl.lit(None, pl.String)).otherwise("id")


def _beyond(rows: pl.DataFrame, window: Window) -> pl.Expr:
    """What a report that was cut off does not get to: accounts that it does not show, and of the last one the days from the last on."""
    if not window.cut:
        return pl.lit(value=False)
    if rows.is_empty():
        return pl.lit(value=True)
    last, day = rows.select("account", "date").row(-1)
    unseen: pl.Expr = ~pl.col("account").is_in(rows["account"].unique().to_list())
    return unseen.or_((pl.col("account") == last) & (pl.col("date") >= day))


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


def _documents(rows: pl.DataFrame) -> pl.DataFrame:
    """Half of what a document's sides come to, whatever their signs, is its size."""
    return rows.group_by("entity", "id", "label", maintain_order=True).agg(
        pl.col("date").first(), size=pl.col("theirs").abs().sum() / 2
    )


def _strange(rows: pl.DataFrame) -> tuple[Finding, ...]:
    kinds = _documents(rows).group_by("label", maintain_order=True).agg(pl.len(), pl.col("size").sum())
    return tuple(
        Finding(
            "type_unknown",
            f"QuickBooks' general ledger has {count} transactions of the type {label} ({money_text(size)}), of which the books know nothing: they "
            f"are not posted.",
        )
        for label, count, size in kinds.iter_rows()
    )
