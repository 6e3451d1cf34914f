"""What a capture says of the times of its records, and which of them moved between a record's body and a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, NamedTuple

import msgspec
import polars as pl

from akika_forensics.books.body import UnreadableError, day, number, ref
from akika_forensics.books.chart import decoded
from akika_forensics.books.documents import fields
from akika_forensics.books.documents.values import MONEY
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.instants import parse_instant
from akika_forensics.model.money import cents
from akika_forensics.model.record import Record, RecordKey

OTHERS: Final = pl.Schema(
    {"entity": pl.String(), "id": pl.String(), "date": pl.Date(), "total": MONEY, "party": pl.String()}
)
"""Transactions that post nothing; ``total`` is in home currency, null where they have no amount."""


class Stamp(NamedTuple):
    """When QuickBooks says that a record was made and last changed; None where it does not say."""

    created: datetime | None
    updated: datetime | None


class _MetaData(msgspec.Struct):
    CreateTime: Any = None
    LastUpdatedTime: Any = None


class _Stamped(msgspec.Struct):
    MetaData: _MetaData | None = None


@dataclass(frozen=True)
class Captured:
    """``records``: all of a snapshot. ``live``: for each entity the interval in which every body of it was live at some moment, by the
    capture's fence. ``gone``: records that the capture found to be deleted. Nothing of it is read before it is asked for.
    """

    records: Sequence[Record] = ()
    live: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)
    gone: frozenset[RecordKey] = frozenset()

    @cached_property
    def stamps(self) -> Mapping[RecordKey, Stamp]:
        """Of all transactions."""
        return {
            record.key: _stamp(record.payload)
            for record in self.records
            if (row := CATALOGUE.get(record.key.entity)) is not None and row.is_transaction
        }

    @cached_property
    def others(self) -> pl.DataFrame:
        """Columns of `OTHERS`: estimates, purchase orders, time. What cannot be read is left out."""
        rows = [
            found
            for record in self.records
            if record.key.entity not in fields.POSTING
            and (row := CATALOGUE.get(record.key.entity)) is not None
            and row.is_transaction
            and (found := _other(record)) is not None
        ]
        return pl.DataFrame(rows, schema=OTHERS, orient="row")

    def moved(
        self, keys: Iterable[RecordKey], made: datetime | None, listed: Mapping[RecordKey, Stamp]
    ) -> frozenset[RecordKey]:
        """Those of ``keys`` that moved between their bodies and a report of the time ``made``.

        ``listed`` is what QuickBooks' own list of transactions says of their times. A record moved that was changed after the report was
        made; that the list knows in a later state than its body, changed within the interval of its kind or after it; that was made
        after the bodies of its kind were read; or that the capture found deleted.
        """
        return frozenset(key for key in keys if self._moved(key, made, listed.get(key)))

    def _moved(self, key: RecordKey, made: datetime | None, listed: Stamp | None) -> bool:
        own, live = self.stamps.get(key), self.live.get(key.entity)
        if own is None:
            born = listed.created if listed else None
            return key in self.gone or (born is not None and live is not None and born > live[0])
        if own.updated is None:
            return False
        if made is not None and own.updated > made:
            return True
        later = listed.updated if listed else None
        return later is not None and live is not None and later > own.updated and later > live[0]


NOTHING: Final = Captured()


def _stamp(payload: bytes) -> Stamp:
    try:
        found = msgspec.json.decode(payload, type=_Stamped).MetaData
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = None
    return Stamp(_instant(found.CreateTime), _instant(found.LastUpdatedTime)) if found else Stamp(None, None)


def _instant(value: object) -> datetime | None:
    try:
        return parse_instant(value).astimezone(UTC) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _at_home(body: dict[str, Any]) -> Decimal | None:
    """Raises UnreadableError."""
    if "HomeTotalAmt" in body:
        return number(body, "HomeTotalAmt")
    if "TotalAmt" not in body:
        return None
    rate = number(body, "ExchangeRate") if "ExchangeRate" in body else Decimal(1)
    return cents(number(body, "TotalAmt") * rate)


def _other(record: Record) -> tuple[Any, ...] | None:
    body = decoded(record)
    if body is None:
        return None
    try:
        party = ref(body, "CustomerRef") or ref(body, "VendorRef")
        return record.key.entity, record.key.id, day(body), _at_home(body), party
    except UnreadableError:
        return None
