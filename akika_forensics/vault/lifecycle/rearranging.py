"""One commit that puts files of a company in the place of others: prepared, held against what was signed, made visible.

Nothing of it can be seen before the commit. When it is given up, what was written goes; after a crash it is a left-over
that nothing vouches for. All key tables of the company become one, without the keys of what goes.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import BinaryIO, Final, NamedTuple, Self

import msgspec
import polars as pl

from akika_forensics.errors import AkikaError
from akika_forensics.vault import documents, layout, storage
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.entries import Entry
from akika_forensics.vault.files import Measured, StoredFile
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys.keytable import HALVES, SALT, Half
from akika_forensics.vault.lifecycle import merging, regained
from akika_forensics.vault.lifecycle.merging import MergeError, Order, Sealed, Source
from akika_forensics.vault.lifecycle.workshop import Told, Workshop, remove, remove_left_over
from akika_forensics.vault.snapshots import acts, facts, frames, leaves, parquet, stored_payloads
from akika_forensics.vault.snapshots.batch import Batch, segment_leaves
from akika_forensics.vault.snapshots.leaves import LeavesError
from akika_forensics.vault.snapshots.parts import Part

_NONE: Final = pl.DataFrame(schema=frames.LEAVES)
_PIECE: Final = 1 << 20


class _New(NamedTuple):
    """A file that is to be written, and how it is encrypted."""

    id: str
    sealed: Sealed


class Rearrangement:
    """Used with ``with``, under the vault's lock. Methods raise DamagedFile, StorageFailed, Interrupted."""

    def __init__(self, workshop: Workshop, company: str, told: Told) -> None:
        self._workshop = workshop
        self._shelf = workshop.shelf
        self._company = company
        self._told = told
        self._shelf.refresh()
        remove_left_over(self._shelf.backend, self._shelf.standing)
        self._expected = self._shelf.holdings.taken
        self._leaves = self._read_leaves()
        self._committed = False
        self._salts: dict[int, bytes] = {}
        self.batch = Batch(self._shelf, company)
        self.retired: dict[str, StoredFile] = {}
        self.parts: list[Part] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._committed and (error is None or isinstance(error, Exception)):
            self.batch.discard()

    def retire(self, path: str) -> None:
        """A file that goes with this commit."""
        self.retired[path] = self._shelf.file(path)

    def merge(self, parts: Sequence[Part], gone: pl.DataFrame | None = None) -> None:
        """Parts become one, without the rows in ``gone`` (`frames.VERSION`); none is left when those are all.

        The record root of each segment is computed from the rows that were read, and from those that were written,
        and must be the one that was signed when the segment was new.
        """
        names = ", ".join(part.index for part in parts)
        try:
            with ExitStack() as held:
                order = Order([self._source(part, held) for part in parts], gone)
                roots = self._roots(parts, order)
                for part in parts:
                    for path in part.paths:
                        self.retire(path)
                if not order.index.is_empty():
                    self.parts.append(self._write(order, roots))
        except (MergeError, LeavesError) as error:
            raise DamagedFile(names, str(error)) from error

    def leaves(self) -> str:
        """The file of all leaves that are kept of the company's rows; empty when there are none. It replaces those before."""
        for path in self._shelf.holdings.leaves.get(self._company, []):
            self.retire(path)
        whole = pl.concat([_NONE, *(frame for _, frame in sorted(self._leaves.items()))])
        return "" if whole.is_empty() else self.batch.frame("index", whole, level=merging.LEVEL)

    def commit(self, act: acts.Compaction | acts.Retention) -> Entry:
        """Make it visible, durable when this returns, and remove what was retired. ``act.key_table`` is filled in.

        Raises Refused when another writer committed meanwhile, or the member may not take anything out.
        """
        act = msgspec.structs.replace(act, key_table=self._key_table())
        try:
            entry = self._workshop.commits.append(
                acts.body(act),
                self.batch.stored,
                retired=list(self.retired),
                expected=self._expected,
                witness=self._workshop.witness(),
            )
        except Exception:
            self._committed = self._is_visible()
            raise
        self._committed = True
        remove(self._shelf.backend, self.retired)
        self._shelf.refresh()
        return entry

    def _source(self, part: Part, held: ExitStack) -> Source:
        rows = self._shelf.index_of(self._company, part)
        if {str(number): count for number, count in rows.group_by("segment").len().iter_rows()} != part.segments:
            # Nothing else was signed: rows of another segment would come in with the root of none.
            raise MergeError("It does not hold as many records as its commit tells of.")
        if any(map(self._shelf.is_lost, part.indexes)):
            rows = regained.replaced(self._shelf, self._company, part, rows)
        if not self._shelf.file(part.index).root:
            # Of version 1: a segment a file, which is small, without the columns for filtering.
            payload = stored_payloads.of(self._shelf, self._company, part)
            if rows.select(frames.VERSION).equals(payload.select(frames.VERSION)):
                told = pl.DataFrame(map(facts.of, payload["payload"]), schema=frames.FACTS, orient="row")
                rows = rows.with_columns(told)
            return Source(rows, payload.lazy())
        return Source(rows, stored_payloads.scan(self._shelf, self._company, part, held))

    def _roots(self, parts: Sequence[Part], order: Order) -> dict[int, bytes]:
        """The record root of each segment that has rows left. What goes leaves its leaves."""
        rows, gone = order.rows, order.gone
        roots: dict[int, bytes] = {}
        for part in parts:
            signed = self._shelf.file(part.index).root
            for number in part.numbers:
                mine = rows.filter(pl.col("segment") == number)
                goes = gone.filter(rows["segment"] == number).to_list()
                key = self._shelf.keychain.salt(self._company, number)
                # Segments of version 1 have neither a salt nor a root: they get both, of the rows that are left.
                if key is None:
                    key = os.urandom(sealing.KEY_LENGTH)
                    mine, goes = mine.filter(~gone.filter(rows["segment"] == number)), []
                kept = self._leaves.get(number, _NONE)
                found = segment_leaves(mine, number, key)
                root = leaves.root(found, kept)
                if str(number) in signed and signed[str(number)] != root.hex():
                    raise DamagedFile(
                        part.index, f"The record root of segment {number} is not the one that was signed."
                    )
                if all(goes) and goes:
                    self._leaves.pop(number, None)
                    continue
                if any(goes):
                    self._leaves[number] = leaves.taken_out(number, found, goes, kept)
                if len(mine):
                    roots[number], self._salts[number] = root, key
        return roots

    def _write(self, order: Order, roots: dict[int, bytes]) -> Part:
        index = order.index
        self._told.begin("Writing record versions", len(index))
        self.batch.keys["payload"] |= {f"{SALT}{number}": self._salts[number] for number in roots}
        hot, rest = self._write_index(index, roots)
        segments = {str(number): rows for number, rows in index.group_by("segment").len().sort("segment").iter_rows()}
        return Part(hot, self._write_payloads(order, index), segments, rest)

    def _write_index(self, index: pl.DataFrame, roots: dict[int, bytes]) -> tuple[str, str]:
        hot, rest = self._fresh(), self._fresh()
        contents = [
            merging.write_index(index.select(*columns), one.sealed)
            for one, columns in ((hot, frames.HOT), (rest, frames.REST))
        ]
        found = [_scan(io.BytesIO(data), one.sealed).collect() for data, one in zip(contents, (hot, rest), strict=True)]
        written = pl.concat(found, how="horizontal").select(*frames.INDEX)
        if not written.equals(index) or any(self._root(written, number) != root for number, root in roots.items()):
            raise MergeError("The index that was written is not the one that was meant.")
        return self._store("index", hot, contents[0], roots), self._store("index", rest, contents[1], {})

    def _root(self, index: pl.DataFrame, number: int) -> bytes:
        return leaves.root(segment_leaves(index, number, self._salts[number]), self._leaves.get(number, _NONE))

    def _write_payloads(self, order: Order, index: pl.DataFrame) -> str:
        """Outside memory: sealed, without a name, and gone with the process, until it is known what it is to be called."""
        file = self._fresh()
        try:
            with tempfile.TemporaryFile() as here:
                merging.write_payloads(order, file.sealed, pl.Schema(frames.PAYLOAD), self._told.rows, here)
                here.seek(0)  # where it stays while it is read by its descriptor
                merging.check_payloads(index, _scan(here, file.sealed))
                return self._store_stream("payload", file, here)
        except OSError as error:
            raise storage.failed("written", "A file of this machine's folder for temporary files", error) from error

    def _store(self, half: Half, file: _New, content: bytes, roots: dict[int, bytes]) -> str:
        path = layout.parquet(file.id, hashlib.sha256(content).hexdigest())
        self._shelf.backend.create(path, content)
        self.batch.stored.append(StoredFile.of(path, content, roots))
        self.batch.keys[half][file.id] = file.sealed.key
        return path

    def _store_stream(self, half: Half, file: _New, here: BinaryIO) -> str:
        meant, stored = _measured(here), _measured(here)
        here.seek(0)
        for _ in meant:
            pass
        path = layout.parquet(file.id, meant.digest.hexdigest())
        here.seek(0)
        self._shelf.backend.create_stream(path, iter(stored))
        self.batch.stored.append(StoredFile(path, meant.length, meant.digest.hexdigest()))
        self.batch.keys[half][file.id] = file.sealed.key
        if stored.digest.digest() != meant.digest.digest():
            raise MergeError("The payloads that were written changed before they were stored.")
        return path

    def _key_table(self) -> str:
        """One table for all that is left of the company; the others go."""
        gone = set(self._key_names(self.retired))
        for half in HALVES:
            known = self._shelf.keychain.of(self._company)[half]
            self.batch.keys[half] = {n: key for n, key in known.items() if n not in gone} | self.batch.keys[half]
        for path in self._shelf.keychain.tables(self._company):
            self.retire(path)
        return self.batch.key_table()

    def _key_names(self, paths: Iterable[str]) -> Iterable[str]:
        """Under which name the key of a file lies in a key table."""
        for path in paths:
            place = layout.place_of(path)
            if place.kind == "sealed":
                yield documents.check(path, self._shelf.file(path).read(self._shelf.backend))[0].key
            else:
                yield place.id

    def _read_leaves(self) -> dict[int, pl.DataFrame]:
        groups = self._shelf.leaves(self._company).group_by("segment", maintain_order=True)
        return {int(str(number)): rows for (number,), rows in groups}

    def _is_visible(self) -> bool:
        """Whether the commit may be there in spite of an error, such as one of the memory outside the vault."""
        try:
            entry = self._shelf.backend.read(layout.entry(layout.COMMITS, self._expected))
        except FileNotFoundError:
            return False
        except AkikaError:
            return True
        return any(file.path.encode() in entry for file in self.batch.stored)

    def _fresh(self) -> _New:
        file_id = secrets.token_hex(16)
        return _New(file_id, Sealed(os.urandom(sealing.KEY_LENGTH), parquet.associated(self._company, file_id)))


def _measured(stream: BinaryIO) -> Measured:
    """From where it stands to its end."""
    return Measured(iter(partial(stream.read, _PIECE), b""))


def _scan(content: BinaryIO, sealed: Sealed) -> pl.LazyFrame:
    """``content`` stands at its beginning, and stays there."""
    properties = pl.ParquetDecryptionProperties(footer_key=sealed.key, aad_prefix=sealed.associated)
    return pl.scan_parquet(content, decryption=properties)
