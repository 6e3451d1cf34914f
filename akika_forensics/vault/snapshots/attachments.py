"""Files that are attached to records: the bytes once a company, as a sealed blob; the list of them with each snapshot.

The list (`frames.ATTACHMENTS`) is full and belongs to the index: the capture role reads it, so that what is stored
already is not stored again. The key of a blob is in the payload half of the key table of the commit that brought it.

Whoever takes snapshots out of the vault needs to know: a list may be of an earlier commit than the snapshot that uses it,
and a blob of an earlier commit than the list that names it. `lists` and `blobs` say what some snapshots need; the rest of
what the company's commits brought can be retired. Rotation takes the keys of blobs along like all others; an erasure
retires every blob that a commit of the company brought.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.model.record import RecordKey
from akika_forensics.vault import blobs as blob_files
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.files import Measured
from akika_forensics.vault.keys.sealing import CHUNK
from akika_forensics.vault.snapshots import frames
from akika_forensics.vault.snapshots.batch import Batch
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.shelf import Shelf

_KEPT_COLUMNS: Final = ("entity", "id", "sha256", "length")


class Attached(NamedTuple):
    """SHA-256 and length of a file's bytes, and the id of the blob that holds them."""

    sha256: bytes
    length: int
    blob: str


class AttachedFiles:
    """The attached files of a snapshot that is being written. Methods raise StorageFailed and DamagedFile."""

    def __init__(self, shelf: Shelf, batch: Batch, company: str) -> None:
        self._shelf = shelf
        self._batch = batch
        self._company = company
        self._commits = shelf.commits(company)
        self._attached: dict[RecordKey, Attached] = {}
        self._before: dict[RecordKey, Attached] | None = None
        self._stored: dict[bytes, Attached] | None = None

    def attach(self, key: RecordKey, chunks: Iterable[bytes]) -> Attached:
        """A record's file; the last of a key wins. Holds one chunk. What ``chunks`` raises is passed on.

        What the company has already is not stored twice; that is only known at the end, so that a long file is written
        and taken back again.
        """
        stored = self._known()
        first, rest = _first(chunks)
        if rest is None:
            found = stored.get(hashlib.sha256(first).digest()) or self._store([first])
        else:
            found = self._store(itertools.chain([first], rest))
            if found.sha256 in stored:
                self._take_back(found.blob)
                found = stored[found.sha256]
        stored[found.sha256] = found
        self._attached[key] = found
        return found

    def keep(self, key: RecordKey) -> bool:
        """Attach what the company's snapshot before this one had at the key; False when it had nothing there."""
        before = self._known_before()
        if key not in before:
            return False
        self._attached[key] = before[key]
        return True

    def keep_all(self) -> None:
        """Attach all that the company's snapshot before this one had."""
        self._attached |= self._known_before()

    def interim(self) -> pl.DataFrame:
        """What is attached so far: columns of `frames.ATTACHMENTS`."""
        rows = [(*key, *one) for key, one in sorted(self._attached.items())]
        return pl.DataFrame(rows, schema=frames.ATTACHMENTS, orient="row")

    def take_up(self, rows: pl.DataFrame) -> None:
        """Go on from what an earlier `interim` told; the batch has the blobs that it stored."""
        self._attached = {
            RecordKey(entity, record_id): Attached(*rest) for entity, record_id, *rest in rows.iter_rows()
        }
        if self._attached:
            self._known().update((one.sha256, one) for one in self._attached.values())

    def remove(self, key: RecordKey) -> None:
        self._attached.pop(key, None)

    def path(self) -> str:
        """Path of the list: that of the snapshot before when nothing changed, else a new file; empty for an empty list."""
        self._discard_unused()
        if not self._attached:
            return ""
        frame = self.interim()
        previous = self._commits[-1] if self._commits else None
        before = previous.text.attachments if previous is not None else ""
        if previous is None or not before or self._shelf.is_lost(before):
            return self._batch.frame("index", frame)
        if listed(self._shelf, previous).equals(frame):
            return before
        return self._batch.frame("index", frame)

    def _discard_unused(self) -> None:
        """Blobs of this commit that another file has taken the place of since."""
        used = {one.blob for one in self._attached.values()}
        for path in [one.path for one in self._batch.stored]:
            place = layout.place_of(path)
            if place.kind == "blob" and place.id not in used:
                self._take_back(place.id)

    def _take_back(self, blob: str) -> None:
        self._batch.discard([layout.blob(blob)])
        self._batch.keys["payload"].pop(blob)

    def _store(self, chunks: Iterable[bytes]) -> Attached:
        plain = Measured(chunks)
        blob = self._batch.blob(plain)
        return Attached(plain.digest.digest(), plain.length, blob)

    def _known_before(self) -> dict[RecordKey, Attached]:
        if self._before is None:
            self._before = self._left(self._commits[-1]) if self._commits else {}
        return self._before

    def _left(self, commit: Commit) -> dict[RecordKey, Attached]:
        """What hangs on records in a snapshot, but for what an account of losses tells of."""
        if self._shelf.is_lost(commit.text.attachments):
            return {}
        found = _by_key(self._shelf, commit)
        return {key: one for key, one in found.items() if not self._shelf.is_lost(layout.blob(one.blob))}

    def _known(self) -> dict[bytes, Attached]:
        """By SHA-256, from the lists of all snapshots that are kept."""
        if self._stored is None:
            self._stored = {}
            for commit in {one.text.attachments: one for one in self._commits}.values():
                self._stored |= {one.sha256: one for one in self._left(commit).values()}
        return self._stored


