"""The entry that QuickBooks posted when an account or an item was made inactive, found again among what is there now.

Making the record active again does not take the entry back, so it joins the plan as a removal. Pure.
Source: QuickBooks posts it on making inactive; that it keeps no mark of it is why it is known by its figures and time.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.instants import parse_instant
from akika_forensics.model.money import money
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.evidence import Evidence

Body = dict[str, Any]
_HELD: Final = {"Account": "CurrentBalance", "Item": "QtyOnHand"}
_AT_ONCE_S: Final = 5
"""How far apart the entry and the change may be timed: one request, and clocks that count whole seconds."""


def held(key: RecordKey, body: Body | None) -> Decimal:
    """What an account or an item holds, as it shows it; 0 for everything else."""
    name = _HELD.get(key.entity)
    return money((body or {}).get(name)) if name else Decimal(0)


def entries(evidence: Evidence, key: RecordKey, before: Body, now: Body) -> Iterator[RecordKey]:
    """What emptied the record in the moment in which it was made inactive; nothing when it was empty before."""
    amount = held(key, before)
    if not amount or held(key, now):
        return
    entity = "JournalEntry" if key.entity == "Account" else "InventoryAdjustment"
    for record in evidence.now.records([entity]):
        if evidence.before.record(record.key) is None and _at_once(record.body, now):
            lines = record.body.get("Line")
            rows = [row for row in lines if isinstance(row, dict)] if isinstance(lines, list) else []
            moved = sum((_moved(key, str(now.get("Id")), row) for row in rows), Decimal(0))
            if moved == -amount:
                yield record.key


def _moved(key: RecordKey, record_id: str, line: Body) -> Decimal:
    """By how much a line moves the record, in the sign in which the record shows it."""
    kind, name = (
        ("JournalEntryLineDetail", "AccountRef") if key.entity == "Account" else ("ItemAdjustmentLineDetail", "ItemRef")
    )
    detail = line.get(kind)
    if not isinstance(detail, dict) or str((detail.get(name) or {}).get("value")) != record_id:
        return Decimal(0)
    if key.entity == "Item":
        return money(detail.get("QtyDiff"))
    return money(line.get("Amount")) * (1 if detail.get("PostingType") == "Debit" else -1)


def _at_once(entry: Body, now: Body) -> bool:
    try:
        made = parse_instant(str((entry.get("MetaData") or {}).get("CreateTime")))
        changed = parse_instant(str((now.get("MetaData") or {}).get("LastUpdatedTime")))
    except ValueError:
        return False
    return abs((made - changed).total_seconds()) <= _AT_ONCE_S
