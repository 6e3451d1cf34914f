"""The order in which records are loaded: lists first, then transactions by date."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE, WRITE_ORDER
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.loading.placeholder_scene import number

_RANK: Final = {name: rank for rank, row in enumerate((("CompanyInfo", "Preferences"), *WRITE_ORDER)) for name in row}

type Position = tuple[int, str, int, tuple[str, int, str]]


def position(key: RecordKey, body: dict[str, Any]) -> Position:
    row = CATALOGUE.get(key.entity)
    rank = _RANK.get(key.entity, len(_RANK))
    if row is None or not row.is_transaction:
        return (0, "", rank, number(key))
    return (1, str(body.get("TxnDate", "")), rank, number(key))
