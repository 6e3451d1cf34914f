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


def names(text: str) -> list[str]:
    """The entities of a list with commas, in any case. Raises QuickBooksFault 2020 when it names none."""
    found = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not found:
        raise faults.missing("entities")
    return found


def since(text: str, now: datetime) -> datetime:
    """A date, or a time with or without zone; a blank in it was a plus. Raises QuickBooksFault 2020, 2060."""
    read = text.strip()
    if not read:
        raise faults.missing("changedSince")
    try:
        moment = datetime.fromisoformat(read.replace(" ", "+") if "T" in read else read)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=wire.PACIFIC)
        ahead = moment - now
    except (ValueError, OverflowError):
        raise faults.malformed("changedSince", "time", text) from None
    if ahead > timedelta(days=1):
        raise faults.malformed("changedSince", "time", text)
    return moment


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
    for name in dict.fromkeys(name.strip().lower() for name in entities if name.strip()):
        row = _BY_LOWER.get(name)
        if row is None or not row.change_feed or _left_out(store.beliefs, row.name):
            raise faults.invalid_query(f"Entity {row.name if row else name} is not supported by change data capture")
        rows = store.records("entity = ? AND updated >= ?", [row.name, start], "updated, CAST(id AS INTEGER)", room)
        group = Group(row.name, [stored.payload for stored in rows])
        room -= len(group.changed)
        group.deleted = store.tombstones(row.name, start)[:room]
        room -= len(group.deleted)
        found.groups.append(group)
    return found
