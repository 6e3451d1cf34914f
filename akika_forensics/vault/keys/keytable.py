"""The keys of the files of one company, sealed in two halves apart: who may read the index need not read payloads.

They lie beside the data and are vouched for by a commit, so that a new generation of keys never rewrites data, and a
company is closed for ever by removing its tables.
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
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.storage import Backend

type Half = Literal["index", "payload"]

HALVES: Final[tuple[Half, Half]] = ("index", "payload")
DOCUMENTS: Final = "documents/"
"""Before the id of a company's document key, in the payload half."""

SALT: Final = "salt/"
"""Before the number of a segment, in the payload half: the key of the salts of its record root."""

_KIND: Final = b"TABL"


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``company``: its pseudonym."""

    company: str
    generation: int
    id: str
    index: bytes
    payload: bytes


def put(backend: Backend, keyring: Keyring, company: str, keys: Mapping[Half, Mapping[str, bytes]]) -> StoredFile:
    """Store a new table of {half: {name: key}} under the keyring's generation, durable on return."""
    path, content = build(keyring, company, keys)
    backend.create(path, content)
    return StoredFile.of(path, content)


def build(keyring: Keyring, company: str, keys: Mapping[Half, Mapping[str, bytes]]) -> tuple[str, bytes]:
    """Path and content of a new table."""
    table_id = secrets.token_hex(16)
    plain = {half: canonical.encode(dict(keys.get(half, {}))) for half in HALVES}
    place = _place(keyring, table_id, company, keyring.generation)
    index = sealing.seal(keyring.index_key(None, "keytable"), plain["index"], *place, "index")
    payload = keyring.seal_payload(plain["payload"], *place, "payload")
    table = Table(company, keyring.generation, table_id, index, payload)
    return layout.key_table(table_id), sealing.wrap(_KIND, canonical.encode(table))


def open_half(keyring: Keyring, path: str, content: bytes, half: Half) -> dict[str, bytes]:
    """{name: key} of one half. Raises DamagedFile, and NotAllowed for the payload half of a member who only captures."""
    table = parse(path, content)
    place = _place(keyring, table.id, table.company, table.generation)
    try:
        if half == "index":
            plain = sealing.open_sealed(keyring.index_key(table.generation, "keytable"), table.index, *place, half)
        else:
            plain = keyring.open_payload(table.payload, *place, half)
    except sealing.OpenError as error:
        raise DamagedFile(path, "It does not open with the keys of this vault.") from error
    return canonical.decode(plain, dict[str, bytes], path)


def parse(path: str, content: bytes) -> Table:
    """Read without keys. Raises DamagedFile when it is not the file of its name."""
    table = canonical.decode(sealing.unwrap(_KIND, content, path), Table, path)
    if layout.place_of(path).id != table.id:
        raise DamagedFile(path, "It is another table than its name says.")
    return table


def _place(keyring: Keyring, table_id: str, company: str, generation: int) -> tuple[str | int, ...]:
    return ("keytable", keyring.vault, table_id, company, generation)
