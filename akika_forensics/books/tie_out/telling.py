"""A tie-out as it is told: the lines that people read, what was compared of each report, what was found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import polars as pl

from akika_forensics.books.chart import id_order
from akika_forensics.books.finding import Finding
from akika_forensics.books.reported.figures import BALANCES
from akika_forensics.books.tie_out.line import ReportTie, TieOutLine
from akika_forensics.books.tie_out.why import CHANGED, TAX, TRUNCATED, UNKNOWN
from akika_forensics.model.money import money_text
from akika_forensics.model.record import RecordKey

if TYPE_CHECKING:
    from akika_forensics.books.tie_out.tied import Tied

LEDGER: Final = "GeneralLedger"


def shown(tied: Tied) -> tuple[TieOutLine, ...]:
    """All balances of the trial balances, and of the other reports what does not agree; in order of report, basis, day and subject."""
    told = tied.lines.filter((pl.col("report") == BALANCES) | (pl.col("residual") != 0))
    columns = ("report", "subject", "name", "start", "end", "basis", "ours", "theirs", "residual", "measure", "reason")
    rows = [
        TieOutLine(report, subject, name, _period(start, end), basis, ours, theirs, residual, measure, reason)
        for report, subject, name, start, end, basis, ours, theirs, residual, measure, reason in told.select(
            columns
        ).iter_rows()
    ]
    # Trial balances first, as they were always told.
    rows.sort(key=lambda one: (one.report != BALANCES, one.report, one.basis, one.period, id_order(one.account)))
    return tuple(rows)


def _period(start: date | None, end: date) -> str:
    return f"{start.isoformat()}/{end.isoformat()}" if start else end.isoformat()


def by_report(tied: Tied) -> tuple[ReportTie, ...]:
    """What was compared, a row a kind of report and basis; the general ledger posting by posting."""
    rows = (
        tied.lines.group_by("report", "basis")
        .agg(
            pl.col("control").n_unique(),
            pl.len(),
            (pl.col("residual") != 0).sum().alias("differing"),
            pl.col("residual").abs().max(),
        )
        .sort("report", "basis")
    )
    found = [ReportTie(*row) for row in rows.iter_rows()]
    if tied.postings:
        largest = tied.documents["residual"].abs().max()
        found.append(
            ReportTie(
                LEDGER,
                "Accrual",
                tied.ledgers,
                tied.postings,
                len(tied.documents),
                largest if isinstance(largest, Decimal) else Decimal(0),
            )
        )
    return tuple(found)


def unbalanced(tied: Tied) -> tuple[Finding, ...]:
    """Trial balances whose own debits and credits differ."""
    rows = tied.lines.filter(pl.col("report") == BALANCES).group_by("control").agg(pl.col("theirs").sum())
    return tuple(
        Finding(
            "control_unbalanced", f"{name}: QuickBooks' own debits and credits differ by {money_text(value)}.", None
        )
        for name, value in rows.filter(pl.col("theirs") != 0).sort("control").iter_rows()
    )


def cut_off(name: str) -> Finding:
    """A report that shows no more than its first rows."""
    what = f"{name}: QuickBooks cut the report off; what it does not show is compared with nothing, and told as {TRUNCATED.partition(':')[0]}."
    return Finding("control_cut", what, None)


_TAILS: Final = {
    CHANGED: f": {CHANGED}",
    TAX: f": {TAX.partition(':')[0]}",
}


def of_documents(differing: pl.DataFrame, why: Mapping[RecordKey, str]) -> list[Finding]:
    """Each document whose postings are others in QuickBooks' general ledger; ``why``: those of which more is known."""
    own = differing.filter(~pl.col("reason").is_in([TRUNCATED, UNKNOWN]))
    rows = own.group_by("entity", "id", maintain_order=True).agg(
        pl.col("account").first(), pl.col("residual").get(pl.col("residual").abs().arg_max()), count=pl.len()
    )
    return [
        Finding(
            "postings_differ",
            f"{entity}:{key or ''} posts otherwise in QuickBooks' general ledger, by {money_text(residual)} in account {account}"
            f"{f' and in {count - 1} more' if count > 1 else ''}{_TAILS.get(why.get(RecordKey(entity, key or ''), ''), '')}.",
            RecordKey(entity, key) if key else None,
        )
        for entity, key, account, residual, count in rows.iter_rows()
    ]


def hidden(report_only: pl.DataFrame) -> list[Finding]:
    """What only reports show, by kind."""
    rows = report_only.group_by("entity", maintain_order=True).agg(
        count=pl.col("id").n_unique(), size=pl.col("amount").abs().sum() / 2
    )
    return [
        Finding(
            "report_only",
            f"{count} transactions of the kind {kind} ({money_text(size)}) stand in QuickBooks' reports alone: no application can read them. "
            f"The books have their postings from the general ledger.",
            None,
            "note",
        )
        for kind, count, size in rows.iter_rows()
    ]


def of_before(carried: pl.DataFrame) -> list[Finding]:
    """That some of it is as an earlier snapshot told it."""
    if carried.is_empty():
        return []
    count = carried.select("entity", "id").n_unique()
    what = (
        f"{count} of them are of days of which no general ledger was captured with this snapshot, because none of their documents changed. "
        "Their postings are those of the snapshots before."
    )
    return [Finding("report_only_before", what, None, "note")]
