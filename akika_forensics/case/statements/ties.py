"""What the tie-out says of a statement: the figures of QuickBooks' own reports of it, ours beside them, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from akika_forensics.books import UNEXPLAINED, Tied
from akika_forensics.case.statements.asked import Asked
from akika_forensics.model.money import ZERO
from akika_widgets.views.listing import AGREES, Column, Listing, Mark, Named
from akika_widgets.views.tie_map import Tie, TieMap
from akika_widgets.views.wording import amount

REPORTS: Final = {
    "trial-balance": ("TrialBalance",),
    "balance-sheet": ("BalanceSheet",),
    "profit-and-loss": ("ProfitAndLoss",),
    "cash-flow": ("CashFlow",),
    "receivables": ("AgedReceivables", "AgedReceivableDetail", "CustomerBalance"),
    "payables": ("AgedPayables", "AgedPayableDetail", "VendorBalance"),
    "register": ("GeneralLedger",),
}
"""Which of QuickBooks' reports a statement is held against."""
LONGER: Final = "longer"
"""Over what is of no single month, such as the total of a year."""
_LEDGER: Final = "GeneralLedger"
_SHOWN: Final = 20


@dataclass(frozen=True)
class Ties:
    """A tie-out of a snapshot, in so far as it is shown: sums by report and month, and every figure that differs.

    ``differing`` has the columns of `tied.TIED`. ``ledger``: figures of the general ledger that were compared, and of how many the postings differ.
    """

    ties: tuple[Tie, ...]
    differing: pl.DataFrame

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
        """What the tie-out says of this statement's reports."""
        reports = REPORTS[asked.kind]
        own = [one for one in self.ties if one.report in reports and one.basis.lower() in (asked.basis, "")]
        rows = self.differing.filter(
            pl.col("report").is_in(reports) & pl.col("basis").str.to_lowercase().is_in([asked.basis, ""])
        )
        return StatementTie(asked, own, rows)


@dataclass(frozen=True)
class StatementTie:
    """``ties``: of the statement's reports; ``rows``: the figures of them that differ, the largest first."""

    asked: Asked
    ties: Sequence[Tie]
    rows: pl.DataFrame

    @property
    def compared(self) -> int:
        return sum(one.compared for one in self.ties)

    @property
    def differing(self) -> int:
        return sum(one.differing for one in self.ties)

    @property
    def residual(self) -> Decimal:
        """The largest, with its sign."""
        return max((one.residual for one in self.ties), key=abs, default=ZERO)

    @property
    def mark(self) -> Mark:
        if not self.compared:
            return Mark("·", "not compared", "quiet")
        if not self.differing:
            return AGREES
        bare = any(one.unexplained for one in self.ties)
        return Mark("≠", "does not agree", "removed") if bare else Mark("≠", "differs, with a reason", "changed")

    def sentence(self) -> str:
        """How it stands, for whoever reads the statement."""
        named = ", ".join(dict.fromkeys(one.report for one in self.ties)) or ", ".join(REPORTS[self.asked.kind])
        if not self.compared:
            return f"QuickBooks' {named} on the {self.asked.basis} basis was not captured with this snapshot, or has no figure to compare."
        if not self.differing:
            return f"All {self.compared:,} figures of QuickBooks' {named}, {self.asked.basis} basis, agree to the cent; residual 0.00."
        reasons = dict.fromkeys(reason for one in self.ties for reason in one.reasons)
        bare = sum(one.unexplained for one in self.ties)
        why = "; ".join([*reasons, *([f"{bare:,} unexplained"] if bare else [])])
        return (
            f"{self.differing:,} of {self.compared:,} figures of QuickBooks' {named}, {self.asked.basis} basis, differ; "
            f"the largest residual is {amount(self.residual)}: {why}."
        )

    def listing(self) -> Listing:
        """The figures that differ, and why."""
        columns = [
            Column("Row"),
            Column("Report", "quiet"),
            Column("Period", "key"),
            Column("From the records", "number"),
            Column("QuickBooks says", "number"),
            Column("Residual", "signed"),
            Column("Reason"),
        ]
        rows = [
            (
                Named(str(name), str(subject)),
                str(report),
                f"{start} to {end}" if start else str(end),
                ours,
                theirs,
                residual,
                str(reason) or UNEXPLAINED,
            )
            for name, subject, report, start, end, ours, theirs, residual, reason in self.rows.head(_SHOWN)
            .select("name", "subject", "report", "start", "end", "ours", "theirs", "residual", "reason")
            .iter_rows()
        ]
        rest = len(self.rows) - _SHOWN
        sub = f"the {_SHOWN} largest; {rest:,} more differ" if rest > 0 else ""
        return Listing("What does not agree", columns, rows, sub=sub, nothing="every compared figure agrees.")


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
    return Ties((*found, *_of_ledger(tied)), tied.residuals)


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
    found = [Tie(_LEDGER, "Accrual", LONGER, max(0, tied.postings - len(rows)))]
    found += [
        Tie(
            _LEDGER,
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
