"""The figures of reports beside ours, line by line, before anything is known of why they differ."""

from __future__ import annotations

from typing import Final

import polars as pl

from akika_forensics.books.chart import BY_NAME, Chart
from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.reported.figures import FIGURES, Reported
from akika_forensics.books.tie_out.listed import Lists
from akika_forensics.books.tie_out.ours import Ours

TIED: Final = pl.Schema(
    {
        "control": pl.String(),
        "report": pl.String(),
        "basis": pl.String(),
        "measure": pl.String(),
        "subject": pl.String(),
        "name": pl.String(),
        "start": pl.Date(),
        "end": pl.Date(),
        "ours": MONEY,
        "theirs": MONEY,
        "residual": MONEY,
        "reason": pl.String(),
    }
)
"""``control`` is the name under which the report was captured, ``residual`` ours less theirs; debit positive throughout."""

CASH: Final = "Cash"
_KEY: Final = ("measure", "subject", "start", "end")
WORKED: Final = pl.Schema({**TIED, "beyond": pl.Boolean()})
"""``beyond``: the report was cut off before it."""


def figures(
    read: list[Reported], ledger: Ledger, report_only: pl.DataFrame, on_cash: pl.DataFrame | None
) -> pl.DataFrame:
    """Columns of `WORKED`: every figure that the reports have, and every one of ours that they say is not there.

    ``on_cash``: the postings on the cash basis, where a report is on it.
    """
    ours: dict[str, Ours] = {}
    parts = [pl.DataFrame(schema=WORKED)]
    for one in read:
        basis = (one.basis or "Accrual").capitalize()
        if basis not in ours:
            made = on_cash if basis == CASH else None
            ours[basis] = Ours(ledger, pl.concat([ledger.frame, report_only]) if made is None else made)
        parts.append(_compared(one, ours[basis], ledger.chart))
    return pl.concat(parts)


def _compared(found: Reported, ours: Ours, chart: Chart) -> pl.DataFrame:
    theirs = _by_id(found.figures, chart)
    answers = [ours.of(found.report, *asked) for asked in found.asked]
    if not answers:
        return pl.DataFrame(schema=WORKED)
    joined = theirs.join(pl.concat(answers), on=list(_KEY), how="full", coalesce=True, nulls_equal=True)
    names = {account.id: account.name for account in chart.accounts.values()}
    named = pl.col("subject").replace_strict(names, default=None, return_dtype=pl.String) if names else pl.lit(None)
    beyond = pl.lit(value=False)
    if found.cut_after is not None:
        beyond = ~pl.col("subject").is_in(sorted(found.cut_after))
    return (
        joined.with_columns(
            control=pl.lit(found.what),
            report=pl.lit(found.report),
            basis=pl.lit(found.basis or "", pl.String),
            name=pl.coalesce("name", named, "subject"),
            ours=pl.col("ours").fill_null(0),
            theirs=pl.col("theirs").fill_null(0),
            reason=pl.lit(""),
            beyond=beyond,
        )
        .with_columns(residual=pl.col("ours") - pl.col("theirs"))
        .select(pl.col(name).cast(kind) for name, kind in WORKED.items())
    )


def of_list(found: Lists) -> pl.DataFrame:
    """The same of a list."""
    return found.lines.with_columns(
        basis=pl.lit(""),
        start=pl.lit(None, pl.Date),
        residual=pl.col("ours") - pl.col("theirs"),
        beyond=pl.lit(value=False),
    ).select(pl.col(name).cast(kind) for name, kind in WORKED.items())


def _by_id(figures: pl.DataFrame, chart: Chart) -> pl.DataFrame:
    """A row without an Id is that of the one account of its name; two rows of one subject and period are one figure."""
    by_name: dict[str, set[str]] = {}
    for account in chart.accounts.values():
        by_name.setdefault(f"{BY_NAME}{account.name}".casefold(), set()).add(account.id)
    single = {name: next(iter(ids)) for name, ids in by_name.items() if len(ids) == 1}
    if single:
        found = pl.col("subject").str.to_lowercase().replace_strict(single, default=None, return_dtype=pl.String)
        figures = figures.with_columns(
            subject=pl.when(pl.col("subject").str.starts_with(BY_NAME))
            .then(pl.coalesce(found, "subject"))
            .otherwise("subject")
        )
    return (
        figures.group_by(_KEY, maintain_order=True).agg(pl.col("name").first(), pl.col("theirs").sum()).select(*FIGURES)
    )
