"""What a capture that was interrupted leaves behind: files that no commit vouches for, and a sealed value that names them.

The value is the slot ``draft/PSEUDONYM``. Its outer part is for every member: that there is a draft, since when, and which
files it needs. The keys of these files are sealed under a key that its maker alone has: what was read is no secret from
whoever read it, and a draft that somebody else made up would put false records under another member's signature.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec
import polars as pl

from akika_forensics.errors import AkikaError, NewerFormat, VaultDamaged
from akika_forensics.model.concealed import Concealed
from akika_forensics.model.formats import Format
from akika_forensics.model.instants import format_instant, now, parse_instant
from akika_forensics.vault import blobs, canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.files import Measured, StoredFile
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys.keytable import Half
from akika_forensics.vault.slots import Slot
from akika_forensics.vault.snapshots import bundle, frames, parquet
from akika_forensics.vault.snapshots.arrivals import Interim
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.shelf import Shelf

SLOT: Final = "draft/"
_FORMAT: Final = Format("akika-draft-", 1, "draft of a snapshot")
_KINDS: Final = frozenset({"parquet", "blob"})
"""What a draft can name: nothing else is ever removed because a draft says so."""


@dataclass(frozen=True, slots=True)
class DraftInfo:
    """A draft as shown. ``since``: when it was first saved; ``member``: id of who made it; ``mine``: the vault is open as
    that member, who alone can go on with it.
    """

    since: datetime
    saved: datetime
    member: str
    records: int
    mine: bool


@dataclass(frozen=True)
class Work:
    """A snapshot in the making. ``base``: the commit it follows; ``first`` and ``following``: the number of its first
    segment and of the next; ``state``: the capture's own, as it was given. ``stored`` is in the order it was written.
    """

    base: int | None
    first: int
    following: int
    parts: list[Part]
    stored: list[StoredFile]
    keys: dict[Half, dict[str, bytes]]
    interim: Interim
    attached: pl.DataFrame
    controls: dict[str, bytes]
    state: bytes
    fresh: pl.DataFrame = field(default_factory=frames.empty_state)
    """Rows of all its segments; filled when it is taken up."""


class Unsound(Exception):
    """A draft that cannot be taken up; the text is a plain sentence that says why."""


class Outer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The slot's value: what every member sees, and the part that is sealed for its maker."""

    files: list[StoredFile]
    member: str
    records: int
    saved: str
    sealed: bytes
    since: str
    format: str = _FORMAT.label

    @property
    def removable(self) -> set[str]:
        return {file.path for file in self.files if layout.place_of(file.path).kind in _KINDS}


class _Inner(Concealed, frozen=True, forbid_unknown_fields=True):
    """``bulk``: path of the blob with all that is large, ``key`` its key."""

    base: int | None
    bulk: str
    carried: bool
    first: int
    following: int
    index: dict[str, bytes]
    key: bytes
    parts: list[Part]
    payload: dict[str, bytes]


def read_outer(data: bytes) -> Outer:
    """A draft as its slot holds it. Raises NewerFormat, VaultDamaged."""
    return _FORMAT.opened(data, Outer)


