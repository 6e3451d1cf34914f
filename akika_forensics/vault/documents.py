"""Sealed files: plans, approvals, control reports. What kind each is, is sealed with it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from typing import Final

import msgspec

from akika_forensics.errors import WrongUse
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.seals import EntryKey
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.storage import Backend

_KIND: Final = b"DOC2"
_KIND_1: Final = b"DOCU"
_ID_1: Final = 16


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str


class _Outer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``envelope`` holds a key of its own; ``key``: the id of the key of a key table that it needs as well, or empty."""

    envelope: bytes
    generation: int
    id: str
    key: str


class Erased(WrongUse):
    """A document of a company that was erased: its key is gone, mostly its file too."""

    code = "erased"

    def __init__(self, path: str) -> None:
        super().__init__(f"The document {path} was of a company that has been erased.", means="Its key is gone.")


def put(backend: Backend, keyring: Keyring, folder: str, kind: str, data: bytes, own: EntryKey | None) -> StoredFile:
    """Store a new document under a random name, durable on return; ``own``: a key of a key table to seal it under."""
    return put_packed(backend, keyring, folder, packed(kind, data), own)


def packed(kind: str, data: bytes) -> bytes:
    """A document as `put_packed` takes it: what of storing it takes long, and needs no key."""
    return sealing.packed(canonical.encode(_Header(kind)) + b"\n" + data)


def put_packed(backend: Backend, keyring: Keyring, folder: str, pack: bytes, own: EntryKey | None) -> StoredFile:
    """Like `put`, of what `packed` made."""
    document_id = secrets.token_hex(16)
    place = ("document", keyring.vault, document_id)
    once = os.urandom(sealing.KEY_LENGTH)
    outer = _Outer(keyring.seal_document(once, *place), keyring.generation, document_id, own.id if own else "")
    key = _with(once, own.key if own else None)
    content = sealing.wrap(_KIND, canonical.encode(outer) + b"\n" + sealing.seal_packed(key, pack, *place))
    path = layout.sealed(folder, document_id)
    backend.create(path, content)
    return StoredFile.of(path, content)


def open_document(
    keyring: Keyring, path: str, content: bytes, find: Callable[[str], bytes | None]
) -> tuple[str, bytes]:
    """Kind and data; ``find`` gives the key of an id. Raises DamagedFile, NotAllowed, and Erased."""
    outer, sealed = check(path, content)
    place = ("document", keyring.vault, outer.id)
    try:
        if outer.generation == 0:
            key = keyring.legacy("documents")
        else:
            own = find(outer.key) if outer.key else None
            if outer.key and own is None:
                raise Erased(path)
            key = _with(keyring.open_document(outer.generation, outer.envelope, *place), own)
        plain = sealing.open_stream(key, sealed, *place)
    except sealing.OpenError as error:
        raise DamagedFile(path, "It does not open with the keys of this vault.") from error
    header, _, data = plain.partition(b"\n")
    return canonical.decode(header, _Header, path).kind, data


def check(path: str, content: bytes) -> tuple[_Outer, bytes]:
    """The readable part and the sealed bytes, read without keys. Raises DamagedFile when they do not fit the name."""
    if content.startswith(sealing.MAGIC + _KIND_1):
        body = sealing.unwrap(_KIND_1, content, path)
        outer, sealed = _Outer(b"", 0, body[:_ID_1].hex(), ""), body[_ID_1:]
    else:
        header, _, sealed = sealing.unwrap(_KIND, content, path).partition(b"\n")
        outer = canonical.decode(header, _Outer, path)
    if layout.place_of(path).id != outer.id:
        raise DamagedFile(path, "It is another document than its name says.")
    return outer, sealed


def control_kind(name: str) -> str:
    """The kind of a control report; its name is part of it, so that two controls cannot be exchanged."""
    return f"control {name}"


def _with(key: bytes, own: bytes | None) -> bytes:
    return key if own is None else sealing.subkey(key + own, "documents")