def listed(shelf: Shelf, commit: Commit) -> pl.DataFrame:
    """A snapshot's attached files: columns of `frames.ATTACHMENTS`, sorted by key."""
    path = commit.text.attachments
    if not path:
        return pl.DataFrame(schema=frames.ATTACHMENTS)
    return shelf.frame(commit.pseudonym, path, "index", [frames.ATTACHMENTS])


def shown(shelf: Shelf, commit: Commit) -> pl.DataFrame:
    """The same without what only the vault needs to know."""
    return listed(shelf, commit).select(*_KEPT_COLUMNS)


def read(shelf: Shelf, path: str, attached: Attached) -> Iterator[bytes]:
    """The bytes of an attached file, chunk by chunk. What is given is proved; that it is all only at the end.

    ``path`` is that of the list. Raises DamagedFile, and NotAllowed where the member's role does not reach.
    """
    blob = layout.blob(attached.blob)
    key = shelf.keychain.get("payload", attached.blob, blob)
    plain = Measured(blob_files.open_blob(key, shelf.file(blob).chunks(shelf.backend), shelf.keyring.vault, blob))
    yield from plain
    if (plain.digest.digest(), plain.length) != (attached.sha256, attached.length):
        raise DamagedFile(path, f"It tells of other bytes than {blob} holds.")


def find(shelf: Shelf, commit: Commit, key: RecordKey) -> Attached | None:
    """What hangs on a record in a snapshot; None when nothing does."""
    return _by_key(shelf, commit).get(key)


def lists(commits: Iterable[Commit]) -> frozenset[str]:
    """Paths of the lists that some snapshots need."""
    return frozenset(one.text.attachments for one in commits) - {""}


def blobs(shelf: Shelf, commits: Iterable[Commit]) -> frozenset[str]:
    """Paths of the blobs that some snapshots need."""
    by_list = {one.text.attachments: one for one in commits}
    return frozenset(layout.blob(name) for one in by_list.values() for name in listed(shelf, one)["blob"].to_list())


def _by_key(shelf: Shelf, commit: Commit) -> dict[RecordKey, Attached]:
    rows = listed(shelf, commit).iter_rows()
    return {RecordKey(entity, record_id): Attached(*rest) for entity, record_id, *rest in rows}


def _first(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes] | None]:
    """Up to about one chunk of the beginning, and the rest, None when that was all."""
    held, coming = bytearray(), iter(chunks)
    for chunk in coming:
        held += chunk
        if len(held) >= CHUNK:
            return bytes(held), coming
    return bytes(held), None
