"""What the index tells of a record beside its digests: version number, times and date, for filtering. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

import msgspec
import polars as pl

from akika_forensics.vault.snapshots import frames


class Facts(NamedTuple):
    """None where the record has none, or one that is no number, time with an offset, or date."""

    sync_token: int | None
    created_at: datetime | None
    updated_at: datetime | None
    txn_date: date | None


class _Times(msgspec.Struct):
    created: str | None = msgspec.field(default=None, name="CreateTime")
    updated: str | None = msgspec.field(default=None, name="LastUpdatedTime")


class _Record(msgspec.Struct):
    token: str | None = msgspec.field(default=None, name="SyncToken")
    times: _Times | None = msgspec.field(default=None, name="MetaData")
    date: str | None = msgspec.field(default=None, name="TxnDate")


_DECODER: Final = msgspec.json.Decoder(_Record)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNIT: Final = timedelta(microseconds=1)
_NONE: Final = Facts(None, None, None, None)
_LARGEST: Final = 2**63 - 1


def of(payload: bytes) -> Facts:
    """Of a record as received. Never raises: what has another shape has no facts."""
    try:
        record = _DECODER.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _NONE
    times = record.times or _Times()
    return Facts(_number(record.token), _instant(times.created), _instant(times.updated), _date(record.date))


def columns(payloads: Iterable[bytes]) -> dict[str, pl.Series]:
    """`of` each record, as columns."""
    found = [of(payload) for payload in payloads]
    tokens, created, updated, dates = zip(*found, strict=True) if found else ((), (), (), ())
    return {
        "sync_token": pl.Series("sync_token", tokens, dtype=pl.Int64),
        "created_at": _times("created_at", created),
        "updated_at": _times("updated_at", updated),
        "txn_date": pl.Series("txn_date", dates, dtype=pl.Date),
    }


def _times(name: str, values: Iterable[datetime | None]) -> pl.Series:
    """By way of numbers: a column is made several times faster of them than of datetimes with a zone."""
    counted = [None if value is None else (value - _EPOCH) // _UNIT for value in values]
    return pl.Series(name, counted, dtype=pl.Int64).cast(frames.TIME)


def _number(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    number = int(text)
    return number if number <= _LARGEST else None


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _date(text: str | None) -> date | None:
    if text is None or len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
