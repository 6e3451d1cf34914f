"""The change feed: what changed or was deleted since a time.

Source: QuickBooks API, change data capture: 1000 objects an answer, no paging, 30 days back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import httpx
import msgspec

from akika_forensics.errors import Fault
from akika_forensics.model import instants
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import answers, faults
from akika_forensics.quickbooks.answers import Slice
from akika_forensics.quickbooks.questions import number_of

FEED_CAP: Final = 1000
"""Objects of one answer at most."""

_ROOM: Final = 900
"""Changed records that are asked for together: deleted ones, of which nobody knows the number, have to fit too."""

Get = Callable[[str, dict[str, str], str], tuple[dict[str, msgspec.Raw], httpx.Response]]


@dataclass(frozen=True, slots=True)
class ChangeFeed:
    """What changed since a time.

    ``server_time``: the earliest server time of the answers behind it; a later reading from there misses nothing.
    ``truncated``: some entity alone had more changes than an answer holds; ``truncated_entities`` names them and what
    is known of them is incomplete. ``refused``: entities whose feed QuickBooks refused. ``unknown``: keys in the answer
    that name no entity. ``deleted_at``: when those of ``deleted`` were deleted of which the feed tells it.
    """

    changed: tuple[Slice, ...]
    deleted: tuple[RecordKey, ...]
    server_time: datetime | None
    truncated: bool
    truncated_entities: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    deleted_at: Mapping[RecordKey, datetime] = field(default_factory=dict)


class _Gathered:
    def __init__(self) -> None:
        self.changed: dict[RecordKey, Slice] = {}
        self.deleted: dict[RecordKey, None] = {}
        self.deleted_at: dict[RecordKey, datetime] = {}
        self.times: list[datetime] = []
        self.truncated: list[str] = []
        self.unknown: list[str] = []

    def take(self, parts: list[answers.Rows]) -> None:
        for rows in parts:
            self.changed.update((cut.key, cut) for cut in rows.slices)
            self.deleted.update((key, None) for key in rows.deleted if not key.id.startswith(answers.NO_ID))
            self.deleted_at.update(rows.deleted_at)

    def as_feed(self, refused: tuple[str, ...] = ()) -> ChangeFeed:
        return ChangeFeed(
            changed=tuple(self.changed.values()),
            deleted=tuple(self.deleted),
            server_time=min(self.times, default=None),
            truncated=bool(self.truncated),
            truncated_entities=tuple(self.truncated),
            refused=refused,
            unknown=tuple(dict.fromkeys(self.unknown)),
            deleted_at=self.deleted_at,
        )


class FeedReading:
    """Reads the feed with as few requests as it takes; remembers which entities it is refused for."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self._refused: set[str] = set()

    def read(self, entities: list[str], since: datetime, sizes: Mapping[str, int] | None = None) -> ChangeFeed:
        """``sizes``: how many records of an entity changed, where that is known: so many as fit are asked for together,
        and what cannot fit an answer is not asked for and counts as truncated.
        """
        wanted = [name for name in entities if name not in self._refused]
        gathered = _Gathered()
        waiting, too_many = _packed(wanted, sizes or {})
        gathered.truncated.extend(too_many)
        while waiting:
            group = waiting.pop()
            halves = self._read_group(group, since, gathered)
            waiting.extend(half for half in halves if half)
        return gathered.as_feed(tuple(name for name in entities if name in self._refused))

    def answer(self, entities: list[str], since: datetime) -> ChangeFeed:
        """One answer, neither split nor asked for again; of one that is cut off all its entities are truncated."""
        gathered = _Gathered()
        parts, cut_off = self._ask(entities, since, gathered)
        gathered.truncated.extend(entities if cut_off else ())
        gathered.take(parts)
        return gathered.as_feed()

    def _read_group(self, group: list[str], since: datetime, gathered: _Gathered) -> list[list[str]]:
        """Reads one request's worth; returns the parts that must be asked for separately."""
        middle = len(group) // 2
        halves = [group[:middle], group[middle:]]
        alone = _Gathered()
        try:
            parts, cut_off = self._ask(group, since, alone)
        except Fault:
            if len(group) == 1:
                self._refused.add(group[0])
                return []
            return halves
        if cut_off and len(group) > 1:
            return halves
        gathered.truncated.extend(group if cut_off else ())
        gathered.times.extend(alone.times)
        gathered.unknown.extend(alone.unknown)
        gathered.take(parts)
        return []

    def _ask(self, group: list[str], since: datetime, gathered: _Gathered) -> tuple[list[answers.Rows], bool]:
        """The rows of one answer and whether it is cut off; its time and what is unknown in it are gathered."""
        asked = f"the change feed of {group[0]}" + (f" and {len(group) - 1} more" if len(group) > 1 else "")
        parameters = {"entities": ",".join(group), "changedSince": instants.format_instant(since)}
        members, response = self._get("cdc", parameters, asked)
        parts, unknown, total, cut_short = _parts(members, asked, number_of(response))
        at = answers.server_time(members, response)
        if at is not None:
            gathered.times.append(at)
        gathered.unknown.extend(unknown)
        return parts, total >= FEED_CAP or cut_short


def _packed(entities: list[str], sizes: Mapping[str, int]) -> tuple[list[list[str]], list[str]]:
    """Groups that fit an answer each, and the entities of which one does not."""
    groups: list[list[str]] = []
    rooms: list[int] = []
    for name in sorted(entities, key=lambda one: -sizes.get(one, 0)):
        size = sizes.get(name, 0)
        if size > _ROOM:
            continue
        place = next((at for at, room in enumerate(rooms) if room >= size), None)
        if place is None:
            groups.append([])
            rooms.append(_ROOM)
            place = len(groups) - 1
        groups[place].append(name)
        rooms[place] -= size
    return groups, [name for name in entities if sizes.get(name, 0) > _ROOM]


def _parts(members: dict[str, msgspec.Raw], asked: str, number: int) -> tuple[list[answers.Rows], list[str], int, bool]:
    parts: list[answers.Rows] = []
    unknown: list[str] = []
    cut_short = False
    try:
        if "CDCResponse" not in members:
            raise faults.unreadable(asked, "it holds no CDCResponse")
        for answer in msgspec.json.decode(members["CDCResponse"], type=list[dict[str, msgspec.Raw]]):
            refused = answers.fault_in(answer, asked)
            if refused is not None:
                raise refused
            groups = msgspec.json.decode(answer.get("QueryResponse", b"[]"), type=list[msgspec.Raw])
            for group in groups:
                for name in msgspec.json.decode(group, type=dict[str, msgspec.Raw]):
                    if name in answers.PLACES:
                        continue
                    entity = answers.entity_of_key(name)
                    if entity is None:
                        unknown.append(name)
                        continue
                    rows = answers.rows_of(entity, group, asked, number)
                    cut_short |= rows.total is not None and rows.total > len(rows.slices) + len(rows.deleted)
                    parts.append(rows)
    except msgspec.DecodeError as error:
        raise faults.unreadable(asked, f"its groups are not as described ({error})") from None
    return parts, unknown, sum(len(rows.slices) + len(rows.deleted) for rows in parts), cut_short
