"""The form of postings: one row a debit or a credit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.documents.values import MONEY
from akika_forensics.model.record import RecordKey

TOTAL: Final = "total"
TAX: Final = "tax"
ROUNDING: Final = "rounding"
EXCHANGE: Final = "exchange"

POSTINGS: Final = pl.Schema(
    {
        "entity": pl.String(),
        "id": pl.String(),
        "place": pl.Int64(),
        "line": pl.String(),
        "date": pl.Date(),
        "account": pl.String(),
        "amount": MONEY,
        "foreign": MONEY,
        "currency": pl.String(),
        "party_entity": pl.String(),
        "party": pl.String(),
        "class": pl.String(),
        "department": pl.String(),
        "item": pl.String(),
    }
)
"""``amount`` is in home currency, to the cent, debit positive; ``foreign`` the same in the document's currency, null where it has
no such side (exchange gains, cost of stock). ``place`` orders the sides of a document. ``line`` is the document's line Id (``#2``
for the second line when it has none), or ``total``, ``tax``, ``rounding``, ``exchange``, ``cost 3`` (stock that left by line 3),
``opening`` (an item's first stock). ``party`` is whose account it is, if anyone's."""

_NONE: Final = pl.DataFrame(schema=POSTINGS)


class Posting(NamedTuple):
    """One row of ``POSTINGS`` as a value."""

    account: str
    amount: Decimal
    date: date
    key: RecordKey
    party: RecordKey | None
    line: str
    item: str | None = None


def values(frame: pl.DataFrame) -> tuple[Posting, ...]:
    """The rows as values, in their order."""
    columns = ("account", "amount", "date", "entity", "id", "party_entity", "party", "line", "item")
    return tuple(
        Posting(account, amount, day, RecordKey(entity, key), RecordKey(kind, party) if party else None, line, item)
        for account, amount, day, entity, key, kind, party, line, item in frame.select(columns).iter_rows()
    )


def whole(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([_NONE, *(one.select(*POSTINGS) for one in parts)], rechunk=False)
