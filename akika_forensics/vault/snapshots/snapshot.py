"""Reading a snapshot: its index, its records with the very bytes that were received, its controls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import polars as pl

from akika_forensics.errors import WrongUse
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault.snapshots import frames
from akika_forensics.vault.snapshots.commits import Commit, SnapshotInfo, Version
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.shelf import Shelf

_BATCH: Final = 128 << 20
"""Payload bytes held at a time while records are read one after the other; one entity is never split."""


class Snapshot:
    """One company as it was; every method raises VaultDamaged when what it reads is not what was signed."""

    def __init__(self, shelf: Shelf, commit: Commit) -> None:
        self.info: SnapshotInfo = commit.info
        self._shelf = shelf
        self._commit = commit

    def index(self) -> pl.DataFrame:
        """entity: str, id: str, digest: 32 bytes; sorted by entity, then id, as text."""
        return self._state().select("entity", "id", "digest")

    def records(self, entities: Iterable[str] | None = None) -> Iterator[Record]:
        """All records, or those of some entities, sorted by entity, then id. Holds a bounded part at a time."""
        state = self._state()
        if entities is not None:
            state = state.filter(pl.col("entity").is_in(list(set(entities))))
        for names in _batches(state):
            part = state.filter(pl.col("entity").is_in(names))
            for entity, record_id, payload in self._payloads(part).iter_rows():
                yield Record(RecordKey(entity, record_id), payload)

    def record(self, key: RecordKey) -> Record | None:
        return self.get_many([key]).get(RecordKey(*key))

    def get_many(self, keys: Iterable[RecordKey]) -> dict[RecordKey, Record]:
        """Those of the keys that the snapshot holds."""
        wanted = _key_frame(keys)
        part = self._state().join(wanted, on=frames.KEY, how="semi")
        found = self._payloads(part).iter_rows()
        return {(key := RecordKey(entity, record_id)): Record(key, payload) for entity, record_id, payload in found}

    def control(self, name: str) -> bytes:
        """A report that was captured beside the records, as received. Raises WrongUse for an unknown name."""
        if name not in self._commit.text.controls:
            raise WrongUse(
                f"Snapshot {self.info.id} has no control {name!r}.",
                do=f"It has: {', '.join(self.info.controls) or 'none'}.",
            )
        return self._shelf.control(self._commit, name)[1]

    def _state(self) -> pl.DataFrame:
        return self._shelf.state(self._commit)

    def _payloads(self, part: pl.DataFrame) -> pl.DataFrame:
        return read_payloads(self._shelf, self._commit.pseudonym, part)

    def __repr__(self) -> str:
        return f"Snapshot({self.info.id})"


def read_payloads(shelf: Shelf, company: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The payloads of some rows of a state, sorted by key: entity, id, payload."""
    found = [pl.DataFrame(schema=frames.PAYLOAD_1)]
    for part, mine in by_part(shelf, company, rows):
        payloads = shelf.payloads_of(company, part, _narrow(mine))
        found.append(payloads.join(mine, on=frames.VERSION, how="semi").select(*frames.PAYLOAD_1))
    return pl.concat(found).sort(frames.KEY)


def by_part(shelf: Shelf, company: str, rows: pl.DataFrame) -> Iterator[tuple[Part, pl.DataFrame]]:
    """Rows of a state, apart by the part their segment lies in."""
    segments: dict[str, list[int]] = {}
    parts: dict[str, Part] = {}
    for number in rows["segment"].unique().sort().to_list():
        part = parts.setdefault((found := shelf.part(company, number)).index, found)
        segments.setdefault(part.index, []).append(number)
    for path, numbers in segments.items():
        yield parts[path], rows.filter(pl.col("segment").is_in(numbers))


def history(shelf: Shelf, commits: Sequence[Commit], key: RecordKey) -> tuple[Version, ...]:
    """The versions of a record over the snapshots of one company, only where it changed, oldest first.

    A version is new when its canonical form is; the same value in other bytes is no change.
    """
    versions: list[Version] = []
    known: bytes | None = None
    wanted = _key_frame([key])
    for commit in commits:
        delta = shelf.holdings.base(commit) is not None
        rows = shelf.manifest(commit, _narrow(wanted)).filter(~pl.col("removed") | delta)
        present = rows.filter(~pl.col("removed"))
        if rows.is_empty() and delta:
            continue
        digest = present["digest"][0] if not present.is_empty() else None
        if digest == known:
            continue
        known = digest
        record = None
        if digest is not None:
            payload = read_payloads(shelf, commit.pseudonym, present.select(*frames.STATE))["payload"][0]
            record = Record(RecordKey(*key), payload)
        versions.append(Version(commit.info.id, commit.info.taken_at, record is not None, record))
    return tuple(versions)


def _narrow(rows: pl.DataFrame) -> pl.Expr | None:
    """A condition the reader can use to skip row groups; None when it would not pay."""
    if len(rows) > 1_000:
        return None
    entities, ids = rows["entity"].unique().to_list(), rows["id"].unique().to_list()
    return pl.col("entity").is_in(entities) & pl.col("id").is_in(ids)


def _key_frame(keys: Iterable[RecordKey]) -> pl.DataFrame:
    return pl.DataFrame(list(set(keys)), schema={"entity": pl.String, "id": pl.String}, orient="row")


def _batches(state: pl.DataFrame) -> Iterator[list[str]]:
    sizes = state.group_by("entity").agg(pl.col("length").sum()).sort("entity")
    batch: list[str] = []
    held = 0
    for entity, size in sizes.iter_rows():
        if batch and held + size > _BATCH:
            yield batch
            batch, held = [], 0
        batch.append(entity)
        held += size
    if batch:
        yield batch