class Drafts:
    """The drafts of a vault. Whoever changes them holds its lock."""

    def __init__(self, shelf: Shelf, slot: Callable[[str], Slot]) -> None:
        self._shelf = shelf
        self._slot_of = slot

    def shown(self, company: str) -> DraftInfo | None:
        """What waits for a company (its pseudonym); None when nothing does that can be read."""
        outer = self._outer(company)
        if outer is None:
            return None
        mine = outer.member == self._shelf.keyring.member.id
        return DraftInfo(parse_instant(outer.since), parse_instant(outer.saved), outer.member, outer.records, mine)

    def files(self, company: str) -> frozenset[str]:
        """Paths of the files that a draft needs, and that nothing else vouches for."""
        outer = self._outer(company)
        return frozenset(outer.removable) if outer else frozenset()

    def save(self, company: str, work: Work, *, again: bool) -> frozenset[str]:
        """Put a draft in the place of the one before; durable when this returns. The paths of the files it needs.

        ``again``: the one before is an earlier state of the same work. Raises StorageFailed; then the one before stays.
        """
        before = self._outer(company)
        bulk, key = self._put(work)
        files = [*work.stored, bulk]
        try:
            moment = format_instant(now())
            outer = Outer(
                files, self._shelf.keyring.member.id, work.interim.records, moment, b"",
                before.since if before and again else moment,
            )  # fmt: skip
            inner = _Inner(
                work.base, bulk.path, work.interim.carried, work.first, work.following,
                work.keys["index"], key, work.parts, work.keys["payload"],
            )  # fmt: skip
            sealed = sealing.seal_stream(self._key(), canonical.encode(inner), *self._place(company, outer))
            self._slot(company).write(canonical.encode(msgspec.structs.replace(outer, sealed=sealed)))
        except BaseException:
            self._remove([bulk.path])
            raise
        named = {file.path for file in files}
        if before is not None:
            self._remove(before.removable - named)
        return frozenset(named)

    def take_up(self, company: str, base: int | None, first: int) -> Work | None:
        """What waits for a company, every file of it held against its SHA-256; None when nothing does.

        ``base`` and ``first``: what a snapshot that begins now follows, and the number of its first segment. Raises Unsound.
        """
        try:
            data = self._slot(company).read()
            if data is None:
                return None
            outer = read_outer(data)
            inner = canonical.decode(self._opened(company, outer), _Inner, SLOT)
            if (inner.base, inner.first) != (base, first):
                raise Unsound("Another snapshot of the company was taken since.")
            return self._work(company, outer, inner)
        except NewerFormat as error:
            raise Unsound("A newer version of the software left it.") from error
        except sealing.OpenError as error:
            raise Unsound("Another member left it, or you before your identity was renewed.") from error
        except VaultDamaged as error:
            raise Unsound("A file of it is missing or damaged.") from error

    def drop(self, company: str) -> bool:
        """Let go of what waits for a company, and of its files but for those that a commit vouches for; True if anything did."""
        outer, slot = self._outer(company), self._slot(company)
        there = outer is not None
        if not there:
            try:
                there = slot.read() is not None
            except VaultDamaged:
                there = True
        if there:
            slot.delete()
        if outer is not None:
            self._remove(outer.removable)
        return there

    def _outer(self, company: str) -> Outer | None:
        """None where there is no draft, or one that cannot be read."""
        try:
            data = self._slot(company).read()
            return None if data is None else read_outer(data)
        except (VaultDamaged, NewerFormat):
            return None

    def _opened(self, company: str, outer: Outer) -> bytes:
        return sealing.open_stream(self._key(), outer.sealed, *self._place(company, outer))

    def _work(self, company: str, outer: Outer, inner: _Inner) -> Work:
        backend = self._shelf.backend
        files = {file.path: file for file in outer.files}
        wanted = {path for part in inner.parts for path in (part.index, part.payload)} | {inner.bulk}
        if not wanted <= files.keys():
            raise DamagedFile(SLOT, "It does not name the files that it needs.")
        for file in outer.files:
            for _ in file.chunks(backend):
                pass
        found = [frames.empty_state()]
        for part in inner.parts:
            key, file_id = inner.index.get(layout.place_of(part.index).id, b""), layout.place_of(part.index).id
            aad = parquet.associated(company, file_id)
            content = files[part.index].read(backend)
            rows = parquet.read(content, key, aad, schemas=[frames.INDEX], path=part.index)
            found.append(rows.select(*frames.STATE))
        plain = blobs.open_blob(inner.key, files[inner.bulk].chunks(backend), self._shelf.keyring.vault, inner.bulk)
        held = bundle.unpack(b"".join(plain), inner.bulk)
        self._require_blobs(held.frame("attached"), files.keys())
        return Work(
            inner.base, inner.first, inner.following, inner.parts,
            [file for file in outer.files if file.path != inner.bulk],
            {"index": inner.index, "payload": inner.payload},
            Interim(held.frame("kept"), held.frame("stale"), held.frame("removed"), inner.carried, outer.records),
            held.frame("attached"), held.controls, held.state,
            pl.concat(found),
        )  # fmt: skip

    def _require_blobs(self, attached: pl.DataFrame, own: Collection[str]) -> None:
        """Raises Unsound unless every attached file is there: one that an earlier snapshot brought may have gone with it."""
        stands = self._shelf.standing.files
        for path in map(layout.blob, attached["blob"].unique()):
            if path not in own and (path not in stands or self._shelf.is_lost(path)):
                raise Unsound("A file that it attaches was in an earlier snapshot alone, and is there no more.")

    def _put(self, work: Work) -> tuple[StoredFile, bytes]:
        blob_id, key = secrets.token_hex(16), os.urandom(sealing.KEY_LENGTH)
        path = layout.blob(blob_id)
        tables = {
            "kept": work.interim.kept, "stale": work.interim.stale, "removed": work.interim.removed,
            "attached": work.attached,
        }  # fmt: skip
        pieces = bundle.pack(tables, work.controls, work.state)
        sealed = Measured(blobs.seal(key, pieces, self._shelf.keyring.vault, blob_id))
        self._shelf.backend.create_stream(path, iter(sealed))
        return StoredFile(path, sealed.length, sealed.digest.hexdigest()), key

    def _slot(self, company: str) -> Slot:
        return self._slot_of(SLOT + company)

    def _key(self) -> bytes:
        return self._shelf.keyring.own_key("draft")

    def _place(self, company: str, outer: Outer) -> tuple[str, ...]:
        """What a draft's sealed part is bound to: none of the readable part can be exchanged."""
        readable = canonical.encode(msgspec.structs.replace(outer, sealed=b""))
        return ("draft", self._shelf.keyring.vault, company, hashlib.sha256(readable).hexdigest())

    def _remove(self, paths: Sequence[str] | set[str]) -> None:
        """But for what a commit vouches for. What the medium does not let go of now is a left-over."""
        self._shelf.refresh()
        for path in sorted({*paths} - self._shelf.standing.files.keys()):
            with contextlib.suppress(AkikaError):
                self._shelf.backend.delete(path)
