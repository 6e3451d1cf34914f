"""The records that came in, decoded when somebody asks, and what was seen of them when they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from akika_forensics.model import payload as payloads
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.loading.bulk import Bulk

type Body = dict[str, Any]
type Places = dict[RecordKey, int | str]


@dataclass(slots=True)
class Seen:
    """``missing``: who cites what did not come, or not yet; ``days``: how many records have which TxnDate.

    ``unsound``: the kinds of documents of which one does not add up; ``oldest``: the earliest CreateTime.
    """

    missing: dict[tuple[str, str], list[RecordKey]] = field(default_factory=dict)
    days: Counter[str] = field(default_factory=Counter)
    unsound: set[str] = field(default_factory=set)
    oldest: str = ""


class Recorded(Mapping[RecordKey, Body]):
    """By key, in the order in which they came. A body is decoded anew each time: keep what is needed twice."""

    def __init__(self, bulk: Bulk, places: Places, seen: Seen) -> None:
        self._bulk = bulk
        self._places = places
        self.seen = seen

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[RecordKey]:
        return iter(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __getitem__(self, key: RecordKey) -> Body:
        if key not in self._places:
            raise KeyError(key)
        body: Body = payloads.decode(self._bulk.payload(*key) or b"{}")
        return body

    def of(self, *entities: str) -> Iterator[tuple[RecordKey, Body]]:
        """The records of some kinds, in the order in which they came."""
        for key in self._places:
            if key.entity in entities:
                yield key, self[key]

    def payloads(self, entity: str) -> Iterator[tuple[RecordKey, bytes]]:
        """The bytes of all records of a kind, in no order that means anything."""
        for record_id, payload in self._bulk.payloads(entity):
            key = RecordKey(entity, record_id)
            if key in self._places:
                yield key, payload
