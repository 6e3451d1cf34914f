"""The tie-out of a snapshot as it is shown: by report and month, and for one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from akika_forensics.books import UNEXPLAINED, Tied
from akika_forensics.case.statements.asked import Asked
from akika_forensics.case.statements.statement_tie import LEDGER, StatementTie, statement_tie
from akika_widgets.views.tie_map import Tie, TieMap

LONGER: Final = "longer"
"""Over what is of no single month, such as the total of a year."""


@dataclass(frozen=True)
class Ties:
    """A tie-out of a snapshot: sums by report and month, and what it says of one statement."""

    ties: tuple[Tie, ...]
    tied: Tied = field(repr=False)

    def map(self, title: str = "Tie-out to QuickBooks' own reports") -> TieMap:
        """Every report by month."""
        return TieMap(self.ties, title=title)

    @property
    def compared(self) -> int:
        return sum(one.compared for one in self.ties)

    @property
    def different(self) -> int:
        return sum(one.differing for one in self.ties)

    def of(self, asked: Asked) -> StatementTie:
        """What the tie-out says of this statement, of its own days and columns."""
        return statement_tie(self.tied, asked)


def ties_of(tied: Tied) -> Ties:
    """A tie-out by report, basis and month; the general ledger posting by posting."""
    off = pl.col("residual") != 0
    bare = off & pl.col("reason").is_in([UNEXPLAINED, ""])
    within = pl.col("start").is_null() | (pl.col("start") >= pl.col("end").dt.month_start())
    month = pl.when(within).then(pl.col("end").dt.strftime("%Y-%m")).otherwise(pl.lit(LONGER))
    sums = (
        tied.lines.with_columns(month=month.fill_null(LONGER))
        .group_by("report", "basis", "month")
        .agg(
            compared=pl.len(),
            differing=off.sum(),
            residual=pl.col("residual").get(pl.col("residual").abs().arg_max()),
            unexplained=bare.sum(),
            reasons=pl.col("reason").filter(off & ~bare).unique().sort(),
        )
        .sort("report", "basis", "month")
    )
    found = [
        Tie(report, basis, month, compared, differing, residual, unexplained, tuple(reasons))
        for report, basis, month, compared, differing, residual, unexplained, reasons in sums.iter_rows()
    ]
    return Ties((*found, *_of_ledger(tied)), tied)


def _of_ledger(tied: Tied) -> list[Tie]:
    """The general ledger: how many postings were compared, and by month those that differ. A document that posts otherwise has no reason beyond
    itself, unless the report was cut off before it or its type is unknown.
    """
    if not tied.postings:
        return []
    rows = list(tied.documents.select("date", "residual", "reason").iter_rows())
    by_month: dict[str, list[Decimal]] = {}
    why: dict[str, list[str]] = {}
    for day, residual, reason in rows:
        by_month.setdefault(_month(day), []).append(residual)
        why.setdefault(_month(day), []).append(reason)
    found = [Tie(LEDGER, "Accrual", LONGER, max(0, tied.postings - len(rows)))]
    found += [
        Tie(
            LEDGER,
            "Accrual",
            month,
            len(amounts),
            len(amounts),
            max(amounts, key=abs),
            why[month].count(""),
            tuple(sorted({*why[month]} - {""})),
        )
        for month, amounts in sorted(by_month.items())
    ]
    return found


def _month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else LONGER
