"""What the index tells of a record beside its digests: version number, times and date, for filtering. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

import msgspec
import polars as pl

from akika_forensics.vault.snapshots import frames


class Facts(NamedTuple):
    """None where the record has none, or one that is no number, time with an offset, or date."""

    sync_token: int | None
    created_at: datetime | None
    updated_at: datetime | None
    txn_date: date | None


type Texts = tuple[str | None, str | None, str | None, str | None]
"""What the record says of each fact, in the order of `TEXTS`, where it says so in text."""


# Members of any kind: of one that is named twice the last counts, whatever the first was, as in a value decoded whole.
class _Record(msgspec.Struct):
    token: Any = msgspec.field(default=None, name="SyncToken")
    times: Any = msgspec.field(default=None, name="MetaData")
    date: Any = msgspec.field(default=None, name="TxnDate")


_DECODER: Final = msgspec.json.Decoder(_Record, float_hook=msgspec.Raw)
TEXTS: Final[frames.Schema] = dict.fromkeys(Facts._fields, pl.String)
_NO_TEXTS: Final[Texts] = (None, None, None, None)
_NO_TIMES: Final[dict[str, Any]] = {}
_LARGEST: Final = 2**63 - 1


def of(payload: bytes) -> Facts:
    """Of a record as received. Never raises: what has another shape has no facts."""
    token, created, updated, day = _read(payload)
    return Facts(
        _number(token) if token is not None else None,
        _instant(created) if created is not None else None,
        _instant(updated) if updated is not None else None,
        _date(day) if day is not None else None,
    )


def _read(payload: bytes) -> Texts:
    try:
        record = _DECODER.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _NO_TEXTS
    return texts({"SyncToken": record.token, "MetaData": record.times, "TxnDate": record.date})


def texts(value: Any) -> Texts:
    """Of a decoded record of any shape; what is no text in it may be anything but ``str``."""
    if not isinstance(value, dict):
        return _NO_TEXTS
    token, times, day = value.get("SyncToken"), value.get("MetaData"), value.get("TxnDate")
    if times is None:
        times = _NO_TIMES
    elif not isinstance(times, dict):
        return _NO_TEXTS
    created, updated = times.get("CreateTime"), times.get("LastUpdatedTime")
    # Asked of every record that comes in: one after the other takes half as long as in a loop.
    if not (token is None or isinstance(token, str)) or not (day is None or isinstance(day, str)):
        return _NO_TEXTS
    if not (created is None or isinstance(created, str)) or not (updated is None or isinstance(updated, str)):
        return _NO_TEXTS
    return token, created, updated, day


def columns(payloads: Iterable[bytes]) -> dict[str, pl.Series]:
    """`of` each record, as columns."""
    return of_texts(pl.DataFrame([_read(payload) for payload in payloads], schema=TEXTS, orient="row"))


def of_texts(told: pl.DataFrame) -> dict[str, pl.Series]:
    """The facts of records of which columns of `TEXTS` tell. What is written as QuickBooks writes it is read many at a time."""
    return {name: _column(told[name], kind) for name, kind in _KINDS.items()}


class _Kind(NamedTuple):
    """One kind of fact. ``usual``: texts that ``many`` reads as ``one`` does; those it gives null for go to ``one`` too."""

    dtype: pl.DataType | type[pl.DataType]
    usual: str
    many: Callable[[pl.Expr], pl.Expr]
    one: Callable[[str], int | datetime | date | None]


def _column(text: pl.Series, kind: _Kind) -> pl.Series:
    usual = pl.when(text.str.contains(kind.usual)).then(text)
    found = pl.select(kind.many(usual).cast(kind.dtype).alias(text.name)).to_series()
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
_KINDS: Final = {"sync_token": _TOKENS, "created_at": _INSTANTS, "updated_at": _INSTANTS, "txn_date": _DATES}
