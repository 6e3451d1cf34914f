"""Sealed files: plans, approvals, control reports. What kind each is, is sealed with it."""

from __future__ import annotations

import secrets
from typing import Final

import msgspec

from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.storage import Backend

_KIND: Final = b"DOCU"
_ID: Final = 16


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str


def put(backend: Backend, keyring: Keyring, folder: str, kind: str, data: bytes) -> StoredFile:
    """Store a new document under a random name, durable on return."""
    document_id = secrets.token_bytes(_ID)
    plain = canonical.encode(_Header(kind)) + b"\n" + data
    sealed = sealing.seal_stream(_key(keyring), plain, "document", keyring.vault, document_id.hex())
    content = sealing.wrap(_KIND, document_id + sealed)
    path = layout.sealed(folder, document_id.hex())
    backend.create(path, content)
    return StoredFile.of(path, content)


def open_document(keyring: Keyring, path: str, content: bytes) -> tuple[str, bytes]:
    """Kind and data. Raises DamagedFile."""
    document_id, sealed = check(path, content)
    try:
        plain = sealing.open_stream(_key(keyring), sealed, "document", keyring.vault, document_id)
    except sealing.OpenError as error:
        raise DamagedFile(path, "It does not open with the keys of this vault.") from error
    header, _, data = plain.partition(b"\n")
    return canonical.decode(header, _Header, path).kind, data


def check(path: str, content: bytes) -> tuple[str, bytes]:
    """Id and sealed bytes, read without keys. Raises DamagedFile when they do not fit the name."""
    body = sealing.unwrap(_KIND, content, path)
    document_id = body[:_ID].hex()
    if layout.place_of(path).id != document_id:
        raise DamagedFile(path, "It is another document than its name says.")
    return document_id, body[_ID:]


def control_kind(name: str) -> str:
    """The kind of a control report; its name is part of it, so that two controls cannot be exchanged."""
    return f"control {name}"


def _key(keyring: Keyring) -> bytes:
    return keyring.subkey("documents")
