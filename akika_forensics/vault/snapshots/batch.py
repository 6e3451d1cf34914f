"""The files of one commit, written one by one, with the keys of those that have one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from akika_forensics.errors import AkikaError
from akika_forensics.vault import blobs, documents, layout
from akika_forensics.vault.chains.seals import EntryKey
from akika_forensics.vault.files import Measured, StoredFile
from akika_forensics.vault.keys import keytable, sealing
from akika_forensics.vault.keys.keytable import DOCUMENTS, SALT, Half
from akika_forensics.vault.snapshots import facts, frames, merkle, parquet
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.shelf import Shelf


class Batch:
    """``stored``: what was written so far; ``drafted``: paths that a draft needs, and that stay until it goes.

    Methods raise StorageFailed.
    """

    def __init__(self, shelf: Shelf, company: str) -> None:
        self.stored: list[StoredFile] = []
        self.keys: dict[Half, dict[str, bytes]] = {"index": {}, "payload": {}}
        self.drafted: frozenset[str] = frozenset()
        self._shelf = shelf
        self._company = company

    def segment(self, number: int, rows: pl.DataFrame) -> Part:
        """A part with one new segment; ``rows``: columns of `arrivals.NEW`, sorted by key."""
        index = rows.with_columns(
            length=pl.col("payload").bin.size().cast(pl.UInt64),
            segment=pl.lit(number, dtype=pl.UInt32),
            **facts.of_texts(rows),
        ).select(*frames.INDEX)
        payload = rows.with_columns(segment=pl.lit(number, dtype=pl.UInt32)).select(*frames.PAYLOAD)
        return self.part(index, payload, {number: os.urandom(sealing.KEY_LENGTH)})

    def part(self, index: pl.DataFrame, payload: pl.DataFrame, salts: dict[int, bytes]) -> Part:
        """Two files with the same rows. ``salts``: the keys of the salts of each segment in it."""
        self.keys["payload"] |= {f"{SALT}{number}": key for number, key in salts.items()}
        with ThreadPoolExecutor(1, thread_name_prefix="record-roots") as beside:
            # Payloads are compressed meanwhile, which takes about as long and leaves the interpreter to others.
            roots = beside.submit(segment_roots, index, salts)
            payload_path = self.frame("payload", payload)
            index_path = self.frame("index", index, roots.result())
        counts = index.group_by("segment").len().sort("segment").iter_rows()
        return Part(index_path, payload_path, {str(number): rows for number, rows in counts})

    def without(self, parts: Sequence[Part], withdrawn: Mapping[int, pl.DataFrame]) -> list[Part]:
        """Parts of this batch, by number, where of some segments only rows under the keys in ``withdrawn`` are to stay: each
        is stored again, unless none is left. Raises DamagedFile.
        """
        left = list(parts)
        for number, keys in withdrawn.items():
            (part,) = (one for one in left if number in one.numbers)
            left.remove(part)
            index, payload = self.read(part)
            self.discard([part.index, part.payload])
            # Nothing may stay of a number that no segment has: the next snapshot gives it to another, whose key it is.
            salt = self.keys["payload"].pop(f"{SALT}{number}")
            if not keys.is_empty():
                rows = [frame.join(keys, on=frames.KEY, how="semi").sort(frames.KEY) for frame in (index, payload)]
                left.append(self.part(rows[0], rows[1], {number: salt}))
        return sorted(left, key=lambda part: part.numbers)

    def read(self, part: Part) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Index and payloads of a part that was written with this batch. Raises DamagedFile."""
        return self._opened("index", part.index, frames.INDEX), self._opened("payload", part.payload, frames.PAYLOAD)

    def _opened(self, half: Half, path: str, schema: frames.Schema) -> pl.DataFrame:
        (stored,) = (one for one in self.stored if one.path == path)
        file_id = layout.place_of(path).id
        aad = parquet.associated(self._company, file_id)
        content = stored.read(self._shelf.backend)
        return parquet.read(content, self.keys[half][file_id], aad, schemas=[schema], path=path)

    def frame(
        self, half: Half, frame: pl.DataFrame, roots: dict[int, bytes] | None = None, *, level: int = parquet.LEVEL
    ) -> str:
        """A Parquet file; its path."""
        file_id, key = secrets.token_hex(16), os.urandom(sealing.KEY_LENGTH)
        content = parquet.write(frame, key, parquet.associated(self._company, file_id), level=level)
        path = layout.parquet(file_id, hashlib.sha256(content).hexdigest())
        self._shelf.backend.create(path, content)
        self.stored.append(StoredFile.of(path, content, roots))
        self.keys[half][file_id] = key
        return path

    def blob(self, chunks: Iterable[bytes]) -> str:
        """A sealed file of any length, written as it comes; its id. What ``chunks`` raises is passed on."""
        blob_id, key = secrets.token_hex(16), os.urandom(sealing.KEY_LENGTH)
        path = layout.blob(blob_id)
        sealed = Measured(blobs.seal(key, chunks, self._shelf.keyring.vault, blob_id))
        self._shelf.backend.create_stream(path, iter(sealed))
        self.stored.append(StoredFile(path, sealed.length, sealed.digest.hexdigest()))
        self.keys["payload"][blob_id] = key
        return blob_id

    def control(self, packed: bytes) -> str:
        """A control report as `documents.packed` makes it; its path."""
        own = EntryKey.fresh()
        stored = documents.put_packed(self._shelf.backend, self._shelf.keyring, "data", packed, own)
        self.keys["payload"][own.id] = own.key
        self.stored.append(stored)
        return stored.path

    def entry_key(self) -> EntryKey:
        """A new key for the commit itself."""
        own = EntryKey.fresh()
        self.keys["index"][own.id] = own.key
        return own

    def document_key(self) -> None:
        """A new key for the company's documents."""
        own = EntryKey.fresh()
        self.keys["payload"][f"{DOCUMENTS}{own.id}"] = own.key

    def key_table(self) -> str:
        """The table of all keys so far; the last file of a commit."""
        stored = keytable.put(self._shelf.backend, self._shelf.keyring, self._company, self.keys)
        self.stored.append(stored)
        return stored.path

    def take_up(self, stored: Sequence[StoredFile], keys: dict[Half, dict[str, bytes]]) -> None:
        """Go on with what a draft named."""
        self.stored, self.keys = list(stored), keys
        self.drafted = frozenset(file.path for file in stored)

    def discard(self, paths: Sequence[str] | None = None) -> None:
        """Take files back as far as the medium lets us; what stays is a left-over that nothing vouches for."""
        for stored in list(self.stored):
            if paths is None or stored.path in paths:
                self.stored.remove(stored)
                if stored.path in self.drafted:
                    continue
                with contextlib.suppress(AkikaError):
                    self._shelf.backend.delete(stored.path)


def segment_roots(index: pl.DataFrame, salts: dict[int, bytes]) -> dict[int, bytes]:
    """The record root of each segment in an index."""
    return {number: merkle.root(segment_leaves(index, number, key)) for number, key in salts.items()}


def segment_leaves(index: pl.DataFrame, number: int, salt_key: bytes) -> list[bytes]:
    """The leaves of the record root of one segment in an index, in the order of entity and id."""
    rows = index.filter(pl.col("segment") == number).sort(frames.KEY)
    entities, ids, digests, sha256s = (rows[name].to_list() for name in ("entity", "id", "digest", "payload_sha256"))
    return merkle.leaves(entities, ids, digests, sha256s, salt_key)
