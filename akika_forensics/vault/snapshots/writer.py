"""Writing a snapshot: only new versions are stored, and nothing is visible before the commit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import msgspec
import polars as pl

from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.company import Company
from akika_forensics.model.instants import format_instant
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import layout, storage
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.heads import ChainHead
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys.keytable import SALT
from akika_forensics.vault.reading.scan import by_part
from akika_forensics.vault.snapshots import frames, parquet, shelf
from akika_forensics.vault.snapshots.attachments import AttachedFiles
from akika_forensics.vault.snapshots.batch import Batch, Row
from akika_forensics.vault.snapshots.commits import SNAPSHOT, Commit, Description, SnapshotInfo, read_commit
from akika_forensics.vault.snapshots.holdings import Holdings
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.storage.locking import Lock

FULL_EVERY: Final = 90
"""A full manifest at least every so many snapshots of a company, so that reading one never follows a long chain."""

_SEGMENT_ROWS: Final = 50_000
_SEGMENT_BYTES: Final = 64 << 20


class _Stored(NamedTuple):
    digest: bytes
    sha256: bytes
    segment: int
    length: int


class SnapshotWriter:
    """Collects one whole snapshot: what is not added is not in it. Holds the vault's lock until commit or exit."""

    def __init__(
        self,
        shelf: shelf.Shelf,
        chain: Chain,
        company: Company,
        lock: Lock,
        *,
        witness: Callable[[], dict[str, ChainHead]],
    ) -> None:
        self._shelf = shelf
        self._chain = chain
        self._company = company
        self._lock: Lock | None = lock
        self._witness = witness
        lock.acquire("capture")
        try:
            self._begin()
        except BaseException:
            self._release()
            raise

    def _begin(self) -> None:
        storage.sweep(self._shelf.backend)
        self._pseudonym = shelf.pseudonym(self._shelf.keyring, self._company)
        mine = self._shelf.commits(self._pseudonym)
        holdings = self._shelf.holdings
        self._snapshot = f"s{holdings.snapshots + 1}"
        self._previous = mine[-1] if mine else None
        self._since_full = _since_full(holdings, mine)
        self._entry = holdings.taken
        self._number = holdings.next_segment(self._pseudonym)
        self._first = self._pseudonym not in self._shelf.keychain.companies()
        self._state = self._shelf.state(self._previous) if self._previous else frames.empty_state()
        self._before = dict(_stored(self._shelf, self._pseudonym, self._state))
        self._batch = Batch(self._shelf, self._pseudonym)
        self._attached = AttachedFiles(self._shelf, self._batch, self._pseudonym)
        self._kept: dict[RecordKey, _Stored] = {}
        self._new: dict[RecordKey, Row] = {}
        self._new_bytes = 0
        self._written: dict[RecordKey, _Stored] = {}
        self._parts: list[Part] = []
        self._withdrawn: set[int] = set()
        self._controls: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._batch.discard()
        self._release()

    def add(self, key: RecordKey, payload: bytes) -> None:
        """A record as received; the last of a key wins. Raises WrongUse when it is not JSON.

        The same value in other bytes (another order of fields, ``100`` for ``100.00``) is stored again, because a
        snapshot gives back exactly what was received; it is no new version, because nothing changed.
        """
        self._require_open()
        digest, sha256 = payloads.digest(payload), hashlib.sha256(payload).digest()
        key = RecordKey(*key)
        self._withdraw(key)
        stored = self._before.get(key)
        if stored is not None and (stored.digest, stored.sha256) == (digest, sha256):
            self._kept[key] = stored
            return
        self._new[key] = Row(key, digest, sha256, payload)
        self._new_bytes += len(payload)
        if len(self._new) >= _SEGMENT_ROWS or self._new_bytes >= _SEGMENT_BYTES:
            self._write_segment()

    def remove(self, key: RecordKey) -> None:
        """Take back an added record and what hangs on it, such as one that was deleted while the sweep went on."""
        self._require_open()
        self._attached.remove(RecordKey(*key))
        self._withdraw(RecordKey(*key))

    def _withdraw(self, key: RecordKey) -> None:
        self._kept.pop(key, None)
        row = self._new.pop(key, None)
        if row is not None:
            self._new_bytes -= len(row.payload)
        written = self._written.pop(key, None)
        if written is not None:
            self._withdrawn.add(written.segment)

    def control(self, name: str, data: bytes) -> None:
        """A report captured beside the records; the last of a name wins."""
        self._require_open()
        self._controls[name] = bytes(data)

    def attach(self, key: RecordKey, chunks: Iterable[bytes]) -> None:
        """A file that hangs on a record, in pieces of any size, never held whole; the last of a key wins.

        What the company has already is not stored again. What ``chunks`` raises is passed on; then nothing hangs there.
        """
        self._require_open()
        self._attached.attach(RecordKey(*key), chunks)

    def keep_attached(self, key: RecordKey) -> bool:
        """Attach what hung on the record in the company's snapshot before; False when nothing did."""
        self._require_open()
        return self._attached.keep(RecordKey(*key))

    def commit(
        self,
        *,
        taken_at: datetime,
        finished_at: datetime,
        complete: bool,
        counts: dict[str, int],
        fence: dict[str, Any],
        requests: int,
        findings: list[dict[str, Any]],
    ) -> SnapshotInfo:
        """Make the snapshot visible, whole, durable when this returns; then the writer is closed.

        Raises StorageFailed when the medium fails: then the vault is as before. Refused when another writer committed.
        """
        self._require_open()
        batch = self._batch
        try:
            self._write_segment()
            self._rewrite_withdrawn()
            state = self._new_state()
            manifest, base = self._manifest(state)
            text = Description(
                kind=SNAPSHOT,
                canonical_form=payloads.CANONICAL_FORM,
                snapshot=self._snapshot,
                company=_company_fields(self._company),
                pseudonym=self._pseudonym,
                taken_at=format_instant(taken_at),
                finished_at=format_instant(finished_at),
                records=len(state),
                new_versions=self._new_versions(),
                complete=complete,
                counts=counts,
                fence=fence,
                requests=requests,
                findings=findings,
                controls={name: batch.control(name, data) for name, data in sorted(self._controls.items())},
                manifest=batch.frame("index", manifest),
                base=base,
                parts=self._parts,
                key_table="",
                attachments=self._attached.path(),
            )
            if self._first:
                batch.document_key()
            own = batch.entry_key()
            text = msgspec.structs.replace(text, key_table=batch.key_table())
            body = msgspec.to_builtins(text, builtin_types=(Decimal,))
            entry = self._chain.append(body, batch.stored, expected=self._entry, witness=self._witness(), key=own)
        except Exception:
            if not self._is_visible(batch.stored):
                batch.discard()
            raise
        finally:
            self._release()
        return read_commit(entry).info

    def _is_visible(self, stored: list[StoredFile]) -> bool:
        """Whether the commit may be there in spite of an error, such as one of the memory outside the vault."""
        try:
            entry = self._shelf.backend.read(layout.entry(layout.COMMITS, self._entry))
        except FileNotFoundError:
            return False
        except AkikaError:
            return True
        return any(file.path.encode() in entry for file in stored)

    def _write_segment(self) -> None:
        """Store what was collected, so that memory stays bounded; nothing of it is visible before the commit."""
        if not self._new:
            return
        number, rows = self._number, [self._new[key] for key in sorted(self._new)]
        self._parts.append(self._batch.segment(number, rows))
        self._written |= {row.key: _Stored(row.digest, row.sha256, number, len(row.payload)) for row in rows}
        self._number += 1
        self._new.clear()
        self._new_bytes = 0

    def _rewrite_withdrawn(self) -> None:
        """A segment with records that were taken back after it was stored is stored again without them."""
        for number in sorted(self._withdrawn):
            (part,) = (one for one in self._parts if number in one.numbers)
            self._parts.remove(part)
            index, payload = self._read_back(part)
            kept = [key for key, one in self._written.items() if one.segment == number]
            self._batch.discard([part.index, part.payload])
            if kept:
                keys = pl.DataFrame(kept, schema=dict.fromkeys(frames.KEY, pl.String), orient="row")
                salt = self._batch.keys["payload"][f"{SALT}{number}"]
                rows = [frame.join(keys, on=frames.KEY, how="semi") for frame in (index, payload)]
                self._parts.append(self._batch.part(rows[0], rows[1], {number: salt}))
        self._parts.sort(key=lambda part: part.numbers)

    def _read_back(self, part: Part) -> list[pl.DataFrame]:
        found: list[pl.DataFrame] = []
        for half, path, schema in (("index", part.index, frames.INDEX), ("payload", part.payload, frames.PAYLOAD)):
            (stored,) = (one for one in self._batch.stored if one.path == path)
            file_id = layout.place_of(path).id
            key = self._batch.keys["index" if half == "index" else "payload"][file_id]
            aad = parquet.associated(self._pseudonym, file_id)
            found.append(parquet.read(stored.read(self._shelf.backend), key, aad, schemas=[schema], path=path))
        return found

    def _new_state(self) -> pl.DataFrame:
        rows = [
            (*key, one.digest, one.segment, one.length)
            for known in (self._kept, self._written)
            for key, one in known.items()
        ]
        return pl.DataFrame(rows, schema=frames.STATE, orient="row").sort(frames.KEY)

    def _manifest(self, state: pl.DataFrame) -> tuple[pl.DataFrame, int | None]:
        if self._previous is not None and self._since_full + 1 < FULL_EVERY:
            delta = frames.delta_manifest(self._state, state)
            if 2 * len(delta) <= len(state):
                return delta, self._previous.seq
        return frames.full_manifest(state), None

    def _new_versions(self) -> int:
        return sum(
            1 for key, one in self._written.items() if key not in self._before or self._before[key].digest != one.digest
        )

    def _require_open(self) -> None:
        if self._lock is None:
            raise WrongUse("This snapshot is already committed or given up.", do="Begin a new one.")

    def _release(self) -> None:
        if self._lock is not None:
            lock, self._lock = self._lock, None
            lock.release()


def _since_full(holdings: Holdings, commits: Sequence[Commit]) -> int:
    count = 0
    for commit in reversed(commits):
        if holdings.base(commit) is None:
            break
        count += 1
    return count


def _stored(shelf: shelf.Shelf, company: str, state: pl.DataFrame) -> Iterator[tuple[RecordKey, _Stored]]:
    for part, rows in by_part(shelf, company, state):
        index = shelf.index_of(company, part).join(rows, on=frames.VERSION, how="semi")
        for row in index.select("entity", "id", "digest", "payload_sha256", "segment", "length").iter_rows():
            yield RecordKey(row[0], row[1]), _Stored(*row[2:])


def _company_fields(company: Company) -> dict[str, str]:
    return {"realm_id": company.realm_id, "name": company.name, "base_url": company.base_url}
