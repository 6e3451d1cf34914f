"""Records that stand in for ones that were cited but never recorded."""

from __future__ import annotations

from collections.abc import Iterable

from akika_forensics.errors import WrongUse
from akika_forensics.graph.reference_graph import order
from akika_forensics.model import payload as payloads
from akika_forensics.model.placeholder import PLACEHOLDER, is_placeholder
from akika_forensics.model.record import Record, RecordKey


def placeholders(records: Iterable[Record]) -> tuple[RecordKey, ...]:
    """The keys of all placeholder records, in order."""
    label = PLACEHOLDER.encode()
    found = []
    for record in records:
        if label not in record.payload and b"\\u" not in record.payload:
            continue
        try:
            body = payloads.decode(record.payload)
        except WrongUse:
            continue
        if isinstance(body, dict) and is_placeholder(body):
            found.append(record.key)
    return tuple(sorted(found, key=order))
