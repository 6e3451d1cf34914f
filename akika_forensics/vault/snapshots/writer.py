"""Writing a snapshot: only new versions are stored, and nothing is visible before the commit."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import msgspec
import polars as pl

from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.company import Company
from akika_forensics.model.instants import format_instant
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import documents, layout, storage
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.heads import ChainHead
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keytable, sealing
from akika_forensics.vault.keys.keytable import Role
from akika_forensics.vault.snapshots import frames, parquet, shelf
from akika_forensics.vault.snapshots.commits import SNAPSHOT, Commit, Description, Segment, SnapshotInfo, read_commit
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


class _New(NamedTuple):
    digest: bytes
    sha256: bytes
    payload: bytes


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
        commits = self._shelf.commits()
        self._snapshot = f"s{len(commits) + 1}"
        mine = [one for one in commits if one.pseudonym == self._pseudonym]
        self._previous = mine[-1] if mine else None
        self._since_full = _since_full(mine)
        self._entry = len(self._chain.entries())
        self._state = self._shelf.state(self._previous) if self._previous else frames.empty_state()
        self._before = dict(_stored(self._shelf, self._pseudonym, self._state))
        self._kept: dict[RecordKey, _Stored] = {}
        self._new: dict[RecordKey, _New] = {}
        self._controls: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def add(self, key: RecordKey, payload: bytes) -> None:
        """A record as received; the last of a key wins. Raises WrongUse when it is not JSON.

        The same value in other bytes (another order of fields, ``100`` for ``100.00``) is stored again, because a
        snapshot gives back exactly what was received; it is no new version, because nothing changed.
        """
        self._require_open()
        digest, sha256 = payloads.digest(payload), hashlib.sha256(payload).digest()
        key = RecordKey(*key)
        self.remove(key)
        stored = self._before.get(key)
        if stored is not None and (stored.digest, stored.sha256) == (digest, sha256):
            self._kept[key] = stored
        else:
            self._new[key] = _New(digest, sha256, payload)

    def remove(self, key: RecordKey) -> None:
        """Take back an added record, such as one that was deleted while the sweep went on."""
        self._require_open()
        self._kept.pop(RecordKey(*key), None)
        self._new.pop(RecordKey(*key), None)

    def control(self, name: str, data: bytes) -> None:
        """A report captured beside the records; the last of a name wins."""
        self._require_open()
        self._controls[name] = bytes(data)

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
        files = _Files(self._shelf, self._pseudonym)
        try:
            segments = [files.segment(number, rows) for number, rows in self._segments()]
            state = self._new_state(segments)
            manifest, base = self._manifest(state)
            manifest_path = files.frame("index", manifest)
            controls = {name: files.control(name, data) for name, data in sorted(self._controls.items())}
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
                controls=controls,
                manifest=manifest_path,
                base=base,
                segments=segments,
                key_table=files.key_table(),
                witness=self._witness(),
            )
            entry = self._chain.append(
                msgspec.to_builtins(text, builtin_types=(Decimal,)), files.stored, expected=self._entry
            )
        except Exception:
            if not self._is_visible(files.stored):
                files.discard()
            raise
        finally:
            self._release()
        commit = read_commit(entry)
        if commit is None:
            raise AssertionError("a snapshot's entry was read as another kind")
        return commit.info

    def _is_visible(self, stored: list[StoredFile]) -> bool:
        """Whether the commit may be there in spite of an error, such as one of the memory outside the vault."""
        try:
            entry = self._shelf.backend.read(layout.entry(layout.COMMITS, self._entry))
        except FileNotFoundError:
            return False
        except AkikaError:
            return True
        return any(file.path.encode() in entry for file in stored)

    def _segments(self) -> Iterator[tuple[int, list[tuple[RecordKey, _New]]]]:
        number = self._shelf.next_segment(self._pseudonym)
        rows: list[tuple[RecordKey, _New]] = []
        size = 0
        for key in sorted(self._new):
            new = self._new[key]
            if rows and (len(rows) >= _SEGMENT_ROWS or size + len(new.payload) > _SEGMENT_BYTES):
                yield number, rows
                number, rows, size = number + 1, [], 0
            rows.append((key, new))
            size += len(new.payload)
        if rows:
            yield number, rows

    def _new_state(self, segments: list[Segment]) -> pl.DataFrame:
        rows = [(*key, kept.digest, kept.segment, kept.length) for key, kept in self._kept.items()]
        fresh = iter(sorted(self._new))
        for segment in segments:
            for key in islice(fresh, segment.rows):
                new = self._new[key]
                rows.append((*key, new.digest, segment.number, len(new.payload)))
        return pl.DataFrame(rows, schema=frames.STATE, orient="row").sort(frames.KEY)

    def _manifest(self, state: pl.DataFrame) -> tuple[pl.DataFrame, int | None]:
        if self._previous is not None and self._since_full + 1 < FULL_EVERY:
            delta = frames.delta_manifest(self._state, state)
            if 2 * len(delta) <= len(state):
                return delta, self._previous.seq
        return frames.full_manifest(state), None

    def _new_versions(self) -> int:
        return sum(
            1 for key, new in self._new.items() if key not in self._before or self._before[key].digest != new.digest
        )

    def _require_open(self) -> None:
        if self._lock is None:
            raise WrongUse("This snapshot is already committed or given up.", do="Begin a new one.")

    def _release(self) -> None:
        if self._lock is not None:
            lock, self._lock = self._lock, None
            lock.release()


class _Files:
    """The files of one commit, written one by one, with the keys of those that have one."""

    def __init__(self, shelf: shelf.Shelf, pseudonym: str) -> None:
        self.stored: list[StoredFile] = []
        self._shelf = shelf
        self._pseudonym = pseudonym
        self._keys: dict[Role, dict[str, bytes]] = {"index": {}, "payload": {}}

    def segment(self, number: int, rows: list[tuple[RecordKey, _New]]) -> Segment:
        index = [(*key, new.digest, new.sha256, len(new.payload)) for key, new in rows]
        payload = [(*key, new.payload) for key, new in rows]
        return Segment(
            number,
            self.frame("index", pl.DataFrame(index, schema=frames.INDEX, orient="row")),
            self.frame("payload", pl.DataFrame(payload, schema=frames.PAYLOAD, orient="row")),
            len(rows),
        )

    def frame(self, role: Role, frame: pl.DataFrame) -> str:
        file_id, key = secrets.token_hex(16), os.urandom(sealing.KEY_LENGTH)
        content = parquet.write(frame, key, parquet.associated(self._pseudonym, file_id))
        path = layout.parquet(file_id, hashlib.sha256(content).hexdigest())
        self._shelf.backend.create(path, content)
        self.stored.append(StoredFile.of(path, content))
        self._keys[role][file_id] = key
        return path

    def control(self, name: str, data: bytes) -> str:
        stored = documents.put(self._shelf.backend, self._shelf.keyring, "data", documents.control_kind(name), data)
        self.stored.append(stored)
        return stored.path

    def key_table(self) -> str:
        stored = keytable.put(self._shelf.backend, self._shelf.keyring, self._keys)
        self.stored.append(stored)
        return stored.path

    def discard(self) -> None:
        """Take the files back as far as the medium lets us; what stays is a left-over that nothing vouches for."""
        for stored in self.stored:
            with contextlib.suppress(AkikaError):
                self._shelf.backend.delete(stored.path)


def _since_full(commits: list[Commit]) -> int:
    count = 0
    for commit in reversed(commits):
        if commit.text.base is None:
            break
        count += 1
    return count


def _stored(shelf: shelf.Shelf, company: str, state: pl.DataFrame) -> Iterator[tuple[RecordKey, _Stored]]:
    for (number,), rows in state.group_by("segment"):
        segment = int(str(number))
        index = shelf.index_of(company, segment).join(rows, on=frames.KEY, how="semi")
        for entity, record_id, digest, sha256, length in index.iter_rows():
            yield RecordKey(entity, record_id), _Stored(digest, sha256, segment, length)


def _company_fields(company: Company) -> dict[str, str]:
    return {"realm_id": company.realm_id, "name": company.name, "base_url": company.base_url}
