"""Of which deleted records QuickBooks told: the list that is kept beside the records of a snapshot. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from akika_forensics.model.formats import Format
from akika_forensics.model.instants import format_instant, parse_instant
from akika_forensics.model.record import RecordKey

_FORMAT: Final = Format("akika-deletions-", 1, "list of deleted records")

FENCE: Final = "deletions"
"""Under this name a fence says for each entity of the change feed from when on its deletions are known."""


class Deletion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record that the change feed called deleted and that the snapshot does not hold.

    ``at``: when, as the feed told it, None where it did not.
    """

    entity: str
    id: str
    at: datetime | None = None

    @property
    def key(self) -> RecordKey:
        return RecordKey(self.entity, self.id)


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    deletions: list[Deletion]
    format: str = _FORMAT.label


def not_held(told: Mapping[RecordKey, datetime | None], is_held: Callable[[RecordKey], bool]) -> tuple[Deletion, ...]:
    """Those of which was ``told`` that are not held, by entity, then time, those without a time first."""
    rows = [Deletion(key.entity, key.id, at) for key, at in told.items() if not is_held(key)]
    return tuple(sorted(rows, key=lambda one: (one.entity, one.at.timestamp() if one.at else 0.0, len(one.id), one.id)))


def listed(deletions: tuple[Deletion, ...]) -> bytes:
    """What is kept; nothing where there are none."""
    return msgspec.json.encode(_Kept(list(deletions))) if deletions else b""


def read(data: bytes) -> tuple[Deletion, ...]:
    """Raises NewerFormat, VaultDamaged."""
    return tuple(_FORMAT.opened(data, _Kept).deletions)


def known_as_dict(known_from: Mapping[str, datetime]) -> dict[str, str]:
    """As a fence has it."""
    return {name: format_instant(at) for name, at in sorted(known_from.items())}


def known_of_all(fence: Mapping[str, Any], entities: Collection[str]) -> tuple[datetime | None, tuple[str, ...]]:
    """From when on the deletions of all of these are known, and those of which nothing is; None where nothing is known of any."""
    known = known_from(fence)
    found = [known[name] for name in entities if name in known]
    return max(found, default=None), tuple(name for name in entities if name not in known)


def known_from(fence: Mapping[str, Any]) -> dict[str, datetime]:
    """For each entity from when on its deletions are known, as a fence says it; empty where it says nothing."""
    found: dict[str, datetime] = {}
    told = fence.get(FENCE)
    for name, text in told.items() if isinstance(told, Mapping) else ():
        try:
            found[str(name)] = parse_instant(str(text))
        except ValueError:
            continue
    return found
