"""The change feed: what changed since a moment, deleted records as stubs. Source: QuickBooks API, change data capture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import faults, schema, wire
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.store import Store
from akika_forensics.twin.uncertain import FEED

MOST: Final = 1000
"""Objects of one answer; there are no pages. Source: QuickBooks API."""
REACH: Final = timedelta(days=30)
"""How far back the feed goes. Source: QuickBooks API, change data capture."""
_BY_LOWER: Final = {name.lower(): row for name, row in CATALOGUE.items()}


@dataclass(slots=True)
class Group:
    """One entity's changes: stored bytes by time of change, then (Id, time) of the deleted."""

    entity: str
    changed: list[bytes] = field(default_factory=list)
    deleted: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Feed:
    groups: list[Group] = field(default_factory=list)

    def response(self) -> dict[str, Any]:
        """``{"QueryResponse": [{…}, …]}``; ``[{}]`` when nothing changed."""
        answers = [_answer(group) for group in self.groups if group.changed or group.deleted]
        return {"QueryResponse": answers or [{}]}


def _answer(group: Group) -> dict[str, Any]:
    rows: list[Any] = [msgspec.Raw(payload) for payload in group.changed]
    for record_id, deleted in group.deleted:
        stamp = wire.metadata_time(wire.moment_of(deleted))
        rows.append({"domain": "QBO", "status": "Deleted", "Id": record_id, "MetaData": {"LastUpdatedTime": stamp}})
    answer: dict[str, Any] = {schema.type_of(group.entity): rows}
    if group.changed:
        answer["startPosition"] = 1
    answer["maxResults"] = len(rows)
    if group.deleted:
        answer["totalCount"] = len(rows)
    return answer


def check_age(beliefs: Beliefs, since: datetime, now: datetime) -> None:
    """Raises QuickBooksFault when the feed does not reach so far back. Source: the text was seen by a third party."""
    if now - since > REACH and beliefs.choice("feed_too_old") == "refused":
        told = since.astimezone(wire.PACIFIC).isoformat()
        what = f"Operation cdc with changedSince date {told} which is older than fixed days is not supported."
        raise faults.unsupported(what)


def _left_out(beliefs: Beliefs, entity: str) -> bool:
    return entity in FEED and beliefs.choice(FEED[entity]) == "refused"


def read(store: Store, entities: Iterable[str], since: datetime) -> Feed:
    """Raises QuickBooksFault 4001 for an entity that the feed does not carry."""
    start = wire.microseconds(since)
    found = Feed()
    room = MOST
    for name in dict.fromkeys(name.strip() for name in entities if name.strip()):
        row = _BY_LOWER.get(name.lower())
        if row is None or not row.change_feed or _left_out(store.beliefs, row.name):
            raise faults.invalid_query(f"Entity {name} is not supported by change data capture")
        rows = sorted(store.rows(row.name, since=start), key=lambda stored: (stored.updated, stored.id))
        group = Group(row.name, [stored.payload for stored in rows[:room]])
        room -= len(group.changed)
        group.deleted = store.tombstones(row.name, start)[:room]
        room -= len(group.deleted)
        found.groups.append(group)
    return found
