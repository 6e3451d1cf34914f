"""Reading a snapshot: its index, its records with the very bytes that were received, its controls."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl

from akika_forensics.errors import WrongUse
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.reading import scan as scanning
from akika_forensics.vault.reading import tables
from akika_forensics.vault.snapshots import attachments, earliest, frames, preceding, steps
from akika_forensics.vault.snapshots.commits import DELETIONS, REQUESTS, Commit, SnapshotInfo
from akika_forensics.vault.snapshots.shelf import Shelf
from akika_forensics.vault.snapshots.stacks import Vanished

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from pyarrow.dataset import InMemoryDataset


class Snapshot:
    """One company as it was; every method raises VaultDamaged when what it reads is not what was signed."""

    def __init__(self, shelf: Shelf, commit: Commit) -> None:
        self.info: SnapshotInfo = commit.info
        self._shelf = shelf
        self._commit = commit

    def index(self) -> pl.DataFrame:
        """entity: str, id: str, digest: 32 bytes; sorted by entity, then id, as text."""
        return self._state().select("entity", "id", "digest")

    def differences(self, before: Snapshot) -> pl.DataFrame:
        """Which records differ from another snapshot of the same company: entity, id, was, digest, in no order.

        ``was`` is the other's digest; both are null where the record is not there.
        """
        if before._shelf is not self._shelf or before._commit.pseudonym != self._commit.pseudonym:
            return steps.difference(before._state(), self._state())
        return self._shelf.differences(before._commit, self._commit)

    def lost(self) -> pl.DataFrame:
        """What the vault's account of losses says cannot be read any more: entity, id, digest; sorted by entity, then id."""
        state = self._state()
        return state.join(self._readable(state), on=frames.KEY, how="anti").select(*frames.KEY, "digest")

    def records(self, entities: Iterable[str] | None = None, *, without_lost: bool = False) -> Iterator[Record]:
        """All records, or those of some entities, sorted by entity, then id. Holds a bounded part at a time.

        Raises RecordsLost for those that an account of losses tells of, or leaves them out ``without_lost``.
        """
        state = self._state()
        if entities is not None:
            state = state.filter(pl.col("entity").is_in(list(set(entities))))
        if without_lost:
            state = self._readable(state)
        with self._gone():
            for turn in scanning.in_order(self._shelf, self._commit.pseudonym, state):
                for entity, record_id, payload in turn.iter_rows():
                    yield Record(RecordKey(entity, record_id), payload)

    def record(self, key: RecordKey) -> Record | None:
        return self.get_many([key]).get(RecordKey(*key))

    def get_many(self, keys: Iterable[RecordKey]) -> dict[RecordKey, Record]:
        """Those of the keys that the snapshot holds."""
        wanted = _key_frame(keys)
        part = self._state().join(wanted, on=frames.KEY, how="semi")
        found = self._payloads(part).iter_rows()
        return {(key := RecordKey(entity, record_id)): Record(key, payload) for entity, record_id, payload in found}

    def origins(self, keys: Iterable[RecordKey]) -> pl.DataFrame:
        """Where the keys that the snapshot holds come from: entity, id, digest, payload_sha256 (32 bytes each), length, snapshot.

        ``snapshot`` is the one in which these very bytes were new; null where retention dropped it. No payload is read.
        ``payload_sha256`` is null for what is lost. In no order.
        """
        with self._gone():
            part = self._state().join(_key_frame(keys), on=frames.KEY, how="semi")
            hashes = preceding.hashes(self._shelf, self._commit.pseudonym, part)
            mine = self._shelf.commits(self._commit.pseudonym)
        brought = pl.DataFrame(
            [(number, one.info.id) for one in mine for number in one.numbers],
            schema={"segment": part.schema["segment"], "snapshot": pl.String},
            orient="row",
        )
        told = part.with_columns(payload_sha256=hashes).join(brought, on="segment", how="left")
        return told.select(*frames.KEY, "digest", "payload_sha256", "length", "snapshot")

    def earliest(self, entity: str, ids: Collection[str]) -> earliest.Earliest:
        """The oldest version that the vault keeps of some records of a type, over all snapshots of the company. Where a file is lost or
        damaged, it is named, and the others are told.
        """
        with self._gone():
            return self._shelf.again(lambda: earliest.earliest(self._shelf, self._commit.pseudonym, entity, ids))

    def control(self, name: str) -> bytes:
        """A report that was captured beside the records, as received. Raises WrongUse for an unknown name."""
        if name not in self._commit.text.controls:
            raise WrongUse(
                f"Snapshot {self.info.id} has no control {name!r}.",
                do=f"It has: {', '.join(self.info.controls) or 'none'}.",
            )
        with self._gone():
            return self._shelf.control(self._commit, name)[1]

    def requests(self) -> bytes | None:
        """Which request brought which record that was read for this snapshot, as the capture listed it; None for one of before that was kept."""
        return self.control(REQUESTS) if REQUESTS in self._commit.text.controls else None

    def deletions(self) -> bytes | None:
        """Of which deleted records QuickBooks told that the snapshot does not hold, as the capture listed them; None where it told of none."""
        return self.control(DELETIONS) if DELETIONS in self._commit.text.controls else None

    def lazy(self, entities: Iterable[str] | None = None) -> pl.LazyFrame:
        """A polars frame to ask: entity, id, digest, length, segment, sync_token, created_at, updated_at, txn_date, payload.

        Only the files that the question needs are opened, a part at a time: without ``payload`` no payload is read, and
        a member who only captures may ask too. The rows come in no order. ``sync_token`` to ``txn_date`` are null where
        a record does not say them.
        """
        return tables.lazy(self._shelf, self._commit, entities)

    def frame(self, entities: Iterable[str] | None = None) -> pl.DataFrame:
        """All of `lazy` at once, sorted by entity, then id."""
        return self.lazy(entities).collect().sort(frames.KEY)

    def to_pandas(self, entities: Iterable[str] | None = None) -> pd.DataFrame:
        """`frame` as a pandas frame of Arrow types."""
        return self.frame(entities).to_pandas(use_pyarrow_extension_array=True)

    def arrow(
        self,
        columns: Sequence[str] | None = None,
        where: pl.Expr | None = None,
        entities: Iterable[str] | None = None,
    ) -> pa.RecordBatchReader:
        """The rows of `lazy` as a stream of Arrow batches, such as DuckDB reads; it can be read once.

        A reader of Arrow cannot say which columns it needs, so they are named here. Raises WrongUse for an unknown one.
        """
        return tables.reader(self._shelf, self._commit, columns, where, entities)

    def dataset(
        self,
        columns: Sequence[str] | None = None,
        where: pl.Expr | None = None,
        entities: Iterable[str] | None = None,
    ) -> InMemoryDataset:
        """The rows of `arrow` as a pyarrow dataset, in memory: it can be scanned as often as wanted."""
        from pyarrow.dataset import InMemoryDataset  # noqa: PLC0415 -- heavy, and only who asks for it pays

        return InMemoryDataset(self.arrow(columns, where, entities).read_all())

    def attachments(self) -> pl.DataFrame:
        """What hangs on records: entity: str, id: str, sha256: 32 bytes, length: bytes; sorted by entity, then id."""
        with self._gone():
            return attachments.shown(self._shelf, self._commit)

    def attachment(self, key: RecordKey) -> Iterator[bytes]:
        """The file that hangs on a record, in pieces. Each is proved; that it is all, only when the iterator has ended.

        Raises WrongUse when nothing hangs there.
        """
        found = attachments.find(self._shelf, self._commit, RecordKey(*key))
        if found is None:
            raise WrongUse(f"Snapshot {self.info.id} has no file attached to {key[0]}:{key[1]}.")
        return attachments.read(self._shelf, self._commit.text.attachments, found)

    def _readable(self, state: pl.DataFrame) -> pl.DataFrame:
        return self._shelf.again(lambda: scanning.readable(self._shelf, self._commit.pseudonym, state))

    def _state(self) -> pl.DataFrame:
        with self._gone():
            return self._shelf.state(self._commit)

    def _payloads(self, part: pl.DataFrame) -> pl.DataFrame:
        with self._gone():
            return read_payloads(self._shelf, self._commit.pseudonym, part)

    @contextmanager
    def _gone(self) -> Iterator[None]:
        """Say so where the snapshot was dropped or erased while it was open."""
        try:
            yield
        except (Vanished, DamagedFile):
            self._shelf.refresh()
            why = self._shelf.holdings.why_gone(self.info.id)
            if why:
                raise WrongUse(why, means="What it held is no longer there.") from None
            raise

    def __repr__(self) -> str:
        return f"Snapshot({self.info.id})"


def read_payloads(shelf: Shelf, company: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The payloads of some rows of a state, sorted by key: entity, id, payload. Holds them all."""
    found = scanning.in_order(shelf, company, rows.sort(frames.KEY))
    return pl.concat([pl.DataFrame(schema=frames.PAYLOAD_1), *found])


def _key_frame(keys: Iterable[RecordKey]) -> pl.DataFrame:
    return pl.DataFrame(list(set(keys)), schema={"entity": pl.String, "id": pl.String}, orient="row")
