"""The order of keys, and the order in which records are loaded: lists first, then transactions by date."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE, WRITE_ORDER
from akika_forensics.model.record import RecordKey

_RANK: Final = {name: rank for rank, row in enumerate((("CompanyInfo", "Preferences"), *WRITE_ORDER)) for name in row}

type Position = tuple[int, str, int, tuple[str, int, str]]


def number(key: RecordKey) -> tuple[str, int, str]:
    """Order of keys: by entity, then by Id as a number."""
    return (key.entity, int(key.id) if key.id.isascii() and key.id.isdigit() else 0, key.id)


def position(key: RecordKey, body: dict[str, Any]) -> Position:
    row = CATALOGUE.get(key.entity)
    rank = _RANK.get(key.entity, len(_RANK))
    if row is None or not row.is_transaction:
        return (0, "", rank, number(key))
    return (1, str(body.get("TxnDate", "")), rank, number(key))
