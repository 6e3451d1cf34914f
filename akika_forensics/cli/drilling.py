"""``statement --drill``: what a figure of a statement rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.errors import WrongUse

if TYPE_CHECKING:
    import polars as pl

    from akika_forensics.case.statements import Books, Drilled, Figure
    from akika_forensics.case.statements.asked import Asked

WHOLE: Final = "all"
_POSTINGS: Final = ("part", "date", "entity", "id", "number", "line", "account_name", "name", "counts")
_DIGITS: Final = 12
"""So many of a digest are shown to a person; files and JSON have all."""


def figure(books: Books, asked: Asked, row: str, *, column: str, party: str, item: str) -> Figure:
    """The figure that a row of a statement, said in words, and a column name. Raises WrongUse."""
    from akika_forensics.books.drill.figure import OPEN
    from akika_forensics.books.statements.ageing import BUCKETS
    from akika_forensics.books.statements.balances import RESULT
    from akika_forensics.books.statements.financial import TOTAL
    from akika_forensics.case.statements import Figure
    from akika_forensics.case.statements.asked import days_of
    from akika_forensics.model.catalogue import CATALOGUE

    kind = asked.kind
    said: dict[str, Any] = {
        "statement": kind, "start": asked.start, "end": asked.end, "basis": asked.basis, "by": asked.by,
        "party": party or None, "item": item,
    }  # fmt: skip
    if column:
        said["column"] = column
    if kind == "balance-sheet":
        # Its columns are days, and a figure is of one.
        said |= {"by": "total", "column": TOTAL}
        if column and column != TOTAL:
            said["end"] = _day(column, days=days_of(asked))
    if kind in OPEN:
        entity = row.partition(":")[0]
        if row in BUCKETS:
            said["bucket"] = row
        elif entity in CATALOGUE and CATALOGUE[entity].is_transaction:
            said["document"] = row
        elif row != WHOLE:
            said["party"] = row
        return Figure(**said)
    known = {*books.ledger.chart.accounts, *books.postings("accrual")["account"].unique(), RESULT}
    said["account" if row in known or kind in ("trial-balance", "register", "cash-flow") else "line"] = row
    return Figure(**said)


def _day(column: str, *, days: Sequence[date]) -> date:
    found = {day.isoformat(): day for day in days}
    if column not in found:
        raise WrongUse(f"The balance sheet has no column {column!r}.", do=f"It has {', '.join(found)}.")
    return found[column]


def chosen(drilled: Drilled, *, documents: bool) -> pl.DataFrame:
    return drilled.documents if documents else drilled.rows


def for_people(drilled: Drilled, *, documents: bool) -> pl.DataFrame:
    """Narrow enough for a terminal: digests begun, and of a balance what stood before the period in one row."""
    import polars as pl

    if documents:
        return drilled.documents.select(
            "date", "entity", "id", "number", "counts",
            pl.col("sha256").str.head(_DIGITS), "brought_by",
            pl.col("requested_at").dt.strftime("%Y-%m-%d %H:%M:%S"), "intuit_tid",
            note=pl.coalesce("request", "remark"),
        )  # fmt: skip
    rows = drilled.rows.select(_POSTINGS)
    before = rows.filter(pl.col("part") == "opening")
    if before.is_empty():
        return rows
    opening = before.select(
        part=pl.lit("opening"), name=pl.format("{} postings", pl.len()), counts=pl.col("counts").sum()
    )
    return pl.concat([opening, rows.filter(pl.col("part") != "opening")], how="diagonal").select(_POSTINGS)


def require_row(row: str, *, documents: bool, column: str, party: str, item: str) -> None:
    """Raises WrongUse where something is asked of a figure and no figure is named."""
    if not row and (documents or column or party or item):
        raise WrongUse(
            "Of which figure?", do="Name its row with --drill: an account's Id, or a total such as 'Net Income'."
        )
