"""Sealed files of any size, such as what is attached to a record: written and read chunk by chunk, never whole in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.keys import sealing, streams
from akika_forensics.vault.keys.sealing import OpenError

_KIND: Final = b"BLOB"
_ID: Final = 16
_HEAD: Final = len(sealing.MAGIC) + len(_KIND) + _ID
_CHECK: Final = hashlib.sha256().digest_size


def seal(key: bytes, chunks: Iterable[bytes], vault: str, blob_id: str) -> Iterator[bytes]:
    """The bytes of a new blob file; ``blob_id`` is the 32 hexadecimal digits of its name, ``key`` is for it alone."""
    whole = hashlib.sha256()
    head = sealing.MAGIC + _KIND + bytes.fromhex(blob_id)
    whole.update(head)
    yield head
    for piece in streams.seal_chunks(key, chunks, *_place(vault, blob_id)):
        whole.update(piece)
        yield piece
    yield whole.digest()


def open_blob(key: bytes, chunks: Iterable[bytes], vault: str, path: str) -> Iterator[bytes]:
    """What a blob file holds. What is given is proved; that it is all is proved only when the iterator has ended.

    Raises DamagedFile: for bytes that were changed, cut or added, and for a sound file that is another one or has
    another key.
    """
    file = _File(path, chunks)
    try:
        yield from streams.open_chunks(key, file.body(), *_place(vault, file.id()))
    except OpenError as error:
        file.drain()
        raise DamagedFile(path, "It does not open with its key, or not at this place.") from error


def check(path: str, chunks: Iterable[bytes]) -> None:
    """Hold a blob file against its own check sum and name, without keys. Raises DamagedFile."""
    file = _File(path, chunks)
    file.id()
    file.drain()


class _File:
    """A blob file as its chunks come; its check sum is held against it when they end, and told before anything else."""

    def __init__(self, path: str, chunks: Iterable[bytes]) -> None:
        self._path = path
        self._whole = hashlib.sha256()
        self._pieces = self._without_check(chunks)

    def id(self) -> str:
        head = bytearray()
        for piece in self._pieces:
            head += piece
            if len(head) >= _HEAD:
                break
        begin, found = bytes(head[: _HEAD - _ID]), bytes(head[_HEAD - _ID : _HEAD]).hex()
        self._first = bytes(head[_HEAD:])
        if begin != sealing.MAGIC + _KIND:
            self._refuse("It is another kind of file than its name says.")
        if layout.place_of(self._path).id != found:
            self._refuse("It is another file than its name says.")
        return found

    def body(self) -> Iterator[bytes]:
        yield self._first
        yield from self._pieces

    def drain(self) -> None:
        for _ in self._pieces:
            pass

    def _refuse(self, what: str) -> None:
        self.drain()
        raise DamagedFile(self._path, what)

    def _without_check(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        held = bytearray()
        for chunk in chunks:
            held += chunk
            if len(held) > _CHECK:
                piece = bytes(memoryview(held)[:-_CHECK])
                del held[:-_CHECK]
                self._whole.update(piece)
                yield piece
        if self._whole.digest() != held:
            raise DamagedFile(self._path, "Its bytes are not those that were written: its own check sum does not fit.")


def _place(vault: str, blob_id: str) -> tuple[str, str, str]:
    return ("blob", vault, blob_id)
