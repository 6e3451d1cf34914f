"""What the index tells of a record beside its digests: version number, times and date, for filtering. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
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


# Without ``gc``: they hold texts only, and there are fifty thousand at a time.
class _Times(msgspec.Struct, gc=False):
    created: str | None = msgspec.field(default=None, name="CreateTime")
    updated: str | None = msgspec.field(default=None, name="LastUpdatedTime")


class _Record(msgspec.Struct, gc=False):
    token: str | None = msgspec.field(default=None, name="SyncToken")
    times: _Times | None = msgspec.field(default=None, name="MetaData")
    date: str | None = msgspec.field(default=None, name="TxnDate")


_DECODER: Final = msgspec.json.Decoder(_Record)
_NO_TIMES: Final = _Times()
_NO_RECORD: Final = _Record()
_LARGEST: Final = 2**63 - 1


def of(payload: bytes) -> Facts:
    """Of a record as received. Never raises: what has another shape has no facts."""
    record = _read(payload)
    times = record.times or _NO_TIMES
    return Facts(
        _number(record.token) if record.token is not None else None,
        _instant(times.created) if times.created is not None else None,
        _instant(times.updated) if times.updated is not None else None,
        _date(record.date) if record.date is not None else None,
    )


def _read(payload: bytes) -> _Record:
    try:
        return _DECODER.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _NO_RECORD


def columns(payloads: Iterable[bytes]) -> dict[str, pl.Series]:
    """`of` each record, as columns. What is written as QuickBooks writes it is read many at a time."""
    records = [_read(payload) for payload in payloads]
    times = [record.times or _NO_TIMES for record in records]
    return {
        "sync_token": _column("sync_token", [record.token for record in records], _TOKENS),
        "created_at": _column("created_at", [one.created for one in times], _INSTANTS),
        "updated_at": _column("updated_at", [one.updated for one in times], _INSTANTS),
        "txn_date": _column("txn_date", [record.date for record in records], _DATES),
    }


class _Kind(NamedTuple):
    """One kind of fact. ``usual``: texts that ``many`` reads as ``one`` does; those it gives null for go to ``one`` too."""

    dtype: pl.DataType | type[pl.DataType]
    usual: str
    many: Callable[[pl.Expr], pl.Expr]
    one: Callable[[str], int | datetime | date | None]


def _column(name: str, texts: Sequence[str | None], kind: _Kind) -> pl.Series:
    text = pl.Series(name, texts, dtype=pl.String)
    usual = pl.when(text.str.contains(kind.usual)).then(text)
    found = pl.select(kind.many(usual).cast(kind.dtype).alias(name)).to_series()
    left = (text.is_not_null() & found.is_null()).arg_true()
    if left.is_empty():
        return found
    return found.scatter(left, pl.Series([kind.one(one) for one in text.gather(left)], dtype=kind.dtype))


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    number = int(text)
    return number if number <= _LARGEST else None


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _date(text: str) -> date | None:
    if len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


_DAY: Final = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}"
_CLOCK: Final = "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]"
_ZONE: Final = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"


def _read_instants(text: pl.Expr) -> pl.Expr:
    zoned = text.str.replace("Z", "+00:00", literal=True)
    return zoned.str.to_datetime("%Y-%m-%dT%H:%M:%S%:z", time_unit="us", strict=False)


_TOKENS: Final = _Kind(pl.Int64, "^[0-9]{1,18}$", lambda text: text.str.to_integer(strict=False), _number)
_INSTANTS: Final = _Kind(frames.TIME, f"^{_DAY}T{_CLOCK}{_ZONE}$", _read_instants, _instant)
_DATES: Final = _Kind(pl.Date, f"^{_DAY}$", lambda text: text.str.to_date("%Y-%m-%d", strict=False), _date)
