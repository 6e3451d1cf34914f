"""Writing a snapshot: only new versions are stored, and nothing is visible before the commit."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import msgspec
import polars as pl

from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.company import Company
from akika_forensics.model.instants import format_instant
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import storage
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.heads import ChainHead
from akika_forensics.vault.snapshots import facts, preceding, rolls, shelf, steps
from akika_forensics.vault.snapshots.arrivals import Arrivals
from akika_forensics.vault.snapshots.attachments import AttachedFiles
from akika_forensics.vault.snapshots.batch import Batch
from akika_forensics.vault.snapshots.beside import Beside
from akika_forensics.vault.snapshots.commits import (
    DELETIONS,
    REQUESTS,
    SNAPSHOT,
    Description,
    SnapshotInfo,
    company_fields,
    may_be_there,
    read_commit,
)
from akika_forensics.vault.snapshots.control_reports import ControlReports
from akika_forensics.vault.snapshots.draft import Drafts, Unsound, Work
from akika_forensics.vault.snapshots.segments import Segments
from akika_forensics.vault.storage.locking import Lock


class SnapshotWriter:
    """Collects one whole snapshot: what is not added is not in it. Holds the vault's lock until commit or exit.

    While records come in, those before them are written by another thread, never more than one segment behind. It is the
    only one that changes the vault then: files come into being in one order. When it fails, the next call says so.

    ``taken_up``: what `save_draft` was given, where this goes on from there; else None. ``dropped``: why it does not,
    though there was a draft: one plain sentence.
    """

    def __init__(
        self,
        shelf: shelf.Shelf,
        chain: Chain,
        company: Company,
        lock: Lock,
        *,
        witness: Callable[[], dict[str, ChainHead]],
        drafts: Drafts,
        take_up: bool = False,
    ) -> None:
        self._shelf = shelf
        self._chain = chain
        self._company = company
        self._lock: Lock | None = lock
        self._witness = witness
        self._drafts = drafts
        self._drafted = False
        self.taken_up: bytes | None = None
        self.dropped = ""
        self._beside = Beside("akika-segments")
        self._controls = ControlReports()
        lock.acquire("capture")
        try:
            self._begin()
            if take_up:
                self._take_up()
        except BaseException:
            self._release()
            raise

    def _begin(self) -> None:
        storage.sweep(self._shelf.backend)
        self._pseudonym = shelf.pseudonym(self._shelf.keyring, self._company)
        self._follows = preceding.followed(self._shelf, self._chain, self._pseudonym)
        self._batch = Batch(self._shelf, self._pseudonym)
        self._attached = AttachedFiles(self._shelf, self._batch, self._pseudonym)
        self._segments = Segments(self._batch, self._beside, self._follows.segment)
        self._arrivals = Arrivals(self._follows.state, self._hashes, self._segments.store)

    def _take_up(self) -> None:
        try:
            work = self._drafts.take_up(self._pseudonym, self._follows.base, self._segments.following)
        except Unsound as reason:
            self.dropped = str(reason)
            self._drafts.drop(self._pseudonym)
            return
        if work is None:
            return
        self._segments.take_up(work.following, work.parts)
        self._controls.take_up(work.controls)
        self._batch.take_up(work.stored, work.keys)
        self._attached.take_up(work.attached)
        self._arrivals.take_up(work.interim, work.fresh)
        self.taken_up, self._drafted = work.state, True

    def save_draft(self, state: bytes) -> None:
        """Keep all that was added so far, and what a capture needs to know to go on; durable when this returns.

        Nothing of it is part of the vault before the commit. Raises StorageFailed; then the draft before stays.
        """
        self._require_open()
        interim = self._arrivals.interim()
        self._beside.settle()
        work = Work(
            self._follows.base, self._segments.first, self._segments.following,
            self._segments.parts, self._batch.stored, self._batch.keys,
            interim, self._attached.interim(), self._controls.kept, state,
        )  # fmt: skip
        self._batch.drafted = self._drafts.save(self._pseudonym, work, again=self._drafted)
        self._drafted = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is None:
            return
        try:
            self._beside.close()
            self._batch.discard()
        finally:
            self._release()

    def add(self, key: RecordKey, payload: bytes, digested: payloads.Digested | None = None) -> None:
        """A record as received; the last of a key wins. Raises WrongUse when it is not JSON. ``digested``: what
        `payload.digested` says of it, from whoever has asked already.

        The same value in other bytes (another order of fields, ``100`` for ``100.00``) is stored again, because a
        snapshot gives back exactly what was received; it is no new version, because nothing changed.
        """
        if self._lock is None:
            self._require_open()
        digest, value = payloads.digested(payload) if digested is None else digested
        self._arrivals.add(key, digest, hashlib.sha256(payload).digest(), payload, facts.texts(value))

    def remove(self, key: RecordKey) -> None:
        """Take back an added record and what hangs on it, such as one that was deleted while the sweep went on."""
        self._require_open()
        self._attached.remove(RecordKey(*key))
        self._arrivals.remove(RecordKey(*key))

    def carry_over(self) -> None:
        """Take all records of the company's snapshot before into this one, and what hangs on them, but for those that
        are added or removed later.

        For a source that tells what changed since; one that tells what there is adds every record.
        """
        self._require_open()
        if self._follows.lost:
            raise WrongUse(
                "What was in the snapshot before is lost, so that nothing can be taken over from it.",
                do="Capture every record: `akika capture --full`.",
            )
        self._attached.keep_all()
        self._arrivals.carry_over()

    def settle(self) -> None:
        """Store what came so far beside what follows, for a caller who waits for something now; nothing of it is visible.

        What is added in place of it afterwards makes it stored again, as with all that was stored before.
        """
        self._require_open()
        self._arrivals.settle()

    def control(self, name: str, data: bytes) -> None:
        """A report captured beside the records; the last of a name wins."""
        self._require_open()
        self._controls.put(name, data)

    def drop_controls(self, names: Iterable[str] | None = None) -> None:
        """Take back reports that tell of an earlier state than the records: those of these names, or all."""
        self._require_open()
        self._controls.drop(names)

    def attach(self, key: RecordKey, chunks: Iterable[bytes]) -> None:
        """A file that hangs on a record, in pieces of any size, never held whole; the last of a key wins.

        What the company has already is not stored again. What ``chunks`` raises is passed on; then nothing hangs there.
        """
        self._require_open()
        self._beside.settle()
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
        brought: bytes = b"",
        deletions: bytes = b"",
    ) -> SnapshotInfo:
        """Make the snapshot visible, whole, durable when this returns; then the writer is closed.

        ``brought``: which request brought which record, kept as it is; see `Snapshot.requests`. ``deletions``: of which deleted
        records QuickBooks told; see `Snapshot.deletions`.

        Raises StorageFailed when the medium fails: then the vault is as before. Refused when another writer committed.
        """
        self._require_open()
        batch = self._batch
        if brought:
            self._controls.put(REQUESTS, brought)
        if deletions:
            self._controls.put(DELETIONS, deletions)
        try:
            kept, fresh, withdrawn, gone, respelled = self._arrivals.finish()
            self._beside.settle()
            self._segments.rewrite(withdrawn)
            text = Description(
                kind=SNAPSHOT,
                canonical_form=payloads.CANONICAL_FORM,
                snapshot=self._follows.snapshot,
                company=company_fields(self._company),
                pseudonym=self._pseudonym,
                taken_at=format_instant(taken_at),
                finished_at=format_instant(finished_at),
                records=len(kept) + len(fresh),
                new_versions=len(fresh) - respelled,
                complete=complete,
                counts=counts,
                fence=fence,
                requests=requests,
                findings=findings,
                controls={name: batch.control(self._controls.packed(name)) for name in sorted(self._controls.kept)},
                manifest="" if gone.is_empty() else batch.frame("index", steps.removals(gone)),
                base=self._follows.base,
                removed=len(gone),
                parts=self._segments.parts,
                key_table="",
                attachments=self._attached.path(),
                roll=self._roll(kept, fresh),
            )
            if self._follows.first:
                batch.document_key()
            own = batch.entry_key()
            text = msgspec.structs.replace(text, key_table=batch.key_table())
            body = msgspec.to_builtins(text, builtin_types=(Decimal,))
            entry = self._chain.append(
                body, batch.stored, expected=self._follows.entry, witness=self._witness(), key=own
            )
            with contextlib.suppress(AkikaError):  # it is committed: a draft that stays is dropped by the next snapshot
                self._drafts.drop(self._pseudonym)
        except Exception:
            self._beside.close()
            if not may_be_there(self._shelf.backend, self._follows.entry, batch.stored):
                batch.discard()
            raise
        finally:
            self._release()
        return read_commit(entry).info

    def _hashes(self) -> pl.Series:
        self._beside.settle()  # what is read and what is written keep one order
        return preceding.hashes(self._shelf, self._pseudonym, self._follows.state)

    def _roll(self, kept: pl.DataFrame, fresh: pl.DataFrame) -> str:
        """Path of the list of all that the snapshot holds, where one is due; else empty."""
        rows = self._shelf.rows_since_roll(self._follows.previous)
        if rows is None or not rolls.due(len(kept) + len(fresh), [*rows, self._segments.rows]):
            return ""
        return self._batch.frame("index", rolls.made(kept, fresh))

    def _require_open(self) -> None:
        if self._lock is None:
            raise WrongUse("This snapshot is already committed or given up.", do="Begin a new one.")

    def _release(self) -> None:
        if self._lock is not None:
            lock, self._lock = self._lock, None
            try:
                self._controls.close()
                self._beside.close()
            finally:
                lock.release()
