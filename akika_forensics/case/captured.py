"""What one snapshot says of itself, counted and sorted: pure, over its records, its description and the custody log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from akika_forensics.capture.controls import ControlName
from akika_forensics.capture.entities import in_feed, searched_by_time
from akika_forensics.custody import Act
from akika_forensics.errors import WrongUse
from akika_forensics.graph import Dangling, order
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.instants import parse_instant
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault import Snapshot, SnapshotInfo


@dataclass(frozen=True, slots=True)
class TypeCount:
    """One record type: what QuickBooks counted, what is held, and the latest change (aware) among the held; None where nothing says one."""

    entity: str
    reported: int | None
    held: int
    last_changed: datetime | None

    @property
    def agrees(self) -> bool:
        return self.reported is None or self.reported == self.held


@dataclass(frozen=True, slots=True)
class Missing:
    """A record that others cite and that was not captured. ``needed``: somebody wrote the reference, not the server alone."""

    target: RecordKey
    name: str
    cited_by: tuple[tuple[RecordKey, str], ...]
    needed: bool


@dataclass(frozen=True, slots=True)
class Control:
    """A report of QuickBooks' own that was kept beside the records: its length in bytes and SHA-256 in hexadecimal."""

    name: str
    length: int
    sha256: str

    @property
    def report(self) -> str:
        """What QuickBooks calls it, and the part to which it is kept."""
        named = ControlName.of(self.name)
        return f"{named.report}, {named.part}" if named.part else named.report

    @property
    def basis(self) -> str:
        return ControlName.of(self.name).basis

    @property
    def days(self) -> str:
        """``2026-11-23``, or ``2026-01-01 to 2026-11-23``."""
        return ControlName.of(self.name).days.replace("..", " to ")


class Kept(Mapping[str, bytes]):
    """The reports of a snapshot by name, each read when it is asked for and not held: some are long."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __getitem__(self, name: str) -> bytes:
        if name not in self._snapshot.info.controls:
            raise KeyError(name)
        return self._snapshot.control(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._snapshot.info.controls)

    def __len__(self) -> int:
        return len(self._snapshot.info.controls)


def reported_counts(info: SnapshotInfo) -> dict[str, int]:
    """The counts of a snapshot that QuickBooks itself gave. A type that it does not count stands among them as it was read, and is left out."""
    said = {str(row.get("what")) for row in info.findings if row.get("code") == "not_counted"}
    return {
        name: number
        for name, number in info.counts.items()
        if f"QuickBooks does not count {name}." not in said
        and (name not in CATALOGUE or in_feed(name) or searched_by_time(name))
    }


def type_counts(records: Iterable[Record], reported: Mapping[str, int]) -> tuple[TypeCount, ...]:
    """Records by type beside the counts that QuickBooks gave, in the order of the types' names."""
    held: dict[str, int] = {}
    latest: dict[str, datetime] = {}
    for record in records:
        entity = record.key.entity
        held[entity] = held.get(entity, 0) + 1
        changed = _last_changed(record)
        if changed is not None and (entity not in latest or changed > latest[entity]):
            latest[entity] = changed
    return tuple(
        TypeCount(entity, reported.get(entity), held.get(entity, 0), latest.get(entity))
        for entity in sorted({*held, *reported})
    )


def missing(dangling: Iterable[Dangling]) -> tuple[Missing, ...]:
    """The records that references lead to in vain, each once; those that somebody needs come first."""
    found: dict[RecordKey, list[Dangling]] = {}
    for one in dangling:
        found.setdefault(one.target, []).append(one)
    rows = [
        Missing(
            target,
            next((one.name for one in held if one.name and one.name != target.entity), ""),
            tuple(sorted({(one.source, one.path) for one in held}, key=lambda pair: (order(pair[0]), pair[1]))),
            any(not one.mirror or "LinkedTxn" in one.path for one in held),
        )
        for target, held in found.items()
    ]
    return tuple(sorted(rows, key=lambda one: (not one.needed, order(one.target))))


def controls_of(controls: Mapping[str, bytes]) -> tuple[Control, ...]:
    return tuple(_control(name, controls[name]) for name in sorted(controls))


def _control(name: str, data: bytes) -> Control:
    return Control(name, len(data), hashlib.sha256(data).hexdigest())


def acts_of(acts: Iterable[Act], info: SnapshotInfo) -> tuple[Act, ...]:
    """The acts that made the vault, connected it to this company, and captured, exported or used this snapshot."""
    return tuple(
        act
        for act in acts
        if act.act == "vault_created"
        or act.details.get("snapshot") == info.id
        or (act.act in {"connected", "disconnected"} and act.details.get("realm") == info.company.realm_id)
    )


def _last_changed(record: Record) -> datetime | None:
    try:
        told = (record.body.get("MetaData") or {}).get("LastUpdatedTime")
        return parse_instant(told) if isinstance(told, str) else None
    except (WrongUse, ValueError, AttributeError):
        # What a record says of itself may be anything; a count does not fail on it.
        return None
