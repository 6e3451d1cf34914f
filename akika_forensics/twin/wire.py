"""Times and JSON as the service writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from akika_forensics.model import payload as payloads
from akika_forensics.model.instants import parse_instant
from akika_forensics.twin import schema

PACIFIC: Final = ZoneInfo("America/Los_Angeles")


def metadata_time(moment: datetime) -> str:
    """``2015-10-01T16:48:43-07:00``: no fraction, the offset of that day. Source: recorded answers."""
    return moment.astimezone(PACIFIC).isoformat(timespec="seconds")


def envelope_time(moment: datetime) -> str:
    """``2020-09-29T05:59:12.852-07:00``: always three decimals."""
    return moment.astimezone(PACIFIC).isoformat(timespec="milliseconds")


def microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def moment_of(micros: int) -> datetime:
    seconds, rest = divmod(micros, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def stamp_of(body: dict[str, Any], field: str) -> int | None:
    """Microseconds of ``MetaData.<field>``; None when it is absent or no time."""
    meta = body.get("MetaData")
    text = meta.get(field) if isinstance(meta, dict) else None
    return _stamp(text) if isinstance(text, str) else None


@lru_cache(maxsize=10_000)
def _stamp(text: str) -> int | None:
    try:
        return microseconds(parse_instant(text))
    except ValueError:
        return None


def encode(entity: str, body: dict[str, Any]) -> bytes:
    """The payload of a record: keys in the order of the wire, money in its digits."""
    return payloads.encode(schema.ordered(entity, body))


def single(key: str, payload: bytes, moment: datetime) -> bytes:
    """``{"Invoice": …, "time": …}`` around bytes that are not touched."""
    return msgspec.json.encode({key: msgspec.Raw(payload), "time": envelope_time(moment)})
