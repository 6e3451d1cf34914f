"""Why a figure of a report is not ours, as far as that can be told. Whatever cannot is called unexplained."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from akika_forensics.books.finding import UNRESOLVED
from akika_forensics.books.ledger import Ledger

UNEXPLAINED: Final = "unexplained"
DOCUMENTS: Final = "documents that post otherwise in the general ledger"
UNPOSTED: Final = "amounts without an account, or documents that could not be posted"
CENTS: Final = "rounding"
_ROUNDING: Final = Decimal("0.05")


def told(lines: pl.DataFrame, differing: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """``lines`` with the reason of each residual."""
    off = lines.filter(pl.col("residual") != 0)
    if off.is_empty():
        return lines
    by_document = _by_document(differing, ledger)
    unposted = bool(ledger.unposted) or bool((ledger.frame["account"] == UNRESOLVED).any())
    found = [
        _reason(residual, by_document(measure, subject, start, end), unposted=unposted)
        for measure, subject, start, end, residual in off.select(
            "measure", "subject", "start", "end", "residual"
        ).iter_rows()
    ]
    return pl.concat(
        [lines.filter(pl.col("residual") == 0), off.with_columns(reason=pl.Series(found, dtype=pl.String))]
    )


def _reason(residual: Decimal, of_documents: Decimal, *, unposted: bool) -> str:
    if of_documents == residual:
        return DOCUMENTS
    if abs(residual) <= _ROUNDING:
        return CENTS
    if unposted:
        return UNPOSTED
    return UNEXPLAINED


def _by_document(differing: pl.DataFrame, ledger: Ledger) -> Callable[[str, str, date | None, date | None], Decimal]:
    """What the documents that differ amount to in a figure."""
    rows = list(differing.select("account", "date", "residual").iter_rows())

    def amount(measure: str, subject: str, start: date | None, end: date | None) -> Decimal:
        if end is None or measure not in ("balance", "movement"):
            return Decimal(0)
        first = start
        if measure == "balance" and ledger.chart.is_profit_and_loss(subject):
            first = ledger.chart.fiscal_year_start(end)
        return sum(
            (
                value
                for account, day, value in rows
                if account == subject and (first is None or first <= day) and day <= end
            ),
            Decimal(0),
        )

    return amount
