"""What of one statement was compared with QuickBooks' own reports: its own days and columns, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import polars as pl

from akika_forensics.books import TIED, UNEXPLAINED, Tied
from akika_forensics.books.statements.financial import periods
from akika_forensics.case.statements.asked import OPEN, PERIODS, Asked, days_of
from akika_forensics.model.money import ZERO
from akika_widgets.views.listing import AGREES, Column, Listing, Mark, Named
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
LEDGER: Final = "GeneralLedger"
_SHOWN: Final = 20
_DAY: Final = timedelta(days=1)

type Span = tuple[date | None, date]
"""The days of a column; without a first one it tells how things stand on the last."""


@dataclass(frozen=True)
class StatementTie:
    """``compared``: how many figures of the statement's days and columns were; ``rows``: those that differ, the largest first, in the columns
    of `TIED`. ``columns``: how many columns the statement has, ``covered``: of how many a report was compared; of a register its days.
    """

    asked: Asked
    reports: Sequence[str]
    compared: int
    rows: pl.DataFrame
    columns: int
    covered: int

    @property
    def differing(self) -> int:
        return len(self.rows)

    @property
    def residual(self) -> Decimal:
        """The largest, with its sign."""
        return max(self.rows["residual"].to_list(), key=abs, default=ZERO)

    @property
    def unexplained(self) -> int:
        return sum(reason in (UNEXPLAINED, "") for reason in self.rows["reason"].to_list())

    @property
    def mark(self) -> Mark:
        """It agrees only where every column was compared."""
        if self.differing:
            if self.unexplained:
                return Mark("≠", "does not agree", "removed")
            return Mark("≠", "differs, with a reason", "changed")
        if not self.covered:
            return Mark("·", "not compared", "quiet")
        return AGREES if self.covered == self.columns else Mark("·", "compared in part", "quiet")

    def sentence(self) -> str:
        """How it stands, for whoever reads the statement."""
        if not self.covered:
            return self._why_not()
        named, basis = ", ".join(self.reports), self._basis()
        if not self.differing:
            found = f"All {self.compared:,} figures of QuickBooks' {named}{basis} agree to the cent; residual 0.00."
        else:
            bare = self.unexplained
            reasons = dict.fromkeys(one for one in self.rows["reason"].to_list() if one not in (UNEXPLAINED, ""))
            why = "; ".join([*reasons, *([f"{bare:,} unexplained"] if bare else [])])
            found = (
                f"{self.differing:,} of {self.compared:,} figures of QuickBooks' {named}{basis} differ; "
                f"the largest residual is {amount(self.residual)}: {why}."
            )
        rest = self.columns - self.covered
        if not rest:
            return found
        what = "days" if self.asked.kind == "register" else "columns"
        return f"{found} {rest:,} of its {self.columns:,} {what} were not compared: no report of them was captured."

    def _why_not(self) -> str:
        named = " and ".join(REPORTS[self.asked.kind])
        if _is_division(self.asked):
            return f"Not compared: no report of QuickBooks by {self.asked.by} was captured, and nothing else tells how it divides these figures."
        days = "of this day" if self.asked.kind in ("trial-balance", *OPEN) else "of these days"
        return f"Not compared: QuickBooks' {named} {days}{self._basis()} was not captured with this snapshot, or has no figure to compare."

    def _basis(self) -> str:
        return "" if self.asked.kind in OPEN else f", {self.asked.basis} basis,"

    def listing(self) -> Listing:
        """The figures that differ, and why; of a register the documents."""
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
        nothing = "every compared figure agrees." if self.compared else "nothing was compared."
        return Listing("What does not agree", columns, rows, sub=sub, nothing=nothing)


def statement_tie(tied: Tied, asked: Asked) -> StatementTie:
    """What the tie-out says of a statement's own days and columns."""
    if asked.kind == "register":
        return _of_register(tied, asked)
    reports = REPORTS[asked.kind]
    # A report that names no basis is on the accrual one; what is open has one alone.
    basis = pl.col("basis").str.to_lowercase().replace("", "accrual")
    own = pl.col("report").is_in(reports) & ((basis == asked.basis) | pl.lit(asked.kind in OPEN))
    spans, lines = tied.spans.filter(own), tied.lines.filter(own)
    known = {(start, end) for start, end in spans.select("start", "end").iter_rows()}
    columns = _columns(asked)
    found = [_compared(column, known) for column in columns]
    wanted = {span for some in found for span in some}
    days = pl.DataFrame(sorted(wanted, key=str), schema={"start": pl.Date, "end": pl.Date}, orient="row")
    rows = lines.join(days, on=["start", "end"], how="semi", nulls_equal=True)
    named = [one for one in reports if one in set(spans["report"])]
    covered = 0 if _is_division(asked) else sum(map(bool, found))
    rows = rows if covered else rows.clear()
    return StatementTie(asked, named, len(rows), _largest_first(rows), len(columns), covered)


