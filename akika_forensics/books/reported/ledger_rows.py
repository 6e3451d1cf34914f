"""The rows of QuickBooks' general ledger: every posting of every account, and of which document it says that it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from akika_forensics.books.chart import Chart
from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.reported.labels import CREDIT_TYPES, LABELS, STARTING_VALUE
from akika_forensics.books.reported.sheet import Cell, Row, Sheet, amount, unreadable
from akika_forensics.model.instants import parse_date

ROWS: Final = pl.Schema(
    {
        "account": pl.String(),
        "entity": pl.String(),
        "id": pl.String(),
        "label": pl.String(),
        "date": pl.Date(),
        "theirs": MONEY,
        "party": pl.String(),
    }
)
"""``entity`` is null where no record is known under that type; ``label`` is what the report calls it. Debit positive, home currency."""


def rows(what: str, sheet: Sheet, chart: Chart) -> pl.DataFrame:
    """Columns of `ROWS`; beginning balances and sums left out. Raises Found."""
    places = {name: sheet.place(name) for name in ("tx_date", "txn_type", "name")}
    value = sheet.place("subt_nat_home_amount", "subt_nat_amount", "home_amount", "amount")
    if value is None or places["tx_date"] is None or places["txn_type"] is None:
        raise unreadable(what, "it has no columns of dates, types and amounts")
    found: list[tuple[Any, ...]] = []
    for row in sheet.rows:
        if row.role != "row" or len(row.cells) <= value:
            continue
        kind = row.cells[places["txn_type"]]
        day = _day(row.cells[places["tx_date"]])
        given = amount(row.cells[value], what)
        account = _account(row)
        if day is None or given is None or account is None or not kind.text:
            continue
        holder = chart.accounts.get(account)
        sign = -1 if holder is not None and holder.type in CREDIT_TYPES else 1
        entity = "Item" if kind.text == STARTING_VALUE else LABELS.get(kind.text)
        party = row.cells[places["name"]].id if places["name"] is not None else None
        found.append((account, entity, kind.id, kind.text, day, sign * Decimal(given), party))
    return pl.DataFrame(found, schema=ROWS, orient="row")


def _account(row: Row) -> str | None:
    """The innermost section with an Id is the account."""
    return next((cell.id for cell in reversed(row.within) if cell.id is not None), None)


def _day(cell: Cell) -> date | None:
    try:
        return parse_date(cell.text)
    except ValueError:
        return None
