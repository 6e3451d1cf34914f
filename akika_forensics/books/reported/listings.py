"""QuickBooks' own lists: every transaction with its day, amount and name; every account with its type and balance."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

import polars as pl

from akika_forensics.books.chart import DELETED_SUFFIX
from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.reported.labels import LABELS, NOT_POSTING
from akika_forensics.books.reported.sheet import Cell, Row, Sheet, amount, unreadable
from akika_forensics.model.instants import parse_date, parse_instant

TRANSACTIONS: Final = "TransactionList"
ACCOUNTS: Final = "AccountList"

INSTANT: Final = pl.Datetime("us", "UTC")
LISTED: Final = pl.Schema(
    {
        "control": pl.String(),
        "entity": pl.String(),
        "id": pl.String(),
        "label": pl.String(),
        "date": pl.Date(),
        "account": pl.String(),
        "shown": MONEY,
        "party": pl.String(),
        "name": pl.String(),
        "created": INSTANT,
        "modified": INSTANT,
    }
)
"""``shown`` is the amount as the list has it, in home currency, on the side of ``account``; ``entity`` is null where no record is known under
the type ``label``; ``party`` and ``created`` are null where the list does not say."""

CHART: Final = pl.Schema({"account": pl.String(), "name": pl.String(), "type": pl.String(), "shown": MONEY})
"""``shown`` is null where the list shows no balance."""


def transactions(what: str, page: Sheet) -> pl.DataFrame:
    """Columns of `LISTED`, a row a transaction. Raises Found."""
    at = {
        key: page.place(key) for key in ("tx_date", "txn_type", "name", "account_name", "create_date", "last_mod_date")
    }
    value = page.place("subt_nat_home_amount", "subt_nat_amount", "amount")
    kind, day = at["txn_type"], at["tx_date"]
    if kind is None or day is None or value is None:
        raise unreadable(what, "it has no columns of dates, types and amounts")
    found: list[tuple[Any, ...]] = []
    for row in page.rows:
        if row.role != "row" or len(row.cells) <= max(kind, day, value) or not row.cells[kind].text:
            continue
        label = row.cells[kind]
        party = _cell(row, at["name"])
        account = _cell(row, at["account_name"])
        entity = LABELS.get(label.text) or NOT_POSTING.get(label.text)
        found.append(
            (
                *(what, entity, label.id, label.text, _day(row.cells[day]), account.id),
                *(amount(row.cells[value], what), party.id, party.text),
                *(_instant(_cell(row, at[key])) for key in ("create_date", "last_mod_date")),
            )
        )
    return pl.DataFrame(found, schema=LISTED, orient="row")


def accounts(what: str, page: Sheet) -> pl.DataFrame:
    """Columns of `CHART`, a row an account that has an Id. Raises Found."""
    name, kind, balance = page.place("account_name", "account"), page.place("account_type"), page.place("account_bal")
    if name is None or kind is None:
        raise unreadable(what, "it has no columns of accounts and types")
    found = [
        (
            cell.id,
            cell.text.strip().removesuffix(DELETED_SUFFIX),
            _cell(row, kind).text.strip(),
            amount(_cell(row, balance), what),
        )
        for row in page.rows
        if row.role == "row" and name < len(row.cells) and (cell := row.cells[name]).id is not None
    ]
    return pl.DataFrame(found, schema=CHART, orient="row")


_NOTHING: Final = Cell("", None)


def _cell(row: Row, place: int | None) -> Cell:
    return row.cells[place] if place is not None and place < len(row.cells) else _NOTHING


def _day(cell: Cell) -> date | None:
    try:
        return parse_date(cell.text)
    except ValueError:
        return None


def _instant(cell: Cell) -> datetime | None:
    """``2026-07-01T09:30:03-0700``: without a colon in the zone. Source: recorded reports."""
    try:
        return parse_instant(cell.text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