def _is_division(asked: Asked) -> bool:
    return asked.kind == "profit-and-loss" and asked.by not in ("total", *PERIODS)


def _columns(asked: Asked) -> list[Span]:
    if asked.kind in ("profit-and-loss", "cash-flow"):
        if asked.by in PERIODS and asked.kind == "profit-and-loss":
            return [(first, last) for _, first, last in periods(asked.start, asked.end, asked.by)]
        return [(asked.start, asked.end)]
    return [(None, day) for day in days_of(asked)] if asked.kind == "balance-sheet" else [(None, asked.end)]


def _compared(column: Span, known: Iterable[Span]) -> list[Span]:
    """The compared spans that a column is: itself, or some that follow one another from its first day to its last. Where each of these
    agrees, so does their sum. None where there are none.
    """
    known = set(known)
    first, last = column
    if column in known or first is None:
        return [column] if column in known else []
    # By the last day of a span, the span before it: the way back from the end is one that follows without a gap.
    ways: dict[date, Span] = {}
    reached = {first}
    for start, end in sorted((one for one in known if one[0] is not None), key=lambda one: (str(one[0]), one[1])):
        if start in reached and end <= last and end + _DAY not in reached:
            ways[end] = (start, end)
            reached.add(end + _DAY)
    found: list[Span] = []
    at: date | None = last
    while at in ways:
        found.append(ways[at])
        begun = ways[at][0]
        at = None if begun is None or begun == first else begun - _DAY
    return found[::-1] if found and found[-1][0] == first else []


def _of_register(tied: Tied, asked: Asked) -> StatementTie:
    """Posting by posting; QuickBooks' general ledger is captured on the accrual basis."""
    days = (asked.end - asked.start).days + 1
    if asked.basis != "accrual":
        return StatementTie(asked, (), 0, pl.DataFrame(schema=TIED), days, 0)
    windows = tied.spans.filter(pl.col("report") == LEDGER).select("start", "end").sort("start", "end")
    covered, at = 0, asked.start
    for start, end in windows.iter_rows():
        first, last = max(start, at), min(end, asked.end)
        if first <= last:
            covered, at = covered + (last - first).days + 1, last + _DAY
    own = (pl.col("account") == asked.account) & pl.col("date").is_between(asked.start, asked.end)
    compared = int(tied.counted.filter(own)["compared"].sum())
    off = tied.documents.filter(own).select(
        control=pl.lit(LEDGER),
        report=pl.lit(LEDGER),
        basis=pl.lit("Accrual"),
        measure=pl.lit("posting"),
        subject=pl.format("{}:{}", "entity", pl.col("id").fill_null("")),
        name=pl.coalesce("label", "entity"),
        start=pl.lit(None, pl.Date),
        end="date",
        ours="ours",
        theirs="theirs",
        residual="residual",
        reason="reason",
    )
    rows = off.select(pl.col(name).cast(kind) for name, kind in TIED.items())
    return StatementTie(asked, (LEDGER,), compared, _largest_first(rows), days, covered)


def _largest_first(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("residual") != 0).sort(
        pl.col("residual").abs(), "subject", descending=[True, False], maintain_order=True
    )
