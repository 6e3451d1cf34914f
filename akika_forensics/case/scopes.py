"""Snapshots of some records: what they say of themselves, what they are compared by, which snapshots know their records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from akika_forensics.model.company import Company
from akika_forensics.model.instants import parse_instant
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault import Snapshot, SnapshotInfo, Vault


def said_of(info: SnapshotInfo) -> str:
    """What a snapshot of some records is, in a sentence; empty for one of a whole company."""
    if not info.scoped:
        return ""
    scope = info.fence.get("scope", {})
    asked, read = list(scope.get("asked", ())), len(scope.get("read", ()))
    named = ", ".join(asked[:3]) + (f" and {len(asked) - 3} more" if len(asked) > 3 else "")
    until = parse_instant(str(info.fence.get("to")))
    base = info.fence.get("base")
    rest = f"everything else is as in snapshot {base}" if base else "nothing else is in it"
    return f"Snapshot {info.id} is of {named}: {read:,} records were read until {until:%Y-%m-%d %H:%M:%S} UTC; {rest}."


def alone(info: SnapshotInfo) -> bool:
    """Whether a snapshot holds nothing but some records."""
    return info.scoped and not info.fence.get("base")


def in_scope(info: SnapshotInfo) -> frozenset[RecordKey]:
    """The records that were read for a snapshot of some records, and those that were found to be gone."""
    scope = info.fence.get("scope", {})
    return frozenset(RecordKey.parse(str(one)) for name in ("read", "gone") for one in scope.get(name, ()))


class Narrowed:
    """A snapshot, of which some records are looked at alone."""

    def __init__(self, snapshot: Snapshot, keys: Iterable[RecordKey]) -> None:
        self._snapshot, self._keys = snapshot, frozenset(keys)

    def index(self) -> pl.DataFrame:
        wanted = pl.DataFrame(sorted(self._keys), schema={"entity": pl.String, "id": pl.String}, orient="row")
        return self._snapshot.index().join(wanted, on=["entity", "id"], how="semi")

    def get_many(self, keys: Iterable[RecordKey]) -> Mapping[RecordKey, Record]:
        return self._snapshot.get_many([key for key in keys if key in self._keys])

    def records(self) -> Iterator[Record]:
        found = self._snapshot.get_many(self._keys)
        return iter([found[key] for key in sorted(found)])


def comparable(before: Snapshot, after: Snapshot) -> tuple[Snapshot | Narrowed, Snapshot | Narrowed]:
    """Two snapshots as they can be compared: where one holds some records alone, by those."""
    scopes = [in_scope(one.info) for one in (before, after) if alone(one.info)]
    if not scopes:
        return before, after
    keys = frozenset.intersection(*scopes)
    return Narrowed(before, keys), Narrowed(after, keys)


def compared_by(before: SnapshotInfo, after: SnapshotInfo) -> tuple[str, ...]:
    """What is to be said of a comparison, a sentence for each snapshot of some records, and one where only those are compared."""
    said = [one for one in map(said_of, (before, after)) if one]
    if alone(before) or alone(after):
        said.append("Only those records are compared.")
    return tuple(said)


def remembering(
    vault: Vault, company: Company, mine: Sequence[SnapshotInfo], keys: Iterable[RecordKey]
) -> list[Snapshot]:
    """The last snapshots that hold those of the records that the newest one, the last of ``mine``, holds no longer."""
    if not mine:
        return []
    places = {info.id: at for at, info in enumerate(mine)}
    wanted: set[int] = set()
    for key in keys:
        versions = vault.history(key, company)
        if len(versions) > 1 and not versions[-1].present:
            wanted.add(max(places[versions[-1].snapshot] - 1, 0))
    return [vault.snapshot(mine[at].id) for at in sorted(wanted)]
