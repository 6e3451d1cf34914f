"""Which request brought which record: the list that is kept beside the records of a snapshot. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from akika_forensics.model.formats import Format
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Answered

_FORMAT: Final = Format("akika-requests-", 1, "list of requests")


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One request whose answer brought records. ``at``: when it left; ``intuit_tid``: QuickBooks' own number of it, empty where it gave none; ``asked``: for
    what, in words; ``sha256`` and ``length`` are of the answer, unpacked. ``records``: Ids by entity.
    """

    at: datetime
    intuit_tid: str
    asked: str
    sha256: str
    length: int
    records: dict[str, list[str]]


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    requests: list[Request]
    format: str = _FORMAT.label


class Brought(NamedTuple):
    """The request that brought a record, without its other records."""

    at: datetime
    intuit_tid: str
    asked: str
    sha256: str


def listed(answered: Sequence[Answered], brought: Iterable[tuple[str, Iterable[tuple[str, int]]]]) -> bytes:
    """What is kept. ``brought``: of each entity Ids with the number of their answer, counted from 1; 0 is left out."""
    records: dict[int, dict[str, list[str]]] = {}
    for entity, rows in brought:
        for record_id, number in rows:
            if number:
                records.setdefault(number, {}).setdefault(entity, []).append(record_id)
    kept = [Request(*answered[number - 1], records[number]) for number in sorted(records)]
    return msgspec.json.encode(_Kept(kept))


def read(data: bytes) -> tuple[Request, ...]:
    """Raises NewerFormat, VaultDamaged."""
    return tuple(_FORMAT.opened(data, _Kept).requests)


def by_record(requests: Iterable[Request], wanted: Iterable[RecordKey]) -> dict[RecordKey, Brought]:
    """The request that brought each of some records, for those of which it is told."""
    keys = set(wanted)
    found: dict[RecordKey, Brought] = {}
    for one in requests:
        for entity, ids in one.records.items():
            for record_id in ids:
                key = RecordKey(entity, record_id)
                if key in keys:
                    found[key] = Brought(one.at, one.intuit_tid, one.asked, one.sha256)
    return found
