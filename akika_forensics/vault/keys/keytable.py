"""The keys of the data files of one commit, sealed for two roles apart: who may read the index need not read payloads.

They lie beside the data and are named by the commit, so that a new generation of keys never rewrites data.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys.keyring import GENERATION, Keyring
from akika_forensics.vault.storage import Backend

type Role = Literal["index", "payload"]

_KIND: Final = b"KTAB"


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    generation: int
    index: bytes
    payload: bytes


def put(backend: Backend, keyring: Keyring, keys: Mapping[Role, Mapping[str, bytes]]) -> StoredFile:
    """Store a new table of {role: {file id: key}}, durable on return."""
    table_id = secrets.token_hex(16)
    sealed = {
        role: sealing.seal(
            keyring.role(role), canonical.encode(dict(keys.get(role, {}))), *_binding(keyring.vault, table_id, role)
        )
        for role in ("index", "payload")
    }
    table = _Table(table_id, GENERATION, sealed["index"], sealed["payload"])
    content = sealing.wrap(_KIND, canonical.encode(table))
    path = layout.key_table(table_id)
    backend.create(path, content)
    return StoredFile.of(path, content)


def open_table(keyring: Keyring, path: str, content: bytes, role: Role) -> dict[str, bytes]:
    """{file id: key} of one role. Raises DamagedFile."""
    table = check(path, content)
    try:
        plain = sealing.open_sealed(keyring.role(role), getattr(table, role), *_binding(keyring.vault, table.id, role))
    except sealing.OpenError as error:
        raise DamagedFile(path, "It does not open with the keys of this vault.") from error
    return canonical.decode(plain, dict[str, bytes], path)


def check(path: str, content: bytes) -> _Table:
    """Read without keys. Raises DamagedFile when it is not the file of its name."""
    table = canonical.decode(sealing.unwrap(_KIND, content, path), _Table, path)
    if layout.place_of(path).id != table.id or table.generation != GENERATION:
        raise DamagedFile(path, "It is another table than its name says.")
    return table


def _binding(vault: str, table_id: str, role: str) -> tuple[str | int, ...]:
    return ("keytable", vault, table_id, role, GENERATION)
