"""Which records QuickBooks told of as deleted before a snapshot, and what the vault still has of them: as a table that shows itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

import polars as pl

from akika_forensics.capture import deletions
from akika_forensics.capture.deletions import Deletion
from akika_forensics.case.rows import TIME, Rows
from akika_forensics.vault import Snapshot, SnapshotInfo, Vault
from akika_widgets.views.listing import Column, Listing, Mark
from akika_widgets.views.wording import entity_words

_LOOKED_AT: Final = 2
"""Snapshots before a deletion that are looked at: the last may have been in the making at that moment."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """A record that QuickBooks called deleted and that the snapshot does not hold.

    ``deleted_at``: as QuickBooks told it, None where it did not. ``last_held``: the id of the snapshot before that has its last captured version,
    empty where none has it.
    """

    entity: str
    id: str
    deleted_at: datetime | None
    last_held: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "entity": self.entity,
            "id": self.id,
            "deleted_at": self.deleted_at.isoformat() if self.deleted_at else None,
            "last_held": self.last_held or None,
        }


class Deletions(Rows[Deleted]):
    """The records that QuickBooks told of as deleted, by type and time; ``deletions["Invoice:130"]`` is one of them."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Any]] = {
        "entity": pl.String,
        "id": pl.String,
        "deleted_at": TIME,
        "last_held": pl.String,
    }

    def name_of(self, one: Deleted) -> str:
        return f"{one.entity}:{one.id}"

    def cells(self, one: Deleted) -> tuple[Any, ...]:
        return (one.entity, one.id, one.deleted_at, one.last_held or None)

    @property
    def never_held(self) -> int:
        """Of how many no snapshot has a version."""
        return sum(not one.last_held for one in self)

    @property
    def sentence(self) -> str:
        """In a few words; empty where there are none."""
        if not self:
            return ""
        told = f"Deleted before this snapshot, as QuickBooks tells: {_records(len(self))}."
        lost = self.never_held
        if not lost:
            return f"{told} An earlier snapshot holds the last version of each."
        which = "Of it" if len(self) == 1 else "Of all of them" if lost == len(self) else f"Of {lost:,} of them"
        return f"{told} {which} the vault holds nothing but number and time; QuickBooks' Audit Log tells who."

    def view(self) -> Listing:
        columns = [
            Column("Record type"),
            Column("Id"),
            Column("Deleted (UTC)", "quiet"),
            Column("In the vault", "state"),
        ]
        rows = [
            (
                entity_words(one.entity).one.capitalize(),
                one.id,
                f"{one.deleted_at:%Y-%m-%d %H:%M:%S}" if one.deleted_at else "not told",
                Mark("✓", f"last version in {one.last_held}", "good")
                if one.last_held
                else Mark("·", "nothing of it", "removed"),
            )
            for one in self
        ]
        return Listing(
            "Deleted before this snapshot",
            columns,
            rows,
            sub="as QuickBooks' list of changes told it; it reaches a month back",
            nothing="QuickBooks told of no record that was deleted and that the snapshot does not hold.",
        )


NO_DELETIONS: Final = Deletions()


def deletions_of(vault: Vault, snapshot: Snapshot) -> Deletions:
    """The table of one snapshot; empty for one of before such a list was kept. Raises NewerFormat, VaultDamaged."""
    data = snapshot.deletions()
    told = deletions.read(data) if data is not None else ()
    if not told:
        return NO_DELETIONS
    ours = vault.pseudonym(snapshot.info.company)
    earlier: list[SnapshotInfo] = []
    for info in vault.snapshots():
        if info.id == snapshot.info.id:
            break
        if not info.scoped and vault.pseudonym(info.company) == ours:
            earlier.append(info)
    wanted: dict[str, list[Deletion]] = {}
    for one in told:
        for info in _before(one, earlier):
            wanted.setdefault(info.id, []).append(one)
    held: dict[tuple[str, str], str] = {}
    for info in earlier:
        # The later ones come later, and stay.
        held.update((key, info.id) for key in _held(vault, info.id, wanted.get(info.id, ())))
    return Deletions(Deleted(one.entity, one.id, one.at, held.get((one.entity, one.id), "")) for one in told)


def _before(one: Deletion, earlier: list[SnapshotInfo]) -> list[SnapshotInfo]:
    """The snapshots in which its last version must be, where any has it: it was there until it was deleted."""
    return [info for info in earlier if one.at is None or info.taken_at <= one.at][-_LOOKED_AT:]


def _held(vault: Vault, snapshot: str, wanted: Iterable[Deletion]) -> list[tuple[str, str]]:
    keys = [(one.entity, one.id) for one in wanted]
    if not keys:
        return []
    rows = pl.DataFrame(keys, schema={"entity": pl.String, "id": pl.String}, orient="row")
    index = vault.snapshot(snapshot).lazy({entity for entity, _ in keys}).select("entity", "id")
    found = index.collect().join(rows, on=["entity", "id"], how="semi")
    return [(entity, record_id) for entity, record_id in found.iter_rows()]


def _records(number: int) -> str:
    return "1 record" if number == 1 else f"{number:,} records"
